"""A file of the catalogue that makes no experiment is named, and hides no other."""

import sys

import pytest

from experiments import catalogue
from experiments.cli.program import main

GOOD = """
from experiments.catalogue.timeouts import EXPERIMENT
EXPERIMENT = EXPERIMENT.replace(replications=1, quick_messages=20)
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return the folder of a catalogue of its own."""
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    monkeypatch.setattr(catalogue, "__path__", [*catalogue.__path__, str(tmp_path)])
    (tmp_path / "a_good_one.py").write_text(GOOD)
    yield tmp_path
    for name in catalogue.names():
        sys.modules.pop(f"experiments.catalogue.{name}", None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = (", "SyntaxError: '(' was never closed"),
        ("import nosuch_module", "ModuleNotFoundError: No module named 'nosuch_module' (line 1)"),
        ("x = 1", "has no attribute 'EXPERIMENT'"),
        ("\n\n1 / 0", "ZeroDivisionError: division by zero (line 3)"),
        ("EXPERIMENT = 3", "EXPERIMENT must be an Experiment, got 3"),
    ],
)
@pytest.mark.parametrize("command", ["list", "show", "run"])
def test_it_is_named_in_one_line_and_the_others_are_listed(folder, capsys, text, said, command):
    (folder / "a_bad_one.py").write_text(text)
    with pytest.raises(SystemExit) as end:
        main([command] if command == "list" else [command, "a_bad_one"])
    shown = capsys.readouterr()
    assert end.value.code == 2
    assert said in shown.err
    assert "catalogue/a_bad_one.py" in shown.err
    assert shown.err.count("\n") == 1
    assert command != "list" or "a_good_one" in shown.out


def test_a_text_that_is_missing_is_missed_before_anything_is_computed(folder, capsys, tmp_path):
    with pytest.raises(SystemExit) as end:
        main(["run", "a_good_one", "--quick", "--results", str(tmp_path / "results")])
    assert end.value.code == 2
    err = capsys.readouterr().err
    assert "a_good_one.toml has no 'timeouts' in [en.titles]" in err
    assert err.count("\n") == 1
