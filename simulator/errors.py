"""Errors that the simulator raises.

    SimulatorError
    ├── EndlessRun          a run that could never end, refused before it starts
    ├── NotVectorizable     the vectorized engine cannot answer this scenario
    └── TimedOut            raised where a caller waits for a reply that did not come in time

A bad parameter is none of these: it raises `ValueError`, naming the field, the value received and
what is allowed.
"""

from __future__ import annotations


class SimulatorError(Exception):
    """Base of every error that is the simulator's own."""


class EndlessRun(SimulatorError, ValueError):
    """The run could never end: it retries for ever over a link that loses everything."""


class NotVectorizable(SimulatorError, ValueError):
    """The vectorized engine cannot answer this scenario; the message names each reason."""


class TimedOut(SimulatorError):
    """No reply came before the sender gave up."""
