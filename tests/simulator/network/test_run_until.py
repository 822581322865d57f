"""A run ends when an event happens, as in SimPy, and returns its value."""

from simulator import Network


def test_a_run_until_an_event_ends_with_it_and_returns_its_value():
    net = Network(seed=1)
    later = []

    def steps():
        yield net.timeout(0.5)
        return "done"

    def others():
        yield net.timeout(0.9)
        later.append(net.now)

    net.process(others())
    assert net.env.run(until=net.process(steps())) == "done"
    assert net.now == 0.5
    assert later == []
