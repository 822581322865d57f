"""The oracle itself: what it hides, what it says, and that it sees what is broken.

What is broken here are public names, which no rebuilding of the network moves. What is inside was
broken by hand, part by part, when the programs were chosen.
"""

import os
import subprocess
import sys

import pytest

from simulator import AtLeastOnce, BestEffort, Crash, ExactlyOnce, Link, Retry
from simulator.event import TraceRow
from simulator.network import Gauge
from tests.oracle.__main__ import main
from tests.oracle.comparing import fingerprint, first_difference
from tests.oracle.draws import Draws
from tests.oracle.programs import KINDS, program
from tests.oracle.reading import plain, trace_facts
from tests.oracle.running import HERE, fingerprints, read_golden

FEW = range(60)


def crash_of_no_time(self, net):
    yield net.timeout(self.at)


def mean_of_another_instant(self, since=0.0, until=None, mean=Gauge.mean):
    return mean(self, since, until) + 1e-8


def acknowledge_nothing_twice(self, channel, copy, receive=AtLeastOnce.receive):
    return BestEffort().receive(channel, copy) if copy.attempt > 1 else receive(self, channel, copy)


BROKEN = {
    "deduplication is off": (ExactlyOnce, "receive", AtLeastOnce.receive),
    "a crash loses nothing": (Crash, "steps", crash_of_no_time),
    "retries are not acknowledged": (AtLeastOnce, "receive", acknowledge_nothing_twice),
    "nothing is sent twice": (AtLeastOnce, "send", BestEffort.send),
    "gauges are a bit off": (Gauge, "mean", mean_of_another_instant),
    "a timeout is a nanosecond longer": (
        Retry,
        "timeout_of",
        lambda self, attempt, first=None, was=Retry.timeout_of: was(self, attempt, first) + 1e-9,
    ),
    "delays are a nanosecond longer": (
        Link,
        "delays_ns",
        lambda self, *draws, was=Link.delays_ns: was(self, *draws) + 1,
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_broken_changes_a_fingerprint(what, monkeypatch):
    where, name, instead = BROKEN[what]
    monkeypatch.setattr(where, name, instead)
    golden = read_golden()
    assert any(fingerprint(program(seed).run().facts) != golden[seed] for seed in FEW)


def test_a_program_gives_the_same_however_often_and_in_whatever_order_it_is_run():
    golden = read_golden()
    assert fingerprints(reversed(FEW)) == {seed: golden[seed] for seed in FEW}


def test_fingerprints_do_not_depend_on_hashes():
    code = "from tests.oracle.running import fingerprints; print(fingerprints(range(20)))"
    told = {
        subprocess.run(
            [sys.executable, "-W", "error", "-c", code],
            cwd=HERE,
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    golden = read_golden()
    assert told == {f"{ {seed: golden[seed] for seed in range(20)} }\n"}


def test_the_choices_of_a_program_are_the_same_in_every_version():
    """They are made of Python's own numbers, as it gives them for the seed 1: 0.134…, 0.847…, …."""
    draws = Draws(1)
    assert [draws.whole(0, 99) for _ in range(5)] == [13, 84, 76, 25, 49]
    assert draws.pick("a", "b", "c") == "b"
    assert sorted(draws.some("abc", 5)) == ["a", "b", "c"]


def test_there_are_programs_of_every_kind():
    assert {program(seed).kind for seed in range(200)} == set(KINDS)


def row(time_ns, event, link, message):
    return TraceRow(time_ns, event, "", link, message, 1, 0, "message", "a-0", 0)


def facts(row):
    """Return what is compared of a row: the columns of the time when the oracle was written."""
    return list(row[:7])


def test_rows_of_other_messages_may_change_places_within_an_instant():
    one, two = row(5, "sent", "a→b", 1), row(5, "sent", "a→b", 2)
    rows, order, shared = trace_facts([two, one])
    assert (rows, order, shared) == ([facts(one), facts(two)], [1, 0], 2)
    assert trace_facts([one, two])[0] == rows


def test_rows_of_one_message_on_one_link_may_not():
    one, two = row(5, "sent", "a→b", 1), row(5, "lost", "a→b", 1)
    assert trace_facts([one, two])[0] != trace_facts([two, one])[0]


def test_rows_of_other_instants_may_not():
    one, two = row(5, "sent", "a→b", 2), row(6, "sent", "a→b", 1)
    assert trace_facts([one, two]) == ([facts(one), facts(two)], [0, 1], 0)


def test_events_that_came_later_are_left_out():
    assert trace_facts([row(5, "invented", "a→b", 1)]) == ([], [], 0)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"a": [1, 2]}, {"a": [1, 2]}, None),
        ({"a": [1, 2]}, {"a": [1, 3]}, ("/a/1", 2, 3)),
        ({"a": [1]}, {"a": [1, 3]}, ("/a/1", "nothing", 3)),
        ({"a": 1}, {"b": 1}, ("/a", 1, "nothing")),
        ({"a": 1}, {"a": True}, ("/a", 1, True)),
        ([], [], None),
        (1, 2, ("/", 1, 2)),
    ],
)
def test_the_first_difference_is_told_with_its_path(before, after, found):
    assert first_difference(before, after) == found


def test_texts_are_compared_without_files_lines_and_addresses():
    text = "it left work (/home/me/my files/x.py, line 3) uncaught, <object at 0x7f00>"
    assert plain(text) == "it left work (…) uncaught, <object>"
    assert plain("raised in /a/b.py, line 7: its") == "raised in …: its"


def test_outcomes_that_were_kept_are_compared(tmp_path, capsys, monkeypatch):
    kept = str(tmp_path / "kept.json.gz")
    assert main(["--programs", "12", "--record", kept]) == 0
    assert main(["--programs", "12", "--quiet", "--compare", kept]) == 0
    assert "no difference" in capsys.readouterr().out
    monkeypatch.setattr(*BROKEN["delays are a nanosecond longer"])
    assert main(["--programs", "12", "--quiet", "--compare", kept]) == 1
    told = capsys.readouterr().out
    assert "before" in told
    assert "programs differ" in told


def test_another_checkout_is_compared_in_a_process_of_its_own(capsys):
    assert main(["--programs", "6", "--quiet", "--against", str(HERE)]) == 0
    assert "no difference" in capsys.readouterr().out


def test_a_checkout_without_a_simulator_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="has no simulator"):
        main(["--programs", "1", "--against", str(tmp_path)])


def test_the_committed_fingerprints_are_compared_by_default(capsys, monkeypatch):
    assert main(["--first", "5", "--programs", "10", "--quiet"]) == 0
    monkeypatch.setattr(*BROKEN["delays are a nanosecond longer"])
    assert main(["--first", "5", "--programs", "10"]) == 1
    told = capsys.readouterr().out
    assert "has another fingerprint" in told
    assert "kind: " in told
