"""What the benchmarks found: tables, and a figure in each language."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from experiments.figures import svg
from experiments.figures.labels import labels
from experiments.figures.plotting import style
from simulator.drawing import THEMES
from simulator.languages import LANGUAGES
from simulator.languages.numbers import numbers
from simulator.languages.texts import read

WORDS = Path(__file__).parent / "texts"
OURS, OTHERS = (THEMES["light"][name] for name in ("blue", "grey"))


Tables = Mapping[str, pd.DataFrame]
"""By the names of the parts: engines, growth, uses, memory, player."""


def write(folder: Path, tables: Tables) -> None:
    """Write everything into a folder: CSV, one page of tables, a figure in each language."""
    folder.mkdir(parents=True, exist_ok=True)
    for part, table in tables.items():
        path = folder / f"{part}.csv"
        table.to_csv(path, index=False, float_format="%.6g", lineterminator="\n")
    (folder / "README.md").write_text(page(tables), encoding="utf-8")
    for language in LANGUAGES:
        draw(tables["engines"], folder, language)


def page(tables: Tables) -> str:
    """Return the tables as a page of Markdown."""
    words = read(WORDS, "en")
    engines, growth, uses = tables["engines"], tables["growth"], tables["uses"]
    lines = [
        "# Benchmarks",
        "",
        "Made by `make benchmarks`; [how fast, and why](../speed.md) explains them. Contenders",
        "take turns, round after round; what counts is the ratio to plain SimPy in the same round,",
        "and of these the median. On",
        f"Python {platform.python_version()}, {platform.system()}, {platform.machine()}.",
        "",
        "![Ratios to plain SimPy](engines.en.svg)",
    ]
    for work, rows in engines.groupby("work", sort=False):
        lines += ["", f"## {words('benchmarks', work)}", "", "| | a second | × plain SimPy |"]
        lines += ["|---|---:|---:|"]
        for row in rows.sort_values("ratio").itertuples():
            name = words("benchmarks", str(row.contender), str(row.contender))
            lines += [f"| {name} | {row.per_second:,.0f} | {row.ratio:.3g} |"]
    lines += ["", "## Growth: W1, vectorized, summary alone", ""]
    lines += ["| Messages | ns a message | peak memory, MiB |", "|---:|---:|---:|"]
    for row in growth.itertuples():
        lines += [f"| {row.messages:,} | {row.ns_per_message:.1f} | {row.peak_mib:.0f} |"]
    lines += ["", "## Uses", "", "| | measured |", "|---|---:|"]
    lines += [f"| {row.what} | {row.value:.4g} {row.unit} |" for row in uses.itertuples()]
    lines += ["", "## Memory of a network built by hand, untraced", ""]
    lines += ["| | bytes | asked: at most |", "|---|---:|---:|"]
    for row in tables["memory"].itertuples():
        lines += [f"| {row.what} | {row.bytes:,.0f} | {row.asked:,} |"]
    lines += [
        "",
        "## The player",
        "",
        "In headless Chromium without a graphics card, which draws 60 frames a second at most;",
        "milliseconds of script a frame, the median and what 99 frames in 100 stay below.",
        "",
        "| Events | in flight | speed | frames a second | script, ms | 99 % | to open, s |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in tables["player"].itertuples():
        load = f"{row.events:,} | {row.in_flight:,} | × {row.speed:g}"
        script = f"{row.script_ms:.1f} | {row.p99_ms:.1f}"
        lines += [f"| {load} | {row.fps:.0f} | {script} | {row.open_s:.2f} |"]
    lines += [
        "",
        "## The sliders of the notebooks",
        "",
        "From a move of a control to the new picture, in milliseconds of the processor.",
        "",
        "| Notebook | moves | median | 90 % | longest |",
        "|---|---:|---:|---:|---:|",
    ]
    for row in tables["views"].itertuples():
        times = f"{row.median_ms:.0f} | {row.p90_ms:.0f} | {row.longest_ms:.0f}"
        lines += [f"| {row.notebook} | {row.moves} | {times} |"]
    return "\n".join(lines) + "\n"


def draw(engines: pd.DataFrame, folder: Path, language: str) -> None:
    """Draw the ratios of two works, W1 and M/M/1, as `engines.<language>.svg`."""
    text, words, written = labels(language), read(WORDS, language), numbers(language)
    works = [work for work in ("w1_10", "mm1") if (engines["work"] == work).any()]
    if not works:
        return
    described = []
    with style("light"):
        figure = Figure(figsize=(10, 4.2), layout="constrained")
        for axes, work in zip(figure.subplots(1, len(works), squeeze=False)[0], works, strict=True):
            rows = engines[engines["work"] == work].sort_values("ratio")
            names = [words("benchmarks", name, name) for name in rows["contender"]]
            colors = [OURS if n.startswith("pigeon") else OTHERS for n in rows["contender"]]
            bars = axes.barh(names, rows["ratio"], color=colors)
            ratios = [written.short(ratio, 2) for ratio in rows["ratio"]]
            axes.bar_label(bars, ratios, padding=3)
            axes.set_xscale("log")
            axes.set_xlim(rows["ratio"].min() / 3, rows["ratio"].max() * 6)
            axes.axvline(1.0, color=THEMES["light"].ink, linewidth=0.8, zorder=0)
            axes.xaxis.set_major_formatter(lambda value, _: written.short(value))
            axes.grid(visible=False, axis="y")
            axes.set_title(words("benchmarks", work), loc="left")
            axes.set_xlabel(words("benchmarks", "ratio"))
            line = text("alternative", "line").format
            bars_read = [line(numbers=r, names=n) for r, n in zip(ratios, names, strict=True)]
            described.append(
                text("alternative", "panel").format(
                    title=words("benchmarks", work),
                    numbers=text("alternative", "apart").join(bars_read),
                )
            )
        svg.save(
            figure,
            folder / f"engines.{language}.svg",
            title=words("benchmarks", "ratio"),
            description=" ".join(described),
            language=language,
        )
