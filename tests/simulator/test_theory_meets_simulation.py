"""Simulation and closed forms agree, within 4 standard errors (exact binomial if rare)."""

import numpy as np
import pytest

from simulator import (
    AtLeastOnce,
    AtMostOnce,
    BestEffort,
    Constant,
    ConstantBackoff,
    ExactlyOnce,
    Exponential,
    ExponentialBackoff,
    GilbertElliott,
    Link,
    Retry,
    Scenario,
    simulate,
    theory,
)
from simulator.statistics import count_agrees, standard_errors_apart

MESSAGES = 200_000
COMBINATIONS = [
    (p, q, n) for p, q in ((0.1, 0.1), (0.3, 0.05), (0.05, 0.4), (0.6, 0.5)) for n in (1, 3, 6)
]


def agrees(flags, probability):
    return count_agrees(int(flags.sum()), len(flags), probability)


@pytest.mark.parametrize(("p", "q", "n"), COMBINATIONS)
@pytest.mark.parametrize("kind", [AtLeastOnce, ExactlyOnce])
def test_losses_attempts_and_doubt_with_a_timeout_longer_than_the_round_trip(kind, p, q, n):
    """The expected values are written out here, not taken from the library's theory."""
    ledger = simulate(
        Scenario(
            guarantee=kind(retry=Retry(timeout=0.2, max_attempts=n)),
            link=Link(delay=Constant(0.05), loss=p),
            return_link=Link(delay=Constant(0.05), loss=q),
            messages=MESSAGES,
            seed=7,
        )
    ).ledger
    lost = ledger["handovers"] == 0
    gave_up = ledger["belief"] == "gave_up"
    r = 1 - (1 - p) * (1 - q)
    assert agrees(lost, p**n)
    assert agrees(gave_up & ~lost, r**n - p**n)
    assert standard_errors_apart(ledger["attempts"], sum(r**k for k in range(n))) < 4
    expected = getattr(theory, "at_least_once" if kind is AtLeastOnce else "exactly_once")(
        loss=p, ack_loss=q, attempts=n
    )
    assert expected.loss_rate == pytest.approx(p**n)
    assert expected.in_doubt_rate == pytest.approx(r**n - p**n)
    assert expected.attempts_mean == pytest.approx(sum(r**k for k in range(n)))
    duplicates = np.maximum(ledger["handovers"] - 1, 0)
    assert standard_errors_apart(duplicates, expected.duplicate_rate) < 4
    assert agrees(ledger["handovers"] > 1, expected.duplicated_rate)
    assert standard_errors_apart(ledger["attempts"] + ledger["acks_sent"], expected.cost) < 4


@pytest.mark.parametrize("backoff", [ConstantBackoff(0.1), ExponentialBackoff(base=0.1, cap=1.0)])
@pytest.mark.parametrize("loss", [0.0, 0.2, 0.5])
@pytest.mark.parametrize("attempts", [3, None])
def test_exponential_delays_and_needless_resendings(backoff, loss, attempts):
    """A timeout shorter than many round trips: the timed form, latencies included."""
    outcome = simulate(
        Scenario(
            guarantee=AtLeastOnce(retry=Retry(timeout=0.1, backoff=backoff, max_attempts=attempts)),
            link=Link(delay=Exponential(mean=0.05), loss=loss),
            messages=MESSAGES,
            seed=11,
        )
    )
    ledger = outcome.ledger
    pauses = [backoff.pause_after(k, 0.0, 0.0) for k in range(1, 400)]
    sent = np.concatenate([[0.0], np.cumsum(0.1 + np.array(pauses))])
    count = attempts or len(sent)
    round_trip = theory.two_exponentials_cdf(0.05, 0.05)
    due = list(sent[:count]) if attempts else iter(sent)
    end = sent[count - 1] + 0.1 if attempts else np.inf
    expected = theory.timed_at_least_once(
        loss=loss, ack_loss=loss, sent_s=due, end_s=end, round_trip_cdf=round_trip
    )
    lost = ledger["handovers"] == 0
    assert agrees(lost, expected.loss_rate)
    assert agrees(~lost & (ledger["belief"] == "gave_up"), expected.in_doubt_rate)
    assert standard_errors_apart(ledger["attempts"], expected.attempts_mean) < 4
    duplicates = np.maximum(ledger["handovers"] - 1, 0)
    assert standard_errors_apart(duplicates, expected.duplicate_rate) < 4
    latency = (ledger["delivered_s"] - ledger["created_s"])[~lost]
    due = list(sent[:count]) if attempts else iter(sent)
    wait = theory.latency(loss=loss, sent_s=due, delay_cdf=theory.exponential_cdf(0.05))
    assert standard_errors_apart(latency, wait.mean()) < 4
    for level in (0.5, 0.95):
        within = wait.quantile(level)
        assert agrees(latency <= within, float(wait.cdf(np.array(within))))


@pytest.mark.parametrize("guarantee", [BestEffort(), AtMostOnce()])
def test_sending_once(guarantee):
    ledger = simulate(
        Scenario(guarantee=guarantee, link=Link(loss=0.2, duplicate=0.3), messages=MESSAGES, seed=3)
    ).ledger
    form = theory.best_effort if guarantee == BestEffort() else theory.at_most_once
    expected = form(loss=0.2, duplicate=0.3)
    assert agrees(ledger["handovers"] == 0, expected.loss_rate)
    assert agrees(ledger["handovers"] > 1, expected.duplicated_rate)


@pytest.mark.parametrize(
    "model",
    [GilbertElliott.from_rate(rate=0.1, burst=8), GilbertElliott(p=0.2, r=0.3, loss_bad=0.7)],
)
def test_gilbert_elliott_loses_at_its_rate_in_bursts_of_its_length(model):
    lost = np.concatenate(
        [
            simulate(
                Scenario(guarantee=BestEffort(), link=Link(loss=model), messages=1_000, seed=5),
                replication=replication,
            ).ledger["handovers"][np.newaxis]
            == 0
            for replication in range(40)
        ]
    )
    assert standard_errors_apart(lost.mean(axis=1), model.rate) < 4
    # Losses over the ends of bursts, replication by replication, is 0 on average at the true burst.
    ends = (lost[:, :-1] & ~lost[:, 1:]).sum(axis=1)
    assert standard_errors_apart(lost[:, :-1].sum(axis=1) - model.burst * ends, 0.0) < 4
    assert model.rate == pytest.approx(
        theory.gilbert_elliott_rate(p=model.p, r=model.r, loss_bad=model.loss_bad)
    )
    assert model.burst == pytest.approx(
        theory.gilbert_elliott_burst(p=model.p, r=model.r, loss_bad=model.loss_bad)
    )
