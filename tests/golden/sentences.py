"""What every field of every public value makes of bad values: the sentence, or what it keeps."""

# Bad values, and lists that become tuples, on purpose
# mypy: disable-error-code="arg-type"

import dataclasses
import json
import math
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import numpy as np

import simulator
from simulator import (
    AtLeastOnce,
    Crash,
    ExactlyOnce,
    Link,
    Network,
    Retry,
    Scenario,
    Script,
)
from simulator.validation import shown

VALUES = {
    "a text": "x",
    "an empty text": "",
    "bytes": b"1",
    "None": None,
    "True": True,
    "numpy's True": np.bool_(1),
    "nan": math.nan,
    "inf": math.inf,
    "-inf": -math.inf,
    "-1": -1,
    "-0.0": -0.0,
    "0": 0,
    "1": 1,
    "0.5": 0.5,
    "1e-300": 1e-300,
    "1e-10": 1e-10,
    "1e31": 1e31,
    "1e400": 10**400,
    "2**64": 2**64,
    "2**128": 2**128,
    "1j": 1j,
    "a decimal": Decimal("0.5"),
    "numpy's nan": np.float64("nan"),
    "numpy's 0.5": np.float64(0.5),
    "numpy's -1": np.int64(-1),
    "numpy's 3": np.int64(3),
    "numpy's array": np.array(0.5),
    "numpy's time": np.timedelta64(3, "s"),
    "numpy's text": np.str_("x"),
    "a list": [],
    "a list of lists": [[]],
    "a class": Link,
    "a link": Link(),
    "a retry": Retry(),
}

BASES = {
    "Bernoulli": {"rate": 0.1},
    "Bursts": {"size": 2, "every": 0.1},
    "Constant": {"seconds": 0.1},
    "ConstantBackoff": {"pause": 0.1},
    "Crash": {"node": "a", "at": 0.1, "lasts": 0.1},
    "CrashAt": {"message": 0, "point": "begun", "lasts": 0.1},
    "Cut": {"sender": "a", "receiver": "b", "at": 0.1, "lasts": 0.1},
    "DecorrelatedJitter": {"base": 0.1, "cap": 0.2},
    "Duplicate": {"message": 0},
    "Empirical": {"samples": [0.2, 0.1]},
    "Exponential": {"mean": 0.1},
    "ExponentialBackoff": {"base": 0.1},
    "GilbertElliott": {"p": 0.1, "r": 0.1},
    "Hold": {"message": 0, "seconds": 0.1},
    "LinearBackoff": {"step": 0.1},
    "LinkOutage": {"between": ["a", "b"], "at": 0.1, "lasts": 0.1},
    "LogNormal": {"mean": 0.1, "std": 0.1},
    "Lose": {"message": 0},
    "Normal": {"mean": 0.1, "std": 0.1},
    "Outages": {"windows": [(0, 1)]},
    "Pareto": {"mean": 0.1, "shape": 2.5},
    "Partition": {"groups": [["a"], ["b"]], "at": 0.1, "lasts": 0.1},
    "Periodic": {"interval": 0.1},
    "Poisson": {"rate": 3.0},
    "RandomCrashes": {
        "node": "a",
        "mean_time_to_failure": 0.1,
        "mean_time_to_repair": 0.1,
        "until": 1,
    },
    "Scripted": {"lost": [(0, 1)]},
    "SlowNode": {"node": "a", "factor": 2, "at": 0.1, "lasts": 0.1},
    "At": {"times": [0.1, 0.2]},
    "Uniform": {"low": 0.1, "high": 0.2},
    "Weibull": {"mean": 0.1, "shape": 0.5},
}
"""Arguments with which a value is made, where it needs some."""


def _queue(**settings):
    Network().broker("broker").queue("tasks", **settings)
    return SimpleNamespace(**settings)  # no value that anybody sees: only what is refused counts


def makers():
    """Return all public values: their names, how to make one, its arguments and its fields."""
    for name in sorted(simulator.__all__):
        kind = getattr(simulator, name)
        if dataclasses.is_dataclass(kind) and name not in {"Message", "Outcome", "Worlds"}:
            yield name, kind, BASES.get(name, {}), [spec.name for spec in dataclasses.fields(kind)]
    fields = ["capacity", "overflow", "visibility_timeout", "max_deliveries", "dead_letter"]
    yield "Broker.queue", _queue, {}, [*fields, "durable", "priority", "ttl", "redelivery_delay"]


def sentences():
    """Return groups of fields, and what those of a group say of each value.

    A sentence stands with the names of the values of which it is said, without field and value.
    """
    groups = {}
    for name, make, base, fields in makers():
        for field in fields:
            outcomes = {}
            for label, value in VALUES.items():
                outcome = _outcome(make, base, field, value).replace(f"{name}.{field} must be ", "")
                outcomes.setdefault(outcome, []).append(label)
            most = max(outcomes, key=lambda outcome: len(outcomes[outcome]))
            outcomes[most] = ["all others"]
            table = {outcome: ", ".join(labels) for outcome, labels in outcomes.items()}
            groups.setdefault(json.dumps(table), []).append(f"{name}.{field}")
    return {", ".join(fields): json.loads(table) for table, fields in groups.items()}


def _outcome(make, base, field, value):
    """Return the error of a value, without what it shows of it; or what the field keeps."""
    try:
        kept = getattr(make(**base | {field: value}), field)
    except ValueError as error:
        return str(error).removesuffix(f", got {shown(value)}")
    if isinstance(kept, str):
        kept = str(kept)
    is_same = type(kept) is type(value) and shown(kept) == shown(value)
    return "kept" if is_same else f"kept as {shown(kept)}"


# Of several fields together, of what is in a list, of what is read from TOML.
TOGETHER: list[Any] = [
    (Retry, {"timeout": "soon", "max_attempts": 0}),
    (simulator.AdaptiveTimeout, {"minimum": 2, "maximum": 1}),
    (simulator.AdaptiveTimeout, {"minimum": 2, "initial": 1}),
    (simulator.AdaptiveTimeout, {"maximum": 2, "initial": 3}),
    (simulator.Uniform, {"low": 2, "high": 1}),
    (simulator.DecorrelatedJitter, {"base": 2, "cap": 1}),
    (simulator.CircuitBreaker, {"failures": None}),
    (simulator.CircuitBreaker, {"failures": 3, "rate": 0.5}),
    (simulator.CircuitBreaker, {"failures": None, "rate": 0}),
    (simulator.GilbertElliott, {"p": 0, "r": 0}),
    (simulator.GilbertElliott.from_rate, {"rate": 0, "burst": 2}),
    (simulator.GilbertElliott.from_rate, {"rate": 0.5, "burst": 1}),
    (simulator.Poisson, {"rate": 3e9}),
    (simulator.At, {"times": [0.5, 0.2]}),
    (simulator.At, {"times": [-1]}),
    (simulator.At, {"times": ["x"]}),
    (simulator.Empirical, {"samples": [0.1, -1]}),
    (simulator.Outages, {"windows": [(-1, 1)]}),
    (simulator.Outages, {"windows": [(1, 1)]}),
    (simulator.Outages, {"windows": [(1, 1 + 1e-12)]}),
    (simulator.Outages, {"windows": [(1, 2, 3)]}),
    (simulator.Scripted, {"lost": [(-1, 1)]}),
    (simulator.Scripted, {"lost": [(0, 0)]}),
    (simulator.Scripted, {"lost": [(0, 1.5)]}),
    (Link, {"buffer": 9}),
    (Link, {"bandwidth": 9, "buffer": 1.5}),
    (Link, {"delay": simulator.Lose(message=0)}),
    (Link, {"loss": simulator.CircuitBreaker()}),
    (simulator.Lose, {}),
    (simulator.Lose, {"message": 0, "nth": 1}),
    (simulator.Lose, {"nth": 1, "attempt": 2}),
    (simulator.Lose, {"nth": 1, "copy": 1}),
    (simulator.Lose, {"nth": 0}),
    (simulator.Lose, {"message": 0, "copy": 1}),
    (simulator.Lose, {"message": 0, "what": "acknowledgement", "copy": 2}),
    (simulator.Lose, {"message": 0, "link": "a->b->c"}),
    (simulator.Lose, {"message": 0, "link": "a->"}),
    (simulator.Hold, {"message": 0, "what": "answer", "seconds": -1}),
    (simulator.Cut, {"sender": "a", "receiver": "a", "at": 0, "lasts": 1}),
    (simulator.Cut, {"sender": "a→b", "receiver": "c", "at": 0, "lasts": 1}),
    (simulator.LinkOutage, {"between": ["a", "a"], "at": 0, "lasts": 1}),
    (simulator.LinkOutage, {"between": ["a", "b", "c"], "at": 0, "lasts": 1}),
    (simulator.LinkOutage, {"between": ["a", 3], "at": 0, "lasts": 1}),
    (simulator.Partition, {"groups": [["a"]], "at": 0, "lasts": 1}),
    (simulator.Partition, {"groups": [["a"], ["a"]], "at": 0, "lasts": 1}),
    (simulator.Partition, {"groups": [["a"], [""]], "at": 0, "lasts": 1}),
    (Script, {"actions": ["x"]}),
    (Script, {"actions": [simulator.Lose(message=0), simulator.Lose(message=0)]}),
    (Scenario, {"guarantee": AtLeastOnce}),
    (Scenario, {"adversary": Script([simulator.Lose(message=0)]), "messages": 0}),
    (Scenario, {"adversary": Script([simulator.Lose(message=9)]), "messages": 9}),
    (Scenario, {"adversary": Script([simulator.Lose(message=0, link="a->b")])}),
    (Scenario, {"adversary": Script([Crash(node="a", at=0, lasts=1)])}),
    (
        Scenario,
        {"adversary": Script([Crash(node="sender", at=2, lasts=1)]), "horizon": 1},
    ),
    (Scenario, {"adversary": simulator.RetryBudget()}),
    (ExactlyOnce, {"retry": None, "window": 0}),
    (_queue, {"dead_letter": Network().broker("b").queue("q", capacity=1)}),
]

TEXTS = [
    "messages = ",
    "mesages = 3",
    "messages = -3",
    "messages = inf",
    "horizon = nan",
    "link = 3",
    "link = {los = 0.2}",
    "link = {loss = 2.0}",
    'link = {loss = {type = "Poisson"}}',
    "link = {loss = {rate = 0.1}}",
    'link = {delay = {type = "Exponential"}}',
    'link = {delay = {type = "Bernoulli", rate = 0.1}}',
    'guarantee = {type = "Twice"}',
    'guarantee = {type = "AtLeastOnce", retry = {timeout = 0}}',
    'guarantee = {type = "AtLeastOnce", retry = {timout = 1}}',
    'guarantee = {type = "AtLeastOnce", retry = {backoff = {type = "Retry"}}}',
    'workload = {type = "Sometimes"}',
    'adversary = {actions = [{type = "Loose"}]}',
    'adversary = {actions = [{type = "Hold", message = 1}]}',
    "adversary = {actions = 3}",
]
"""Scenarios in TOML that are refused."""


def together():
    """Return the errors of several fields together, and of texts."""
    found = {}
    for make, fields in TOGETHER:
        name = "Broker.queue" if make is _queue else make.__qualname__
        arguments = ", ".join(f"{field}={shown(value)}" for field, value in fields.items())
        found[f"{name}({arguments})"] = _error(lambda: make(**fields))  # noqa: B023 - called at once
    for text in TEXTS:
        found[text] = _error(lambda: Scenario.from_toml(text))  # noqa: B023 - called at once
    return found


def _error(make):
    try:
        value = make()
    except ValueError as error:
        return str(error)
    raise AssertionError(f"{value!r} must be refused")
