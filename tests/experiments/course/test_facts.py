"""What the kit says follows from theory, or from the published tables, and not from its own words.

The numbers of the pages are worked out here a second time, by hand. Tables come from random runs:
they are compared with theory within 4 standard errors.
"""

import math
import tomllib
from pathlib import Path

import pytest

from experiments import catalogue
from experiments.catalogue.sync_vs_async import SyncOrAsync
from experiments.catalogue.ways_to_deliver import DIRECT, Delivery
from experiments.cli.settings import resize, with_settings
from experiments.course.facts import facts_of
from experiments.course.measured import Tables
from experiments.course.pages import PAGES, WORDS, Writer
from experiments.course.quiz import Form, write_quiz
from experiments.course.wording import Wording
from experiments.framework.model import measure, receiver_remembers
from simulator import ExactlyOnce, theory

RESULTS = Path(__file__).parents[3] / "results"
T_95 = 2.09
"""Half the width of a 95 % interval over 20 replications, in standard errors (30: 2.05)."""


@pytest.fixture(scope="module")
def facts():
    """The facts of every page."""
    measured = Tables(RESULTS)
    return {page: facts_of(page, measured) for page in PAGES}


def agrees(measured, expected):
    """Whether a measurement is within 4 standard errors of what is expected."""
    return abs(measured.mean - expected) <= 4 * (measured.high - measured.low) / 2 / T_95


def number(measures, metric):
    value = measures[metric]
    assert isinstance(value, float)
    return value


# ------------------------------------------------------------------------------------- the pages


def test_blocking_calls_and_a_queue_are_compared_by_one_clock(facts):
    said, call, through = facts["asynchronous"], 0.05 + 0.02, 0.05 + 0.05 + 0.02
    assert agrees(said["after"]["blocking"], 999 / 2 * (0.05 + 0.02 + 0.05) + call)  # 60.0 s
    last = 0.1 + 1_000 * 0.02 / 4  # the workers are never idle; the mean request is in the middle
    assert 0.1 + (last - 0.1) / 2 < said["after"]["queue"].mean < last / 1.9
    assert agrees(said["spare_after"]["blocking"], call)
    assert agrees(said["spare_after"]["queue"], through)
    assert (said["call"], said["through"]) == (pytest.approx(call), pytest.approx(through))


def test_a_request_takes_time_from_when_it_is_in_hand():
    waits = SyncOrAsync(style="blocking", messages=100)
    spread = 0.02 * math.sqrt(100 / 3)  # of the mean of 100 sums of services, 20 ms each
    assert abs(number(waits.measure(0), "done_after") - (99 / 2 * 0.12 + 0.07)) < 4 * spread
    spared = waits.replace("interval", 0.5)
    assert abs(number(spared.measure(0), "done_after") - 0.07) < 4 * 0.02 / math.sqrt(100)


def test_where_queues_stop_the_cascade_a_queue_grows(facts):
    said = facts["synchronous"]
    can = 5 / (20 * 0.02)
    assert (said["rate"], said["can"], said["grown"]) == (40, can, (40 - can) * 20)
    # As the slow time ends, up to 5 orders more or fewer are being handled than as it began.
    assert abs(said["behind"].mean - said["grown"]) < 5 + 2 * (
        said["behind"].high - said["behind"].low
    )
    assert said["orders"]["queues"].mean == said["failed"]["queues"].mean == 0


def test_what_waits_for_ever_without_a_timeout_is_what_got_no_reply(facts):
    silent = facts["retries"]["silent"]
    assert silent.theory == pytest.approx(1 - 0.8**2)
    assert agrees(silent, 1 - 0.8**2)


def test_a_call_fails_as_often_as_its_request_or_its_reply_is_lost(facts):
    for calls, loss in ((facts["http"]["calls"], 0.1), (facts["http"]["worse_calls"], 0.3)):
        assert agrees(calls.failed, 1 - (1 - loss) ** 2)
        assert agrees(calls.in_doubt, (1 - loss) * loss)


def test_what_is_sent_again_for_ever_is_late_and_not_lost(facts):
    before, after = facts["http"]["slow"].values()
    assert agrees(before, 0.05)
    pauses = [min(0.1 * 2**k, 2.0) for k in range(60)]
    sent = [sum(0.2 + pause for pause in pauses[:k]) for k in range(60)]
    late = 0.05 + sum(0.3**k * 0.7 * at for k, at in enumerate(sent))
    assert after.mean == pytest.approx(late, rel=0.02)  # a copy hardly ever overtakes an older one


def test_pauses_do_not_make_attempts_fewer(facts):
    said = facts["errors"]
    assert said["storm"] == 70 * 4
    assert said["storm"] > said["can"]  # as long as it lasts, nothing gets better by itself
    for policy in ("immediate", "backoff", "jitter"):
        assert said["load"][policy].mean == pytest.approx(said["storm"], rel=0.05)
        assert said["good"][policy].mean == 0


def test_never_twice_is_paid_for_in_memory(facts):
    said = facts["three_guarantees"]["memory"]
    assert agrees(said["at_most_once"], 1 - 0.2)
    assert agrees(said["exactly_once"], 1 - 0.2**3)
    assert said["at_least_once"].mean == 0


@pytest.mark.parametrize("way", DIRECT)
def test_a_receiver_remembers_what_its_memory_on_a_network_holds(way):
    seen = Delivery(way=way, loss=0.3, messages=500).measure(0)
    said = receiver_remembers(DIRECT[way], number(seen, "loss_rate"))
    assert said == pytest.approx(seen["receiver_remembers"])


@pytest.mark.parametrize("guarantee", [ExactlyOnce(window=3), ExactlyOnce(max_age=1.0)])
def test_what_a_receiver_that_forgets_remembers_is_not_guessed(guarantee):
    assert math.isnan(receiver_remembers(guarantee, 0.2))


COMMANDS = {
    "asynchronous": ["sync_vs_async"],
    "synchronous": ["cascading_failure"],
    "three_guarantees": ["delivery_guarantees"],
    "understanding": ["sync_vs_async"],
    "http": ["delivery_guarantees"],
    "errors": ["delivery_guarantees", "hedged_requests"],
    "retries": ["retry_policies", "jitter_contention"],
    "quiz": ["delivery_guarantees", "two_generals", "dead_letters"],
}


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("page", COMMANDS)
def test_a_page_names_the_command_that_prints_its_numbers(page, language):
    file = f"{page}.{language}.{'toml' if page == 'quiz' else 'md'}"
    text = (WORDS / file).read_text(encoding="utf-8")
    for experiment in COMMANDS[page]:
        assert f"`pigeon run {experiment}`" in text


def test_french_has_one_word_for_a_hedged_request():
    for path in WORDS.glob("*.fr.*"):
        assert "couverture" not in path.read_text(encoding="utf-8")
    assert "requête doublée (hedged request)" in (WORDS / "errors.fr.md").read_text("utf-8")


# ---------------------------------------------------------------------------------------- the quiz

P, GENERALS, POISON = 0.4, 0.1, 0.05
SHORT = {
    "three attempts on a bad link": (
        100 * P**3,
        ("delivery_guarantees", "loss_rate", 100),
        ("guarantee=at_least_once", "guarantee.retry=chapter", "link.loss=0.4"),
    ),
    "requests a second": (
        1 / (0.05 + 0.02 + 0.05),
        ("sync_vs_async", "throughput", 1),
        ("style=blocking", "one_way=0.05", "interval=0"),
    ),
    "one general alone": (
        100 * theory.generals_exactly_one(2, 1, GENERALS),
        ("two_generals", "exactly_one", 100),
        ("loss=0.1", "messengers=1", "stages=2"),
    ),
    "poison": (
        100 * 5 * POISON / (5 * POISON + 1 - POISON),
        ("dead_letters", "wasted", 100),
        ("max_deliveries=5", "poison=0.05"),
    ),
}
"""Questions with a number for an answer: theory, what measures it, and at which cell."""


class Quiz:
    """The quiz in one language, question by its name, each to be asked once."""

    def __init__(self, facts, language, folder):
        text, _ = write_quiz(Writer(language, folder), facts)
        self._form, self.wording = Form(language), Wording(language)
        self.left = {one["id"]: one["answer"] for one in tomllib.loads(text)["questions"]}

    def accepted(self, name):
        """The answer, then whatever else is accepted."""
        answer = self.left.pop(self._form.identity(name).strip('"'))
        return [answer["answer"], *answer.get("alternatives", [])]

    def answer(self, name):
        return self.accepted(name)[0]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_answer_of_the_quiz_is_what_theory_says(facts, language, tmp_path):
    quiz = Quiz(facts, language, tmp_path)
    named = quiz.wording.name
    for name, (expected, *_) in SHORT.items():
        assert quiz.answer(name) == str(round(expected)), name

    # Sent once, one transmission; else at least the message and its acknowledgement.
    assert quiz.answer("cheapest guarantee") == named("at_most_once")
    cost = facts["three_guarantees"]["cost"]
    assert cost["at_most_once"].theory == 1
    assert cost["at_least_once"].theory == cost["exactly_once"].theory > 2

    adds = quiz.answer("what exactly once adds")
    assert adds.startswith(("The memory of the receiver", "La mémoire du récepteur"))

    # Alone, p³. In a burst that lasts longer than the time between attempts, far more.
    bursts = facts["message_passing"]
    assert agrees(bursts["alone"], 0.1**3)
    assert bursts["longest"].low > 3 * 0.1**3
    assert quiz.answer("bursts").startswith(("The one of the bursts", "Celui des raf"))

    # D keeps up with 10 calls in 0.4 s of the 40 a second: of the others, workers are all waiting.
    share = quiz.wording.percent(facts["synchronous"]["failed"]["blocking"])
    assert quiz.answer("cascading failure").startswith(share)

    assert all(theory.generals_exactly_one(stages, 1, 0.3) > 0 for stages in range(1, 50))
    assert quiz.answer("two generals") in {
        "No number is enough.",
        "Aucun nombre ne suffit.",
    }

    timeout, pause = 200, 100
    last = timeout + pause + timeout + 2 * pause
    assert quiz.answer("third attempt") == str(last)

    # 70 calls of 4 attempts each are more than the 100 a second that the service can do.
    assert facts["errors"]["can"] == 100 < 70 * 4
    assert quiz.answer("after the outage") == named("breaker", "circuit_breaker")

    # Attempt k is made if no round trip before it was complete; 4 of 5 arrive, and are deposited.
    deposited = 0.8 * sum((1 - 0.8**2) ** k for k in range(5))
    assert agrees(facts["errors"]["balance"]["at_least_once"], deposited)
    assert quiz.answer("deposits") == quiz.wording.percent(deposited, 3)

    assert not quiz.left  # every question was asked


@pytest.mark.parametrize("name", SHORT)
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_what_an_honest_quick_run_measures_is_accepted(facts, name, seed, tmp_path):
    _, (experiment, metric, scale), settings = SHORT[name]
    cells = with_settings(
        resize(catalogue.load(experiment), quick=True, seed=seed, messages=None, replications=None),
        settings,
    )
    (cell,) = cells.cells()
    runs = [number(measure(cell.scenario, r), metric) for r in range(cells.replications)]
    measured = round(scale * sum(runs) / len(runs))
    assert str(measured) in Quiz(facts, "fr", tmp_path).accepted(name)
