"""The wheel alone, in a folder of one's own: what somebody has who has neither git nor make.

Its environment has the wheel, and the packages of this one beside it: nothing is downloaded.
"""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
MOST = 8_000_000
"""Bytes of the wheel."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = folder.iterdir()
    return wheel


@pytest.fixture(scope="module")
def programs(wheel, tmp_path_factory):
    """The programs of an environment that has the wheel, inside somebody's repository."""
    environment = tmp_path_factory.mktemp("environment")
    somebody = ("-c", "user.name=A student", "-c", "user.email=student@example.org")
    for words in (["init", "-q"], [*somebody, "commit", "-q", "--allow-empty", "-m", "1"]):
        subprocess.run(["git", *words], cwd=environment, check=True)  # noqa: S607 - as installed
    venv.create(environment)
    base = dict.fromkeys(("base", "platbase"), str(environment))
    scripts, packages = (sysconfig.get_path(of, "venv", base) for of in ("scripts", "purelib"))
    install = ["--python", str(environment), "install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", *install], check=True, capture_output=True)
    Path(packages, "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return Path(scripts)


@pytest.fixture
def run(programs, tmp_path):
    """Run a program of that environment in an empty folder, and return what it says."""

    def run(*words, program="pigeon"):
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        done = subprocess.run(
            [programs / program, *words],
            cwd=tmp_path,
            env=environment | {"PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert str(ROOT) not in done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


def test_the_wheel_is_small(wheel):
    assert wheel.stat().st_size < MOST


def test_the_environment_has_the_wheel_and_not_the_checkout(run, programs):
    where = run("-c", "import experiments; print(experiments.__file__)", program="python")
    assert Path(where.strip()).is_relative_to(programs.parent)


def test_an_experiment_runs_and_its_manifest_names_no_commit_of_others(run, tmp_path):
    run("run", "idempotency", "--quick", "--lang", "fr")
    folder = tmp_path / "results" / "quick" / "idempotency"
    assert (folder / "figures" / "balance.fr.svg").exists()
    assert '"commit": null' in (folder / "manifest.json").read_text()


def test_figures_are_drawn_from_the_published_tables_where_there_are_none(run, tmp_path):
    assert "the published results are read" in run("figures", "idempotency", "--lang", "fr")
    folder = tmp_path / "results" / "idempotency"
    drawn = folder / "figures" / "balance.fr.svg"
    published = ROOT / "results" / "idempotency"
    assert drawn.read_bytes() == (published / "figures" / "balance.fr.svg").read_bytes()
    assert (folder / "summary.csv").read_bytes() == (published / "summary.csv").read_bytes()
    drawn.unlink()
    assert "published" not in run("figures", "idempotency", "--lang", "fr")
    assert drawn.exists()


def test_a_run_is_played(run, tmp_path):
    run("play", "--lang", "fr")
    assert "<html" in (tmp_path / "play.html").read_text(encoding="utf-8")


def test_notebooks_are_copied_and_none_that_was_changed_is_replaced(run, tmp_path):
    run("notebooks", "--out", "mine", "--lang", "fr")
    copied = sorted((tmp_path / "mine").iterdir())
    kept = sorted((ROOT / "notebooks").glob("*.fr.ipynb"))
    assert [path.name for path in copied] == [path.name for path in kept]
    assert [path.read_bytes() for path in copied] == [path.read_bytes() for path in kept]
    copied[0].write_text("{}")
    with pytest.raises(AssertionError, match=f"where {copied[0].name} was"):
        run("notebooks", "--out", "mine")
    assert copied[0].read_text() == "{}"
    assert len(list((tmp_path / "mine").iterdir())) == len(copied)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_course_kit_is_written_from_what_is_published(run, tmp_path, language):
    run("kit", "--lang", language, "--out", "kit")
    assert (tmp_path / "kit" / "README.md").exists()
    assert list((tmp_path / "kit").glob(f"figures/*/*.{language}.svg"))


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [path.stem for path in sorted((ROOT / "notebooks").glob("[0-9]*.py"))]
)
def test_a_notebook_that_was_copied_runs(run, tmp_path, name):
    run("notebooks", "--out", ".", "--lang", "fr")
    notebook = nbformat.read(tmp_path / f"{name}.fr.ipynb", as_version=4)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    # As under a kernel, but for what is shown, which is of no interest here.
    script = "from IPython.core.interactiveshell import InteractiveShell as S\nshell = S()\n"
    script += "".join(f"shell.run_cell({cell!r}).raise_error()\n" for cell in code)
    (tmp_path / "cells.py").write_text(script, encoding="utf-8")
    run("cells.py", program="python")
