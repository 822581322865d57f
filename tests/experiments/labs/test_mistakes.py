"""A mistake in a student's code gets a sentence with the line."""

import subprocess
import sys

import pytest

from experiments.labs import LABS, check
from experiments.labs.judging import judge
from experiments.labs.student import read
from tests.experiments.labs.solutions import HAND_OVER_ALL, RESEND, RIGHT, TASKS, solution

LAB = "at_least_once"


def written(folder, code):
    file = folder / "mine.py"
    file.write_text(code, encoding="utf-8")
    return file


def told(folder, code, lab=LAB, language="en"):
    return judge(read(written(folder, code), LABS[lab].asked), LABS[lab], language)


def line_of(code, text):
    return next(i for i, line in enumerate(code.splitlines(), start=1) if text in line)


@pytest.mark.parametrize(
    ("methods", "line", "said"),
    [
        ({"receive": "raise KeyError(copy.attempt)"}, "raise KeyError", "raises KeyError: 1"),
        ({"send": "yield channel.timeout(0.1)\n1 / 0"}, "1 / 0", "raises ZeroDivisionError: "),
        ({"receive": "channel.handover(copy)"}, "channel.handover", "raises AttributeError: "),
        (
            {"send": "channel.transmit(message, 1)\nyield 0.2"},
            "yield 0.2",
            "what send yields must be an event to wait for, such as net.timeout(0.2), got 0.2",
        ),
        ({"receive": "return 5"}, "def receive", "Guarantee.receive must be a generator"),
        ({"receive": "raise SystemExit"}, "raise SystemExit", "raises SystemExit: "),
        (
            {"send": "while True:\n    channel.transmit(message, 1)"},
            "channel.transmit(message, 1)",
            "goes on for ever: a world must end, but this one has had 10,000 transmissions",
        ),
        (
            {"send": "while True:\n    channel.transmit(message, 1)\n    yield channel.timeout(1)"},
            "yield channel.timeout(1)",
            "goes on for ever: a world must end",
        ),
        (
            {"send": "while True:\n    yield channel.timeout(0)"},
            "yield channel.timeout(0)",
            "the clock stood still",
        ),
        (
            {"receive": "SEEN.append(copy.message.id)" + HAND_OVER_ALL},
            "    SEEN.append",
            ": SEEN has changed while messages were under way.",
        ),
        (
            {"receive": "type(self).seen.append(copy.message.id)" + HAND_OVER_ALL},
            "    type(self).seen.append",
            ": AtLeastOnce.seen has changed",
        ),
        (
            {"receive": "self.box[0].add(copy.message.id)" + HAND_OVER_ALL},
            "    self.box[0].add",
            ": self.box has changed",
        ),
        (
            {"send": RESEND.replace("attempt.timeout", "next(IT) % 7 * 0.1")},
            "class AtLeastOnce",
            "two runs of the same world differ.",
        ),
    ],
)
def test_it_is_named_with_its_line(methods, line, said, tmp_path):
    code = solution(LAB, {"send": RESEND, "receive": HAND_OVER_ALL, **methods})
    code = code.replace("@dataclass", "SEEN = []\nIT = (i for i in range(10**6))\n\n\n@dataclass")
    code = code.replace(
        "    promises:", "    box: tuple = (Box(),)\n    seen: ClassVar = []\n\n    promises:"
    )
    code = code.replace(
        "SEEN = []", "class Box(set):\n    __hash__ = object.__hash__\n\n\nSEEN = []"
    )
    judgement = told(tmp_path, code)
    number = line_of(code, line)
    assert judgement.broken.startswith(f"mine.py, line {number}: `{line.strip()}")
    assert said in judgement.broken
    assert judgement.to_json("en")["promise"] is None


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Number the attempts"), ("fr", "Numérotez les tentatives")]
)
def test_attempts_without_end_are_told_to_be_numbered(language, said, tmp_path):
    send = "while True:\n    channel.transmit(message, 1)\n    yield channel.timeout(1)"
    code = solution(LAB, {"send": send, "receive": HAND_OVER_ALL})
    assert f". {said}" in told(tmp_path, code, language=language).broken


@pytest.mark.parametrize(
    "send",
    [
        "while True:\n    yield channel.timeout(0)",
        "for n in range(1, 9**9):\n    channel.transmit(message, n)\n    yield channel.timeout(1)",
    ],
)
def test_other_loops_without_end_are_not_told_so(send, tmp_path):
    code = solution(LAB, {"send": send, "receive": HAND_OVER_ALL})
    broken = told(tmp_path, code).broken
    assert "goes on for ever" in broken
    assert "Number the attempts" not in broken


def test_a_default_argument_is_state_too(tmp_path):
    code = solution(LAB, {"send": RESEND, "receive": "seen.add(copy)" + HAND_OVER_ALL})
    code = code.replace("channel, copy)", "channel, copy, seen=set())", 1)
    assert "receive.seen has changed" in told(tmp_path, code).broken


def test_an_account_keeps_its_state(tmp_path):
    lab = "idempotent_account"
    assert told(tmp_path, solution(lab, RIGHT[lab]), lab).right


def test_a_mistake_in_the_handler_of_a_queue_is_no_bad_network(tmp_path):
    lab = "queue_worker"
    broken = TASKS.replace("yield from carry_out(task)", "raise KeyError(1)")
    judgement = told(tmp_path, solution(lab, {"handle_tasks": broken}), lab)
    assert "`raise KeyError(1)` raises HandlerFailed" in judgement.broken


def test_a_mistake_that_only_a_loss_shows_has_its_story(tmp_path):
    late = "if copy.attempt > 1:\n    raise KeyError\n" + HAND_OVER_ALL.strip()
    judgement = told(tmp_path, solution(LAB, {"send": RESEND, "receive": late}), language="fr")
    assert ": `raise KeyError` lève KeyError" in judgement.broken
    assert len(judgement.script.actions) == 1
    assert "perd" in judgement.to_text("mine.py", "fr")


@pytest.mark.parametrize(
    ("methods", "line"),
    [
        ({"receive": "while True:\n    pass"}, "while True:"),
        pytest.param(
            {"send": "while True:\n    yield channel.timeout(1)"},
            "yield channel.timeout(1)",
            marks=pytest.mark.slow,
        ),
        ({"receive": "sum(range(10**12))"}, "sum(range(10**12))"),  # no other thread runs meanwhile
        pytest.param(
            {"receive": "import time; time.sleep(60)"},
            "import time; time.sleep(60)",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_an_endless_loop_is_stopped_and_named(methods, line, tmp_path):
    code = solution(LAB, {"send": RESEND, "receive": HAND_OVER_ALL, **methods})
    checked = check(written(tmp_path, code), LAB, seconds=1.0)
    assert checked.status == 1
    if line == "while True:":  # either line of the loop
        assert f"mine.py, line {line_of(code, line)}: " in checked.text or "`pass`" in checked.text
    else:
        assert f"mine.py, line {line_of(code, line)}: `{line}` does not end" in checked.text
    assert not checked.document["right"]


def test_attempts_that_meet_the_same_fate_again_are_told_to_be_numbered(tmp_path):
    send = """
    while True:
        channel.transmit(message, attempt=1)
        if (yield channel.acknowledgement(message, within=0.2)):
            return
    """
    code = solution(LAB, {"send": send, "receive": HAND_OVER_ALL})
    checked = check(written(tmp_path, code), LAB, seconds=1.0)
    assert checked.status == 1
    assert "Number the attempts, 1, 2, 3…" in checked.text


def test_an_endless_loop_before_anything_is_judged_is_stopped_too(tmp_path):
    checked = check(written(tmp_path, "while True:\n    pass\n"), LAB, language="fr", seconds=1.0)
    assert checked.status == 1
    assert "ne se termine pas" in checked.text


def test_a_process_that_ends_itself_has_no_verdict(tmp_path):
    code = solution(LAB, {"receive": "import os; os._exit(0)"})
    checked = check(written(tmp_path, code), LAB)
    assert checked.status == 1
    assert checked.document["error"] == "The process that ran mine.py ended without a verdict (0)."


def test_what_the_code_prints_disturbs_nothing(tmp_path):
    code = solution(LAB, {**RIGHT[LAB], "send": "print('x' * 1000)" + RESEND})
    assert check(written(tmp_path, code), LAB).status == 0


def test_the_code_cannot_ask_the_terminal(tmp_path):
    file = written(tmp_path, solution(LAB, {"receive": "input()"}))
    command = [sys.executable, "-m", "experiments", "check", str(file), "--lab", LAB]
    done = subprocess.run(
        command, input="yes\n" * 1000, capture_output=True, text=True, check=False, timeout=100
    )
    assert done.returncode == 1
    assert "raises EOFError" in done.stdout
