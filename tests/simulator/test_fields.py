"""A field is declared in one line: that is all it takes to check, to write and to identify it."""

# Bad values, on purpose
# mypy: disable-error-code="arg-type"

import copy
import dataclasses
import pickle
import tomllib
from dataclasses import dataclass, field

import numpy as np
import pytest

from simulator import (
    AdaptiveTimeout,
    AtLeastOnce,
    Exponential,
    ExponentialBackoff,
    Link,
    Retry,
    RetryBudget,
    Scenario,
    encoding,
)
from simulator.fields import (
    ABOVE_0,
    AT_LEAST_0,
    COUNT,
    DURATION,
    LEFT_OUT,
    PROBABILITY,
    Checked,
    check_fields,
    checked,
    keep,
    or_none,
)
from simulator.policies import Backoff
from simulator.validation import choice, integer, number, refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient(Retry):
    """A policy with one field more."""

    patience: float = field(default=1.5, metadata=DURATION)


def test_a_policy_gains_a_field_by_one_line():
    policy = Patient(patience=2, timeout=0.1)
    assert (policy.patience, type(policy.patience)) == (2.0, float)
    with pytest.raises(
        ValueError, match=r"^Patient\.patience must be a finite number above 0, got"
    ):
        Patient(patience=0)
    with pytest.raises(
        ValueError, match=r"^Patient\.timeout must be a finite number above 0, or an"
    ):
        Patient(timeout=0)
    with pytest.raises(ValueError, match=r"^Patient\.patience must be"):
        dataclasses.replace(policy, patience="long")
    assert dataclasses.replace(policy, patience=np.float64(3)) == Patient(patience=3, timeout=0.1)
    text = encoding.to_toml(policy)
    assert "patience = 2.0" in text
    assert encoding.from_toml(text, Patient) == policy
    with pytest.raises(ValueError, match=r"^Patient\.patience must be .*, got -1$"):
        encoding.from_toml("patience = -1", Patient)
    scenarios = [Scenario(guarantee=AtLeastOnce(retry=Patient(patience=p))) for p in (1, 1.0, 2)]
    first, same, other = (scenario.identity for scenario in scenarios)
    assert first == same != other
    assert scenarios[0].replace("guarantee.retry.patience", 2) == scenarios[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Later(RetryBudget):
    """A policy whose new field is not written where it is the default."""

    late: str = field(default="accept", metadata=checked(choice, ("accept", "ignore")) | LEFT_OUT)


def test_a_default_may_be_left_out_so_that_older_texts_and_identities_stay():
    assert encoding.to_toml(Later()) == encoding.to_toml(RetryBudget())
    assert 'late = "ignore"' in encoding.to_toml(Later(late="ignore"))
    assert encoding.from_toml(encoding.to_toml(RetryBudget()), Later) == Later()
    assert encoding.from_toml('late = "ignore"', Later) == Later(late="ignore")


@dataclass(frozen=True, kw_only=True)
class Holder:
    """A value of a student's own: without checks, with fields that allow values of ours."""

    budget: RetryBudget | None = None
    named: RetryBudget = field(default_factory=RetryBudget)
    link: Link = field(default_factory=Link)
    backoff: Backoff = field(default_factory=lambda: ExponentialBackoff(base=0.1))
    several: tuple[RetryBudget | Later, ...] = ()
    pauses: tuple[RetryBudget, ...] = ()


def test_the_annotation_says_which_types_a_field_allows_and_whether_one_is_named():
    value = Holder(budget=RetryBudget(), pauses=(RetryBudget(ratio=0.5),))
    table = tomllib.loads(encoding.to_toml(value))
    assert table["budget"]["type"] == table["named"]["type"] == "RetryBudget"
    assert "type" not in table["link"]  # the only one of its kind
    assert table["backoff"]["type"] == "ExponentialBackoff"
    assert table["pauses"] == [{"type": "RetryBudget", "ratio": 0.5, "reserve": 10.0}]
    assert encoding.from_toml(encoding.to_toml(value), Holder) == value
    with pytest.raises(ValueError, match=r"^backoff\.type must be one of ConstantBackoff, Decorr"):
        encoding.from_toml('backoff = {type = "RetryBudget"}', Holder)
    with pytest.raises(ValueError, match=r"^budget\.type must be one of RetryBudget, got 'Retry'$"):
        encoding.from_toml('budget = {type = "Retry"}', Holder)


def test_an_annotation_that_nobody_can_read_means_any_type():
    @dataclass(frozen=True)
    class Strange:
        budget: "what is this?"  # type: ignore[valid-type]  # noqa: F722 - a student's own words
        retry: Retry

    table = tomllib.loads(encoding.to_toml(Strange(RetryBudget(), Retry())))
    assert table["budget"]["type"] == "RetryBudget"
    assert table["retry"]["type"] == "Retry"


def even(name, value):
    if value % 2:
        refuse(name, value, "an even number")
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixed(Checked):
    """A value of a student's own, with checks of several kinds."""

    a: float = field(metadata=ABOVE_0)
    b: int | None = field(default=None, metadata=or_none(integer, low=1))
    c: int = field(default=2, metadata=checked(even))
    d: object = None
    e: float = field(default=0.0, metadata=AT_LEAST_0)


@dataclass(frozen=True)
class Ordered:
    """A value with a check of two fields together."""

    low: int = field(metadata=COUNT)
    high: float

    def __post_init__(self):
        check_fields(self)
        keep(self, "high", number, low=self.low)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Mixed(a=0), "Mixed.a must be a finite number above 0, got 0"),
        (lambda: Mixed(a=1, b=0), "Mixed.b must be a whole number at least 1, got 0"),
        (lambda: Mixed(a=None), "Mixed.a must be a finite number above 0, got None"),
        (lambda: Mixed(a=1, c=3), "Mixed.c must be an even number, got 3"),
        (lambda: Mixed(a=1, c=3, e=-1), "Mixed.c must be an even number, got 3"),
        (lambda: Ordered(0, 1), "Ordered.low must be a whole number at least 1, got 0"),
        (lambda: Ordered(3, 1), "Ordered.high must be a finite number at least 3, got 1"),
    ],
)
def test_a_field_is_refused_by_its_name_in_the_order_of_the_fields(make, said):
    with pytest.raises(ValueError, match="must be") as error:
        make()
    assert str(error.value) == said


def test_what_a_check_returns_is_kept_and_what_has_no_check_is_kept_as_it_is():
    value = Mixed(a=np.float32(0.5), b=np.int64(3), d=[1], e=-0.0)
    kept = [getattr(value, spec.name) for spec in dataclasses.fields(value)]
    assert [type(part) for part in kept] == [float, int, int, list, float]
    assert str(value.e) == "0.0"
    assert type(Ordered(1, 2).high) is float


def test_a_class_that_gives_a_field_another_default_keeps_its_check():
    @dataclass(frozen=True, kw_only=True)
    class Eager(Patient):
        patience: float = 0.5
        rounds: int = field(default=1, metadata=COUNT)

    assert Eager(patience=2).patience == 2.0
    with pytest.raises(
        ValueError, match=r"^Eager\.patience must be a finite number above 0, got -1$"
    ):
        Eager(patience=-1)


def test_values_stay_frozen_and_are_copied_and_pickled():
    value = Patient(patience=2)
    with pytest.raises(dataclasses.FrozenInstanceError):
        value.patience = 3  # type: ignore[misc]  # frozen
    assert not hasattr(value, "__dict__")
    for again in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):  # noqa: S301 - our own
        assert again == value
        assert hash(again) == hash(value)


def test_classes_of_one_name_have_checks_of_their_own():
    def made(declaration):
        return dataclass(frozen=True)(
            type(
                "Same",
                (Checked,),
                {"__annotations__": {"x": "int"}, "x": field(metadata=declaration)},
            )
        )

    below, above = made(checked(integer, low=0, high=1)), made(checked(integer, low=2))
    assert (below(1).x, above(2).x) == (1, 2)
    with pytest.raises(ValueError, match=r"^Same\.x must be a whole number at least 2, got 1$"):
        above(1)


@dataclass(frozen=True, kw_only=True)
class Adaptive(Retry):
    """A student's policy that gives a field another default, and a field that is left out."""

    timeout: float | AdaptiveTimeout = AdaptiveTimeout()  # noqa: RUF009 - a frozen value


@dataclass(frozen=True, kw_only=True)
class Slow:
    """A student's delay that wraps one of ours."""

    inner: Exponential = Exponential(mean=0.1)  # noqa: RUF009 - a frozen value
    others: tuple[Exponential, ...] = (Exponential(mean=0.2),)

    def quantile(self, u):
        return 2 * self.inner.quantile(u)


def test_a_students_value_names_the_types_that_it_holds():
    table = tomllib.loads(encoding.to_toml(Adaptive()))
    assert table["timeout"]["type"] == "AdaptiveTimeout"
    table = tomllib.loads(encoding.to_toml(Slow()))
    assert table["inner"] == {"type": "Exponential", "mean": 0.1, "minimum": 0.0}
    assert [one["type"] for one in table["others"]] == ["Exponential"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterStill(Later):
    """Another default of a field that is left out where it is the default."""

    late: str = "ignore"


def test_a_field_that_is_left_out_stays_so_with_another_default():
    assert "late" not in encoding.to_toml(LaterStill())
    assert 'late = "accept"' in encoding.to_toml(LaterStill(late="accept"))


def test_two_checks_of_one_field_are_refused_where_they_are_declared():
    with pytest.raises(TypeError, match="a field has one check"):
        PROBABILITY | ABOVE_0
