"""What is in the store is not computed again, unless asked; results come back cell by cell."""

from typing import Any

import pytest

from experiments import catalogue
from experiments.cli.settings import resize, with_settings
from experiments.figures import plotting
from experiments.framework import results, runner
from experiments.framework.model import measure
from experiments.framework.parallel import CellsFailed
from experiments.framework.store import Store, key_of

SMALL: dict[str, Any] = {"quick": True, "seed": None, "messages": 20, "replications": None}


@pytest.fixture
def experiment():
    whole = catalogue.load("timeouts")
    return resize(with_settings(whole, ["link.loss=0,0.1", "guarantee.retry.timeout=1,2"]), **SMALL)


def run(experiment, folder, **options):
    with Store(folder / "cells.sqlite") as store:
        return runner.run(experiment, experiment.cells(), store=store, **options)


def test_what_is_in_the_store_is_not_computed_again(experiment, tmp_path, monkeypatch):
    first = run(experiment, tmp_path)
    monkeypatch.setattr("experiments.framework.model.measure", None)
    assert run(experiment, tmp_path) == first
    with pytest.raises(CellsFailed, match="12 runs failed twice"):
        run(experiment, tmp_path, fresh=True)


def test_each_summary_is_that_of_its_cell_and_replication(experiment, tmp_path):
    summaries = run(experiment, tmp_path)
    for cell, replications in zip(experiment.cells(), summaries, strict=True):
        for replication, summary in enumerate(replications):
            assert summary == measure(cell.scenario, replication)


def test_the_key_of_a_run_depends_on_the_scenario_and_the_replication(experiment):
    cells = experiment.cells()
    keys = {key_of(cell.scenario, replication) for cell in cells for replication in range(3)}
    assert len(keys) == 3 * len(cells)
    assert key_of(cells[0].scenario, 0) == key_of(cells[0].scenario.replace("seed", 1), 0)
    assert key_of(cells[0].scenario.replace("seed", 2), 0) not in keys


def test_the_replaced_results_are_gone_and_nothing_else_is_left(experiment, tmp_path):
    cells = experiment.cells()
    runs = run(experiment, tmp_path)
    for languages in (("en", "fr"), ("en",)):
        results.write(
            "timeouts",
            experiment,
            cells,
            runs,
            tmp_path,
            languages=languages,
            command="pigeon",
            draw=plotting.draw,
        )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cells.sqlite", "timeouts"]
    drawn = sorted(path.name for path in (tmp_path / "timeouts" / "figures").iterdir())
    assert drawn == [f"timeouts.en.{kind}" for kind in ("dark.svg", "png", "svg", "txt")]


def test_a_file_that_was_changed_or_lost_is_made_again(experiment, tmp_path):
    cells = experiment.cells()
    runs = run(experiment, tmp_path)
    words: dict[str, Any] = {"languages": ("en",), "command": "pigeon", "draw": plotting.draw}
    target = results.write("timeouts", experiment, cells, runs, tmp_path, **words)
    before = {path: path.read_bytes() for path in target.rglob("*.*")}
    (target / "data.csv").write_text("spoilt")
    (target / "figures" / "timeouts.en.svg").unlink()
    results.write("timeouts", experiment, cells, runs, tmp_path, **words)
    assert {path: path.read_bytes() for path in target.rglob("*.*")} == before


def test_a_drawing_that_fails_leaves_the_old_results(experiment, tmp_path):
    cells = experiment.cells()
    runs = run(experiment, tmp_path)
    words: dict[str, Any] = {"languages": ("en",), "command": "pigeon", "draw": plotting.draw}
    target = results.write("timeouts", experiment, cells, runs, tmp_path, **words)
    before = (target / "manifest.json").read_bytes()
    words["draw"] = lambda *_, **__: 1 / 0
    results.write("timeouts", experiment, cells, runs, tmp_path, **words)  # all is there already
    words["command"] = "pigeon, otherwise"
    with pytest.raises(ZeroDivisionError):
        results.write("timeouts", experiment, cells, runs, tmp_path, **words)
    assert (target / "manifest.json").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cells.sqlite", "timeouts"]


def test_an_axis_that_counts_something_is_given_in_whole_numbers():
    cells = with_settings(catalogue.load("two_generals"), ["stages=2,5", "messengers=3"]).cells()
    campaigns: list[Any] = [cell.scenario for cell in cells if float(cell.keys[0]) < 0.2]
    given = [(campaign.stages, campaign.messengers) for campaign in campaigns]
    assert repr(given) == "[(2, 3), (5, 3)]"
