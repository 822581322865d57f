"""`pigeon minimize` shrinks a case, or a scenario in TOML."""

import re

import pytest

from experiments.cli.program import main
from experiments.course.broken_promises import CASES, DEDUPLICATION_WINDOW
from simulator import Scenario, Script, simulate

ENGLISH = re.compile(
    r"\b(network|loses|holds|crashes|seed|messages are|sent|actions of|runs|handled|twice|receiver"
    r"|sender|broker|acknowledge\w*|processing)\b",
    re.IGNORECASE,
)


def run(*arguments):
    with pytest.raises(SystemExit) as end:
        main(["minimize", *map(str, arguments)])
    return end.value.code


@pytest.mark.parametrize("name", CASES)
def test_a_case_is_told_and_written_in_french(name, tmp_path, capsys):
    assert run(name, "--lang", "fr", "--out", tmp_path / "out") == 0
    told = capsys.readouterr().out
    assert told.startswith("Graine 1 : 200 messages et ")
    story, _, toml = told.partition("\n\n")
    assert not ENGLISH.search(story)
    script = Script.from_toml(toml)
    assert len(script) <= 3
    files = {path.name: path for path in (tmp_path / "out").iterdir()}
    expected = {f"diagram.{kind}" for kind in ("mmd", "svg", "dark.svg", "txt")}
    expected |= {"player.html", "script.toml"}
    if isinstance(CASES[name], Scenario):
        expected |= {"scenario.toml"}
    assert set(files) == expected
    assert Script.from_toml(files["script.toml"].read_text(encoding="utf-8")) == script
    diagram = files["diagram.mmd"].read_text(encoding="utf-8")
    assert diagram.startswith("sequenceDiagram\n")
    assert not ENGLISH.search(diagram)
    assert not ENGLISH.search(files["diagram.txt"].read_text(encoding="utf-8"))
    assert files["diagram.svg"].read_text(encoding="utf-8").rstrip().endswith("</svg>")
    assert files["player.html"].read_text(encoding="utf-8").rstrip().endswith("</html>")


def test_a_scenario_is_read_from_a_file_and_the_next_seeds_are_tried(tmp_path, capsys):
    """Of these runs of 12 messages, that of seed 0 holds; the first that does not is told."""
    short = DEDUPLICATION_WINDOW.replace("messages", 12).replace("seed", 0)
    statuses = [simulate(short.replace("seed", seed)).verdict.status for seed in range(20)]
    first = statuses.index("violated")
    assert first > 0
    file = tmp_path / "short.toml"
    file.write_text(short.to_toml(), encoding="utf-8")
    assert run(file, "--search", 20, "--out", tmp_path / "out") == 0
    told = capsys.readouterr().out
    assert told.startswith(f"Seed {first}: 12 messages")
    assert " ;" not in told  # as the French write it
    left = Scenario.from_toml((tmp_path / "out" / "scenario.toml").read_text(encoding="utf-8"))
    assert simulate(left).verdict.status == "violated"


def test_the_same_command_writes_the_same_bytes(tmp_path):
    for folder in ("once", "again"):
        assert run("acknowledge_before", "--out", tmp_path / folder) == 0
    for path in (tmp_path / "once").iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes(), path.name


def test_cases_are_listed_with_their_questions(capsys):
    assert run("--list", "--lang", "fr") == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.partition(" :")[0].partition(":")[0] for line in told] == list(CASES)
    assert all(line.endswith(" ?") for line in told)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "minimize must be given a case or a scenario in TOML"),
        (["nothing"], "minimize must be given one of deduplication_window"),
        (["held.toml", "--search", "2"], "in one of 2 random runs"),
        (["bad.toml"], "Scenario has no field 'mesages'"),
        (["visibility_timeout", "--messages", "0"], "'--messages'"),
    ],
)
def test_bad_input_gets_one_line_and_nothing_is_written(
    arguments, said, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "held.toml").write_text("messages = 5", encoding="utf-8")
    (tmp_path / "bad.toml").write_text("mesages = 5", encoding="utf-8")
    assert run(*arguments, "--out", tmp_path / "out") == 2
    told = capsys.readouterr().err
    assert told.startswith("pigeon: error: ")
    assert said in told
    assert told.count("\n") == 1
    assert not (tmp_path / "out").exists()


class Clock:
    """A clock that moves 3 s each time that it is looked at."""

    now = 0.0

    def __call__(self):
        self.now += 3.0
        return self.now


def test_progress_is_told_in_lines_where_there_is_no_terminal(monkeypatch, capsys):
    monkeypatch.setattr("experiments.cli.commands.minimize.monotonic", Clock())
    assert run("visibility_timeout") == 0
    lines = capsys.readouterr().err.splitlines()
    assert lines
    assert all(
        re.fullmatch(r"minimize: .* runs, left: messages .*, actions .*", line) for line in lines
    )
    assert lines[-1].endswith("left: messages 1, actions 0")


def test_a_scenario_of_the_readers_own_is_not_written_over(tmp_path, capsys):
    file = tmp_path / "scenario.toml"
    own = "# of mine\n" + DEDUPLICATION_WINDOW.replace("messages", 12).to_toml()
    file.write_text(own, encoding="utf-8")
    for what in (file, "deduplication_window"):
        assert run(what, "--out", tmp_path) == 2
        said = capsys.readouterr()
        assert said.err.count("\n") == 1
        assert f"got '{tmp_path}' where there is a scenario.toml" in said.err
        assert not said.out
    assert file.read_text(encoding="utf-8") == own
    assert list(tmp_path.iterdir()) == [file]


def test_what_an_earlier_minimization_wrote_makes_room_and_one_is_no_plural(tmp_path, capsys):
    for language in ("en", "fr"):
        assert run("deduplication_window", "--out", tmp_path / "out", "--lang", language) == 0
    capsys.readouterr()
    assert run(tmp_path / "out" / "scenario.toml", "--out", tmp_path / "out") == 0
    told = capsys.readouterr().out
    least = "2 messages and 1 action"
    assert told.startswith(f"Seed 1: {least} of the network became {least}, in ")
    assert "#" in (tmp_path / "out" / "script.toml").read_text(encoding="utf-8")
