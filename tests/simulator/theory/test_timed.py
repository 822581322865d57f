"""Exact forms for any delays: against hand-made timelines, enumeration and a small simulation."""

import heapq
from fractions import Fraction
from itertools import accumulate, count, islice, product
from math import isclose, sqrt
from typing import Any

import numpy as np
import pytest

from simulator import theory

FIELDS = (
    "loss_rate",
    "duplicate_rate",
    "duplicated_rate",
    "in_doubt_rate",
    "attempts_mean",
    "cost",
)


def step_cdf(*weighted):
    """Make the cdf of a delay that takes a few values: (probability, seconds) each."""
    return lambda t: sum(
        float(weight) * theory.constant_cdf(float(seconds))(t) for weight, seconds in weighted
    )


def assert_all_close(computed, expected, **tolerance):
    for name in FIELDS:
        assert isclose(getattr(computed, name), expected[name], **tolerance), name


@pytest.mark.parametrize("duplicate", [0.0, 0.3])
@pytest.mark.parametrize(("p", "q", "n"), [(0.2, 0.2, 3), (0.5, 0.1, 5), (1.0, 0.5, 2), (0, 1, 4)])
def test_a_timeout_longer_than_any_round_trip_gives_the_closed_form(p, q, n, duplicate):
    short = theory.at_least_once(loss=p, ack_loss=q, attempts=n, duplicate=duplicate)
    timed = theory.timed_at_least_once(
        loss=p,
        ack_loss=q,
        sent_s=[0.3 * k for k in range(n)],
        end_s=0.3 * n,
        round_trip_cdf=theory.constant_cdf(0.2),
        duplicate=duplicate,
    )
    assert_all_close(timed, vars_of(short), rel_tol=1e-12, abs_tol=1e-15)


def vars_of(expected):
    return {name: getattr(expected, name) for name in FIELDS}


def test_an_answer_at_the_very_instant_of_the_timeout_counts():
    """Sendings at 0, 0.2, 0.4…, round trip 0.1 + 0.1: never one too many, whatever floats say."""
    sent_s = [k * 0.2 for k in range(50)]
    expected = theory.timed_at_least_once(
        loss=0, ack_loss=0, sent_s=sent_s, end_s=10.0, round_trip_cdf=theory.constant_cdf(0.1 + 0.1)
    )
    assert expected.attempts_mean == 1
    third = [0.0, 0.3, 0.7, 0.9]  # 0.7 + 0.2 is 0.8999999999999999
    doubted = theory.timed_at_least_once(
        loss=0.5,
        ack_loss=0,
        sent_s=third[:3],
        end_s=third[3],
        round_trip_cdf=theory.constant_cdf(0.2),
    )
    assert doubted.in_doubt_rate == 0


def test_a_round_trip_longer_than_the_timeout_worked_by_hand():
    """Round trip 0.5; sendings at 0, 0.2, 0.4; end at 0.6: only the first can be heard of."""
    expected = theory.timed_at_least_once(
        loss=0.5,
        ack_loss=0.5,
        sent_s=(0.0, 0.2, 0.4),
        end_s=0.6,
        round_trip_cdf=theory.constant_cdf(0.5),
    )
    assert expected == theory.Expected(
        loss_rate=0.125,
        duplicate_rate=1.5 - 0.875,
        duplicated_rate=0.5,  # two or three of three arrive
        in_doubt_rate=0.75 - 0.125,
        attempts_mean=3.0,
        cost=4.5,
    )


def outcomes_of_an_attempt(p, q, d, e, data, back):
    """List what may become of an attempt: probability, [(arrival, first answer or None), …]."""
    answers = [(q, None)]
    answers += [((1 - q) * (1 - e) * w, a) for w, a in back]
    answers += [((1 - q) * e * w * v, min(a, b)) for (w, a), (v, b) in product(back, back)]
    copies = [
        (w * v, (there, None if a is None else there + a))
        for (w, there), (v, a) in product(data, answers)
        if w * v
    ]
    outcomes = [(p, [])] + [((1 - p) * (1 - d) * w, [copy]) for w, copy in copies]
    if d:
        outcomes += [
            ((1 - p) * d * w * v, [one, two]) for (w, one), (v, two) in product(copies, copies)
        ]
    return outcomes


def play(course, sent_s, end_s):
    """Follow one message through given luck, one sending after another."""
    arrivals, answers, sent = 0, [], 0
    for due, copies in zip(sent_s, course, strict=True):
        if any(answer <= due for answer in answers):
            break
        sent += 1
        arrivals += len(copies)
        answers += [due + back for _, back in copies if back is not None]
    return sent, arrivals, any(answer <= end_s for answer in answers)


@pytest.mark.parametrize(
    ("d", "e", "n"), [("0", "0", 4), ("3/10", "0", 3), ("0", "2/5", 3), ("3/10", "2/5", 2)]
)
def test_slow_answers_overtaken_copies_and_duplicates_by_enumeration(d, e, n):
    """Data take 2 or 5, answers 1 or 6, sendings 4 apart or so: answers cross resendings."""
    p, q, d, e = Fraction(1, 4), Fraction(1, 3), Fraction(d), Fraction(e)
    data = [(Fraction(2, 3), 2), (Fraction(1, 3), 5)]
    back = [(Fraction(3, 5), 1), (Fraction(2, 5), 6)]
    sent_s, end_s = (0, 3, 7, 13)[:n], 16
    exact = dict.fromkeys(FIELDS, Fraction(0))
    for course in product(outcomes_of_an_attempt(p, q, d, e, data, back), repeat=n):
        weight = Fraction(1)
        for probability, _ in course:
            weight *= probability
        sent, arrivals, knows = play([copies for _, copies in course], sent_s, end_s)
        exact["loss_rate"] += weight * (arrivals == 0)
        exact["duplicate_rate"] += weight * max(arrivals - 1, 0)
        exact["duplicated_rate"] += weight * (arrivals > 1)
        exact["in_doubt_rate"] += weight * (not knows and arrivals > 0)
        exact["attempts_mean"] += weight * sent
        exact["cost"] += weight * (sent + arrivals)
    quicker = [(w * v, min(a, b)) for (w, a), (v, b) in product(back, back)]
    first_back = [(w * (1 - e), a) for w, a in back] + [(w * e, a) for w, a in quicker]
    trip = [(w * v, there + a) for (w, there), (v, a) in product(data, first_back)]
    computed = theory.timed_at_least_once(
        loss=float(p),
        ack_loss=float(q),
        sent_s=sent_s,
        end_s=end_s,
        round_trip_cdf=step_cdf(*trip),
        duplicate=float(d),
    )
    assert_all_close(computed, exact, rel_tol=1e-12)


def simulate_one(draw, p, q, there, back, gaps):
    """Send one message until answered, event by event; return sendings, arrivals, answer, first."""
    events, sent, arrivals, first = [(0.0, "send")], 0, 0, None
    while events:
        now, what = heapq.heappop(events)
        if what == "answer":
            remaining = [event for event in events if event[1] == "arrive"]
            return sent, arrivals + len(remaining), now, first
        if what == "give up":
            due = [event[0] for event in events if event[1] == "arrive"]
            first = min(due, default=None) if first is None else first
            return sent, arrivals + len(due), None, first
        if what == "arrive":
            arrivals += 1
            first = now if first is None else first
            if draw.random() >= q:
                heapq.heappush(events, (now + draw.exponential(back), "answer"))
        if what == "send":
            sent += 1
            following = "send" if sent < len(gaps) else "give up"
            heapq.heappush(events, (now + gaps[sent - 1], following))
            if draw.random() >= p:
                heapq.heappush(events, (now + draw.exponential(there), "arrive"))
    raise AssertionError


def test_exponential_delays_against_a_small_simulation():
    """30,000 messages, event by event; each mean within 4 standard errors."""
    p, q, there, back, gaps = 0.3, 0.2, 0.08, 0.05, (0.1, 0.15, 0.25, 0.2)
    draw = np.random.default_rng(20_240_607)
    runs = [simulate_one(draw, p, q, there, back, gaps) for _ in range(30_000)]
    sent, arrivals, answered, first = (
        np.array(column, dtype=float) for column in zip(*runs, strict=True)
    )
    found = {
        "loss_rate": arrivals == 0,
        "duplicate_rate": np.maximum(arrivals - 1, 0),
        "duplicated_rate": arrivals > 1,
        "in_doubt_rate": np.isnan(answered) & (arrivals > 0),
        "attempts_mean": sent,
        "cost": sent + arrivals,
    }
    due = (0.0, *accumulate(gaps))
    trip = theory.two_exponentials_cdf(there, back)
    timing: dict[str, Any] = {"sent_s": due[:-1], "end_s": due[-1], "round_trip_cdf": trip}
    expected = theory.timed_at_least_once(loss=p, ack_loss=q, **timing)
    for name, values in found.items():
        error = np.std(values) / sqrt(len(values))
        assert abs(np.mean(values) - getattr(expected, name)) < 4 * error, name
    known = answered[~np.isnan(answered)]
    wait = theory.ack_latency(loss=p, ack_loss=q, **timing)
    assert abs(known.mean() - wait.mean()) < 4 * known.std() / sqrt(len(known))
    came = first[~np.isnan(first)]
    latency = theory.latency(loss=p, sent_s=due[:-1], delay_cdf=theory.exponential_cdf(there))
    assert abs(came.mean() - latency.mean()) < 4 * came.std() / sqrt(len(came))
    for level in (0.5, 0.95, 0.99):
        share = np.mean(came <= latency.quantile(level))
        assert abs(share - level) < 4 * sqrt(level * (1 - level) / len(came)), level


def every(gap):
    return (gap * k for k in count())


def test_never_giving_up_is_the_limit_of_giving_up_late():
    trip = theory.two_exponentials_cdf(0.1, 0.05)
    endless = theory.timed_at_least_once(
        loss=0.4, ack_loss=0.3, sent_s=every(0.1), end_s=0, round_trip_cdf=trip, duplicate=0.1
    )
    late = theory.timed_at_least_once(
        loss=0.4,
        ack_loss=0.3,
        sent_s=list(islice(every(0.1), 300)),
        end_s=30.0,
        round_trip_cdf=trip,
        duplicate=0.1,
    )
    assert_all_close(endless, vars_of(late), rel_tol=1e-12, abs_tol=1e-15)
    assert endless.loss_rate == endless.in_doubt_rate == 0


def test_never_giving_up_with_a_long_timeout_is_geometric_even_when_most_is_lost():
    timed = theory.timed_at_least_once(
        loss=0.9, ack_loss=0.8, sent_s=every(1.0), end_s=0, round_trip_cdf=theory.constant_cdf(0.5)
    )
    closed = theory.at_least_once(loss=0.9, ack_loss=0.8, attempts=None)
    assert_all_close(timed, vars_of(closed), rel_tol=1e-11, abs_tol=1e-15)


def test_sending_faster_than_answers_come_is_not_mistaken_for_the_end():
    """Nothing can be heard before 10 s: the first 100 sendings, 0.1 s apart, are all made."""
    expected = theory.timed_at_least_once(
        loss=0, ack_loss=0, sent_s=every(0.1), end_s=0, round_trip_cdf=theory.constant_cdf(10.0)
    )
    assert expected.attempts_mean == 100


def test_deduplication_changes_duplicates_alone():
    timing: dict[str, Any] = {
        "sent_s": (0.0, 0.1, 0.2),
        "end_s": 0.3,
        "round_trip_cdf": theory.two_exponentials_cdf(0.05, 0.05),
        "duplicate": 0.2,
    }
    many = theory.timed_at_least_once(loss=0.2, ack_loss=0.2, **timing)
    once = theory.timed_exactly_once(loss=0.2, ack_loss=0.2, **timing)
    assert many.duplicate_rate > many.duplicated_rate > 0
    assert once == many.deduplicated()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"loss": 2}, "loss must be a probability from 0 to 1, got 2"),
        ({"sent_s": (0.0, 0.4, 0.2)}, "sent_s must rise, got 0.2 after 0.4"),
        ({"sent_s": every(0.1), "loss": 1}, "sent_s must end, as no attempt can succeed"),
        ({"sent_s": every(0.1), "ack_loss": 1}, "sent_s must end, as no attempt can succeed"),
    ],
)
def test_bad_arguments_are_refused_by_name(wrong, message):
    right = {"loss": 0.1, "ack_loss": 0.1, "sent_s": (0.0, 0.2), "end_s": 0.4}
    with pytest.raises(ValueError, match=message):
        theory.timed_at_least_once(**{**right, **wrong}, round_trip_cdf=theory.constant_cdf(0.1))
