"""The engines: two ways to turn a scenario into the same ledger, to the last bit."""

from simulator.engines.run import Run

__all__ = ["Run"]
