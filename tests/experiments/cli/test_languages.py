"""Languages: what a command prints is in the language of the system, or of `--lang`."""

import json

import pytest

from experiments.cli import languages
from experiments.cli.program import main

VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def run(*words):
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 0


@pytest.fixture(autouse=True)
def no_locale(monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("locale.getlocale", lambda: (None, None))


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "fr_CA.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8", "LC_MESSAGES": "fr"}, "fr"),
        ({"LC_ALL": "C", "LC_MESSAGES": "fr_FR", "LANG": "fr_FR"}, "en"),
        ({"LC_ALL": "", "LANG": "fr_FR.UTF-8"}, "fr"),  # as if it was not set
        ({"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_of_the_variables_the_first_that_says_something_counts(variables, language, monkeypatch):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert languages.spoken() == language


def test_without_variables_the_system_is_asked_as_on_windows(monkeypatch):
    monkeypatch.setattr("locale.getlocale", lambda: ("French_France", "1252"))
    assert languages.spoken() == "fr"


def test_a_command_prints_in_the_language_of_the_system_but_for_lang(capsys, monkeypatch):
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    scenario = ["simulate", "--messages", "8", "--set", "link.delay=Constant(0.25)"]
    run(*scenario)
    french = capsys.readouterr().out
    assert "latency_mean      0,25" in french
    assert "Latence moyenne" in french
    assert "la promesse est tenue" in french
    run(*scenario, "--lang", "en")
    english = capsys.readouterr().out
    assert "latency_mean      0.25" in english
    assert "Mean latency" in english


def test_a_run_prints_what_it_found_and_writes_the_same_files_in_every_language(
    tmp_path, capsys, monkeypatch
):
    words = ["run", "idempotency", "--quick", "--set", "loss=0.3", "--jobs", "1"]
    monkeypatch.setattr("experiments.figures.plotting.draw", lambda *_, **__: [])
    told, files = [], []
    for name in ("en", "fr"):
        monkeypatch.setenv("LANG", name)
        run(*words, "--results", str(tmp_path / name))
        told.append(capsys.readouterr().out)
        manifest = json.loads((tmp_path / name / "idempotency" / "manifest.json").read_text())
        files.append(manifest["files"])
    assert "Balance" in told[0]
    assert "Solde" in told[1]
    assert files[0] == files[1]


def test_show_tells_what_was_found_in_a_folder(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("experiments.figures.plotting.draw", lambda *_, **__: [])
    quick = ["--quick", "--set", "loss=0.3", "--jobs", "1", "--results", str(tmp_path)]
    run("run", "idempotency", *quick)
    table = capsys.readouterr().out
    run("show", "idempotency", "--results", str(tmp_path))
    assert table in capsys.readouterr().out


def test_show_tells_what_is_published_where_nothing_was_run(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run("show", "two_generals", "--metric", "exactly_one", "--lang", "fr")
    told = capsys.readouterr()
    assert "Un seul attaque" in told.out
    assert "published" in told.err
    assert told.out.endswith("\n")


def test_a_metric_that_is_not_measured_is_refused_before_anything_is_run_or_told(capsys):
    for words in (["run", "idempotency"], ["show", "idempotency"]):
        with pytest.raises(SystemExit) as ended:
            main([*words, "--metric", "loss_rate"])
        assert ended.value.code == 2
        told = capsys.readouterr()
        assert "--metric must be" in told.err
        assert not told.out
