"""Minimization: from a random run that broke a promise to the shortest script that breaks it."""

from simulator.minimization.minimize import minimize
from simulator.minimization.minimum import Minimum
from simulator.minimization.program import Program
from simulator.minimization.record import record

__all__ = ["Minimum", "Program", "minimize", "record"]
