"""Mermaid itself takes each diagram, and draws all that it tells."""

import re
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pytest

from simulator import BestEffort, Constant, Exponential, Link, Network, Scenario, simulate
from simulator.drawing import sequence_diagram

pytestmark = pytest.mark.browser

DIAGRAMS = sorted(Path("results/diagrams").glob("*.mmd"))
LINES = {
    "->>": ("messageLine0", "arrowhead"),
    "-x": ("messageLine0", "crosshead"),
    "-->>": ("messageLine1", "arrowhead"),
    "--x": ("messageLine1", "crosshead"),
    "-)": ("messageLine0", "filled-head"),
    "--)": ("messageLine1", "filled-head"),
}
"""What each arrow is in Mermaid's SVG: 0 is solid, 1 is dashed."""


def written(text):
    """Return what a diagram's text says: names, labels, notes, and how many arrows of each kind."""
    names = re.findall(r"participant n\d+ as (.*)", text)
    arrows = re.findall(r"n\d+(--?(?:>>|x|\)))n\d+: (.*)", text)
    notes = re.findall(r"Note over [n\d,]+: (.*)", text)
    return names, [label for _, label in arrows], notes, Counter(LINES[a] for a, _ in arrows)


def drawn(svg):
    """Return the same, of Mermaid's SVG."""
    texts, names, lines = {}, {}, Counter()
    for part in ET.fromstring(svg).iter():  # noqa: S314 - of our own making
        looks = part.get("class", "").split()
        if part.tag.endswith("}text") and "actor" in looks:  # above and below
            names.setdefault(float(part.get("x", "nan")), []).append("".join(part.itertext()))
        elif part.tag.endswith("}text") and looks:
            texts.setdefault(looks[0], []).append("".join(part.itertext()))
        elif part.get("data-et") == "message":
            head = re.search(r"diagram-([\w-]+)\)", part.get("marker-end", ""))
            assert head is not None
            lines[looks[0], head[1]] += 1
    assert all(above == below for above, below in names.values())
    left_to_right = [names[x][0] for x in sorted(names)]
    return left_to_right, texts["messageText"], texts.get("noteText", []), lines


def read_aloud(svg):
    """Return what a screen reader says of Mermaid's SVG: its title, and its description."""
    drawing = ET.fromstring(svg)  # noqa: S314 - of our own making
    parts = {part.get("id"): part.text for part in drawing}
    return parts[drawing.get("aria-labelledby")], parts[drawing.get("aria-describedby")]


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_each_published_diagram_is_drawn_whole(mermaid, path):
    text = path.read_text(encoding="utf-8")
    assert drawn(mermaid(text)) == written(text)


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_each_published_diagram_is_read_aloud(mermaid, path):
    title, description = read_aloud(mermaid(path.read_text(encoding="utf-8")))
    told = path.with_suffix(".txt").read_text(encoding="utf-8")
    assert told == f"{title}. {description}\n"


def test_what_is_on_its_way_at_the_end_is_drawn(mermaid):
    link = Link(delay=Exponential(mean=0.1), loss=0.2)
    trace = simulate(Scenario(link=link, messages=20, horizon=0.15, seed=2), trace=True).trace
    text = trace.to_mermaid()
    assert drawn(mermaid(text)) == written(text)
    assert {arrow[0] for arrow in re.findall(r"--?(>>|x|\))n", text)} == {">", "x", ")"}


def test_what_is_no_diagram_is_refused(mermaid):
    with pytest.raises(Exception, match="Parse error"):
        mermaid("sequenceDiagram\n    n0->>: nothing")


def test_a_caption_stands_above_a_line_a_sentence(mermaid):
    rows = simulate(Scenario(messages=1), trace=True).trace.rows
    caption = 'Lose(message=0); "x" #1\n100 % <b>'
    _, _, notes, _ = drawn(mermaid(sequence_diagram(rows, caption=caption)))
    assert notes[:2] == caption.splitlines()


HOSTILE = [
    'a;b#c<b>"x"',
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "%%{init: {}}%%",
    "end",
    "Note over n0: x",
    "<!-- -->",
    "$& $1 \\n",
    "a: b -->> c",
    "[link](javascript:alert(1))",
    "$$x^2$$",
    "été 🐦 &amp; &",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_drawn_as_it_is(mermaid, name):
    net = Network(seed=1)
    client, server = net.node(name), net.node("server")
    net.connect(client, server, Link(delay=Constant(0.1)))
    server.on("order")(lambda message: message.data)
    client.send(server, "order", guarantee=BestEffort())
    net.run()
    names, labels, notes, lines = drawn(mermaid(net.trace.to_mermaid()))
    assert names == [name, "server"]
    assert labels == ["Message 0 (0.000 → 0.100 s)"]
    assert notes == ["Continue immediately (0.000 s)", "Handles message 0 (0.100 s)"]
    assert lines == {("messageLine0", "arrowhead"): 1}
    svg = mermaid(net.trace.to_mermaid(title=name, description=f"{name}, {name}"))
    assert read_aloud(svg) == (name, f"{name}, {name}")
