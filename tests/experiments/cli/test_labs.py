"""`pigeon lab` writes a skeleton, `pigeon check` judges what has become of it."""

import json
from pathlib import Path

import pytest

from experiments.cli.program import main
from experiments.labs import LABS, skeleton
from tests.experiments.labs.solutions import RIGHT, solution

GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "labs.md"
SCHEMA = json.loads(GUIDE.read_text(encoding="utf-8").split("```json\n")[1].split("```")[0])

TYPES = {bool: "boolean", int: "integer", str: "string", list: "array", type(None): "null"}

VERBS = " def send(s, c, m): 0\n def receive(s, c, m): 0\n"
REPEATED = solution("at_least_once", RIGHT["at_least_once"])
JITTERED = "ExponentialBackoff(base=0.05, jitter='full')"


def run(*arguments):
    with pytest.raises(SystemExit) as end:
        main([str(argument) for argument in arguments])
    return end.value.code


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_skeleton_is_written_once(folder, capsys):
    assert run("lab", "deduplication", "--lang", "fr") == 0
    assert Path("deduplication.py").read_text(encoding="utf-8") == skeleton("deduplication", "fr")
    assert "pigeon check deduplication.py --lab deduplication" in capsys.readouterr().err
    Path("deduplication.py").write_text("mine", encoding="utf-8")
    assert run("lab", "deduplication") == 2
    assert Path("deduplication.py").read_text(encoding="utf-8") == "mine"
    assert run("lab", "deduplication", "--out", "other.py") == 0


def test_the_status_is_0_for_right_and_1_for_wrong(folder, capsys):
    Path("right.py").write_text(solution("deduplication", RIGHT["deduplication"]), encoding="utf-8")
    Path("wrong.py").write_text(skeleton("deduplication", "en"), encoding="utf-8")
    assert run("check", "right.py", "--lab", "deduplication") == 0
    assert capsys.readouterr().out.startswith("right.py: right, in each of ")
    assert run("check", "wrong.py", "--lab", "deduplication", "--lang", "fr") == 1
    assert capsys.readouterr().out.startswith("wrong.py : faux\nUn message est remis deux fois.\n")


def test_without_a_lab_a_guarantee_is_judged_by_its_own_promises(folder, capsys):
    once = solution("at_most_once", RIGHT["at_most_once"])
    Path("mine.py").write_text(once, encoding="utf-8")
    assert run("check", "mine.py") == 0
    more = once.replace("Promise.NEVER_TWICE", "Promise.NEVER_LOST_IN_SILENCE")
    Path("mine.py").write_text(more, encoding="utf-8")
    assert run("check", "mine.py", "--json") == 1
    document = json.loads(capsys.readouterr().out.partition("\n")[2])
    assert document["promise"] == "NEVER_LOST_IN_SILENCE"
    assert document["counterexample"] == [{"type": "Lose", "message": 0}]


def test_of_classes_that_extend_each_other_the_last_is_judged(folder, capsys):
    once = solution("at_most_once", RIGHT["at_most_once"])
    worse = "\n\nclass Worse(AtMostOnce):\n    def receive(self, channel, copy):\n"
    Path("mine.py").write_text(f"{once}{worse}        channel.hand_over(copy)\n", encoding="utf-8")
    assert run("check", "mine.py") == 1
    assert "A message is handed over twice.\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (solution("at_most_once", RIGHT["at_most_once"]), 0),
        (skeleton("at_most_once", "en"), 1),
        (solution("at_most_once", {"receive": "raise KeyError"}), 1),
        ("def f(:\n", 2),
    ],
)
def test_json_is_as_the_guide_says(code, status, folder, capsys):
    Path("mine.py").write_text(code, encoding="utf-8")
    assert run("check", "mine.py", "--lab", "at_most_once", "--json") == status
    document = json.loads(capsys.readouterr().out)
    assert list(document) == SCHEMA["required"] == list(SCHEMA["properties"])
    for name, allowed in SCHEMA["properties"].items():
        kind = TYPES[type(document[name])]
        assert document[name] in allowed.get("enum", [document[name]])
        assert kind in allowed.get("type", kind)
    assert document["right"] == (status == 0)
    assert (document["story"] or "sequenceDiagram").startswith("sequenceDiagram")


def test_promises_may_be_set_as_it_is_made(folder, capsys):
    once = solution("at_most_once", RIGHT["at_most_once"])
    own = once.replace("promises: ClassVar", "kept: ClassVar")
    assert own != once
    made = "    def __init__(self):\n        object.__setattr__(self, 'promises', self.kept)\n"
    Path("mine.py").write_text(f"{own}\n{made}", encoding="utf-8")
    assert run("check", "mine.py") == 0


@pytest.mark.parametrize(
    "page", ["/proc/nothing/x.html", "/proc/x.html", "x" * 300 + ".html", "folder.html"]
)
def test_a_page_that_cannot_be_written_is_refused_before_anything_is_judged(page, folder, capsys):
    Path("folder.html").mkdir()
    Path("mine.py").write_text("open('judged', 'w')\n", encoding="utf-8")
    assert run("check", "mine.py", "--lab", "at_most_once", "--page", page) == 2
    told = capsys.readouterr()
    assert "--page" in told.err
    assert told.err.count("\n") == 1
    assert not Path("judged").exists()


def test_a_page_that_is_not_written_leaves_no_file_and_keeps_an_old_one(folder, capsys):
    once = solution("at_most_once", RIGHT["at_most_once"])
    Path("mine.py").write_text(once, encoding="utf-8")
    Path("old.html").write_text("old", encoding="utf-8")
    for page in ("new.html", "old.html"):
        assert run("check", "mine.py", "--lab", "at_most_once", "--page", page) == 0
    assert not Path("new.html").exists()
    assert Path("old.html").read_text(encoding="utf-8") == "old"


@pytest.mark.parametrize(
    ("code", "lab", "said"),
    [
        (None, None, "mine.py must be a readable Python file: No such file"),
        (b"\xff\xfeclass", None, "UTF-16"),
        ("x = 1\n\ndef f(:\n", None, "mine.py, line 3: invalid syntax"),
        ("x = 1\n1 / 0\n", None, "mine.py, line 2: ZeroDivisionError: division by zero"),
        (
            "x = 1\n",
            None,
            "mine.py must have one class with the methods send and receive, got none",
        ),
        ("x = 1\n", "queue_worker", "mine.py must define handle_tasks"),
        ("x = 1\n", "nothing", "--lab must be one of"),
        ("A = 5\n", "idempotent_account", "mine.py must define Account"),
        (
            "class A:\n def __init__(s, x): 0\n def send(s, c, m): 0\n def receive(s, c, m): 0\n",
            "at_most_once",
            "mine.py: the class A must be made without arguments",
        ),
        (
            "class A:\n def send(s, c, m): 0\n def receive(s, c, m): 0\n",
            None,
            "mine.py: the class A must promise something",
        ),
        (
            f"class A:\n promises = frozenset({{'NEVER_TWICE'}})\n{VERBS}",
            None,
            "mine.py: the class A must promise members of Promise, got 'NEVER_TWICE'",
        ),
        (
            f"class A:\n def __init__(s): s.promises = ['NEVER_TWICE']\n{VERBS}",
            None,
            "mine.py: the class A must promise something",
        ),
        (
            REPEATED.replace("frozen=True", "order=True"),
            "at_least_once",
            "mine.py: the class AtLeastOnce must be @dataclass(frozen=True)",
        ),
        (
            REPEATED.replace("max_attempts=4", f"max_attempts=4, backoff={JITTERED}").replace(
                "import Retry", "import ExponentialBackoff, Retry"
            ),
            "at_least_once",
            "mine.py: here the backoff must be one without jitter, such as Exp",
        ),
        ("x = " + "-" * 100_000 + "1\n", None, "mine.py: its code is nested too deep"),
        (
            "".join(
                f"class {name}:\n def send(s, c, m): 0\n def receive(s, c, m): 0\n" for name in "AB"
            ),
            "at_most_once",
            "got A, B",
        ),
    ],
)
def test_what_is_no_lab_gets_one_line(code, lab, said, folder, capsys):
    if code is not None:
        Path("mine.py").write_bytes(code if isinstance(code, bytes) else code.encode())
    assert run("check", "mine.py", *(("--lab", lab) if lab else ())) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert told.err.count("\n") == 1
    assert not told.out


def test_the_story_can_be_played(folder, capsys):
    Path("mine.py").write_text(skeleton("deduplication", "fr"), encoding="utf-8")
    assert run("check", "mine.py", "--lab", "deduplication", "--page", "story.html") == 1
    assert "play the story: story.html\n" in capsys.readouterr().out
    assert '"lost"' in Path("story.html").read_text(encoding="utf-8")
    assert run("check", "mine.py", "--page", "story.svg") == 2
    assert run("check", "mine.py", "--page", "nowhere/story.html") == 2


def test_a_lab_that_is_not_there_is_refused(folder, capsys):
    assert run("lab", "nothing") == 2
    told = capsys.readouterr().err
    assert all(name in told for name in LABS)
