"""What the guide adds is an experiment like the others, and nothing else changes."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.framework import texts
from experiments.framework.metric import Metric

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "guides" / "own_experiment.md").read_text(encoding="utf-8")
ADDED = dict(re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", GUIDE, re.DOTALL))


def test_the_guide_adds_files_to_the_catalogue_alone():
    assert sorted(ADDED) == [
        "experiments/catalogue/chain.py",
        "experiments/catalogue/duplication.py",
        "experiments/catalogue/duplication.toml",
    ]
    assert not any((ROOT / file).exists() for file in ADDED)


def test_what_the_guide_adds_runs_and_is_drawn_in_both_languages(tmp_path):
    shutil.copytree(
        ROOT / "experiments", tmp_path / "experiments", ignore=shutil.ignore_patterns("__pycache__")
    )
    for file, text in ADDED.items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "experiments", "run", "duplication", "chain", "--quick"]
    paths = os.pathsep.join((str(tmp_path), str(ROOT)))
    subprocess.run(
        [*command, "--messages", "30", "--jobs", "1"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": paths},
        check=True,
        capture_output=True,
    )
    quick = tmp_path / "results" / "quick"
    quick = quick if quick.exists() else tmp_path / "results" / "custom"
    assert (quick / "chain" / "summary.csv").is_file()
    drawn = {path.name: path for path in (quick / "duplication" / "figures").iterdir()}
    assert len(drawn) == 8
    told = {one: drawn[f"duplication.{one}.txt"].read_text("utf-8") for one in ("en", "fr")}
    assert "Probability that the network duplicates, from 0% to 50%." in told["en"]
    assert (
        "Probabilité que le réseau duplique, de 0\N{NO-BREAK SPACE}% à 50\N{NO-BREAK SPACE}%."
        in told["fr"]
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[en", "timeouts.toml must be TOML"),
        ("[en.titles]\na = 'A'", "languages must be [en] and [fr], got ['en']"),
        ("[en.title]\na = 'A'\n[fr]", "timeouts.toml [en] must be one of titles, captions"),
        ("[en.titles]\na = 1\n[fr]", "timeouts.toml [en.titles] must be a table of texts"),
        ("en = 1\nfr = 2", "timeouts.toml en must be a table, [en.titles] and others"),
        ("[en.titles]\na = 'A'\n[fr.titles]", "must have 'a' in [fr.titles] too"),
        ("[en.titles]\n[fr.titles]\na = 'A'", "must have 'a' in [en.titles] too"),
    ],
)
def test_texts_that_are_not_in_both_languages_are_refused(text, said, tmp_path):
    file = tmp_path / "timeouts.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(said)):
        texts.read(file)


def test_a_unit_is_in_english_where_it_is_declared(tmp_path):
    file = tmp_path / "timeouts.toml"
    file.write_text("[en]\n[fr.units]\n'calls per second' = 'appels par seconde'", encoding="utf-8")
    read = texts.read(file)
    assert read.of("fr") == {"units": {"calls per second": "appels par seconde"}}
    assert read.of("en") == {}
    assert texts.read(tmp_path / "none.toml").of("fr") == {}


@pytest.mark.parametrize("name", ["", "loss rate", "loss-rate", "2_lost", None])
def test_a_metric_has_a_name_that_a_column_could_have(name):
    with pytest.raises(ValueError, match=r"Metric\.name must be a name in letters"):
        Metric(name)


def test_a_metric_is_its_name_and_knows_its_unit():
    metric = Metric("wait", "s")
    assert (metric, metric.unit, Metric("wait").unit) == ("wait", "s", "")
    column: dict[str, int] = {metric: 1}
    assert column["wait"] == 1
    with pytest.raises(ValueError, match=r"Metric\.unit"):
        Metric("wait", 1)  # type: ignore[arg-type]  # on purpose
