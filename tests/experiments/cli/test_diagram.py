"""`pigeon diagram` draws a scenario: in Mermaid, and in space and time."""

import pytest

from experiments.cli.program import main
from simulator import AtLeastOnce, Constant, Link, Lose, Retry, Scenario, Script, Scripted
from simulator.drawing import THEMES


@pytest.fixture
def scenario(tmp_path):
    lost = Scripted(lost={(0, 1)})
    story = Scenario(
        guarantee=AtLeastOnce(retry=Retry(timeout=0.2)),
        link=Link(delay=Constant(0.05), loss=lost),
        messages=2,
    )
    file = tmp_path / "story.toml"
    file.write_text(story.to_toml(), encoding="utf-8")
    return file


def run(*arguments):
    with pytest.raises(SystemExit) as end:
        main(["diagram", *map(str, arguments)])
    return end.value.code


def test_one_message_is_told_in_french(scenario, capsys):
    assert run(scenario, "--message", 0, "--lang", "fr") == 0
    told = capsys.readouterr().out
    assert told.startswith("sequenceDiagram\n    participant n0 as expéditeur\n")
    assert "n0-xn1: Perte en route : message 0 (0,000 s → …)" in told
    assert "message 1" not in told


def test_a_window_goes_to_a_file(scenario, tmp_path, capsys):
    out = tmp_path / "story.mmd"
    assert run(scenario, "--between", 0.0, 0.15, "--out", out) == 0
    assert not capsys.readouterr().out
    assert "message 1" in out.read_text(encoding="utf-8")
    assert "timeout" not in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(("kind", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG")])
def test_a_space_time_diagram_goes_to_a_picture(kind, start, scenario, tmp_path):
    pictures = []
    for theme in ("light", "dark"):
        out = tmp_path / f"{theme}.{kind}"
        assert run(scenario, "--lang", "fr", "--theme", theme, "--out", out) == 0
        pictures.append(out.read_bytes())
        assert pictures[-1].startswith(start)
    assert pictures[0] != pictures[1]
    if kind == "svg":
        assert b"qui se perd en route." in pictures[0]
        assert THEMES["dark"].paper.encode() in pictures[1]


def test_a_story_goes_to_a_text(scenario, tmp_path):
    assert run(scenario, "--message", 0, "--out", tmp_path / "story.txt") == 0
    told = (tmp_path / "story.txt").read_text(encoding="utf-8")
    assert told.startswith("At 0 s, Sender sends Receiver message 0, which is lost on the way. ")


def test_too_much_is_refused_in_one_line(capsys):
    assert run("--messages", 500) == 2
    said = capsys.readouterr().err
    assert said.startswith("pigeon: error: sequence_diagram must be")
    assert said.count("\n") == 1


def test_both_diagrams_are_made_of_one_run_alike_each_time(scenario, tmp_path):
    for folder in ("once", "again"):
        (tmp_path / folder).mkdir()
        both = (tmp_path / folder / name for name in ("story.mmd", "story.svg", "story.png"))
        assert run(scenario, *(word for path in both for word in ("--out", path))) == 0
    once, again = (sorted((tmp_path / folder).iterdir()) for folder in ("once", "again"))
    assert [path.name for path in once] == ["story.mmd", "story.png", "story.svg"]
    for one, other in zip(once, again, strict=True):
        assert one.read_bytes() == other.read_bytes()
    assert once[0].read_text(encoding="utf-8").startswith("sequenceDiagram")
    assert once[1].read_bytes().startswith(b"\x89PNG")
    assert "<svg" in once[2].read_text(encoding="utf-8")


def test_all_files_are_written_or_none(tmp_path, capsys):
    first, second = tmp_path / "story.svg", tmp_path / "story.mmd"
    assert run("--messages", 60, "--out", first, "--out", second) == 2  # 200 arrows at most, 400
    assert "sequence_diagram must be" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_scenario_is_given_on_the_command_line(capsys):
    lost = "link=Link(delay=Constant(0.1), loss=Scripted(lost=[(0, 1)]))"
    retry = "guarantee=ExactlyOnce(retry=Retry(timeout=0.3, max_attempts=None))"
    assert (
        run("--set", lost, "--set", retry, "--set", "guarantee.retry.timeout=0.5", "--messages", 1)
        == 0
    )
    told = capsys.readouterr().out.splitlines()[4:]
    assert told == [
        "    n0-xn1: Lost on the way: message 0 (0.000 s → …)",
        "    Note over n0: Timeout: message 0 (0.500 s)",
        "    n0->>n1: Message 0, attempt 2 (0.500 → 0.600 s)",
        "    Note over n1: Handles message 0, attempt 2 (0.600 s)",
        "    n1-->>n0: Acknowledgement of message 0, attempt 2 (0.600 → 0.700 s)",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--set", "link.loss"], "--set must be PLACE=VALUE, got 'link.loss'"),
        (["--set", "link.loss=2"], "Link.loss must be a probability from 0 to 1, got 2"),
        (["--set", "link.luck=2"], "--set link.luck: path must be a path of fields (Link has: "),
        (["--set", "guarantee=print"], "print is no value of simulator"),
        (["--set", "guarantee=ExactlyOnc"], "(did you mean ExactlyOnce?)"),
        (["--set", "link.delay=Exponential(men=1)"], "has no field men; it has mean, minimum"),
        (["--set", "link.loss=open('x')"], "open is no value of simulator"),
        (["--set", "link.loss=1 + 1j * 0 + x"], "neither a literal nor"),
        (["--set", "link.delay=Exponential(0.1"], "such as 0.2, None or Exponential(mean=0.05)"),
        (["--set", "link.delay=Exponential()"], "'mean'"),
        (["--out", "story.gif"], '--out ending must be one of ".mmd"'),
        (["--out", "nowhere/story.svg"], "there is no folder nowhere"),
        (["--out", "/proc/story.svg"], "/proc/story.svg cannot be written: "),
        (
            ["--message", 7],
            ".messages must be numbers of messages that the run has (0 to 2), got 7",
        ),
        (["--between", 1, 0.5], ".between must be a start and an end in seconds"),
    ],
)
def test_bad_words_get_one_line(arguments, said, capsys):
    assert run(*arguments) == 2
    told = capsys.readouterr()
    assert not told.out
    assert said in told.err
    assert told.err.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe", "story.toml must be a scenario in TOML, which is UTF-8"),
        (b"messages = ", "story.toml: Scenario must be TOML"),
        (b'[link.delay]\ntype = "Exponential"', "Exponential must have mean in this TOML"),
        (b'[guarantee]\ntype = "Exponential"\nmean = 1', "guarantee.type must be one of AtLeast"),
        (b"[[adversary.actions]]\nmessage = 0", "actions.type must be one of Crash, CrashAt, Cut"),
        (
            b'[[adversary.actions]]\ntype = "LinkOutage"\nbetween = 3\nat = 0\nlasts = 1',
            "LinkOutage.between must be the names of two nodes, not empty and without →, got 3",
        ),
    ],
)
def test_a_file_that_holds_no_scenario_gets_one_line(content, said, tmp_path, capsys):
    file = tmp_path / "story.toml"
    file.write_bytes(content)
    assert run(file) == 2
    told = capsys.readouterr()
    assert not told.out
    assert said in told.err
    assert told.err.count("\n") == 1


def test_the_scenario_that_is_read_is_not_written_over(tmp_path, capsys):
    file = tmp_path / "story.txt"
    file.write_text("messages = 2", encoding="utf-8")
    assert run(file, "--out", file) == 2
    assert "--out must be another file than the scenario's own" in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == "messages = 2"


def test_an_action_that_met_nothing_is_told_of(tmp_path, capsys):
    script = Script([Lose(message=0), Lose(message=0, attempt=3)])
    file = tmp_path / "story.toml"
    file.write_text(Scenario(messages=1, adversary=script).to_toml(), encoding="utf-8")
    assert run(file) == 0
    told = capsys.readouterr()
    assert "n0-xn1: Lost on the way: message 0 (0.000 s → …)" in told.out
    assert told.err == "the adversary met nothing to act on: Lose(message=0, attempt=3)\n"
