"""`pigeon diagram` draws a scenario."""

import pytest

from experiments.__main__ import main
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
    assert "n0-xn1: message 0 : perte (0,000 s)" in told
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
        assert b"qui se perd." in pictures[0]
        assert THEMES["dark"].paper.encode() in pictures[1]


def test_a_story_goes_to_a_text(scenario, tmp_path):
    assert run(scenario, "--message", 0, "--out", tmp_path / "story.txt") == 0
    told = (tmp_path / "story.txt").read_text(encoding="utf-8")
    assert told.startswith("At 0 s, Sender sends Receiver message 0, which is lost. ")


def test_too_much_is_refused_in_one_line(capsys):
    assert run("--messages", 500) == 2
    said = capsys.readouterr().err
    assert said.startswith("pigeon: error: sequence_diagram must be")
    assert said.count("\n") == 1


def test_an_action_that_met_nothing_is_told_of(tmp_path, capsys):
    script = Script([Lose(message=0), Lose(message=0, attempt=3)])
    file = tmp_path / "story.toml"
    file.write_text(Scenario(messages=1, adversary=script).to_toml(), encoding="utf-8")
    assert run(file) == 0
    told = capsys.readouterr()
    assert "n0-xn1: message 0: lost (0.000 s)" in told.out
    assert told.err == "the adversary met nothing to act on: Lose(message=0, attempt=3)\n"
