"""Figures follow from the tables: drawn again, they are the same; the published ones are whole."""

import hashlib
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from experiments import catalogue
from experiments.cli.program import main
from experiments.course import stories
from experiments.framework import manifest, results, tables

RESULTS = Path(__file__).parents[3] / "results"
KINDS = ("dark.svg", "png", "svg", "txt")


def run(*arguments):
    with pytest.raises(SystemExit) as ended:
        main([*map(str, arguments)])
    return ended.value.code


def files(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*")}


@pytest.mark.parametrize(
    ("name", "axes"),
    [
        ("retry_policies", ["link.loss=0,0.2", "guarantee.retry.backoff=none,constant"]),
        ("cascading_failure", ["factor=1,20"]),
    ],
)
def test_figures_drawn_again_are_those_of_the_run_to_the_byte(name, axes, tmp_path):
    settings = [word for axis in axes for word in ("--set", axis)]
    size = ("--quick", "--messages", 30, "--jobs", 1)
    assert run("run", name, *size, *settings, "--results", tmp_path) == 0
    before = files(tmp_path / name)
    assert sum(path.suffix == ".svg" for path in before) == 4
    shutil.rmtree(tmp_path / name / "figures")
    assert run("figures", name, "--results", tmp_path) == 0
    assert files(tmp_path / name) == before


def test_one_language_is_drawn_alone_the_other_stays_and_nothing_is_computed(tmp_path, monkeypatch):
    monkeypatch.setattr("experiments.framework.model.measure", None)
    shutil.copytree(RESULTS / "timeouts", tmp_path / "timeouts")
    before = files(tmp_path / "timeouts")
    for language in ("en", "fr"):
        (tmp_path / "timeouts" / "figures" / f"timeouts.{language}.txt").write_text("old")
    assert run("figures", "--all", "--lang", "fr", "--results", tmp_path) == 0
    after = files(tmp_path / "timeouts")
    assert set(after) == set(before)
    changed = {path.name for path in before if after[path] != before[path]}
    assert changed == {"timeouts.en.txt", "manifest.json"}  # the English one is as it was: old
    assert after[Path("figures/timeouts.en.txt")] == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["timeouts"]


def test_files_that_no_run_wrote_stay_where_figures_are_drawn_and_where_an_experiment_is_run(
    tmp_path,
):
    shutil.copytree(RESULTS / "idempotency", tmp_path / "idempotency")
    for name in ("notes.md", "figures/README", "mine/table.csv"):
        file = tmp_path / "idempotency" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("mine")
    published_ones = set(json.loads((RESULTS / "idempotency/manifest.json").read_text())["files"])
    quick = ("run", "idempotency", "--quick", "--messages", 30, "--jobs", 1)
    for command in (("figures", "idempotency"), quick):
        assert run(*command, "--results", tmp_path) == 0
        for name in ("notes.md", "figures/README", "mine/table.csv"):
            assert (tmp_path / "idempotency" / name).read_text() == "mine"
        manifest = json.loads((tmp_path / "idempotency" / "manifest.json").read_text())
        assert set(manifest["files"]) == published_ones


@pytest.mark.parametrize("lines", [0, 2])
def test_a_table_that_was_cut_short_is_refused_by_its_own_name(lines, tmp_path, capsys):
    shutil.copytree(RESULTS / "timeouts", tmp_path / "timeouts")
    table = tmp_path / "timeouts" / "summary.csv"
    table.write_text("".join(table.read_text().splitlines(keepends=True)[:lines]))
    assert run("figures", "timeouts", "--results", tmp_path) == 2
    assert f"{table} must be as `pigeon run timeouts` wrote it" in capsys.readouterr().err


def test_a_drawing_that_fails_leaves_the_old_figures(tmp_path):
    shutil.copytree(RESULTS / "timeouts", tmp_path / "timeouts")
    (tmp_path / "timeouts" / "summary.csv").write_text("nothing\n1\n")
    before = files(tmp_path / "timeouts")
    assert run("figures", "timeouts", "--results", tmp_path) == 2
    assert files(tmp_path / "timeouts") == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["timeouts"]


def test_a_table_that_is_lost_is_named_in_the_readers_own_folder(tmp_path, capsys):
    shutil.copytree(RESULTS / "timeouts", tmp_path / "timeouts")
    (tmp_path / "timeouts" / "summary.csv").unlink()
    assert run("figures", "timeouts", "--results", tmp_path) == 2
    assert f"{tmp_path / 'timeouts'} must hold summary.csv" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "figures must be given names, or --all"),
        (["--all", "timeouts"], "figures must be given names, or --all"),
        (["--all"], "--results must hold tables, got"),
        (["timeouts"], "`pigeon run timeouts` makes them"),
        (["nothing"], "nothing"),
    ],
)
def test_where_there_is_nothing_to_draw_one_line_says_so(arguments, said, tmp_path, capsys):
    assert run("figures", *arguments, "--results", tmp_path) == 2
    error = capsys.readouterr().err
    assert error.startswith("pigeon: error: ")
    assert said in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"messages": 3}',
        "{",
        '{"messages": 3, "replications": 3, "sweep": {"loss": 3}, "files": {}}',
        '{"messages": 3, "replications": 3, "sweep": {"loss": [[]]}, "files": {}}',
        '{"messages": 3, "replications": 3, "sweep": {"loss": [0.1]}, "files": [3]}',
    ],
)
def test_a_manifest_that_is_not_one_is_refused(text, tmp_path):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(ValueError, match="must be a manifest that pigeon wrote"):
        manifest.read(tmp_path)


def test_tables_of_other_axes_are_refused():
    made = manifest.read(RESULTS / "timeouts")
    with pytest.raises(ValueError, match="axes of the tables of bursty_loss must be"):
        results.experiment_of("bursty_loss", catalogue.load("bursty_loss"), made)


@pytest.mark.parametrize("name", catalogue.names())
def test_the_published_results_are_whole_and_as_their_manifest_says(name):
    folder = RESULTS / name
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for file, digest in manifest["files"].items():
        assert hashlib.sha256((folder / file).read_bytes()).hexdigest() == digest, file
    drawn = sorted(path.name for path in (folder / "figures").iterdir())
    assert drawn == sorted(
        f"{figure.name}.{language}.{kind}"
        for figure in catalogue.load(name).figures
        for language in ("en", "fr")
        for kind in KINDS
    )


def test_the_published_stories_are_whole():
    drawn = sorted(path.name for path in (RESULTS / "diagrams").iterdir())
    assert drawn == sorted(
        f"{story}.{language}.{kind}"
        for story in stories.STORIES
        for language in ("en", "fr")
        for kind in ("mmd", "svg", "dark.svg", "txt")
    )


@pytest.mark.parametrize("name", catalogue.names())
def test_a_table_comes_back_with_the_keys_of_its_experiment(name):
    experiment = results.experiment_of(name, catalogue.load(name), manifest.read(RESULTS / name))
    written = tables.read(experiment, RESULTS / name)
    cells = {cell.keys for cell in experiment.cells()}
    for table in written:
        if table is not None:
            keys = set(table[list(experiment.sweep)].itertuples(index=False, name=None))
            assert keys <= cells
    keys = set(written.summary[list(experiment.sweep)].itertuples(index=False, name=None))
    assert keys == cells
    text = pd.read_csv(RESULTS / name / "summary.csv")
    assert written.summary["mean"].tolist() == pytest.approx(text["mean"].tolist(), nan_ok=True)
