"""A figure as SVG is XML, whatever it says."""

from typing import Any
from xml.etree import ElementTree as ET

from matplotlib.layout_engine import ConstrainedLayoutEngine

from experiments.figures import svg
from simulator.drawing.canvas import Canvas


def test_what_xml_cannot_have_is_replaced(tmp_path):
    path = tmp_path / "figure.svg"
    svg.save(Canvas(), path, title="a\x0bb & <c>", description="\ud800", language="en")
    root = ET.parse(path).getroot()  # noqa: S314 - it is our own
    said = [element.text for element in root if element.tag.endswith(("title", "desc"))]
    assert said == ["a\ufffdb & <c>", "\ufffd"]


def test_a_figure_like_another_is_not_laid_out_again_and_has_its_axes_at_the_same_places(
    tmp_path, monkeypatch
):
    first, second = Canvas(layout="constrained"), Canvas(layout="constrained")
    for figure in (first, second):
        figure.subplots(1, 2)[1].set_ylabel("two\nlines")
    said: dict[str, Any] = {"title": "a", "description": "b", "language": "en"}
    usual = [axes.get_position().bounds for axes in first.axes]
    svg.save(first, tmp_path / "a.svg", **said)
    monkeypatch.setattr(ConstrainedLayoutEngine, "execute", None)
    svg.save(second, tmp_path / "b.svg", **said, like=first)
    placed, again = ([axes.get_position().bounds for axes in f.axes] for f in (first, second))
    assert again == placed != usual
