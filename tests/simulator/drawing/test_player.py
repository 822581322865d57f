"""The player's page holds the whole trace, and nothing in a trace can break out of it."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import (
    AtLeastOnce,
    BestEffort,
    Constant,
    Crash,
    Exponential,
    Link,
    Message,
    Network,
    Scenario,
    simulate,
)
from simulator.validation import is_unseen

HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!-- <script>",
    "@TRACE@ @SCRIPT@ @STYLE@ @SCRIPT-HASH@",
    "$& $` $' $1 \\1 \\g<0>",
    "\u2028\u2029\x00\x1f",
    "\ud800 half a pair",
    "{{{}}} {0} %s",
    "é 🐦 →",
]


class Parts(HTMLParser):
    """The elements of a page, each with its attributes and its text."""

    def __init__(self, page):
        super().__init__()
        self.parts = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.parts.append([tag, dict(attrs), ""])

    def handle_endtag(self, tag):
        self.parts.append([f"/{tag}", {}, ""])

    def handle_data(self, data):
        if self.parts:
            self.parts[-1][2] += data

    def of(self, tag):
        return [(attributes, text) for name, attributes, text in self.parts if name == tag]


def given_page(player):
    """Return what the page is given."""
    (data,) = [text for looks, text in Parts(player.page).of("script") if looks.get("id")]
    return json.loads(data)


def rows_of(told):
    """Return the rows as a trace has them."""
    links = ["→".join(told["nodes"][end] for end in ends) for ends in told["links"]]
    return [
        (
            time_ns,
            told["events"][event],
            told["nodes"][node] if node >= 0 else "",
            links[link] if link >= 0 else "",
            *numbers,
        )
        for time_ns, event, node, link, *numbers, _ in told["rows"]
    ]


def one_order(content, name="client"):
    net = Network(seed=1)
    client, server = net.node(name), net.node("server")
    net.connect(client, server, Link(delay=Constant(0.1)))
    server.on("order")(lambda message: None)
    client.send(server, "order", content, guarantee=BestEffort())
    net.run()
    return net.trace


def test_the_page_is_small():
    page = simulate(Scenario(messages=1), trace=True).trace.play().page
    assert len(page.encode()) < 70_000


def test_the_page_holds_every_event_but_the_ends_of_handlings():
    link = Link(delay=Exponential(mean=0.05), loss=0.2, duplicate=0.2)
    trace = simulate(Scenario(link=link, messages=200, seed=1), trace=True).trace
    assert rows_of(given_page(trace.play())) == [row[:7] for row in trace if row.event != "handled"]


@pytest.mark.parametrize("content", HOSTILE)
def test_contents_come_back_as_they_were_and_make_no_element(content):
    player = one_order(content).play()
    assert given_page(player)["contents"] == {"0:0": content}
    plain = Parts(one_order("plain").play().page)
    assert [part[:2] for part in Parts(player.page).parts] == [part[:2] for part in plain.parts]
    player.page.encode()


@given(content=st.text())
def test_so_does_any_text(content):
    shown = content if len(content) <= 200 else content[:200] + "…"
    told = given_page(one_order(content).play())
    assert told["contents"] == {"0:0": shown}


NAMES = [text for text in HOSTILE if "→" not in text and not any(map(is_unseen, text))]
"""A network refuses the others."""


@pytest.mark.parametrize("name", NAMES)
def test_so_do_names(name):
    assert given_page(one_order("x", name=name).play())["nodes"] == [name, "server"]


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (float("nan"), "nan"),
        ({"status": "ok", "id": 1}, "{'status': 'ok', 'id': 1}"),
        (b"\xff<", "b'\\xff<'"),
        ("x" * 1000, "x" * 200 + "…"),
        (Message("a", "b", 0, "jobs", "inside", 0), "inside"),
    ],
)
def test_contents_are_shown_as_python_writes_them(content, shown):
    assert given_page(one_order(content).play())["contents"] == {"0:0": shown}


def test_the_policy_names_the_one_script_and_the_one_style_and_nothing_else():
    page = Parts(one_order("x").play().page)
    (policy,) = [
        looks["content"]
        for looks, _ in page.of("meta")
        if looks.get("http-equiv") == "Content-Security-Policy"
    ]

    def name(text):
        return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"

    (script,) = [text for looks, text in page.of("script") if not looks.get("id")]
    (style,) = [text for _, text in page.of("style")]
    assert "default-src 'none'" in policy
    assert f"script-src {name(script)};" in policy
    assert policy.endswith(f"style-src {name(style)}")


def test_the_page_names_no_address():
    assert not re.search(r"https?://|//[a-z]", one_order("x").play().page)


def test_a_window_starts_where_it_is_and_remembers_what_came_before():
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, Link(delay=Constant(0.05)))
    server.on("order")(lambda message: None)
    net.inject(Crash(node="server", at=0.01, lasts=1.0))
    client.send(server, "order", guarantee=AtLeastOnce())
    net.run()
    told = given_page(net.trace.play(between=(0.2, 0.3)))
    assert told["start"] == 200_000_000
    assert told["end"] == 250_000_000
    assert [row[1] for row in rows_of(told)][:3] == ["created", "sent", "crashed"]


def test_it_holds_what_the_messages_carry_that_it_plays_and_no_other():
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, Link(delay=Constant(0.05)))
    server.on("order")(lambda message: None)
    for number in range(3):
        client.send(server, "order", f"order {number}", guarantee=BestEffort())
    net.run()
    assert given_page(net.trace.play(messages=[1]))["contents"] == {"0:1": "order 1"}


def test_a_notebook_names_the_frame_for_a_screen_reader():
    (frame,) = Parts(one_order("x").play()._repr_html_()).of("iframe")
    assert frame[0]["title"] == "Pigeon"


def test_what_travels_when_the_trace_ends_travels_still():
    scenario = Scenario(link=Link(delay=Constant(10.0)), messages=1, horizon=1.0)
    told = given_page(simulate(scenario, trace=True).trace.play())
    assert {told["fates"][journey[7]] for journey in told["journeys"]} == {"travelling"}


def test_save_writes_the_page_or_nothing(tmp_path):
    player = one_order("é").play()
    assert player.save(tmp_path / "play.html").read_text(encoding="utf-8") == player.page
    with pytest.raises(FileNotFoundError):
        player.save(tmp_path / "nowhere" / "play.html")
    assert [path.name for path in tmp_path.iterdir()] == ["play.html"]
    assert "save(path)" in repr(player)


def test_bad_requests_are_refused():
    trace = one_order("x")
    with pytest.raises(ValueError, match=r"play\.messages must be .* run has \(0 to 0\), got 7"):
        trace.play(messages=[7])
    with pytest.raises(ValueError, match="language must be"):
        trace.play(language="de")
    with pytest.raises(ValueError, match=r"play\.between"):
        trace.play(between=(2.0, 1.0))
