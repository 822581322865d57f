"""Random crashes: each injection has draws of its own, and to look at them changes nothing."""

import pytest

from simulator import Network, RandomCrashes
from simulator.adversary import CalmNetwork, RecordedNetwork

FAULT = RandomCrashes(node="a", mean_time_to_failure=1.0, mean_time_to_repair=0.1, until=20.0)
OTHER = RandomCrashes(node="a", mean_time_to_failure=1.0, mean_time_to_repair=0.1, until=19.0)


def network(name="a", seed=1):
    net = Network(seed=seed)
    net.node(name)
    return net


def rows(net):
    return [(row.time_s, row.event) for row in net.trace]


def uptimes(crashes, since=0.0):
    """Return the time from each start to the next crash."""
    starts = [since, *(crash.at + crash.lasts for crash in crashes)]
    return [crash.at - start for start, crash in zip(starts, crashes, strict=False)]


@pytest.mark.parametrize("second", [FAULT, OTHER])
def test_two_of_one_node_draw_for_themselves(second):
    net = network()
    net.inject(FAULT)
    first = list(FAULT.crashes(net))
    net.inject(second)
    again = list(second.crashes(net))
    assert len(first) > 5
    shared = {crash.at for crash in first} & {crash.at for crash in again}
    assert not shared
    net.run()
    starts = sorted(crash.at for crash in first + again)
    seen = [time for time, event in rows(net) if event == "crashed"]
    assert set(seen) <= set(starts)
    assert seen[0] == starts[0]


def test_a_second_phase_does_not_repeat_the_first():
    net = network()
    net.inject(FAULT)
    first = list(FAULT.crashes(net))
    net.run(until=10)
    net.inject(FAULT)
    second = list(FAULT.crashes(net))
    assert all(10 <= crash.at < 20 for crash in second)
    assert uptimes(second, since=10.0)[:3] != pytest.approx(uptimes(first)[:3])


def test_to_look_at_crashes_changes_nothing():
    alone, watched = network(), network()
    alone.inject(FAULT, FAULT)
    alone.run()
    before = [list(FAULT.crashes(watched)) for _ in range(2)]
    watched.inject(FAULT)
    after = [list(FAULT.crashes(watched)) for _ in range(2)]
    assert before == after
    assert before[0] == before[1]
    watched.inject(FAULT)
    last = list(FAULT.crashes(watched))
    assert last != after[0]
    watched.run()
    assert list(FAULT.crashes(watched)) == last
    assert rows(watched) == rows(alone)


def test_before_it_is_injected_a_second_one_shows_its_own_draws():
    net = network()
    net.inject(FAULT)
    expected = list(OTHER.crashes(net))
    net.inject(OTHER)
    assert list(OTHER.crashes(net)) == expected
    assert expected[0].at != next(FAULT.crashes(net)).at


def test_a_node_called_like_the_second_crashes_of_another_has_draws_of_its_own():
    """The second crashes of "a", and the first of a node called "a 2", "a2" or "a→→2"."""
    net = network()
    net.inject(FAULT, OTHER)
    second = next(OTHER.crashes(net)).at
    for name in ("a 2", "a2", "2"):
        net.node(name)
        like = RandomCrashes(node=name, mean_time_to_failure=1, mean_time_to_repair=0.1, until=20)
        net.inject(like)
        assert next(like.crashes(net)).at != second
    with pytest.raises(ValueError, match=r"Network\.stream\.name .* without →"):
        net.stream("crashes of a→→2")


def test_the_other_node_of_a_network_changes_no_draws():
    net = network()
    net.node("b")
    net.inject(RandomCrashes(node="b", mean_time_to_failure=1, mean_time_to_repair=1, until=20))
    net.inject(FAULT)
    assert list(FAULT.crashes(net)) == list(FAULT.crashes(network()))


@pytest.mark.parametrize("seed", range(3))
def test_several_are_recorded_each_with_its_own(seed):
    def program(net):
        net.node("a")
        net.inject(FAULT, FAULT, OTHER)
        looked = list(FAULT.crashes(net))

        def later():
            yield net.timeout(5)
            net.inject(FAULT)

        net.process(later())
        net.run()
        return looked, list(FAULT.crashes(net))

    recorded = RecordedNetwork(seed)
    looked = program(recorded)
    again = CalmNetwork(seed, adversary=recorded.script)
    assert program(again) == looked
    assert again.trace.rows == recorded.trace.rows
    assert looked[0] != looked[1]


def test_none_begins_where_the_last_instant_is_past():
    net = network()
    net.run(until=30)
    net.inject(FAULT)
    assert list(FAULT.crashes(net)) == []
    net.run()
    assert rows(net) == []
    assert net.now == 30


def test_two_uses_of_one_name_do_not_draw_the_same():
    """A stream goes on where it is; a link's losses have one that no user can ask for."""
    net = network()
    whole = network().stream("flood").random(6).tolist()
    assert net.stream("flood").random(3).tolist() + net.stream("flood").random(3).tolist() == whole
    for name in ("a→b", "", 3):
        with pytest.raises(ValueError, match=r"Network\.stream\.name"):
            net.stream(name)


def test_the_first_of_a_node_draws_from_the_stream_of_its_name_and_the_second_from_one_beside_it():
    """A change of these names would change every published run with random crashes."""
    net = network()
    net.inject(FAULT)
    first = next(FAULT.crashes(net))
    net.inject(OTHER)
    second = next(OTHER.crashes(net))
    for crash, name in ((first, "crashes of a"), (second, "crashes of a→→2")):
        draws = Network(seed=1)._randomness.stream(name)
        assert crash.at == pytest.approx(draws.exponential(1.0), abs=1e-9)
