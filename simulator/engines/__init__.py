"""The engines: two ways to compute the ledger of a scenario, equal to the last bit."""

from simulator.engines.run import Run

__all__ = ["Run"]
