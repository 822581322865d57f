"""A script is a value: compared, written to TOML, said aloud; it refuses what can never happen."""

import re
from typing import Any

import pytest
from hypothesis import given, settings

from simulator import (
    Constant,
    Crash,
    Cut,
    Duplicate,
    Hold,
    Link,
    Lose,
    Network,
    NotVectorizable,
    Partition,
    RandomCrashes,
    Scenario,
    Script,
    SlowNode,
    simulate,
)
from simulator.languages.texts import texts
from simulator.network import LinkOutage
from simulator.policies import Promise
from tests.simulator.strategies import scripted_scenarios, scripts

LOST = Lose(message=0, what="acknowledgement")
WINDOW: dict[str, Any] = {"at": 1.5, "lasts": 0.25}


@settings(max_examples=100, deadline=None)
@given(script=scripts(5))
def test_a_script_comes_back_from_toml(script):
    again = Script.from_toml(script.to_toml())
    assert again == script
    assert hash(again) == hash(script)
    assert again.to_toml() == script.to_toml()


@settings(max_examples=50, deadline=None)
@given(scenario=scripted_scenarios)
def test_a_scenario_with_a_script_comes_back_from_toml(scenario):
    again = Scenario.from_toml(scenario.to_toml())
    assert again == scenario
    assert again.identity == scenario.identity


def test_a_script_is_short_in_toml():
    text = """
    [[actions]]
    type = "Lose"
    message = 0
    what = "acknowledgement"

    [[actions]]
    type = "Hold"
    message = 3
    seconds = 1

    [[actions]]
    type = "Crash"
    node = "receiver"
    at = 0.5
    lasts = 2.0
    """
    crash = Crash(node="receiver", at=0.5, lasts=2.0)
    script = Script([LOST, Hold(message=3, seconds=1.0), crash])
    assert Script.from_toml(text) == script
    assert "attempt" not in script.to_toml()


def test_an_action_is_written_as_one_would():
    assert repr(Lose(message=0, attempt=2)) == "Lose(message=0, attempt=2)"
    assert repr(Hold(message=3, seconds=1)) == "Hold(message=3, seconds=1.0)"


def test_scenarios_without_an_adversary_are_written_as_ever():
    assert "adversary" not in Scenario().to_toml()
    assert Scenario(adversary=Script()).identity != Scenario().identity


@pytest.mark.parametrize(
    ("action", "english", "french"),
    [
        (
            Lose(message=0, what="acknowledgement", attempt=2),
            "The network loses the acknowledgement of attempt 2 of message 0.",
            "Le réseau perd l'accusé de réception de la tentative 2 du message 0.",
        ),
        (
            Lose(what="acknowledgement", nth=2),
            "The network loses the 2nd acknowledgement.",
            "Le réseau perd le 2e accusé de réception.",
        ),
        (
            Lose(nth=1, link="sender→receiver"),
            "The network loses the 1st transmission on the link sender→receiver.",
            "Le réseau perd la 1re transmission sur le lien expéditeur→récepteur.",
        ),
        (
            Lose(nth=13),
            "The network loses the 13th transmission.",
            "Le réseau perd la 13e transmission.",
        ),
        (
            Lose(message=1, what="acknowledgement", copy=1),
            "The network loses the acknowledgement of message 1 (of the network's copy).",
            "Le réseau perd l'accusé de réception du message 1 (de la copie due au réseau).",
        ),
        (
            Duplicate(message=5),
            "The network duplicates message 5.",
            "Le réseau duplique le message 5.",
        ),
        (
            Duplicate(message=5, hold=0.3),
            "The network duplicates message 5, and holds the copy for 0.3 s.",
            "Le réseau duplique le message 5 et retient la copie pendant 0,3 s.",
        ),
        (
            Hold(message=3, attempt=2, seconds=1.5),
            "The network holds attempt 2 of message 3 for 1.5 s.",
            "Le réseau retient la tentative 2 du message 3 pendant 1,5 s.",
        ),
        (
            Crash(node="receiver", **WINDOW),
            "Node receiver crashes at 1.5 s, for 0.25 s.",
            "Panne du nœud récepteur à 1,5 s, pendant 0,25 s.",
        ),
        (
            Crash(node="a", refuses=True, **WINDOW),
            "Node a crashes at 1.5 s, for 0.25 s; senders are told.",
            "Panne du nœud a à 1,5 s, pendant 0,25 s ; les expéditeurs en sont avertis.",
        ),
        (
            Cut(sender="a", receiver="b", **WINDOW),
            "The link a→b is cut at 1.5 s, for 0.25 s.",
            "Le lien a→b est coupé à 1,5 s, pendant 0,25 s.",
        ),
        (
            LinkOutage(between=("a", "b"), **WINDOW),
            "The links between a and b are cut at 1.5 s, for 0.25 s.",
            "Les liens entre a et b sont coupés à 1,5 s, pendant 0,25 s.",
        ),
        (
            Partition(groups=(("a", "b"), ("c",)), **WINDOW),
            "The network is partitioned at 1.5 s, for 0.25 s: a, b | c.",
            "Le réseau est partitionné à 1,5 s, pendant 0,25 s : a, b | c.",
        ),
        (
            SlowNode(node="a", factor=3.0, **WINDOW),
            "Node a is slow from 1.5 s, for 0.25 s: all takes 3 times as long.",
            (
                "Le nœud a est lent à partir de 1,5 s, pendant 0,25 s : "
                "tout y prend 3 fois plus de temps."
            ),
        ),
    ],
)
def test_each_action_is_said_in_both_languages(action, english, french):
    assert str(Script([action])) == english
    assert Script([action]).explain("fr") == french


def test_both_languages_say_the_same_things():
    english, french = texts("en").section("script"), texts("fr").section("script")
    assert set(english) == set(french)
    for key, sentence in english.items():
        places = re.compile(r"{\w+}").findall
        assert sorted(places(sentence)) == sorted(places(french[key])), key
    assert {promise.name for promise in Promise} <= set(english)


def test_an_empty_script_says_so():
    assert str(Script()) == "The network is calm: the adversary does nothing."
    with pytest.raises(ValueError, match="language must be one of"):
        Script().explain("de")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (Lose, "Lose.message must be a number of a message"),
        (lambda: Lose(message=0, nth=1), "Lose.message must be"),
        (lambda: Lose(message=-1), "Lose.message must be a whole number at least 0"),
        (lambda: Lose(message=0, attempt=0), "Lose.attempt must be a whole number at least 1"),
        (lambda: Lose(message=0, what="reply"), 'Lose.what must be one of "data"'),
        (lambda: Lose(message=0, copy=1), "Lose.copy must be a whole number"),
        (lambda: Lose(nth=0), "Lose.nth must be a whole number at least 1"),
        (lambda: Lose(nth=1, attempt=2), "Lose.attempt must be left out"),
        (lambda: Lose(message=0, link="a"), 'Lose.link must be a link, such as "client→server"'),
        (lambda: Hold(message=0, seconds=-1), "Hold.seconds must be a finite number at least 0"),
        (lambda: Duplicate(message=0, hold=-1), "Duplicate.hold must be a finite number"),
        (lambda: Script([LOST, LOST]), "Script.actions must be different from each other"),
        (lambda: Script(LOST), "Script.actions must be actions, such as"),
        (
            lambda: Script(
                [RandomCrashes(node="a", mean_time_to_failure=1, mean_time_to_repair=1, until=2)]  # type: ignore[list-item]  # bad
            ),
            "Script.actions must be actions, such as",
        ),
        (lambda: Scenario(adversary=LOST), "Scenario.adversary must be an adversary"),
        (lambda: Network(adversary=LOST), "Network.adversary must be an adversary"),
        (lambda: Script.from_toml("actions = 3"), "Script.actions must be actions"),
        (lambda: Script.from_toml("actions = "), "Script must be TOML"),
        (lambda: Script.from_toml('actions = [{type = "Loose"}]'), "actions.type must be one of"),
        (
            lambda: Script.from_toml('actions = [{type = "Hold", message = 1}]'),
            "Hold must have seconds in this TOML",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(make, said):
    with pytest.raises(ValueError, match=said):
        make()


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (Lose(message=7), "must be about one of the messages 0 to 2, got Lose"),
        (Lose(message=0, link="client→server"), 'must be about "sender→receiver"'),
        (
            Lose(nth=1, link="receiver→sender"),
            'must be about "sender→receiver", the link that carries it',
        ),
        (
            Lose(message=0, what="acknowledgement", link="sender→receiver"),
            'must be about "receiver→sender", the link that carries it',
        ),
        (Crash(node="server", at=0.0, lasts=1.0), 'must be about the nodes "sender"'),
        (LinkOutage(between=("sender", "b"), at=0.0, lasts=1.0), 'about the nodes "sender"'),
        (Partition(groups=(("sender",), ("b",)), at=0.0, lasts=1.0), 'about the nodes "sender"'),
        (Crash(node="sender", at=2.0, lasts=1.0), "must be before the horizon, 2 s"),
    ],
)
def test_what_can_never_happen_in_a_scenario_is_refused(action, said):
    with pytest.raises(ValueError, match=said):
        Scenario(messages=3, horizon=2.0, adversary=Script([action]))


def test_an_action_that_met_nothing_is_told_of():
    """Message 0 is acknowledged at once: it has no second attempt; a lost one has no copy."""
    never: tuple[Any, ...] = (Lose(message=0, attempt=2), Lose(nth=9), Duplicate(message=1))
    script = Script((*never, Lose(message=1)))
    outcome = simulate(Scenario(link=Link(delay=Constant(0.05)), messages=2, adversary=script))
    assert set(outcome.missed) == set(never)
    assert "3 actions met nothing" in repr(outcome)


def test_a_fault_after_the_end_is_told_of():
    late = Crash(node="a", at=5.0, lasts=1.0)
    net = Network(adversary=Script([late]))
    net.node("a")
    net.run(until=5.0)
    assert net.missed == (late,)
    net.run(until=5.1)
    assert net.missed == ()


def test_a_script_needs_the_network_itself():
    scenario = Scenario(messages=3, adversary=Script([LOST]))
    assert simulate(scenario).engine == "discrete-event"
    assert simulate(scenario).ledger == simulate(scenario, trace=True).ledger
    with pytest.raises(NotVectorizable, match="adversary"):
        simulate(scenario, engine="vectorized")
