"""Every experiment of the catalogue runs, at smoke size, and draws in both languages."""

import hashlib
import json
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments import catalogue
from experiments.cli.program import main
from experiments.course.texts import texts
from experiments.figures.labels import labels
from experiments.framework import tables
from experiments.framework.axis import ABSENT, grid
from experiments.framework.model import Model, measure, unit_of
from simulator.languages.texts import read
from tests.experiments import drawings

ROOT = Path(__file__).parents[3]


def in_languages():
    """Each experiment in a language, in turn; in the other one with the slow tests."""
    for turn, name in enumerate(catalogue.names()):
        for language in ("en", "fr"):
            other = (language == "fr") != bool(turn % 2)
            yield pytest.param(name, language, marks=pytest.mark.slow if other else ())


@pytest.mark.parametrize(("name", "language"), [*in_languages()])
def test_an_experiment_runs_and_draws(name, language, tmp_path):
    words = [name, "--quick", "--messages", "30", "--lang", language]
    with pytest.raises(SystemExit) as ended:
        main(["run", *words, "--results", str(tmp_path)])
    assert ended.value.code == 0
    experiment = catalogue.load(name)
    folder = tmp_path / name
    data = pd.read_csv(folder / "data.csv")
    cells = experiment.cells()
    assert len(data) == 3 * len(cells)
    assert list(data) == [*experiment.sweep, "replication", *experiment.metrics]
    summary = pd.read_csv(folder / "summary.csv")
    assert len(summary) == len(cells) * len(experiment.metrics)
    assert (folder / "differences.csv").exists() == (experiment.compare is not None)
    written = tables.read(experiment, folder)
    for figure in experiment.figures:
        drawings.check(folder / "figures", experiment, figure, written, language)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["command"] == f"pigeon run {name} --quick --messages 30"
    for file, digest in manifest["files"].items():
        assert hashlib.sha256((folder / file).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("name", catalogue.names())
def test_every_cell_measures_what_its_model_says(name):
    experiment = catalogue.load(name)
    base = experiment.base
    if isinstance(base, Model):
        for cell in experiment.replace(base=base.replace("messages", 20)).cells():
            model: Any = cell.scenario
            seen = measure(model, replication=1)
            assert set(seen) == {*base.metrics, *base.series}
            for series in base.series:
                assert np.size(seen[series]) == len(model.times)


@pytest.mark.parametrize("name", catalogue.names())
def test_the_question_is_the_docstring_of_its_file(name):
    source = (ROOT / "experiments" / "catalogue" / f"{name}.py").read_text()
    assert source.startswith(f'"""{catalogue.load(name).question}"""')


def test_an_experiment_of_the_catalogue_is_run_by_its_name(tmp_path):
    arguments = ["--quick", "--messages", "30", "--lang", "fr", "--results", str(tmp_path)]
    arguments += ["--set", "link.loss=0.1,0.3", "--set", "guarantee.retry.timeout=1,2"]
    program = [sys.executable, "-m", "experiments", "run", "timeouts"]
    subprocess.run([*program, *arguments], check=True, capture_output=True, cwd=ROOT)
    drawn = sorted(path.name for path in (tmp_path / "timeouts" / "figures").iterdir())
    assert drawn == [f"timeouts.fr.{kind}" for kind in ("dark.svg", "png", "svg", "txt")]


def test_guarantees_without_retries_are_run_once():
    cells = catalogue.load("delivery_guarantees").cells()
    assert len(cells) == 13 * (2 + 2 * 3)
    assert sum(cell.keys[1] == ABSENT for cell in cells) == 26


@pytest.mark.parametrize("of", [labels, texts, partial(read, ROOT / "benchmarks" / "texts")])
def test_both_languages_have_the_same_texts(of):
    english, french = of("en")._sections, of("fr")._sections
    assert {s: set(said) for s, said in english.items() if s != "units"} == {
        s: set(said) for s, said in french.items() if s != "units"
    }


@pytest.mark.parametrize("name", catalogue.names())
def test_each_text_beside_an_experiment_is_of_something_that_it_has(name):
    experiment = catalogue.load(name)
    figures = {figure.name for figure in experiment.figures}
    keys = {str(key) for axis in experiment.sweep.values() for key in axis}
    metrics = {*experiment.metrics, *experiment.series}
    units = {experiment.unit_of_metric(metric) for metric in metrics}
    units |= {*experiment.units.values(), unit_of(experiment.base)}
    for language in ("en", "fr"):
        mine = experiment.texts.of(language)
        assert set(mine["titles"]) == set(mine["captions"]) == set(mine["lessons"]) == figures
        axes = {axis.removesuffix(".short") for axis in mine.get("axes", {})}
        assert axes <= set(experiment.sweep)
        assert set(mine.get("metrics", {})) <= metrics
        assert set(mine.get("values", {})) <= keys
        assert set(mine.get("units", {})) <= units


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"compare": None}, "Experiment.compare must be a Compare"),
        ({"metrics": ("speed",)}, "Experiment.metrics must be one of loss_rate"),
        ({"units": {"link.los": "%"}}, "Experiment.units must be an axis: "),
        ({"sweep": {}}, "Experiment.sweep must be at least one axis"),
        ({"sweep": {"link.loss": {0.2: 0.2, 0.1: 0.1}}}, "a number above the one before it, 0.2"),
        ({"sweep": {"link.loss": grid(0.0, 0.1, 0.1)}}, "Experiment.figures must be an axis"),
    ],
)
def test_an_experiment_that_could_not_be_run_or_drawn_is_refused(changes, said):
    with pytest.raises(ValueError, match=said):
        catalogue.load("retry_policies").replace(**changes)


def test_a_place_that_no_scenario_has_is_refused():
    experiment = catalogue.load("retry_policies").replace(
        sweep={"guarantee.retri": {"a": 1}}, units={}, figures=(), compare=None
    )
    with pytest.raises(ValueError, match="a place that some scenario of the sweep has"):
        experiment.cells()


def test_a_grid_has_exact_decimals():
    assert list(grid(0.0, 0.6, 0.05))[3] == 0.15
    assert list(grid(0.0, 0.3, 0.1)) == [0.0, 0.1, 0.2, 0.3]


def test_an_axis_may_be_given_as_a_grid_or_a_list_or_names(tmp_path):
    settings = ["--set", "link.loss=0:0.4:0.2", "--set", "guarantee=at_most_once,exactly_once"]
    settings += ["--set", "guarantee.retry=chapter"]
    size = ["--quick", "--messages", "20", "--lang", "en", "--results", str(tmp_path)]
    with pytest.raises(SystemExit) as ended:
        main(["run", "delivery_guarantees", *settings, *size])
    assert ended.value.code == 0
    data = pd.read_csv(tmp_path / "delivery_guarantees" / "data.csv")
    assert sorted(data["link.loss"].unique()) == [0.0, 0.2, 0.4]
    assert set(data["guarantee"]) == {"at_most_once", "exactly_once"}


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["list"], ["--version"]])
def test_the_program_answers(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 0
    assert capsys.readouterr().out


def test_show_names_the_axes_and_the_scenario(capsys):
    with pytest.raises(SystemExit):
        main(["show", "timeouts"])
    shown = capsys.readouterr().out
    assert "guarantee.retry.timeout: 0.5, 1, 1.5" in shown
    assert "messages = 10000" in shown
