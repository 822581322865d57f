"""Conditions: the delays, losses and workload of a network, as plain values without SimPy."""

from simulator.conditions.delay import Constant, Delay, Exponential, LogNormal, Normal, Uniform
from simulator.conditions.empirical import Empirical
from simulator.conditions.gilbert_elliott import GilbertElliott
from simulator.conditions.heavy_tails import Pareto, Weibull
from simulator.conditions.link import Link
from simulator.conditions.loss import (
    Bernoulli,
    Loss,
    LossWithMemory,
    Outages,
    Scripted,
    VectorizedLoss,
)
from simulator.conditions.transmission import Transmission
from simulator.conditions.workload import At, Bursts, Periodic, Poisson, Workload

__all__ = [
    "At",
    "Bernoulli",
    "Bursts",
    "Constant",
    "Delay",
    "Empirical",
    "Exponential",
    "GilbertElliott",
    "Link",
    "LogNormal",
    "Loss",
    "LossWithMemory",
    "Normal",
    "Outages",
    "Pareto",
    "Periodic",
    "Poisson",
    "Scripted",
    "Transmission",
    "Uniform",
    "VectorizedLoss",
    "Weibull",
    "Workload",
]
