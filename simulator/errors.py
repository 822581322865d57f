"""Errors that the simulator raises.

    SimulatorError
    ├── EndlessRun          a run that could never end, refused before it starts where possible
    ├── NotVectorizable     the vectorized engine cannot answer this scenario
    ├── NotLive             the live engine cannot run this scenario
    ├── LiveFailed          a process of a live run ended before its time
    └── CallFailed          raised where a caller waits for a reply, which did not come:
        ├── TimedOut            no reply in time
        ├── Refused             the receiver was too busy, or closed, at the last attempt
        ├── CircuitOpen         the caller's own circuit breaker held back the call, or a retry
        ├── Crashed             the caller's own node crashed meanwhile
        └── Failed              a handler's own answer: it failed

    UserWarning
    └── HandlerFailed       a queue's handler raised something other than CallFailed, perhaps a bug

A bad parameter raises none of these but `ValueError`, naming the field, the value received and what
is allowed.

An exception that is not caught ends the run. It leaves `Network.run` with notes: the request that
failed and the line that made it, the handler and its message, the line that raised.
"""

from __future__ import annotations


class SimulatorError(Exception):
    """Base of every error that is the simulator's own."""


class EndlessRun(SimulatorError, ValueError):
    """The run could never end.

    It would retry for ever over a link that loses everything, or a process keeps scheduling events
    at one instant, so that the clock stands still.
    """


class NotVectorizable(SimulatorError, ValueError):
    """The vectorized engine cannot answer this scenario; the message names each reason."""


class NotLive(SimulatorError, ValueError):
    """The live engine cannot run this scenario; the message names each reason."""


class LiveFailed(SimulatorError):
    """A process of a live run ended before its time: somebody killed it, or the system did."""


class CallFailed(SimulatorError):
    """A call brought no reply. The request may have been handled all the same."""


class TimedOut(CallFailed):
    """No reply came before the sender gave up."""


class Refused(CallFailed):
    """The receiver had neither a worker free nor room to wait, or was closed, at the last attempt.

    An earlier attempt may have been handled; the text says so where the caller cannot rule it out.
    """


class CircuitOpen(CallFailed):
    """The sender's circuit breaker held an attempt back.

    If it was the first, nothing was sent. If not, the request may have been handled; the text says
    how often it was sent before.
    """


class Crashed(CallFailed):
    """The node that waited has crashed."""


class Failed(CallFailed):
    """Raised by a handler that cannot do what a message asks for: its answer is an error.

    No effect is counted. The answer takes the acknowledgement's way and ends the attempt at once,
    like a refusal; the sender tries again as its policy says. After the last attempt, `ask` raises
    it where the reply is waited for: its class, its text, its fields. For a `send` under a
    guarantee that acknowledges, it is a refusal; under one that does not, as for `notify`, nothing
    comes of it. In the handler of a queue or a topic, it gives the message back to the queue.

    Raised by a program rather than a handler, it ends the run, like any other exception.
    """


class HandlerFailed(UserWarning):
    """The handler of a queue or a topic raised something other than a `CallFailed`.

    Its message went back to the queue all the same. If that is intended, raise `Failed` instead.
    """
