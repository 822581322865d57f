"""The text beside a figure says its numbers, in good English and good French."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.figure import Figure as Picture
from matplotlib.layout_engine import ConstrainedLayoutEngine

from experiments import catalogue
from experiments.figures import svg
from experiments.figures.alternative_texts import describe
from experiments.figures.naming import Naming
from experiments.framework import tables
from experiments.framework.experiment import Experiment
from experiments.framework.figure import Bars, Figure, Lines, Timeline
from experiments.framework.tables import Tables
from simulator import AtLeastOnce, AtMostOnce, BestEffort, ExactlyOnce, Scenario
from simulator.languages.numbers import numbers

RESULTS = Path(__file__).parents[3] / "results"
SVG = "{http://www.w3.org/2000/svg}"
ENGLISH = re.compile(
    r"\b(the|of|and|from|to|at|with|throughout|maximum at|lowest|highest|loss|rate|lost|chart|line"
    r"|bar|time|mean|per|each|attempts?|queue|cost|once|both|all|most|least|sends|arrives|which)\b",
    re.IGNORECASE,
)
GUARANTEES = {
    "best_effort": BestEffort(),
    "at_most_once": AtMostOnce(),
    "at_least_once": AtLeastOnce(),
    "exactly_once": ExactlyOnce(),
}
LOSS = {0.0: 0.0, 0.5: 0.5, 1.0: 1.0}
DUPLICATES = {
    "best_effort": (0.0, 0.0, 0.0),
    "at_most_once": (0.0, 0.0, 0.0),
    "at_least_once": (0.0123456, 1.5, 0.25),
    "exactly_once": (None, 1.0, 1.0),
}


def told(panel, language, table=None):
    figure = Figure(name="by_hand", panels=(panel,))
    experiment = Experiment(
        question="By hand?",
        base=Scenario(),
        sweep={"guarantee": GUARANTEES, "link.loss": LOSS},
        metrics=("duplicate_rate",),
        figures=(figure,),
        units={"link.loss": "%"},
    )
    rows = [
        (guarantee, loss, "duplicate_rate", value)
        for guarantee, values in DUPLICATES.items()
        for loss, value in zip(LOSS, values, strict=True)
    ]
    columns = ["guarantee", "link.loss", "metric", "mean"]
    table = pd.DataFrame(rows, columns=columns).astype({"mean": float})
    return describe(figure, Tables(table), Naming(language, experiment))


def test_lines_are_told_by_their_ends_and_what_is_beyond():
    panel = Lines(x="link.loss", y="duplicate_rate", color="guarantee")
    assert told(panel, "en") == (
        "Line chart; along the bottom: Loss rate of the link, each way, from 0% to 100%. "
        "Duplicates per message: 0 throughout (best effort; at most once); "
        "from 0.0123 to 0.25, maximum 1.5 at 50% (at least once); "
        "from 1 at 50% to 1 (exactly once)."
    )
    assert told(panel, "fr") == (
        "Courbes ; en abscisse : Taux de perte du lien, dans chaque sens, "
        "de 0\N{NO-BREAK SPACE}% à 100\N{NO-BREAK SPACE}%. "
        "Doublons par message : toujours 0 (au mieux ; au plus une fois) ; "
        "de 0,0123 à 0,25, maximum 1,5 (pour 50\N{NO-BREAK SPACE}%) (au moins une fois) ; "
        "de 1 (pour 50\N{NO-BREAK SPACE}%) à 1 (exactement une fois)."
    )


def test_bars_are_told_one_by_one():
    panel = Bars(x="guarantee", y="duplicate_rate", color="guarantee", where={"link.loss": (0.5,)})
    assert told(panel, "en") == (
        "Bar chart. Duplicates per message: 0 (best effort; at most once); "
        "1.5 (at least once); 1 (exactly once)."
    )


@pytest.mark.parametrize("language", ["en", "fr"])
def test_of_many_lines_the_lowest_and_the_highest_are_told(language):
    experiment = catalogue.load("retry_policies")
    policy, answers = "guarantee.retry.backoff", "guarantee.retry.late_answers"
    written = tables.read(experiment, RESULTS / "retry_policies")
    words = Naming(language, experiment)
    for metric in ("latency_mean", "latency_p99"):
        panel = Lines(x="link.loss", y=metric, color=policy, where={answers: ("accept",)})
        text = describe(Figure(name="by_hand", panels=(panel,)), written, words)
        table = written.summary
        table = table[(table["metric"] == metric) & (table[answers] == "accept")]
        last = table[table["link.loss"] == 0.6]
        for row in (last.iloc[last["mean"].argmin()], last.iloc[last["mean"].argmax()]):
            value = words.number(float(f"{row['mean']:.3g}"))
            name = words.value(row["guarantee.retry.backoff"])
            assert re.search(re.escape(value) + r" \([^()]*" + re.escape(name), text), row


def test_of_many_lines_the_highest_point_between_the_ends_is_told():
    folder = RESULTS / "circuit_breaker"
    text = (folder / "figures" / "storm.en.txt").read_text(encoding="utf-8")
    table = pd.read_csv(folder / "series.csv")
    offered = table[table["metric"] == "offered"]
    top = offered.iloc[offered["mean"].argmax()]
    name = Naming("en", catalogue.load("circuit_breaker")).value(top["carried"])
    assert f"maximum {top['mean']:.0f} at {top['time']:g} ({name})" in text


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_numbers_of_the_main_figure_are_those_of_its_table(language):
    table = pd.read_csv(RESULTS / "delivery_guarantees" / "summary.csv")
    figures = RESULTS / "delivery_guarantees" / "figures"
    text = (figures / f"cost_of_guarantees.{language}.txt").read_text(encoding="utf-8")
    words = numbers(language)
    lost = table[(table["metric"] == "loss_rate") & (table["link.loss"] == 0.6)]
    for guarantee, policy in (("at_most_once", "–"), ("at_least_once", "chapter")):
        mine = lost[(lost["guarantee"] == guarantee) & (lost["guarantee.retry"] == policy)]
        (mean,) = mine["mean"]
        share = words.share(words.short(100 * mean, 3))
        assert f"{share} (" in text


def _texts(language):
    return sorted(RESULTS.rglob(f"*.{language}.txt"))


def test_there_is_a_text_in_each_language_for_each_published_picture():
    pictures = {path.with_suffix("") for path in RESULTS.rglob("*.svg")}
    pictures = {path.with_suffix("") if path.suffix == ".dark" else path for path in pictures}
    assert pictures == {path.with_suffix("") for path in (*_texts("en"), *_texts("fr"))}
    assert len(_texts("en")) == len(_texts("fr")) > 20


@pytest.mark.parametrize("path", _texts("fr"), ids=lambda path: path.stem)
def test_a_french_text_is_in_french(path):
    text = path.read_text(encoding="utf-8")
    words = text.replace("fire-and-forget", "").replace("(ask)", "").replace("(notify)", "")
    assert not ENGLISH.search(words), ENGLISH.search(words)
    assert not re.search(r"\d\.\d", text)  # the comma is French's
    assert not re.search(r"\w[;:?!](\s|$)|\d%", text)  # and so is a space before these


@pytest.mark.parametrize("path", [*_texts("en"), *_texts("fr")], ids=lambda path: path.stem)
def test_a_text_is_one_short_paragraph(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") == 1
    assert text.endswith(".\n")
    assert len(text) < 1_050
    assert "nan" not in text.lower().split()


@pytest.mark.parametrize("kind", ["svg", "dark.svg"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_published_picture_names_and_describes_itself(language, kind):
    for text in _texts(language):
        file = text.with_name(text.name.removesuffix("txt") + kind)
        root = ET.parse(file).getroot()  # noqa: S314 - our own file
        assert root.get("role") == "img"
        assert root.get("lang") == language
        title, about = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
        assert root.get("aria-labelledby") == title.get("id")
        assert root.get("aria-describedby") == about.get("id")
        told = text.read_text(encoding="utf-8").strip()
        assert title.text
        assert told.startswith(title.text)
        assert about.text.startswith(told[len(title.text) :].lstrip(". "))


def test_the_last_bits_of_a_layout_are_not_in_the_bytes(tmp_path, monkeypatch):
    execute, saved = ConstrainedLayoutEngine.execute, []
    for nudge in (0.0, 1e-12):

        def layout(engine, figure, nudge=nudge):
            execute(engine, figure)
            for axes in figure.axes:
                left, bottom, width, height = axes.get_position(original=True).bounds
                axes._set_position((left + nudge, bottom, width - nudge, height))

        monkeypatch.setattr(ConstrainedLayoutEngine, "execute", layout)
        figure = Picture(layout="constrained")
        figure.add_subplot().plot([1, 2])
        file = tmp_path / "a.svg"
        svg.save(figure, file, title="A", description="B", language="en")
        saved.append(file.read_bytes())
    assert saved[0] == saved[1]


def test_markup_in_a_title_is_text():
    drawn = svg.named("<svg a='b'></svg>", "a.en", title="<&>", description="«»", language="fr")
    root = ET.fromstring(drawn)  # noqa: S314 - made here
    assert root.find("title").text == "<&>"
    assert root.find("desc").get("id") == "a-en-desc"


def test_the_ids_of_a_page_full_of_figures_differ():
    ids = [
        line
        for path in RESULTS.rglob("*.svg")
        for line in re.findall(r' id="([^"]*-(?:title|desc))"', path.read_text(encoding="utf-8"))
    ]
    assert len(ids) == len(set(ids)) > 100


def test_a_band_is_told():
    (figure,) = catalogue.load("cascading_failure").figures
    (shade,) = {panel.shade for panel in figure.panels if isinstance(panel, Timeline)}
    assert shade is not None
    text = (RESULTS / "cascading_failure" / "figures" / "cascade.en.txt").read_text("utf-8")
    assert "Grey band: from {:g} to {:g}.".format(*shade) in text
