"""What may remember is no value: the vectorized engine refuses it by name, the network runs it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import count
from random import Random
from typing import Any, ClassVar

import numpy as np
import pytest

from simulator import (
    AtLeastOnce,
    Bernoulli,
    Constant,
    Exponential,
    Link,
    NotVectorizable,
    Retry,
    Scenario,
    simulate,
)
from simulator.engines.one_at_a_time import is_value


class Forgetful:
    """A loss that keeps nothing, but could: no dataclass."""

    def loses(self, transmission, u):
        return u < 0.5


@dataclass
class Thawed:
    """A loss whose fields can change."""

    rate: float = 0.5

    def loses(self, transmission, u):
        return u < self.rate


@dataclass(frozen=True)
class Listing:
    """A loss that remembers in a list."""

    seen: list = field(default_factory=list)

    def loses(self, transmission, u):
        self.seen.append(u)
        return len(self.seen) % 3 == 0


@dataclass(frozen=True)
class Counting:
    """A loss that remembers in its class."""

    seen: ClassVar = count()

    def loses(self, transmission, u):
        return next(self.seen) % 3 == 0


@dataclass(frozen=True)
class Hidden:
    """A loss that remembers beside its fields."""

    def __post_init__(self):
        object.__setattr__(self, "draws", Random(1))  # noqa: S311 - no secret

    def loses(self, transmission, u):
        return vars(self)["draws"].random() < 0.5


@dataclass(frozen=True)
class Calling:
    """A loss that calls what it was given, which may remember."""

    decide: Callable = bool

    def loses(self, transmission, u):
        return self.decide(u)


@dataclass(frozen=True)
class Nested:
    """A loss that holds another."""

    inner: Any

    def loses(self, transmission, u):
        return self.inner.loses(transmission, u)


MAY_REMEMBER = [
    Forgetful(),
    Thawed(),
    Listing(),
    Counting(),
    Hidden(),
    Calling(lambda u: u < 0.5),
    Nested(Thawed()),
]


@pytest.mark.parametrize("loss", MAY_REMEMBER)
def test_a_loss_that_may_remember_is_refused_by_name_and_goes_to_the_network(loss):
    scenario = Scenario(return_link=Link(loss=loss), messages=9)
    with pytest.raises(NotVectorizable, match=r"return_link\.loss .*it may remember"):
        simulate(scenario, engine="vectorized")
    assert simulate(scenario).engine == "discrete-event"


def test_a_backoff_that_may_remember_is_refused_by_name_and_goes_to_the_network():
    class Doubling:
        pause = 0.01

        def pause_after(self, attempt, previous, u):
            self.pause *= 2
            return self.pause

    scenario = Scenario(guarantee=AtLeastOnce(retry=Retry(backoff=Doubling())), messages=9)
    with pytest.raises(NotVectorizable, match=r"guarantee\.retry\.backoff .*it may remember"):
        simulate(scenario, engine="vectorized")
    assert simulate(scenario).engine == "discrete-event"


def test_values_are_known_as_such():
    held = (0.5, "a", None, frozenset({1}), Fraction(1, 3), Constant(0.1), Exponential(mean=1.0))
    for value in (*held, held, Bernoulli(rate=0.1), Nested(Bernoulli(rate=0.1)), Retry()):
        assert is_value(value), value
    for thing in ([], {}, (0.5, []), np.zeros(1), len, *MAY_REMEMBER):
        assert not is_value(thing), thing
