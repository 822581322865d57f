"""`pigeon diagram` draws a scenario."""

import pytest

from experiments.__main__ import main
from simulator import AtLeastOnce, Constant, Link, Retry, Scenario, Scripted


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
    assert "n0-xn1: perte : message 0 (0,000 s)" in told
    assert "message 1" not in told


def test_a_window_goes_to_a_file(scenario, tmp_path, capsys):
    out = tmp_path / "story.mmd"
    assert run(scenario, "--between", 0.0, 0.15, "--out", out) == 0
    assert not capsys.readouterr().out
    assert "message 1" in out.read_text(encoding="utf-8")
    assert "timeout" not in out.read_text(encoding="utf-8")


def test_too_much_is_refused_in_one_line(capsys):
    assert run("--messages", 500) == 2
    said = capsys.readouterr().err
    assert said.startswith("pigeon: error: sequence_diagram must be")
    assert said.count("\n") == 1
