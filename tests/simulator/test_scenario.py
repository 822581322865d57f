"""Scenarios are values: compared, hashed, written to TOML, changed in one place."""

import subprocess
import sys
from dataclasses import dataclass

import pytest
from hypothesis import given, settings

from simulator import (
    AtLeastOnce,
    BestEffort,
    EndlessRun,
    ExactlyOnce,
    GilbertElliott,
    Link,
    Outages,
    Retry,
    Scenario,
    simulate,
)
from tests.simulator.strategies import scenarios

ENDLESS = AtLeastOnce(retry=Retry(max_attempts=None))


@settings(max_examples=200, deadline=None)
@given(scenario=scenarios)
def test_a_scenario_comes_back_from_toml(scenario):
    again = Scenario.from_toml(scenario.to_toml())
    assert again == scenario
    assert again.to_toml() == scenario.to_toml()
    assert again.identity == scenario.identity
    assert hash(again) == hash(scenario)


def test_for_ever_is_inf_in_toml():
    text = Scenario(guarantee=ENDLESS).to_toml()
    assert "max_attempts = inf" in text
    assert Scenario.from_toml(text).guarantee == ENDLESS


def test_a_short_text_is_enough():
    scenario = Scenario.from_toml(
        """
        messages = 50
        [guarantee]
        type = "ExactlyOnce"
        retry = {timeout = 0.1}
        [link]
        loss = 0.2
        delay = {type = "Exponential", mean = 0.05}
        """
    )
    assert scenario.guarantee == ExactlyOnce(retry=Retry(timeout=0.1))
    assert scenario.link.loss == 0.2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("messages = ", "TOML"),
        ("mesages = 3", "no field 'mesages'"),
        ("messages = -3", "Scenario.messages must be"),
        (
            'guarantee = {type = "Twice"}',
            "one of AtLeastOnce, AtMostOnce, BestEffort, ExactlyOnce, Handshake, Store.*, got 'Twi",
        ),
        ('link = {loss = {type = "Poisson"}}', "one of Bernoulli, GilbertElliott, Outages, Scri"),
        ('link = {delay = {type = "Exponential"}}', "Exponential must have mean in this TOML"),
        ("link = {loss = 2.0}", "Link.loss must be"),
        ("link = {los = 0.2}", "Link has no field 'los'"),
    ],
)
def test_a_bad_text_is_refused_by_name(text, said):
    with pytest.raises(ValueError, match=said):
        Scenario.from_toml(text)


def test_identities_differ_where_scenarios_do_and_do_not_depend_on_the_process():
    scenario = Scenario(seed=1)
    assert scenario.identity != Scenario(seed=2).identity
    code = "from simulator import Scenario; print(Scenario(seed=1).identity)"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == scenario.identity


def test_a_whole_number_is_the_same_as_its_float():
    assert Scenario(link=Link(loss=0)).identity == Scenario(link=Link(loss=0.0)).identity


@dataclass(frozen=True)
class Own:
    """Somebody's own loss."""

    rate: float

    def loses(self, transmission, u):
        return u < self.rate


class Plain:
    """Somebody's own loss that cannot be told from its like."""

    def loses(self, transmission, u):
        return False


def test_somebodys_own_class_has_an_identity_with_its_source_in_it():
    text = Scenario(link=Link(loss=Own(0.1))).to_toml()
    assert "Own" in text
    assert "code = " in text
    assert (
        Scenario(link=Link(loss=Own(0.1))).identity != Scenario(link=Link(loss=Own(0.2))).identity
    )


def test_what_cannot_be_compared_has_no_identity_but_runs():
    scenario = Scenario(link=Link(loss=Plain()), messages=5)
    assert simulate(scenario).summary["loss_rate"] == 0
    with pytest.raises(ValueError, match="loss must be a dataclass"):
        _ = scenario.identity


def test_replace_changes_one_value():
    scenario = Scenario(seed=3)
    changed = scenario.replace("guarantee.retry.timeout", 0.5)
    assert changed.guarantee == AtLeastOnce(retry=Retry(timeout=0.5))
    assert changed.seed == 3
    assert scenario.guarantee == AtLeastOnce()
    assert scenario.replace("link.loss", 0.5).link == Link(loss=0.5)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("lnk.loss", "Scenario has"),
        ("link.los", "Link has"),
        ("guarantee.retry.timeout.x", "float has: none"),
        ("", "Scenario has"),
    ],
)
def test_replace_refuses_a_place_that_is_not_there(path, said):
    with pytest.raises(ValueError, match=said):
        Scenario().replace(path, 1)


def test_replace_checks_the_value():
    with pytest.raises(ValueError, match=r"Link\.loss must be"):
        Scenario().replace("link.loss", 1.5)


@pytest.mark.parametrize(
    ("link", "return_link"),
    [
        (Link(loss=1.0), None),
        (Link(), Link(loss=1)),
        (Link(loss=GilbertElliott(p=1.0, r=0.0)), None),
    ],
)
@pytest.mark.parametrize("engine", ["auto", "discrete-event", "vectorized"])
def test_an_endless_run_is_refused_before_it_starts(link, return_link, engine):
    scenario = Scenario(guarantee=ENDLESS, link=link, return_link=return_link)
    with pytest.raises(EndlessRun, match=r"Scenario\.horizon"):
        simulate(scenario, engine=engine)


@pytest.mark.parametrize(
    "scenario",
    [
        Scenario(guarantee=ENDLESS, link=Link(loss=1.0), horizon=5, messages=3),
        Scenario(guarantee=AtLeastOnce(), link=Link(loss=1.0), messages=3),
        Scenario(
            guarantee=AtLeastOnce(retry=Retry(max_attempts=None, deadline=1.0)),
            link=Link(loss=1.0),
            messages=3,
        ),
        Scenario(guarantee=BestEffort(), link=Link(loss=1.0), messages=3),
        Scenario(guarantee=ENDLESS, link=Link(loss=Outages(windows=((0, 2),))), messages=3),
    ],
)
def test_a_run_that_ends_is_not(scenario):
    assert simulate(scenario, engine="discrete-event").ledger == simulate(scenario).ledger


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"guarantee": "at least once"}, "guarantee"),
        ({"guarantee": AtLeastOnce}, "guarantee"),
        ({"link": 0.2}, "link"),
        ({"return_link": 0.2}, "return_link"),
        ({"workload": 0.01}, "workload"),
        ({"messages": 0}, "messages"),
        ({"messages": 10.5}, "messages"),
        ({"messages": True}, "messages"),
        ({"horizon": 0}, "horizon"),
        ({"horizon": float("inf")}, "horizon"),
        ({"horizon": float("nan")}, "horizon"),
        ({"idempotent": "yes"}, "idempotent"),
        ({"seed": -1}, "seed"),
        ({"seed": 1.0}, "seed"),
        ({"seed": None}, "seed"),
    ],
)
def test_a_bad_parameter_is_refused_by_name_in_one_line(arguments, field):
    with pytest.raises(ValueError, match=rf"^Scenario\.{field} must be .*, got .*$"):
        Scenario(**arguments)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"engine": "fast"}, "engine"),
        ({"engine": None}, "engine"),
        ({"trace": 1}, "trace"),
        ({"replication": -1}, "replication"),
        ({"replication": 2**32}, "replication"),
    ],
)
def test_simulate_refuses_a_bad_argument(arguments, field):
    with pytest.raises(ValueError, match=rf"^simulate\.{field} must be "):
        simulate(Scenario(), **arguments)


def test_simulate_refuses_what_is_not_a_scenario():
    with pytest.raises(ValueError, match="a Scenario, got"):
        simulate(Link())  # type: ignore[arg-type]  # it is no scenario
