"""Every metric, worked out by hand on a ledger of five messages."""

import math

import pytest

from simulator.ledger import Ledger, Row
from simulator.metrics import METRICS, summarize, tally

S = 10**9
ROWS = [
    # delivered once, acknowledged
    Row(0, 0, 1, 1, 1, 1, 0, 1 * S, 2 * S, -1, 1, "acknowledged"),
    # handed over three times, acknowledged
    Row(1, 1 * S, 3, 3, 3, 3, 0, 4 * S, 6 * S, -1, 3, "acknowledged"),
    # never arrived, given up
    Row(2, 2 * S, 3, 0, 0, 0, 0, -1, -1, 5 * S, 0, "gave_up"),
    # in doubt
    Row(3, 3 * S, 2, 1, 1, 1, 0, 8 * S, -1, 10 * S, 1, "gave_up"),
    # undecided, though it was handed over
    Row(4, 4 * S, 1, 1, 1, 1, 0, 11 * S, -1, -1, 1, "waiting"),
]
EXPECTED = {
    "loss_rate": 1 / 4,
    "duplicate_rate": 2 / 4,
    "duplicated_rate": 1 / 4,
    "in_doubt_rate": 1 / 4,
    "undecided_rate": 1 / 5,
    "latency_mean": (1 + 3 + 5 + 7) / 4,
    "latency_p50": 3.0,
    "latency_p95": 7.0,
    "latency_p99": 7.0,
    "latency_max": 7.0,
    "ack_latency_mean": (2 + 5) / 2,
    "attempts_mean": (1 + 3 + 3 + 2) / 4,
    "cost": (1 + 3 + 3 + 2 + 1 + 3 + 0 + 1) / 4,
    "goodput": 4 / 11,
}


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_is_what_its_definition_says(name):
    assert METRICS[name](tally(Ledger.from_rows(ROWS))) == pytest.approx(EXPECTED[name], rel=1e-15)


def test_of_no_message_every_metric_is_nan():
    assert all(math.isnan(value) for value in summarize(tally(Ledger.from_rows([]))).values())


def test_a_mean_of_very_long_waits_does_not_overflow():
    end = 4 * 10**18
    rows = [Row(m, 0, 1, 1, 1, 1, 0, end - 1, -1, -1, 0, "sent") for m in range(1000)]
    assert summarize(tally(Ledger.from_rows(rows)))["latency_mean"] == pytest.approx(4e9)


def test_a_ledger_is_a_table_in_seconds():
    ledger = Ledger.from_rows(ROWS)
    frame = ledger.to_frame()
    assert len(frame) == len(ledger) == 5
    assert frame["gave_up_s"].isna().tolist() == [True, True, False, False, True]
    assert frame["created_s"].tolist() == [0, 1, 2, 3, 4]
    assert ledger["belief"].tolist()[3] == "gave_up"
    with pytest.raises(KeyError, match="no column 'colour'; it has message, created_s"):
        ledger["colour"]
    with pytest.raises(ValueError, match="read-only"):
        ledger["attempts"][0] = 7
