"""A search shared among workers finds what one process finds."""

import dataclasses
from functools import cache
from typing import Any

import pytest

from experiments.framework.parallel import Workers
from experiments.framework.search import shared
from simulator import AtLeastOnce, Constant, ExactlyOnce, Link, Periodic, Retry, Scenario, worlds

LINK = Link(delay=Constant(0.05))
BROKEN = Scenario(
    link=LINK,
    guarantee=ExactlyOnce(window=1, retry=Retry(max_attempts=3)),
    workload=Periodic(interval=0.01),
    messages=2,
)
BOUNDED = Scenario(link=LINK, guarantee=AtLeastOnce(retry=Retry(max_attempts=3)), messages=2)


def found_by(one):
    return (
        one.count,
        one.findings.tallies,
        one.findings.undecided,
        one.findings.violating,
        one.findings.said,
    )


SEARCHES: list[tuple[Scenario, dict[str, Any]]] = [
    (BROKEN, {}),
    (BOUNDED, {"losses": 2, "hold": 0.3, "crashes": 1}),
    (BOUNDED.replace("horizon", 0.5), {}),
]


@cache
def found_alone(which):
    scenario, bounds = SEARCHES[which]
    return worlds(scenario, **bounds)


@pytest.mark.parametrize(("jobs", "alone"), [(1, 1), (1, 40), (1, 10_000), (2, 1), (2, 100)])
@pytest.mark.parametrize("which", range(len(SEARCHES)))
def test_any_workers_find_what_one_process_does(which, jobs, alone):
    serial, (scenario, bounds) = found_alone(which), SEARCHES[which]
    by_workers = worlds(scenario, **bounds, search=shared(Workers(jobs=jobs), alone=alone))
    assert found_by(by_workers) == found_by(serial)
    assert serial.count > 150


def test_the_counterexample_does_not_depend_on_who_finds_it():
    serial: Any = worlds(BROKEN)
    for alone in (1, 7, 100):
        found = worlds(BROKEN, search=shared(Workers(), alone=alone))
        assert found.counterexample == serial.counterexample
    assert len(serial.counterexample) == 1


@pytest.mark.parametrize("alone", [1, 100, 1_000])
@pytest.mark.parametrize("less", [1, 200])
def test_the_limit_holds_for_all_of_them_together(alone, less):
    count = worlds(BROKEN).count
    search = shared(Workers(), alone=alone)
    with pytest.raises(ValueError, match=f"{count - less} worlds were seen, and there are others"):
        worlds(BROKEN, limit=count - less, search=search)
    assert worlds(BROKEN, limit=count, search=search).count == count


class Failing(AtLeastOnce):
    """Fails once two transmissions have failed."""

    def send(self, channel, message):
        yield from super().send(channel, message)
        raise ValueError("this guarantee fails")


def test_what_fails_in_a_worker_is_told():
    retry = Retry(max_attempts=3)
    failing = dataclasses.replace(BOUNDED, guarantee=Failing(retry=retry))
    with pytest.raises(ValueError, match="this guarantee fails"):
        worlds(failing, search=shared(Workers(), alone=1))


def test_shares_are_reported_as_they_are_done():
    told: list[Any] = []

    class Bar:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            told.append("closed")

        def advance(self, runs, shares):
            told.append((runs, shares))

    def progress(size):
        told.append(size.runs)
        return Bar()

    worlds(BROKEN, search=shared(Workers(), progress, alone=100))
    shares, *done, closed = told
    assert done == [(1, 1)] * shares
    assert closed == "closed"
