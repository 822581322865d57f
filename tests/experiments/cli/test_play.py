"""`pigeon play` makes a page that plays a scenario."""

import json

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
        (["--beside", "link.loss=2"], "--beside link.loss: "),
        (["--beside", "nothing"], "--beside must be PLACE=VALUE"),
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


def given_page(path):
    """Return what a page is given."""
    text = path.read_text(encoding="utf-8").split('id="trace">')[1]
    return json.loads(text.split("</script>")[0])


def test_another_run_is_played_beside_it_on_the_same_draws(tmp_path):
    out = tmp_path / "play.html"
    asked = ["--set", "link.loss=0.3", "--beside", "guarantee=ExactlyOnce"]
    assert run(*asked, "--out", out) == 0
    told = given_page(out)
    assert [one["title"]["en"] for one in told["runs"]] == [
        "At least once · 30% loss",
        "Exactly once · 30% loss",
    ]
    assert told["nodes"] == ["sender", "receiver"] * 2
    lost = told["events"].index("lost")
    first = [
        [row[0] for row in told["rows"] if row[1] == lost and told["links"][row[3]][0] == node]
        for node in (0, 2)
    ]
    assert first[0] == first[1] != []


def test_where_titles_are_alike_the_change_is_named(tmp_path):
    out = tmp_path / "play.html"
    assert run("--beside", "guarantee.retry.timeout=0.5", "--out", out) == 0
    first, second = (one["title"]["fr"] for one in given_page(out)["runs"])
    assert second == f"{first} · guarantee.retry.timeout=0.5"
