"""Each link that netem can make is its arguments; what it cannot make is named."""

from dataclasses import dataclass

import pytest

from experiments.reality.netem import netem
from simulator import (
    Bernoulli,
    Constant,
    Empirical,
    Exponential,
    GilbertElliott,
    Link,
    Normal,
    Uniform,
)

LINKS = {
    "nothing": (Link(), "delay 0ms"),
    "a rate": (Link(delay=Constant(0.05), loss=0.2), "delay 50ms loss random 20%"),
    "the model of a rate": (Link(loss=Bernoulli(rate=1e-9)), "delay 0ms loss random 0.0000001%"),
    "bursts": (
        Link(loss=GilbertElliott(p=0.01, r=0.1, loss_bad=0.75, loss_good=0.002)),
        "delay 0ms loss gemodel 1% 10% 75% 0.2%",  # its manual: p r 1-h 1-k, losses of both states
    ),
    "a normal delay": (
        Link(delay=Normal(mean=0.05, std=0.01, minimum=0.0005)),
        "delay 50.5ms 10ms distribution normal",
    ),
    "a uniform delay": (Link(delay=Uniform(low=0.01, high=0.02)), "delay 15ms 5ms"),
    "a measured delay": (
        Link(delay=Empirical(samples=[0.01, 0.03])),
        "delay 20ms 10ms distribution normal",
    ),
    "a measured delay that is constant": (Link(delay=Empirical(samples=[0.01] * 3)), "delay 10ms"),
    "duplicates and a bandwidth": (
        Link(duplicate=0.015, bandwidth=1_250_000),
        "delay 0ms duplicate 1.5% rate 1250000bps",  # bytes, in tc
    ),
    "order that nothing disturbs": (Link(delay=Constant(0.001), ordered=True), "delay 1ms"),
}


@pytest.mark.parametrize(("link", "arguments"), LINKS.values(), ids=LINKS)
def test_a_link_is_netem_s_arguments(link, arguments):
    assert netem(link) == f"{arguments} limit 100000".split()


@dataclass(frozen=True)
class EveryOther:
    def loses(self, transmission, u):
        return transmission.message % 2 == 0


@pytest.mark.parametrize(
    ("link", "error"),
    [
        (Link(delay=Exponential(mean=0.1)), "Link.delay must be Constant, .*got Exponential"),
        (Link(loss=EveryOther()), "Link.loss must be a rate or GilbertElliott .*got EveryOther"),
        (Link(delay=Uniform(low=0, high=1), ordered=True), "Link.ordered must be False"),
        (Link(bandwidth=1e6, buffer=1000), "Link.buffer must be None .*got 1000"),
    ],
)
def test_what_netem_cannot_do_is_named(link, error):
    with pytest.raises(ValueError, match=error):
        netem(link)
