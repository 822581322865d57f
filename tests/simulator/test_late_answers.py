"""Late answers: an attempt that was abandoned may be answered, and that counts, or does not."""

import dataclasses
import math
import random
from statistics import fmean, stdev

import pytest

from simulator import (
    AdaptiveTimeout,
    AtLeastOnce,
    CallFailed,
    Constant,
    ConstantBackoff,
    EndlessRun,
    ExactlyOnce,
    Exponential,
    ExponentialBackoff,
    Handshake,
    Hold,
    Link,
    Network,
    Retry,
    Scenario,
    Script,
    StoreAndForward,
    Uniform,
    simulate,
)
from tests.simulator.both_engines import BOTH

IGNORE = Retry(timeout=0.2, backoff=ConstantBackoff(0.1), max_attempts=3, late_answers="ignore")
ACCEPT = dataclasses.replace(IGNORE, late_answers="accept")


def one(guarantee, *holds, **settings):
    """One message over links of 0.05 s each way, some of whose copies take longer."""
    scenario = Scenario(
        guarantee=guarantee,
        link=Link(delay=Constant(0.05)),
        messages=1,
        adversary=Script(holds),
        **settings,
    )
    outcome = simulate(scenario, trace=True)
    return outcome, {name: outcome.ledger[name][0] for name in ("attempts", "belief", "effects")}


def hold(attempt, seconds):
    """Let the acknowledgement of an attempt take so long."""
    return Hold(message=0, attempt=attempt, what="acknowledgement", seconds=seconds)


@pytest.mark.parametrize("guarantee", [AtLeastOnce, ExactlyOnce], ids=lambda g: g.__name__)
@pytest.mark.parametrize(
    ("back", "accepted", "ignored"),
    [
        (0.15, 1, 1),  # at 0.2, the very end of the timeout: it counts
        (0.16, 1, 2),  # at 0.21, in the pause
        (0.25, 1, 2),  # at 0.3, when the pause ends
        (0.30, 2, 2),  # at 0.35, while attempt 2 waits; its own answer comes at 0.4
    ],
)
def test_an_answer_counts_up_to_the_end_of_its_own_timeout(guarantee, back, accepted, ignored):
    for retry, attempts in ((ACCEPT, accepted), (IGNORE, ignored)):
        _, row = one(guarantee(retry=retry), hold(1, back))
        assert (row["attempts"], row["belief"]) == (attempts, "acknowledged")
    outcome, row = one(guarantee(retry=IGNORE), hold(1, back))
    assert outcome.ledger["acknowledged_s"][0] == pytest.approx(
        0.05 + back if ignored == 1 else 0.4
    )
    assert row["effects"] == (ignored if guarantee is AtLeastOnce else 1)


def test_a_message_whose_every_answer_is_late_is_in_doubt_and_its_answers_have_arrived():
    late = [hold(attempt, 0.16) for attempt in (1, 2, 3)]
    outcome, row = one(ExactlyOnce(retry=IGNORE), *late)
    assert row == {"attempts": 3, "belief": "gave_up", "effects": 1}
    assert outcome.summary["in_doubt_rate"] == 1
    arrived = [r for r in outcome.trace if r.event == "arrived" and r.node == "sender"]
    assert [r.time_s for r in arrived] == pytest.approx([0.21, 0.51, 0.81])
    assert "acknowledged" not in {row.event for row in outcome.trace}


def test_the_answer_that_exactly_once_repeats_from_memory_counts():
    """The second attempt is no second handling, and its answer is in time."""
    outcome, row = one(ExactlyOnce(retry=IGNORE), hold(1, 0.5))
    assert row == {"attempts": 2, "belief": "acknowledged", "effects": 1}
    assert outcome.ledger["suppressed"][0] == 1


def test_a_copy_that_the_network_made_answers_for_its_attempt():
    scenario = Scenario(
        guarantee=AtLeastOnce(retry=IGNORE),
        link=Link(delay=Constant(0.05), duplicate=1.0),
        messages=1,
        adversary=Script([Hold(message=0, attempt=1, copy=0, what="acknowledgement", seconds=9)]),
    )
    ledger = simulate(scenario).ledger
    assert (ledger["attempts"][0], ledger["belief"][0]) == (1, "acknowledged")


def test_the_rests_of_store_and_forward_are_pauses():
    late = [hold(attempt, 0.16) for attempt in (1, 2, 3)]
    _, row = one(StoreAndForward(retry=IGNORE, rest=0.3), *late)
    assert (row["attempts"], row["belief"]) == (4, "acknowledged")
    _, row = one(StoreAndForward(retry=ACCEPT, rest=0.3), *late)
    assert row["attempts"] == 1


def test_the_releases_of_a_handshake_ignore_late_answers_too():
    late = hold(2, 0.16)  # the answer to the first release
    outcome, row = one(Handshake(retry=IGNORE), late)
    assert row["attempts"] == 3
    assert [row.event for row in outcome.trace].count("completed") == 1
    _, row = one(Handshake(retry=ACCEPT), late)
    assert row["attempts"] == 2


def test_a_deadline_cuts_the_wait_for_an_answer_short():
    retry = dataclasses.replace(IGNORE, deadline=0.15)
    _, row = one(AtLeastOnce(retry=retry), hold(1, 0.11))
    assert row["belief"] == "gave_up"
    _, row = one(AtLeastOnce(retry=retry), hold(1, 0.10))
    assert row["belief"] == "acknowledged"


@pytest.mark.parametrize("guarantee", [AtLeastOnce, ExactlyOnce], ids=lambda g: g.__name__)
def test_both_engines_ignore_the_same_answers(guarantee):
    """Property tests hold them together too; here, most answers are late."""
    retry = Retry(
        timeout=0.1,
        backoff=ExponentialBackoff(base=0.05, jitter="full"),
        max_attempts=4,
        late_answers="ignore",
    )
    scenario = Scenario(
        guarantee=guarantee(retry=retry),
        link=Link(delay=Exponential(mean=0.05), loss=0.2, duplicate=0.1),
        messages=2_000,
        horizon=19.0,
    )
    frames = [way(scenario).ledger.to_frame() for way in BOTH]
    assert frames[0].equals(frames[1])
    accepting = scenario.replace("guarantee.retry.late_answers", "accept")
    assert frames[0]["attempts"].sum() > 1.1 * simulate(accepting).ledger["attempts"].sum()


def test_where_no_answer_is_late_it_changes_nothing():
    scenario = Scenario(
        guarantee=ExactlyOnce(retry=ACCEPT),
        link=Link(delay=Uniform(low=0.0, high=0.1), loss=0.3),
        messages=500,
    )
    other = scenario.replace("guarantee.retry", IGNORE)
    for way in BOTH:
        assert way(scenario).ledger.to_frame().equals(way(other).ledger.to_frame())


# ------------------------------------------------------------------------------- never in time


@pytest.mark.parametrize("engine", ["auto", "discrete-event", "vectorized"])
@pytest.mark.parametrize(
    "delay", [Constant(0.11), Uniform(low=0.101, high=0.3), Exponential(mean=1, minimum=0.15)]
)
@pytest.mark.parametrize(
    "timeout", [{"timeout": 0.2}, {"timeout": 0.1, "timeout_factor": 2.0, "max_timeout": 0.2}]
)
def test_endless_attempts_that_can_never_be_answered_in_time_are_refused(engine, delay, timeout):
    retry = Retry(**timeout, max_attempts=None, late_answers="ignore")
    scenario = Scenario(guarantee=AtLeastOnce(retry=retry), link=Link(delay=delay), messages=1)
    with pytest.raises(EndlessRun, match="this run would never end: no answer takes less than"):
        simulate(scenario, engine=engine)
    for end in ({"horizon": 5.0}, {"guarantee.retry.deadline": 5.0}):
        [(path, value)] = end.items()
        assert simulate(scenario.replace(path, value), engine=engine).ledger["attempts"][0] > 5


@pytest.mark.parametrize(
    "scenario",
    [
        Scenario(
            guarantee=StoreAndForward(retry=Retry(timeout=0.2, late_answers="ignore")),
            link=Link(delay=Constant(0.15)),
        ),
        Scenario(guarantee=StoreAndForward(), link=Link(loss=1.0)),
        Scenario(
            guarantee=AtLeastOnce(
                retry=Retry(timeout=1e3, max_attempts=None, late_answers="ignore")
            ),
            link=Link(delay=Constant(1e3 + 1e-9)),
            return_link=Link(),
        ),
    ],
    ids=["never gives up, always late", "never gives up, all lost", "a nanosecond late"],
)
def test_a_sender_that_never_gives_up_is_refused_where_nothing_can_come_in_time(scenario):
    with pytest.raises(EndlessRun, match="this run would never end"):
        simulate(scenario)


def test_the_time_of_handling_counts_too():
    retry = Retry(timeout=0.2, max_attempts=None, late_answers="ignore")
    scenario = Scenario(
        guarantee=AtLeastOnce(retry=retry), link=Link(delay=Constant(0.05)), messages=1
    )
    assert simulate(scenario.replace("handling", Constant(0.1))).ledger["attempts"][0] == 1
    with pytest.raises(EndlessRun, match=r"less than 0\.21 s"):
        simulate(scenario.replace("handling", Constant(0.11)))


def test_timeouts_that_grow_fit_in_the_end():
    retry = Retry(timeout=0.01, timeout_factor=2.0, max_attempts=None, late_answers="ignore")
    scenario = Scenario(
        guarantee=AtLeastOnce(retry=retry), link=Link(delay=Constant(0.05)), messages=1
    )
    for way in BOTH:
        assert way(scenario).ledger["attempts"][0] == 5  # 0.01, 0.02, 0.04, 0.08, 0.16


def test_an_adaptive_timeout_grows_to_its_maximum():
    timeout = AdaptiveTimeout(initial=0.05, minimum=0.01, maximum=0.3)
    retry = Retry(timeout=timeout, max_attempts=None, late_answers="ignore")
    scenario = Scenario(
        guarantee=AtLeastOnce(retry=retry), link=Link(delay=Constant(0.05)), messages=3
    )
    assert (simulate(scenario).ledger["belief"] == "acknowledged").all()
    with pytest.raises(EndlessRun):
        simulate(scenario.replace("link.delay", Constant(0.16)))


def test_the_default_is_not_written_so_that_identities_stay():
    scenario = Scenario(guarantee=AtLeastOnce(retry=ACCEPT))
    assert "late_answers" not in scenario.to_toml()
    ignoring = scenario.replace("guarantee.retry", IGNORE)
    assert 'late_answers = "ignore"' in ignoring.to_toml()
    assert Scenario.from_toml(ignoring.to_toml()) == ignoring
    with pytest.raises(ValueError, match=r"Retry\.late_answers must be"):
        Retry(late_answers="drop")  # type: ignore[arg-type]  # that is what is tested


# ------------------------------------------------------------------------- the chapter's own loop


def by_hand(rng, calls, *, accept):
    """The chapter's loop against a server with one thread, event by event, without Pigeon.

    The loop: up to 3 attempts, each abandoned after 0.2 s, with pauses of 0.1 and 0.2 s. The
    server: first come, first served; a request takes an exponential time of mean 0.1 s, the same at
    each attempt. One client, call after call; what was abandoned is served all the same.

    Returns:
        For each call, whether it was answered, and how often it was handled.
    """
    now = free = 0.0  # the clock of the client; when the server has done all that it has
    outcomes = []
    for _ in range(calls):
        service, answered, handled, answers = rng.expovariate(10), False, 0, []
        for attempt in (1, 2, 3):
            free = max(free, now) + service
            handled += 1
            answers.append(free)
            end = now + 0.2
            first = min(answers) if accept else free
            if first <= end:
                now, answered = max(now, first), True
                break
            now = end
            if attempt < 3:
                pause = 0.1 * 2 ** (attempt - 1)
                if accept and first <= now + pause:
                    now, answered = first, True
                    break
                now += pause
        outcomes.append((answered, handled))
    return outcomes


def on_pigeon(seed, calls, late_answers):
    """The same on a network: the links take no time."""
    net = Network(seed=seed, trace=False)
    client, server = net.node("client"), net.node("server", workers=1)
    net.connect(client, server, Link())
    server.serve("message", Exponential(mean=0.1))
    retry = Retry(
        timeout=0.2,
        backoff=ExponentialBackoff(base=0.1, factor=2.0),
        max_attempts=3,
        late_answers=late_answers,
    )
    answered = []

    def loop():
        for _ in range(calls):
            try:
                yield client.ask(server, "message", guarantee=AtLeastOnce(retry=retry))
                answered.append(True)
            except CallFailed:
                answered.append(False)

    client.process(loop())
    net.run()
    return list(zip(answered, [row.handovers for row in client.rows], strict=True))


@pytest.mark.parametrize(
    ("late_answers", "answered", "handlings"), [("ignore", 0.86, 1.34), ("accept", 0.996, 1.12)]
)
def test_the_chapters_loop_over_http_is_the_one_that_ignores_late_answers(
    late_answers, answered, handlings
):
    """Runs of 500 calls each: a slow call delays the next, but runs are independent."""
    batches = range(24)
    hand = [
        by_hand(random.Random(k), 500, accept=late_answers == "accept")  # noqa: S311
        for k in batches
    ]
    ours = [on_pigeon(k, 500, late_answers) for k in batches]
    for column, expected in ((0, answered), (1, handlings)):
        (by_us, our_error), (there, their_error) = (
            mean_and_error([fmean(call[column] for call in run) for run in runs])
            for runs in (ours, hand)
        )
        assert abs(by_us - there) < 4 * math.hypot(our_error, their_error)
        assert abs(by_us - expected) < 4 * our_error + 0.005  # what is expected is rounded
        assert abs(there - expected) < 4 * their_error + 0.005


def mean_and_error(values):
    return fmean(values), stdev(values) / math.sqrt(len(values))
