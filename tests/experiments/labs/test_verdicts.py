"""The judge finds the right solutions right, and each typical wrong one wrong, by a short story."""

import pytest

from experiments.labs import LABS, skeleton
from experiments.labs.judging import judge
from experiments.labs.student import read
from simulator import Script
from tests.experiments.labs.solutions import CREDIT, DEDUPLICATE, REPLIES, RIGHT, WRONG, solution


def judged(code, lab, folder, language="en"):
    file = folder / f"{lab}.py"
    file.write_text(code, encoding="utf-8")
    return judge(read(file, LABS[lab].asked), LABS[lab], language)


def test_each_lab_has_one_right_solution_and_three_wrong_ones():
    assert set(RIGHT) == set(WRONG) == set(LABS)
    assert {len(solutions) for solutions in WRONG.values()} == {3}


@pytest.mark.parametrize("lab", LABS)
def test_the_right_solution_is_right(lab, tmp_path):
    judgement = judged(solution(lab, RIGHT[lab]), lab, tmp_path)
    assert judgement.right, judgement.broken
    assert judgement.worlds > 30


@pytest.mark.parametrize(
    ("lab", "methods", "said", "actions"),
    [
        pytest.param(lab, *told, id=f"{lab}: {name}")
        for lab, solutions in WRONG.items()
        for name, told in solutions.items()
    ],
)
def test_a_wrong_solution_is_wrong_by_its_shortest_story(lab, methods, said, actions, tmp_path):
    judgement = judged(solution(lab, methods), lab, tmp_path)
    document = judgement.to_json("en")
    assert said == document["promise"] or said in document["error"]
    assert (document["promise"] is None) != (document["error"] is None)
    assert 1 <= document["violated"] <= document["worlds"]
    assert len(document["counterexample"]) == actions
    assert document["story"].startswith("sequenceDiagram")
    assert judgement.script == Script.from_toml(judgement.script.to_toml())


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("lab", LABS)
def test_a_skeleton_runs_and_is_wrong(lab, language, tmp_path):
    judgement = judged(skeleton(lab, language), lab, tmp_path, language)
    assert judgement.broken
    assert "lève" not in judgement.broken
    assert "raises" not in judgement.broken
    assert f"{lab}.py --lab {lab}" in skeleton(lab, language)


def test_both_languages_have_the_same_code():
    for lab in LABS:
        english, french = (
            [
                line
                for line in skeleton(lab, language).split('"""')[2].splitlines()
                if "#" not in line
            ]
            for language in ("en", "fr")
        )
        assert english == french


def test_the_story_is_told_in_either_language(tmp_path):
    code = skeleton("deduplication", "en")
    english = judged(code, "deduplication", tmp_path).to_text("mine.py", "en")
    french = judged(code, "deduplication", tmp_path, "fr").to_text("mine.py", "fr")
    assert english.startswith(
        "mine.py: wrong\nA message is handed over twice.\nIn 22 of the 31 worlds"
    )
    assert "The network loses the acknowledgement of message 0.\n" in english
    assert french.startswith(
        "mine.py : faux\nUn message est remis deux fois.\nDans 22 des 31 mondes"
    )
    assert "Le réseau perd l'accusé de réception du message 0.\n" in french
    assert english.count("sequenceDiagram") == french.count("sequenceDiagram") == 1


def test_the_story_knows_a_request_and_a_delivery_from_a_message(tmp_path):
    asked = judged(skeleton("idempotent_account", "en"), "idempotent_account", tmp_path)
    told = asked.to_text("mine.py", "en").partition("The shortest story:\n")[2].splitlines()[0]
    assert told == "The network loses the reply."
    methods = WRONG["queue_worker"]["the task is carried out in the background"][0]
    queued = judged(solution("queue_worker", methods), "queue_worker", tmp_path)
    told = queued.to_text("mine.py", "fr").partition("la plus courte :\n")[2].splitlines()[0]
    assert "la tâche" in told


def test_endless_attempts_are_judged_within_few_losses(tmp_path):
    code = solution("at_least_once", RIGHT["at_least_once"])
    endless = code.replace("max_attempts=4", "max_attempts=None")
    assert judged(endless, "at_least_once", tmp_path).right


def test_what_few_losses_cannot_break_a_random_run_does(tmp_path):
    methods = WRONG["at_least_once"]["it never gives up"][0]
    code = solution("at_least_once", methods).replace("max_attempts=4", "max_attempts=8")
    judgement = judged(code, "at_least_once", tmp_path)
    assert judgement.where.startswith("In a random run")
    assert len(judgement.script.actions) == 8


def test_more_worlds_than_can_be_searched_are_searched_with_fewer_losses(tmp_path, monkeypatch):
    monkeypatch.setattr("experiments.labs.judging.LIMIT", 20)
    judgement = judged(skeleton("deduplication", "en"), "deduplication", tmp_path)
    assert judgement.where.endswith("with at most 3 losses.")
    assert judgement.worlds <= 20


FAILED = "from simulator import Failed\n\n\nclass Account"
AGAIN = """
if key in self.replies:
    raise Failed("again")
self.balance += amount
self.replies[key] = self.balance
return self.balance
"""
AT_FIRST = """
if key not in self.replies:
    self.balance += amount
    self.replies[key] = self.balance
    raise Failed("later")
return self.replies[key]
"""
BEFORE = """
if key not in self.replies:
    self.replies[key] = self.balance
    self.balance += amount
return self.replies[key]
"""


@pytest.mark.parametrize(
    ("credit", "said", "actions"),
    [
        (CREDIT.replace("return self.replies[key]", "return True"), "another reply than the b", 0),
        (CREDIT.replace("] = self.balance", "] = amount"), "another reply than the balance", 0),
        (BEFORE, "another reply than the balance", 0),
        (CREDIT.replace("return self.replies[key]", "return"), "gets no reply", 0),
        (AT_FIRST, "gets no reply", 0),
        (AGAIN, "gets no reply", 1),
        (AGAIN.replace("raise", "return"), "another reply than the first time", 1),
    ],
)
def test_an_account_replies_the_balance_each_time(credit, said, actions, tmp_path):
    lab = "idempotent_account"
    code = solution(lab, {"__init__": REPLIES, "credit": credit})
    judgement = judged(code.replace("class Account", FAILED), lab, tmp_path)
    assert said in judgement.broken
    assert len(judgement.script.actions if judgement.script else ()) == actions


def test_an_account_may_count_in_other_numbers(tmp_path):
    lab = "idempotent_account"
    code = solution(lab, {"__init__": REPLIES.replace("= 0", "= 0.0"), "credit": CREDIT})
    assert judged(code, lab, tmp_path).right


def memory(bound):
    receive = DEDUPLICATE.replace("memory()", f"memory({bound})")
    return solution("bounded_memory", {"receive": receive})


@pytest.mark.parametrize("bound", ["window=31", "window=50", "max_age=0.8", "max_age=1.5"])
def test_a_memory_that_suffices_at_the_limits_is_right(bound, tmp_path):
    judgement = judged(memory(bound), "bounded_memory", tmp_path)
    assert judgement.right, judgement.broken


@pytest.mark.parametrize(
    ("bound", "actions"),
    [("window=14", 4), ("window=20", 26), ("window=30", 42), ("max_age=0.78", 5)],
)
def test_a_memory_that_is_a_little_too_small_breaks_at_the_limits(bound, actions, tmp_path):
    judgement = judged(memory(bound), "bounded_memory", tmp_path)
    assert judgement.to_json("en")["promise"] == "NEVER_TWICE"
    assert judgement.where.startswith("In a world at the limits of the task")
    assert len(judgement.script.actions) == actions
    assert judgement.to_text("mine.py", "fr").count("sequenceDiagram") == 1


VOLATILE = """
seen = channel.memory(durable=False)
if copy.message.id in seen:
    channel.suppress(copy)
    channel.acknowledge(copy)
    return
seen.remember(copy.message.id)
yield channel.hand_over(copy)
channel.acknowledge(copy)
"""
REMEMBER_AFTER = """
seen = channel.memory()
if copy.message.id in seen:
    channel.suppress(copy)
else:
    yield channel.hand_over(copy)
    seen.remember(copy.message.id)
channel.acknowledge(copy)
"""


def test_a_duplicate_acknowledged_while_the_first_copy_is_handled_may_have_no_effect(tmp_path):
    lab = "acknowledge_after"
    judgement = judged(solution(lab, {"receive": VOLATILE}), lab, tmp_path)
    assert "no effect" in judgement.broken
    assert len(judgement.script.actions) == 2


@pytest.mark.parametrize(
    "receive", [DEDUPLICATE, DEDUPLICATE.replace("()", "(durable=False)", 1), REMEMBER_AFTER]
)
def test_a_duplicate_acknowledged_after_the_handling_is_right(receive, tmp_path):
    lab = "acknowledge_after"
    judgement = judged(solution(lab, {"receive": receive}), lab, tmp_path)
    assert judgement.right, judgement.broken
