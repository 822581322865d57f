"""A figure as SVG is XML, whatever it says."""

from xml.etree import ElementTree as ET

from experiments import svg
from simulator.drawing.canvas import Canvas


def test_what_xml_cannot_have_is_replaced(tmp_path):
    path = tmp_path / "figure.svg"
    svg.save(Canvas(), path, title="a\x0bb & <c>", description="\ud800", language="en")
    root = ET.parse(path).getroot()  # noqa: S314 - it is our own
    said = [element.text for element in root if element.tag.endswith(("title", "desc"))]
    assert said == ["a\ufffdb & <c>", "\ufffd"]
