"""Pigeon: message passing over an unreliable network, simulated.

from simulator import AtLeastOnce, Exponential, Link, Scenario, simulate

outcome = simulate(Scenario(link=Link(delay=Exponential(mean=0.05), loss=0.2)))
outcome.summary["duplicate_rate"]
"""

from simulator.adversary import Duplicate, Hold, Lose, Script
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
from simulator.errors import (
    CallFailed,
    CircuitOpen,
    Crashed,
    EndlessRun,
    NotVectorizable,
    Refused,
    SimulatorError,
    TimedOut,
)
from simulator.message import Message
from simulator.minimization import minimize, record
from simulator.network import (
    Crash,
    Cut,
    LinkOutage,
    Network,
    Partition,
    RandomCrashes,
    SlowNode,
)
from simulator.policies import (
    AdaptiveTimeout,
    CircuitBreaker,
    ConstantBackoff,
    DecorrelatedJitter,
    ExponentialBackoff,
    IdempotencyKeys,
    LinearBackoff,
    NoBackoff,
    Retry,
    RetryBudget,
)
from simulator.protocols import (
    AtLeastOnce,
    AtMostOnce,
    BestEffort,
    ExactlyOnce,
    Handshake,
    StoreAndForward,
)
from simulator.scenario import Scenario
from simulator.simulation import Outcome, simulate

__all__ = [
    "AdaptiveTimeout",
    "At",
    "AtLeastOnce",
    "AtMostOnce",
    "Bernoulli",
    "BestEffort",
    "Bursts",
    "CallFailed",
    "CircuitBreaker",
    "CircuitOpen",
    "Constant",
    "ConstantBackoff",
    "Crash",
    "Crashed",
    "Cut",
    "DecorrelatedJitter",
    "Duplicate",
    "Empirical",
    "EndlessRun",
    "ExactlyOnce",
    "Exponential",
    "ExponentialBackoff",
    "GilbertElliott",
    "Handshake",
    "Hold",
    "IdempotencyKeys",
    "LinearBackoff",
    "Link",
    "LinkOutage",
    "LogNormal",
    "Lose",
    "Message",
    "Network",
    "NoBackoff",
    "Normal",
    "NotVectorizable",
    "Outages",
    "Outcome",
    "Pareto",
    "Partition",
    "Periodic",
    "Poisson",
    "RandomCrashes",
    "Refused",
    "Retry",
    "RetryBudget",
    "Scenario",
    "Script",
    "Scripted",
    "SimulatorError",
    "SlowNode",
    "StoreAndForward",
    "TimedOut",
    "Uniform",
    "Weibull",
    "minimize",
    "record",
    "simulate",
]
