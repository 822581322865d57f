"""A client and a server: how long to wait, and what silence means."""

from __future__ import annotations

from experiments.catalogue.timeouts import MEAN_ROUND_TRIP
from experiments.course.facts import Facts
from experiments.course.measured import Tables, claim
from experiments.course.runs import PATIENCE, one_call
from experiments.course.stories import STORIES

SHORT, LONG, LONGEST = 1, 4, 10
LOSS, BAD = 0.1, 0.3


def facts(measured: Tables) -> Facts:
    """What a timeout costs, too short and too long; and calls that failed yet were handled."""
    twice = measured.over("timeouts", "duplicate_rate", "timeout", loss=0)
    late = measured.over("timeouts", "latency_mean", "timeout", loss=BAD)
    claim("a short timeout sends again for nothing", twice[SHORT].low > twice[LONG].high)
    claim("a long one makes a loss last", late[LONGEST].low > late[LONG].high)
    calls = one_call(loss=LOSS)
    lost, slow = (
        {
            loss: measured(
                "delivery_guarantees", metric, guarantee="at_least_once", retry="endless", loss=loss
            )
            for loss in (0, BAD)
        }
        for metric in ("loss_rate", "latency_mean")
    )
    claim("sent again for ever, nothing is lost", all(m.mean == 0 for m in lost.values()))
    claim("it is only late", slow[BAD].low > slow[0].high)
    story = STORIES["lost_acknowledgement"]("en")
    return {
        "round_trip": MEAN_ROUND_TRIP,
        "short": SHORT,
        "long": LONG,
        "longest": LONGEST,
        "twice": twice,
        "late": late,
        "bad": BAD,
        "loss": LOSS,
        "patience": PATIENCE,
        "calls": calls,
        "slow": slow,
        "worse_calls": one_call(loss=BAD),
        "handled": sum(row.event == "handed_over" for row in story),
    }
