"""Facts about the project as a whole."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import simulator
from experiments import catalogue
from experiments.cli.program import pigeon

ROOT = Path(__file__).parents[1]

PUBLIC = [
    "Scenario",
    "simulate",
    "Link",
    "Constant",
    "Uniform",
    "Exponential",
    "Normal",
    "LogNormal",
    "Pareto",
    "Empirical",
    "Bernoulli",
    "GilbertElliott",
    "Scripted",
    "Periodic",
    "Poisson",
    "BestEffort",
    "AtMostOnce",
    "AtLeastOnce",
    "ExactlyOnce",
    "Retry",
    "NoBackoff",
    "ConstantBackoff",
    "LinearBackoff",
    "ExponentialBackoff",
    "DecorrelatedJitter",
    "Network",
    "Message",
]

LOCKS = {
    "lab": "notebooks/lab.lock",
    "mutants": "tests/mutants.lock",
    "peers": "benchmarks/peers.lock",
}
"""Where the packages of an extra are pinned, if not with all the others."""


def loaded_by(statement):
    code = f"import sys\n{statement}\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_importing_the_simulator_loads_nothing_heavy():
    loaded = loaded_by("import simulator")
    assert {"numpy", "simpy"} <= loaded
    assert not loaded & {"pandas", "matplotlib", "scipy", "joblib", "click", "tqdm", "tomli_w"}


@pytest.mark.parametrize("arguments", [[], ["--help"], ["--version"]])
def test_help_loads_neither_the_simulator_nor_what_draws(arguments):
    ask = f"""
import contextlib
from experiments.cli.program import main
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(sys.stderr):
    main({arguments})
"""
    loaded = loaded_by(ask)
    assert "click" in loaded
    assert not loaded & {"numpy", "simpy", "pandas", "matplotlib", "scipy", "joblib", "simulator"}


def test_each_command_of_the_help_is_a_file_of_its_name():
    files = (ROOT / "experiments" / "cli" / "commands").glob("[a-z]*.py")
    assert sorted(file.stem for file in files) == sorted(pigeon.commands)
    for name in pigeon.commands:
        assert pigeon.load(name).name == name


def test_the_public_names_are_there_and_sorted():
    assert simulator.__all__ == sorted(set(simulator.__all__), key=str)
    assert set(PUBLIC) <= set(simulator.__all__)
    for name in simulator.__all__:
        assert hasattr(simulator, name)


def test_each_dependency_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = {"dependencies": project["dependencies"], **project["optional-dependencies"]}
    for extra, requirements in needed.items():
        locked = "\n" + (ROOT / LOCKS.get(extra, "requirements.lock")).read_text()
        for requirement in requirements:
            name, _, bound = requirement.partition(">=")
            assert bound, requirement
            assert f"\n{name}==" in locked


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("github-workflows", ".github/workflows/tests.yml"),
        ("github-workflows", ".github/workflows/release.yml"),
        ("citation-file-format", "CITATION.cff"),
    ],
)
def test_what_other_programs_read_is_as_they_want_it(schema, file):
    pytest.importorskip("check_jsonschema")  # new in the lock
    check = ["-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", file]
    done = subprocess.run(
        [sys.executable, *check], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_citation_and_the_workflows_say_what_the_project_says():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f"\nversion: {project['version']}\n" in (ROOT / "CITATION.cff").read_text()
    matrix = re.search(r"python: \[(.*)\]", (ROOT / ".github/workflows/tests.yml").read_text())
    assert matrix
    tried = matrix[1].replace('"', "").split(", ")
    named = [one.rpartition(" :: ")[2] for one in project["classifiers"] if "Python :: 3." in one]
    assert tried == named


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "README.fr.md",
        "docs/experiments.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "docs/chapter.md",
        "docs/speed.md",
        "docs/benchmarks/README.md",
        "docs/guides/course_kit.md",
    ],
)
def test_what_a_page_links_to_is_there(page):
    text = (ROOT / page).read_text()
    found = re.findall(r'\]\(([^)#]+)\)|(?:<img src|srcset)="([^"]+)"', text)
    links = [link for pair in found for link in pair if link and not link.startswith("https:")]
    assert links
    for link in links:
        assert (ROOT / page).parent.joinpath(link).exists(), link


@pytest.mark.parametrize("page", ["README.md", "README.fr.md"])
def test_a_readme_is_short(page):
    assert len((ROOT / page).read_text(encoding="utf-8").split()) <= 700


@pytest.mark.parametrize("name", catalogue.names())
def test_every_experiment_is_published_and_shown(name):
    assert f"results/{name}/figures" in (ROOT / "docs" / "experiments.md").read_text()
    for figure in catalogue.load(name).figures:
        for language in ("en", "fr"):
            assert (ROOT / "results" / name / "figures" / f"{figure.name}.{language}.svg").exists()
