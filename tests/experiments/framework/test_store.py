"""A store gives back what was put into it, or nothing; what is none is refused in one line."""

import json
import sqlite3

import pytest

from experiments import catalogue
from experiments.cli.program import main
from experiments.cli.settings import resize, with_settings
from experiments.framework import runner, store
from experiments.framework.metric import Metric
from experiments.framework.model import Model, measure
from experiments.framework.store import Store, key_of

SUMMARY = {"loss_rate": 0.25, "series": [1.0, 2.0]}
VERSION_1 = "CREATE TABLE cell (key TEXT PRIMARY KEY, summary TEXT NOT NULL)"


@pytest.fixture
def path(tmp_path):
    return tmp_path / ".cells.sqlite"


@pytest.fixture(autouse=True)
def undrawn(monkeypatch):
    """Draw nothing: what is kept, and the tables made of it, are what matters here."""
    monkeypatch.setattr("experiments.figures.plotting.draw", lambda *_, **__: [])


def execute(path, *statements):
    base = sqlite3.connect(path)
    with base:
        for statement, *values in statements:
            base.execute(statement, values)
    base.close()


def content(path):
    base = sqlite3.connect(path)
    rows = base.execute("SELECT key, summary FROM cell").fetchall()
    base.close()
    return dict(rows)


EDITS = [
    ("UPDATE cell SET summary = replace(summary, '0.25', '9.9')",),
    ("UPDATE cell SET summary = '{'",),
    ("UPDATE cell SET summary = x'ff'",),
    ("UPDATE cell SET summary = CAST(x'ff' AS TEXT)",),
    ("UPDATE cell SET summary = 1",),
    ("UPDATE cell SET checksum = NULL",),
    ("UPDATE cell SET key = 'other'",),
]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit[0].split("SET ")[1])
def test_a_row_that_was_changed_is_not_given_back(path, edit):
    with Store(path) as kept:
        kept.put([("key", SUMMARY)])
        assert kept.get("key") == SUMMARY
    execute(path, edit)
    with Store(path) as kept:
        for key in ("key", "other"):
            assert kept.get(key) is None
        assert kept.spoilt == 1
        kept.put([("key", SUMMARY)])
        assert kept.get("key") == SUMMARY


def test_a_store_of_the_first_version_keeps_its_rows(path):
    execute(
        path,
        (VERSION_1,),
        *(
            ("INSERT INTO cell VALUES (?, ?)", key, text)
            for key, text in {"good": json.dumps(SUMMARY), "broken": "{", "none": "1"}.items()
        ),
    )
    for _ in range(2):
        with Store(path) as kept:
            assert kept.get("good") == SUMMARY
            assert kept.get("broken") is kept.get("none") is None
    assert list(content(path)) == ["good"]


FOREIGN = [
    [("CREATE TABLE cell (key TEXT, value TEXT)",)],
    [("CREATE TABLE cell (key TEXT, summary TEXT, checksum TEXT)",)],
    [("CREATE TABLE marks (student TEXT, mark REAL)",)],
    [("CREATE TABLE marks (student TEXT, mark REAL)",), ("PRAGMA user_version = 7",)],
]


@pytest.mark.parametrize("statements", FOREIGN, ids=str)
def test_a_base_that_pigeon_did_not_make_is_refused_and_left_alone(path, statements):
    execute(path, *statements)
    before = path.read_bytes()
    with pytest.raises(ValueError, match=r"must be a SQLite file made by pigeon .*; delete it"):
        Store(path)
    assert path.read_bytes() == before


def test_a_store_of_a_newer_version_is_refused_and_left_alone(path):
    Store(path).__exit__(None, None, None)
    execute(path, ("PRAGMA user_version = 9",))
    before = path.read_bytes()
    with pytest.raises(ValueError, match="made by a newer version of pigeon: run that one, or"):
        Store(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("size", [100, 1000, 4096, 9000])
def test_a_truncated_store_is_refused(path, size):
    with Store(path) as kept:
        kept.put([(str(number), {"a": [float(number)] * 99}) for number in range(99)])
    path.write_bytes(path.read_bytes()[:size])

    def read():
        with Store(path) as kept:
            return [kept.get(str(number)) for number in range(99)]

    with pytest.raises(ValueError, match=r"must be a SQLite file made by pigeon .*; delete it"):
        read()


def test_a_store_that_was_emptied_is_a_new_one(path):
    path.touch()
    with Store(path) as kept:
        kept.put([("key", SUMMARY)])
        assert kept.get("key") == SUMMARY


def said_by_run(folder, capsys, *more):
    """Run an experiment, and return the exit status and what it says on standard error."""
    arguments = ["timeouts", "--set", "link.loss=0.1", "--set", "guarantee.retry.timeout=1"]
    arguments += ["--messages", "20", "--replications", "2", "--lang", "en", "--jobs", "1"]
    with pytest.raises(SystemExit) as ended:
        main(["run", *arguments, "--results", str(folder), *more])
    return ended.value.code, capsys.readouterr().err


def test_a_folder_in_the_place_of_the_store_is_refused_in_one_line(path, capsys):
    path.mkdir()
    code, said = said_by_run(path.parent, capsys)
    assert code == 2
    assert said.splitlines()[1:] == [
        f"pigeon: error: store {path} must be a file, and is a folder: move it away"
    ]


def test_a_store_that_another_process_holds_is_refused_in_one_line(path, capsys, monkeypatch):
    monkeypatch.setattr(store, "PATIENCE", 0.1)
    Store(path).__exit__(None, None, None)
    other = sqlite3.connect(path)
    other.execute("BEGIN EXCLUSIVE")
    code, said = said_by_run(path.parent, capsys)
    other.close()
    assert code == 2
    assert said.splitlines()[1:] == [
        f"pigeon: error: store {path} is in use by another process: try again when that has ended"
    ]


def test_a_store_that_is_read_only_is_refused_before_anything_is_run(path, capsys, monkeypatch):
    Store(path).__exit__(None, None, None)
    connect = sqlite3.connect
    monkeypatch.setattr(
        sqlite3, "connect", lambda file, **how: connect(f"file:{file}?mode=ro", uri=True, **how)
    )
    monkeypatch.setattr(runner, "run", None)
    code, said = said_by_run(path.parent, capsys)
    assert code == 2
    reason = "attempt to write a readonly database"
    assert said.splitlines()[1:] == [
        f"pigeon: error: store {path} must be writable: {reason}; --results gives another folder"
    ]


def tables(folder):
    return {file.name: file.read_bytes() for file in folder.glob("timeouts/*.csv")}


EDITED = {
    "a result": lambda summary: summary | {"loss_rate": 9.9},
    "a metric less": lambda summary: {k: v for k, v in summary.items() if k != "loss_rate"},
}


@pytest.mark.parametrize("edit", EDITED.values(), ids=EDITED)
def test_a_row_that_was_edited_is_computed_again_and_said_so(path, capsys, edit):
    said_by_run(path.parent, capsys)
    expected = tables(path.parent)
    key, summary = next(iter(content(path).items()))
    edited = json.dumps(edit(json.loads(summary)))
    execute(path, ("UPDATE cell SET summary = ? WHERE key = ?", edited, key))
    (path.parent / "timeouts" / "data.csv").unlink()
    code, said = said_by_run(path.parent, capsys)
    assert code == 0
    assert f"store {path}: 1 of its rows are not as pigeon wrote them, and are computed" in said
    assert tables(path.parent) == expected


def test_a_row_without_a_metric_is_computed_again(tmp_path):
    whole = with_settings(catalogue.load("timeouts"), ["link.loss=0", "guarantee.retry.timeout=1"])
    sizes = {"seed": None, "messages": 20, "replications": None}
    experiment = resize(whole, quick=True, **sizes)
    cells = experiment.cells()
    with Store(tmp_path / "cells.sqlite") as kept:
        expected = runner.run(experiment, cells, store=kept)
        kept.put([(key_of(cells[0].scenario, 0), {"latency_mean": 1.0})])
        assert runner.run(experiment, cells, store=kept) == expected


class Forgetful(Model):
    """A student's own model, which measures less than it says."""

    metrics = (Metric("a"), Metric("b"))
    series = (Metric("c"),)

    def measure(self, replication):
        return {"a": 1.0, "c": [1.0]}


def test_a_model_that_measures_less_than_it_says_is_refused_by_name():
    with pytest.raises(ValueError, match=r"Forgetful.measure must return b, c"):
        measure(Forgetful(), 0)
