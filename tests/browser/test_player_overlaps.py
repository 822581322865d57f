"""In the player's picture no words stand on words, nor on a ring."""

import math

import pytest

from simulator import AtLeastOnce, BestEffort, Exponential, Link, Network, simulate
from tests.browser.watching import PHONE, RANDOM

pytestmark = pytest.mark.browser

SEEN = """(part) => {
    const [words, rings] = [[], []];
    const [fillText, arc] = [pen.fillText, pen.arc];
    pen.fillText = (text, x, y, most) => {
        const half = Math.min(pen.measureText(text).width, most) / 2;
        const high = 0.36 * parseFloat(pen.font.match(/[\\d.]+px/)[0]); // half a capital
        words.push({ text, box: [x - half, y - high, x + half, y + high] });
    };
    pen.arc = (x, y, radius) => { if (radius > 15) rings.push({ x, y, radius }); };
    jump(start + part * (end - start));
    Object.assign(pen, { fillText, arc });
    return { words, rings };
}"""
"""The words that are drawn at an instant, with their places; circles as large as nodes, or more."""


COPIES = ("message", "acknowledgement")
"""How the names of copies begin, but not what is said of them."""


def crosses(box, ring):
    """Say whether a ring of three pixels crosses a box."""
    left, top, right, bottom = box
    across = max(left - ring["x"], ring["x"] - right, 0)
    down = max(top - ring["y"], ring["y"] - bottom, 0)
    farthest = math.hypot(
        max(ring["x"] - left, right - ring["x"]), max(ring["y"] - top, bottom - ring["y"])
    )
    return math.hypot(across, down) < ring["radius"] + 1.5 and farthest > ring["radius"] - 1.5


def meet(one, other):
    """Say whether two boxes overlap."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@pytest.mark.parametrize("settings", [{}, PHONE], ids=["desktop", "phone"])
def test_between_two_nodes_words_and_rings_keep_apart(opened, settings):
    page = opened(simulate(RANDOM, trace=True).trace, **settings)
    names = notes = 0
    for place in range(60):
        page.keyboard.press("m")
        seen = page.evaluate(SEEN, place / 60)
        words = seen["words"]
        for index, word in enumerate(words):
            for later in words[index + 1 :]:
                assert not meet(word["box"], later["box"]), (word, later)
            if any(letter.isalpha() for letter in word["text"]):
                assert not any(crosses(word["box"], ring) for ring in seen["rings"]), word
        names += sum(word["text"] in {"sender", "receiver"} for word in words)
        notes += sum("message" in word["text"] for word in words)
    assert names == 120
    assert notes > 10


def test_the_number_of_a_chosen_copy_stands_beyond_its_ring(opened):
    net = Network(seed=2)
    hub = net.node("hub")
    hub.on("order")(lambda message: None)
    for place in range(5):
        node = net.node(f"client {place}")
        net.connect(node, hub, Link(delay=Exponential(mean=0.1), loss=0.2))
        node.send(hub, "order", guarantee=AtLeastOnce())
    net.run()
    page = opened(net.trace)
    rings = 0
    for place in range(60):
        page.keyboard.press("m")
        seen = page.evaluate(SEEN, place / 60)
        chosen = [ring for ring in seen["rings"] if ring["radius"] == 20]
        numbers = [word for word in seen["words"] if word["text"].startswith(COPIES)]
        if len(chosen) == 1 and numbers:  # its number is written before the others
            assert not crosses(numbers[0]["box"], chosen[0])
            rings += 1
    assert rings > 5


def test_of_fifty_names_those_are_written_that_have_room(opened):
    net = Network(seed=2)
    hub = net.node("hub")
    hub.on("order")(lambda message: None)
    for place in range(49):
        node = net.node(f"client {place}")
        net.connect(node, hub, Link())
        node.send(hub, "order", guarantee=BestEffort())
    net.run()
    page = opened(net.trace)
    words = [word for word in page.evaluate(SEEN, 0)["words"] if "client" in word["text"]]
    assert 10 < len(words) < 49
    for index, word in enumerate(words):
        assert not any(meet(word["box"], later["box"]) for later in words[index + 1 :])
