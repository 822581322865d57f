"""Pigeon: message passing over an unreliable network, simulated.

from simulator import AtLeastOnce, Exponential, Link, Scenario, simulate

outcome = simulate(Scenario(link=Link(delay=Exponential(mean=0.05), loss=0.2)))
outcome.summary["duplicate_rate"]
"""

from simulator.conditions import (
    At,
    Bernoulli,
    Bursts,
    Constant,
    Empirical,
    Exponential,
    GilbertElliott,
    Link,
    LogNormal,
    Normal,
    Outages,
    Pareto,
    Periodic,
    Poisson,
    Scripted,
    Uniform,
    Weibull,
)
from simulator.errors import EndlessRun, NotVectorizable, SimulatorError, TimedOut
from simulator.message import Message
from simulator.network import Network
from simulator.policies import (
    ConstantBackoff,
    DecorrelatedJitter,
    ExponentialBackoff,
    LinearBackoff,
    NoBackoff,
    Retry,
)
from simulator.protocols import AtLeastOnce, AtMostOnce, BestEffort, ExactlyOnce
from simulator.scenario import Scenario
from simulator.simulation import Outcome, simulate

__all__ = [
    "At",
    "AtLeastOnce",
    "AtMostOnce",
    "Bernoulli",
    "BestEffort",
    "Bursts",
    "Constant",
    "ConstantBackoff",
    "DecorrelatedJitter",
    "Empirical",
    "EndlessRun",
    "ExactlyOnce",
    "Exponential",
    "ExponentialBackoff",
    "GilbertElliott",
    "LinearBackoff",
    "Link",
    "LogNormal",
    "Message",
    "Network",
    "NoBackoff",
    "Normal",
    "NotVectorizable",
    "Outages",
    "Outcome",
    "Pareto",
    "Periodic",
    "Poisson",
    "Retry",
    "Scenario",
    "Scripted",
    "SimulatorError",
    "TimedOut",
    "Uniform",
    "Weibull",
    "simulate",
]
