"""Sequence diagrams tell what the trace tells, in words that Mermaid takes as they are."""

import math
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import (
    AtLeastOnce,
    BestEffort,
    Constant,
    Crash,
    ExactlyOnce,
    Exponential,
    Link,
    Network,
    Retry,
    Scenario,
    Scripted,
    simulate,
)
from simulator.drawing import sequence_diagram

LINE = re.compile(
    r"(participant n\d+ as \S.*|n\d+--?(>>|x|\))n\d+: \S.*|Note over n\d+(,n\d+)?: \S.*)"
)
RETRY = Retry(timeout=0.2, max_attempts=3)


def parts(text):
    head, *lines = [line.strip() for line in text.splitlines() if line.strip()]
    assert head == "sequenceDiagram"
    for line in lines:
        assert LINE.fullmatch(line), line
    return [line for line in lines if not line.startswith("participant")]


def told(guarantee, link, language="en", **settings):
    scenario = Scenario(guarantee=guarantee, link=link, messages=1)
    return parts(simulate(scenario, trace=True).trace.to_mermaid(language=language, **settings))


def test_all_well():
    assert told(AtLeastOnce(retry=RETRY), Link(delay=Constant(0.05))) == [
        "n0->>n1: Message 0 (0.000 → 0.050 s)",
        "Note over n1: Handles message 0 (0.050 s)",
        "n1-->>n0: Acknowledgement of message 0 (0.050 → 0.100 s)",
    ]


def test_lost_data_in_french():
    link = Link(delay=Constant(0.05), loss=Scripted(lost={(0, 1)}))
    assert told(AtLeastOnce(retry=RETRY), link, "fr") == [
        "n0-xn1: Perte en route : message 0 (0,000 s → …)",
        "Note over n0: Délai d'attente écoulé : message 0 (0,200 s)",
        "n0->>n1: Message 0, tentative 2 (0,200 → 0,250 s)",
        "Note over n1: Traite le message 0, tentative 2 (0,250 s)",
        "n1-->>n0: Accusé de réception du message 0, tentative 2 (0,250 → 0,300 s)",
    ]


def test_a_late_acknowledgement_comes_after_the_timeout():
    story = told(ExactlyOnce(retry=RETRY), Link(delay=Constant(0.15)))
    late = "n1-->>n0: Acknowledgement of message 0 (0.150 → 0.300 s)"
    assert story.index("Note over n0: Timeout: message 0 (0.200 s)") < story.index(late)
    assert "Note over n1: Suppresses a duplicate: message 0, attempt 2 (0.350 s)" in story


def test_what_is_on_its_way_at_the_end_is_told():
    scenario = Scenario(link=Link(delay=Constant(0.05)), messages=2, horizon=0.055)
    assert parts(simulate(scenario, trace=True).trace.to_mermaid(language="fr")) == [
        "n0->>n1: Message 0 (0,000 → 0,050 s)",
        "Note over n1: Traite le message 0 (0,050 s)",
        "n0-)n1: En route : message 1 (0,010 s → …)",
        "n1--)n0: En route : accusé de réception du message 0 (0,050 s → …)",
    ]


def test_instants_are_as_fine_as_the_delays():
    scenario = Scenario(link=Link(delay=Constant(0.000_25)), messages=1)
    story = parts(simulate(scenario, trace=True).trace.to_mermaid())
    assert story[0] == "n0->>n1: Message 0 (0.00000 → 0.00025 s)"


def network(*names, trace=True):
    net = Network(seed=1, trace=trace)
    one, other = (net.node(name) for name in names)
    net.connect(one, other, Link(delay=Constant(0.1)))
    other.on("order")(lambda message: message.data)
    return net, one, other


def test_a_crash_is_noted_and_what_comes_meanwhile_dropped():
    net, client, server = network("client", "server")
    net.inject(Crash(node="server", at=0.05, lasts=0.2))
    client.send(server, "order", guarantee=AtLeastOnce(retry=RETRY))
    net.run()
    story = parts(net.trace.to_mermaid())
    assert story[0] == "Note over n1: Crash (0.050 s)"
    assert story[1] == "n0-xn1: Dropped: message 0 (0.000 → 0.100 s)"
    assert any("Restart" in line for line in story)


def test_a_name_cannot_break_the_diagram():
    net, client, server = network('a;b#c<b>"x" end', "server")
    client.send(server, "order", guarantee=BestEffort())
    net.run()
    text = net.trace.to_mermaid()
    parts(text)
    assert "participant n0 as a#59;b#35;c#60;b#62;#34;x#34; end" in text


@given(
    loss=st.floats(0, 0.6),
    duplicate=st.floats(0, 0.5),
    seed=st.integers(0, 1000),
    messages=st.integers(1, 5),
    guarantee=st.sampled_from([BestEffort(), AtLeastOnce(retry=RETRY), ExactlyOnce(retry=RETRY)]),
)
def test_each_copy_is_drawn_once(loss, duplicate, seed, messages, guarantee):
    link = Link(delay=Exponential(mean=0.1), loss=loss, duplicate=duplicate)
    outcome = simulate(
        Scenario(guarantee=guarantee, link=link, messages=messages, seed=seed), trace=True
    )
    story = parts(outcome.trace.to_mermaid())
    drawn = {
        arrow: sum(line.split(":")[0] in (f"n0{arrow}n1", f"n1{arrow}n0") for line in story)
        for arrow in ("->>", "-->>", "-x", "--x")
    }
    there, back = outcome.links["sender→receiver"], outcome.links["receiver→sender"]
    assert drawn == {"->>": there.arrived, "-->>": back.arrived, "-x": there.lost, "--x": back.lost}
    notes = [line for line in story if line.startswith("Note")]
    ledger = outcome.ledger
    assert sum("Handles" in line for line in notes) == ledger["handovers"].sum()
    assert sum("Suppresses" in line for line in notes) == ledger["suppressed"].sum()


def test_a_window_and_some_messages():
    scenario = Scenario(link=Link(delay=Constant(0.05)), messages=300)
    trace = simulate(scenario, trace=True).trace
    with pytest.raises(ValueError, match=r"1 to 200 arrows and notes.*900 of them"):
        trace.to_mermaid()
    assert len(parts(trace.to_mermaid(messages=[7, 8]))) == 6
    assert len(parts(trace.to_mermaid(between=(0.0, 0.055)))) == 2
    with pytest.raises(ValueError, match=r"\.messages must be .* run has \(0 to 299\), got 1000"):
        trace.to_mermaid(messages=[1000])
    with pytest.raises(ValueError, match=r"sequence_diagram\.messages must be a list of .*got 3$"):
        trace.to_mermaid(messages=3)  # type: ignore[arg-type]  # bad
    no_number: Any
    for no_number in (True, 0.0, "0"):
        with pytest.raises(ValueError, match=r"\.messages must be numbers of messages"):
            trace.to_mermaid(messages=[no_number])
    no_window: Any
    for no_window in ((1.0, 0.5), 3.0, (1.0,), (0.0, 1.0, 2.0), (math.nan, 1.0), "ab"):
        with pytest.raises(ValueError, match=r"\.between must be a start and an end in seconds"):
            trace.to_mermaid(between=no_window)
    with pytest.raises(ValueError, match="language"):
        trace.to_mermaid(language="de")


def test_a_caption_stands_above_all_in_lines_that_fit():
    net = Network()
    a, b = net.node("a"), net.node("b")
    net.connect(a, b, Link(delay=Constant(0.05)))
    b.on("word")(lambda message: None)
    a.send(b, "word", guarantee=BestEffort())
    net.run()
    caption = "One; two.\n" + "word " * 20
    lines = sequence_diagram(net.trace.rows, caption=caption).splitlines()
    twelve = " ".join(["word"] * 12)  # 59 characters: a thirteenth would pass 60
    eight = " ".join(["word"] * 8)
    assert lines[4] == f"    Note over n0,n1: One#59; two.<br/>{twelve}<br/>{eight}"


def test_a_title_and_a_description_are_read_aloud_each_on_a_line_of_its_own():
    trace = simulate(Scenario(messages=1), trace=True).trace
    lines = trace.to_mermaid(title="One;\ntwo", description="At 0 s; at 1 s.").splitlines()
    assert lines[:3] == [
        "sequenceDiagram",
        "    accTitle: One#59; two",
        "    accDescr: At 0 s#59; at 1 s.",
    ]
    assert "acc" not in trace.to_mermaid()
