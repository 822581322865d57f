"""`pigeon play` makes a page that plays a scenario."""

import pytest

from experiments.cli.program import main
from simulator import Constant, Link, Scenario, simulate


def run(*arguments):
    with pytest.raises(SystemExit) as end:
        main(["play", *map(str, arguments)])
    return end.value.code


def test_the_page_is_that_of_the_trace(tmp_path, capsys):
    scenario = Scenario(link=Link(delay=Constant(0.05)), messages=3)
    file, out = tmp_path / "story.toml", tmp_path / "story.html"
    file.write_text(scenario.to_toml(), encoding="utf-8")
    assert run(file, "--lang", "fr", "--message", 1, "--out", out) == 0
    trace = simulate(scenario, trace=True).trace
    assert out.read_text(encoding="utf-8") == trace.play(messages=[1], language="fr").page
    assert capsys.readouterr().err == f"play: open {out} in a browser\n"


def test_without_a_word_there_is_something_to_see(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run() == 0
    page = (tmp_path / "play.html").read_text(encoding="utf-8")
    for event in ("lost", "duplicated", "handed_over", "acknowledged", "timed_out"):
        assert f'"{event}"' in page.split('id="trace"')[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--message", 99], "play.messages must be numbers of messages that the run has (0 to 19)"),
        (["--between", 90, 91], "'0 of them'"),
        (["--between", 2, 1], "play.between"),
        (["--out", "nowhere/play.html"], "there is no folder nowhere"),
        (["--out", "story.toml"], '--out ending must be one of ".html", ".htm", got \'.toml\''),
        (["--out", ""], "--out ending must be one of"),
    ],
)
def test_bad_input_gets_one_line_and_leaves_no_file(arguments, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(*arguments) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
    assert not list(tmp_path.iterdir())
