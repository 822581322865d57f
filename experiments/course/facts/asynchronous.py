"""The producer that goes on, and when its result comes."""

from __future__ import annotations

from experiments.catalogue.sync_vs_async import EXPERIMENT, SERVICE, WINDOW, WORKERS
from experiments.course.facts import Facts
from experiments.course.measured import Measure, Tables, claim
from experiments.course.stories import STORIES

ONE_WAY, NEAR, SPARE = 0.05, 0.01, 0.25  # SPARE: seconds between requests, more than a call takes


def facts(measured: Tables) -> Facts:
    """How long the caller is held up, how many are done a second, and how late."""

    def each(metric: str, interval: float = 0.0) -> dict[str, Measure]:
        return {
            style: measured(
                "sync_vs_async", metric, style=style, one_way=ONE_WAY, interval=interval
            )
            for style in ("blocking", "pipelined", "queue")
        }

    held, done, after, spare_after = (
        each("caller_held"),
        each("throughput"),
        each("done_after"),
        each("done_after", SPARE),
    )
    claim("a queue holds nobody up", held["queue"].mean < held["blocking"].low)
    claim("through a queue more is done", done["queue"].low > done["blocking"].high)
    claim("and many requests sooner", after["queue"].high < after["blocking"].low)
    claim("but one alone later", spare_after["queue"].low > spare_after["blocking"].high)
    story = STORIES["fire_and_forget"]("en")
    return {
        "one_way": ONE_WAY,
        "near": NEAR,
        "requests": EXPERIMENT.base.messages,
        "service": SERVICE,
        "workers": WORKERS,
        "most": WORKERS / SERVICE,
        "window": WINDOW,
        "held": held,
        "done": done,
        "after": after,
        "spare": SPARE,
        "spare_after": spare_after,
        "call": ONE_WAY + SERVICE,
        "through": 2 * ONE_WAY + SERVICE,
        "times": done["queue"].mean / done["blocking"].mean,
        "near_done": measured(
            "sync_vs_async", "throughput", style="queue", one_way=NEAR, interval=0.0
        ),
        "result_at": max(row.time_s for row in story if row.event == "handed_over"),
    }
