"""A random run that broke a promise becomes the shortest script that still breaks it."""

import dataclasses
from functools import cache
from typing import Any

import pytest

from experiments.course.broken_promises import CASES, DEDUPLICATION_WINDOW, WORKLOAD
from simulator import (
    At,
    AtLeastOnce,
    BestEffort,
    Constant,
    Crash,
    EndlessRun,
    ExactlyOnce,
    Exponential,
    Hold,
    Link,
    Lose,
    Periodic,
    Poisson,
    Retry,
    Scenario,
    Script,
    minimize,
    simulate,
)
from simulator.adversary import CalmNetwork
from simulator.policies import Promise

SEEDS = range(1, 4)


@cache
def least_of(name, seed):
    return shrink(name, seed)


def shrink(name, seed, **options):
    case = CASES[name]
    if isinstance(case, Scenario):
        changed = dataclasses.replace(case, messages=200, seed=seed)
        return minimize(changed, search=20, **options)
    return minimize(case, workload=WORKLOAD, messages=200, seed=seed, search=20, **options)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_window_of_one_takes_two_messages_and_one_action(seed):
    """Between two arrivals of a message another must come, and something makes it come twice."""
    least = least_of("deduplication_window", seed)
    assert (len(least.times), len(least.script)) == (2, 1)
    assert least.promise is Promise.NEVER_TWICE
    assert least.messages_before == 200
    assert "A message is handed over twice." in str(least)
    assert repr(least) == "<Minimum of 2 messages and 1 actions; print it, or .plot() it>"


@pytest.mark.parametrize("seed", SEEDS)
def test_acknowledging_before_processing_takes_one_message_and_a_crash(seed):
    least = least_of("acknowledge_before", seed)
    (crash,) = least.script.actions
    assert isinstance(crash, Crash)
    (sent,) = least.times
    # It takes 14 ms to come (the median of an exponential of mean 20 ms), and 100 ms to process.
    assert sent + 0.014 <= crash.at <= sent + 0.114


@pytest.mark.parametrize("seed", SEEDS)
def test_a_short_visibility_timeout_takes_one_message_and_nothing_else(seed):
    least = least_of("visibility_timeout", seed)
    assert least.times == (0.0,)
    assert least.script == Script()


@pytest.mark.parametrize(("mean", "seed"), [(0.02, 1), (0.02, 2), (0.1, 3), (0.1, 4)])
def test_without_any_one_message_or_action_the_promise_is_kept(seed, mean):
    link = Link(delay=Exponential(mean=mean), loss=0.3, duplicate=0.1)
    scenario = dataclasses.replace(DEDUPLICATION_WINDOW, link=link, messages=40, seed=seed)
    least = minimize(scenario, search=20).scenario
    assert least is not None
    assert simulate(least).verdict.promise is Promise.NEVER_TWICE
    actions: Any = least.adversary.actions
    for place in range(len(actions)):
        rest = Script(actions[:place] + actions[place + 1 :])
        assert simulate(dataclasses.replace(least, adversary=rest)).verdict.status == "held"
    times: Any = least.workload.times
    for gone in range(len(times)):
        kept = times[:gone] + times[gone + 1 :]
        rest = Script(
            [
                dataclasses.replace(action, message=action.message - (action.message > gone))
                for action in actions
                if action.message != gone
            ]
        )
        fewer = dataclasses.replace(
            least, workload=At(times=kept), messages=len(kept), adversary=rest
        )
        assert simulate(fewer).verdict.status == "held"


@pytest.mark.parametrize("name", CASES)
def test_it_is_the_same_each_time_and_no_longer_than_promised(name):
    least, again = least_of(name, 1), shrink(name, 1)
    assert least.script == again.script
    assert least.times == again.times
    assert least.trace.rows == again.trace.rows
    assert least.runs == again.runs
    assert len(least.times) <= 2
    assert len(least.script) <= 3


def test_the_scenario_that_is_left_is_the_run_that_is_drawn():
    least = least_of("deduplication_window", 1)
    stored = Scenario.from_toml(least.scenario.to_toml())
    outcome = simulate(stored, trace=True)
    assert outcome.trace.rows == least.trace.rows
    assert outcome.missed == ()
    assert outcome.verdict.status == "violated"


def test_messages_are_numbered_anew_and_actions_follow():
    """Only message 5 of ten goes wrong: its first acknowledgement is lost, and 6 comes between."""
    script = Script([Lose(message=5, what="acknowledgement"), Hold(message=8, seconds=0.06)])
    scenario = Scenario(
        guarantee=ExactlyOnce(retry=Retry(timeout=0.2), window=1),
        link=Link(delay=Constant(0.05)),
        workload=Periodic(interval=0.15),
        messages=10,
        adversary=script,
    )
    least = minimize(scenario)
    assert least.messages == (5, 6)
    assert least.script == Script([Lose(message=0, what="acknowledgement")])
    assert least.times[0] == 0.0
    assert 0.0 < least.times[1] < 0.2  # before the second attempt
    assert (least.messages_before, least.actions_before) == (10, 2)


@pytest.mark.parametrize("lasts", [0.3, 0.35])
def test_what_a_crashed_sender_never_sent_has_no_number(lasts):
    """Of ten, those of 0.3, 0.4 and 0.5 s are not sent; at 0.6 s, where it may restart, one is."""
    script = Script([Crash(node="sender", at=0.25, lasts=lasts), Lose(message=2)])
    scenario = Scenario(
        guarantee=AtLeastOnce(retry=Retry(timeout=0.2)),
        link=Link(delay=Constant(0.02)),
        workload=Periodic(interval=0.1),
        messages=10,
        adversary=script,
    )
    assert simulate(scenario).ledger["created_s"][2:4].tolist() == [0.2, 0.6]
    least = minimize(scenario)
    assert (least.messages_before, least.messages) == (7, (2,))
    assert {type(action) for action in least.script.actions} == {Crash, Lose}
    assert least.script.actions[1] == Lose(message=0)


def test_numbers_are_round():
    """A hold of anything above 0.15 s makes the sender try again; 0.2 is roundest below 0.2345."""
    scenario = Scenario(
        guarantee=ExactlyOnce(retry=Retry(timeout=0.2), window=1),
        link=Link(delay=Constant(0.05)),
        workload=At(times=(1.2345, 1.3456)),
        messages=2,
        adversary=Script([Hold(message=0, what="acknowledgement", seconds=0.23456)]),
    )
    least = minimize(scenario)
    assert least.times == (0.0, 0.1)
    (hold,) = least.script.actions
    assert hold == Hold(message=0, what="acknowledgement", seconds=0.2)


def test_progress_is_told_and_never_turns_back():
    steps = []
    scenario = dataclasses.replace(DEDUPLICATION_WINDOW, messages=50)
    least = minimize(scenario, search=20, progress=steps.append)
    assert steps[0].messages == 50
    sizes = [step.messages + step.actions for step in steps]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] == len(least.times) + len(least.script)
    assert steps[-1].runs == least.runs


def test_what_is_left_is_drawn_under_what_it_says():
    least = least_of("deduplication_window", 1)
    french = least.to_mermaid(language="fr")
    assert "Le réseau perd l'accusé de réception du message 0.<br/>Un message est remis" in french
    figure = least.plot(language="fr")
    assert figure.get_suptitle().endswith("Un message est remis deux fois.")
    assert '"language":"fr"' in least.play(language="fr").page


def forgetful(net, times):
    """A program of one's own: a sender that tries once, and thinks that this is enough."""
    a, b = net.node("a"), net.node("b")
    net.connect(a, b, Link(delay=Exponential(mean=0.01), loss=0.1))
    b.on("word")(lambda message: None)
    a.send_each(At(times=times), b, "word", messages=len(times), guarantee=BestEffort())
    net.run()
    lost = int((a.ledger["handovers"] == 0).sum())
    return f"{lost} lost" if lost else None


def test_a_program_of_ones_own_says_what_broke():
    least = minimize(forgetful, workload=Poisson(rate=10), messages=50, seed=2)
    assert least.said == "1 lost"
    assert least.script == Script([Lose(message=0)])
    assert least.times == (0.0,)
    assert least.scenario is None
    assert least.seed == 2


def in_doubt(net, times):
    """A program whose clients ask, are not answered, and do not know that they were heard."""
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, Link(delay=Constant(0.05), loss=0.4))
    server.on("sum")(lambda message: None)
    guarantee = AtLeastOnce(retry=Retry(timeout=0.2, max_attempts=2))
    for _ in times:
        client.ask(server, "sum", guarantee=guarantee).defused = True
    net.run()
    gave_up = client.ledger["belief"] == "gave_up"
    return bool((gave_up & (client.ledger["handovers"] > 1)).any())


def test_a_request_and_its_reply_are_called_so():
    least = minimize(in_doubt, workload=Poisson(rate=10), messages=20, seed=1)
    assert least.explain("fr", conclusion="C'est tout.").splitlines() == [
        "Le réseau perd la réponse.",
        "Le réseau perd la réponse à la tentative 2 de la requête.",
        "C'est tout.",
    ]
    assert least.explain("en", conclusion="That is all.").splitlines()[1] == (
        "The network loses the reply to attempt 2 of the request."
    )
    assert "n1--xn0: Lost on the way: reply (0.050 s → …)" in least.to_mermaid()


def test_another_repetition_has_other_luck():
    found = [
        minimize(forgetful, workload=Poisson(rate=10), messages=50, replication=r).messages
        for r in range(3)
    ]
    assert len(set(found)) > 1


def breaks_down(net, times):
    """A program whose actions must all be there: without them it raises an error of its own."""
    broken = forgetful(net, times)
    if broken is None:
        raise EndlessRun("nothing was lost")
    return broken


def test_a_run_that_fails_of_something_else_breaks_no_promise():
    least = minimize(breaks_down, workload=Periodic(interval=0.1), messages=50, seed=2)
    assert least.script == Script([Lose(message=0)])


class Fickle:
    """A program that depends on more than its network: it breaks its promise once."""

    runs = 0

    def __call__(self, net, times):
        forgetful(net, times)
        self.runs += 1
        return self.runs == 1


@pytest.mark.parametrize(
    ("arguments", "options", "said"),
    [
        (Scenario(messages=20), {}, r"minimize\.verdict must be .*, got 'held'"),
        (Scenario(messages=20), {"search": 3}, "in one of 3 random runs"),
        (Scenario(guarantee=BestEffort()), {}, "one that promises something"),
        (Scenario(), {"seed": 1}, r"minimize\.seed must be left out"),
        (Scenario(), {"messages": 1}, r"minimize\.messages must be left out"),
        (Scenario(), {"search": 0}, r"minimize\.search must be a whole number at least 1"),
        (Scenario(horizon=0.1, workload=At(times=(1.0,))), {}, "held"),
        ("shop", {}, r"minimize\.subject must be a Scenario, or a program"),
        (forgetful, {}, r"minimize\.workload must be a workload"),
        (forgetful, {"workload": WORKLOAD, "messages": 0}, r"minimize\.messages must be"),
        (Fickle(), {"workload": WORKLOAD}, "to be repeated"),
        (
            Scenario(guarantee=AtLeastOnce(retry=Retry(max_attempts=None)), link=Link(loss=1.0)),
            {},
            "this run would never end",
        ),
    ],
)
def test_what_cannot_be_minimized_is_refused_by_name(arguments, options, said):
    with pytest.raises(ValueError, match=said):
        minimize(arguments, **options)


def test_a_calm_network_injects_no_fault_of_the_program():
    net = CalmNetwork()
    net.node("a")
    net.inject(Crash(node="a", at=0.0, lasts=1.0))
    net.run()
    assert not net.trace.rows
