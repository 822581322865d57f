"""What each guarantee loses, repeats and costs."""

from __future__ import annotations

from typing import Any

from experiments.catalogue import load
from experiments.catalogue.delivery_guarantees import EXPERIMENT, POLICIES
from experiments.catalogue.ways_to_deliver import DUPLICATE
from experiments.course.facts import Facts
from experiments.course.measured import Measure, Tables, claim
from experiments.course.worlds_shown import at_least_once
from simulator.worlds.polynomials import in_words

LOSS, WORSE = 0.2, 0.5
GUARANTEES = ("at_most_once", "at_least_once", "exactly_once")


def facts(measured: Tables) -> Facts:
    """Losses, duplicates, copies and time under each guarantee; and its limits."""

    def each(metric: str) -> dict[str, Measure]:
        return {
            key: measured("delivery_guarantees", metric, guarantee=key, retry="chapter", loss=LOSS)
            for key in GUARANTEES
        }

    def ways(metric: str) -> dict[str, Measure]:
        return {
            way: measured("ways_to_deliver", metric, way=way, loss=LOSS)
            for way in ("best_effort", least_once, "broker")
        }

    base: Any = EXPERIMENT.base  # a Scenario whose delay has a mean
    lost, twice, cost = each("loss_rate"), each("duplicate_rate"), each("cost")
    once, least_once, exactly = GUARANTEES
    memory = each("receiver_remembers")
    claim("at least once remembers nothing", memory[least_once].mean == 0)
    claim("exactly once remembers most", memory[exactly].low > memory[once].high)
    claim("at most once costs least", cost[once].high < cost[least_once].low)
    claim("at most once loses most", lost[once].low > lost[least_once].high)
    claim("at least once alone repeats", twice[least_once].low > twice[exactly].mean == 0)
    claim("exactly once sends what at least once sends", cost[exactly] == cost[least_once])
    lost_by, twice_by = ways("loss_rate"), ways("duplicate_rate")
    claim(
        "a broker loses less than sending once", lost_by["broker"].high < lost_by["best_effort"].low
    )
    claim("and more than sending again", lost_by[least_once].high < lost_by["broker"].low)
    claim("a broker repeats most", twice_by[least_once].high < twice_by["broker"].low)
    broken = measured.over("exactly_once_limits", "effects_twice", "case")
    claim("nothing is done twice while all is remembered", broken["kept"].mean == 0)
    every = at_least_once("en")
    claim("at least once keeps its promise in every world", every.status == "held")
    return {
        "worlds_count": every.count,
        "worlds_twice": in_words(every.polynomial("duplicated")),
        "loss": LOSS,
        "retry": POLICIES["chapter"],
        "delay": base.link.delay.mean,
        "guarantees": GUARANTEES,
        "lost": lost,
        "twice": twice,
        "cost": cost,
        "memory": memory,
        "slowest": each("latency_p99"),
        "broken": broken,
        "ack_before": measured("exactly_once_limits", "loss_rate", case="ack_before"),
        "messages": load("remember_or_release").base.messages,
        "kept": {
            way: measured("remember_or_release", "remembered", way=way, loss=LOSS)
            for way in ("remember", "release_ordered")
        },
        "kept_cost": {
            way: measured("remember_or_release", "cost", way=way, loss=LOSS)
            for way in ("remember", "release_ordered")
        },
        "unordered": measured("remember_or_release", "effects_twice", way="release", loss=LOSS),
        "duplicate": DUPLICATE,
        "ways": {metric: ways(metric) for metric in ("loss_rate", "duplicate_rate", "cost")},
        "keeps": {who: ways(f"{who}_keeps")["broker"] for who in ("sender", "broker")},
        "worse": WORSE,
        "worse_lost": measured(
            "delivery_guarantees",
            "loss_rate",
            guarantee=least_once,
            retry="chapter",
            loss=WORSE,
        ),
    }
