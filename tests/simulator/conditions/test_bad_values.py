"""What a condition refuses, the whole sentence; and the extremes that it takes."""

import pytest

from simulator import (
    At,
    Bernoulli,
    Bursts,
    Constant,
    Empirical,
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

POSITIVE = "a finite number above 0"
LEAST_0 = "a finite number at least 0"
SHARE = "a probability from 0 to 1"
DELAY = "a delay, such as Constant(0.05) or Exponential(mean=0.05)"
LOSS = "a probability from 0 to 1, or a loss model such as Bernoulli(rate=0.1)"
BANDWIDTH = "a finite number of bytes a second above 0, or None for no limit"
BUFFER = "a whole number of bytes at least 0, or None for no limit"
RISING = "in rising order: at least 0.5 after 0.5"
OFTEN = "above 0 and at most 1e9 a second: time is in whole nanoseconds"
PAIRS = "pairs (message, attempt), such as {(0, 1), (2, 1)}"
WINDOWS = "pairs (start, end) in seconds, such as [(1.0, 1.5)]"

# A condition, what it is given, the field by which it refuses, what it allows, what it shows.
REFUSED = [
    (Constant, {"seconds": -1}, "seconds", LEAST_0, -1),
    (Uniform, {"low": -1, "high": 1}, "low", LEAST_0, -1),
    (Uniform, {"low": 2, "high": 1}, "high", "a finite number at least 2", 1),
    (Normal, {"mean": -1, "std": 1}, "mean", LEAST_0, -1),
    (Normal, {"mean": 1, "std": 0}, "std", POSITIVE, 0),
    (LogNormal, {"mean": 0, "std": 1}, "mean", POSITIVE, 0),
    (LogNormal, {"mean": 1, "std": 0}, "std", POSITIVE, 0),
    (Pareto, {"mean": 0, "shape": 2}, "mean", POSITIVE, 0),
    (Pareto, {"mean": 1, "shape": 1}, "shape", "a finite number above 1", 1),
    (Weibull, {"mean": 0, "shape": 1}, "mean", POSITIVE, 0),
    (Weibull, {"mean": 1, "shape": 0.09}, "shape", "a finite number at least 0.1", 0.09),
    (Weibull, {"mean": 1, "shape": 1, "minimum": -1}, "minimum", LEAST_0, -1),
    (Empirical, {"samples": ()}, "samples", "delays in seconds, at least one", ()),
    (Empirical, {"samples": "1"}, "samples", "delays in seconds, at least one", "1"),
    (Empirical, {"samples": (1, -1)}, "samples", LEAST_0, -1),
    (GilbertElliott, {"p": 2, "r": 1}, "p", SHARE, 2),
    (Link, {"delay": 0.05}, "delay", DELAY, 0.05),
    (Link, {"loss": 1.1}, "loss", SHARE, 1.1),
    (Link, {"loss": "often"}, "loss", LOSS, "often"),
    (Link, {"duplicate": -0.1}, "duplicate", SHARE, -0.1),
    (Link, {"ordered": 1}, "ordered", "True or False", 1),
    (Link, {"bandwidth": 0}, "bandwidth", BANDWIDTH, 0),
    (Link, {"bandwidth": 1, "buffer": -1}, "buffer", BUFFER, -1),
    (Link, {"buffer": 9}, "buffer", "None where bandwidth is None: nothing ever waits", 9),
    (Bernoulli, {"rate": 2}, "rate", SHARE, 2),
    (Scripted, {"lost": 3}, "lost", PAIRS, 3),
    (Scripted, {"lost": [(-1, 1)]}, "lost message", "a whole number at least 0", -1),
    (Scripted, {"lost": [(0, 0)]}, "lost attempt", "a whole number at least 1", 0),
    (Outages, {"windows": 3}, "windows", WINDOWS, 3),
    (Outages, {"windows": [(-1, 1)]}, "windows start", LEAST_0, -1),
    (Outages, {"windows": [(1, 1)]}, "windows end", "a finite number above 1", 1),
    (Periodic, {"interval": 0}, "interval", POSITIVE, 0),
    (Periodic, {"interval": 1, "size_bytes": -1}, "size_bytes", "a whole number at least 0", -1),
    (Poisson, {"rate": 0}, "rate", POSITIVE, 0),
    (Poisson, {"rate": 3e9}, "rate", OFTEN, 3e9),
    (Bursts, {"size": 0, "every": 1}, "size", "a whole number at least 1", 0),
    (Bursts, {"size": 1, "every": 0}, "every", POSITIVE, 0),
    (At, {"times": 3}, "times", "instants in seconds, such as [0.0, 0.5]", 3),
    (At, {"times": [-1]}, "times", LEAST_0, -1),
    (At, {"times": [0.5, 0.2]}, "times", RISING, 0.2),
]


@pytest.mark.parametrize(("condition", "fields", "field", "allowed", "got"), REFUSED)
def test_a_bad_value_is_refused_by_its_field_and_what_is_allowed(
    condition, fields, field, allowed, got
):
    with pytest.raises(ValueError, match="must be") as error:
        condition(**fields)
    assert str(error.value) == f"{condition.__name__}.{field} must be {allowed}, got {got!r}"


class NegativeAtTheEnd:
    """A delay that is wrong for the largest draw alone, 1 − 2⁻⁵³."""

    def quantile(self, u):
        return 1.0 if u < 1 - 2**-53 else -1.0


def test_a_link_tries_its_delay_on_the_largest_draw_there_is():
    with pytest.raises(ValueError, match=r"quantile\(u\) must be at least 0 for every u, got -1"):
        Link(delay=NegativeAtTheEnd())


@pytest.mark.parametrize(
    ("condition", "fields"),
    [
        (Constant, {"seconds": 0}),
        (Uniform, {"low": 0, "high": 0}),
        (Normal, {"mean": 0, "std": 1e-9}),
        (LogNormal, {"mean": 1e-9, "std": 1e-9}),
        (Pareto, {"mean": 1e-9, "shape": 1.01}),
        (Weibull, {"mean": 1e-9, "shape": 0.1, "minimum": 0}),
        (Link, {"duplicate": 1, "loss": 0, "bandwidth": 1e-9, "buffer": 0}),
        (Bernoulli, {"rate": 1}),
        (Bernoulli, {"rate": 0}),
        (Periodic, {"interval": 1e-9, "size_bytes": 0}),
        (Poisson, {"rate": 1e9}),
        (Bursts, {"size": 1, "every": 1e-9}),
        (At, {"times": (0.0, 0.0)}),
    ],
)
def test_the_least_and_the_most_that_is_allowed_is_taken(condition, fields):
    made = condition(**fields)
    for field, value in fields.items():
        assert getattr(made, field) == value
