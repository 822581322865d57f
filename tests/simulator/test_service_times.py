"""A service time is drawn for its message, whoever asks and in whatever order."""

import gc
from types import ModuleType

import numpy as np
import pytest
import simpy

from simulator import Constant, Exponential, Link, Network, Uniform
from simulator.randomness import Lane, Purpose, Randomness
from simulator.service_times import ServiceTimes

MEAN = Exponential(mean=0.02)


def test_the_time_of_a_message_is_the_quantile_of_its_own_draw():
    times = ServiceTimes(Randomness(7, 1)).of("a", "b", MEAN, draw=2)
    draws = Randomness(7, 1).draws(Lane("a→b", Purpose.SERVICE, 2), 0, 3000)
    expected = MEAN.quantile(draws)
    for message in (2999, 0, 1024, 1023, 2999):  # in any order, however often
        assert times(message) == expected[message]


def test_each_link_and_each_draw_has_times_of_its_own_and_each_delay_the_same_draws():
    times = ServiceTimes(Randomness(7))
    found = [
        times.of("a", "b", MEAN)(0),
        times.of("b", "a", MEAN)(0),
        times.of("a", "c", MEAN)(0),
        times.of("a", "b", MEAN, 1)(0),
    ]
    assert len(set(found)) == len(found)
    twice = times.of("a", "b", Exponential(mean=0.04))(0)
    assert twice == pytest.approx(2 * found[0], rel=1e-15)


def test_a_delay_is_asked_once_a_block_by_whatever_value_equal_to_it():
    class Counting(Uniform):
        asked = 0

        def quantile(self, u):
            Counting.asked += 1
            return super().quantile(u)

    times = ServiceTimes(Randomness(0))
    for message in range(100):
        times.of("a", "b", Counting(low=0.0, high=1.0))(message)
    assert Counting.asked == 1


@pytest.mark.parametrize("delay", [0.02, None, [Constant(0.02)], np.zeros(1)])
def test_what_is_no_delay_is_refused(delay):
    with pytest.raises(ValueError, match=r"^Message\.sample\.delay must be"):
        ServiceTimes(Randomness(0)).of("a", "b", delay)


def test_nothing_of_its_network_can_be_reached_from_a_message():
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, Link(delay=Constant(0.1)))
    handled = []
    server.on("job")(lambda message: handled.append((message, message.sample(MEAN))))
    client.notify(server, "job", [1, 2])
    net.run()
    [(message, time)] = handled
    assert time == ServiceTimes(Randomness(1)).of("client", "server", MEAN)(0)
    assert not any(isinstance(part, Network | simpy.Environment) for part in reach(message))


def reach(value):
    """Return all that a value refers to, except through a class or a module."""
    found, new = {}, [value]
    while new:
        part = new.pop()
        is_module = isinstance(part, ModuleType) or (isinstance(part, dict) and "__spec__" in part)
        if id(part) in found or isinstance(part, type) or is_module:
            continue
        found[id(part)] = part
        new += gc.get_referents(part)
    return list(found.values())
