"""The producer that goes on, and when its result comes."""

from __future__ import annotations

from experiments.catalogue.sync_vs_async import EXPERIMENT, SERVICE, WORKERS
from experiments.course.facts import Facts
from experiments.course.measured import Tables, claim
from experiments.course.stories import STORIES

ONE_WAY, NEAR = 0.05, 0.01


def facts(measured: Tables) -> Facts:
    """How long the caller is held up, how many are done a second, and how late."""
    held, done, after = (
        {
            style: measured("sync_vs_async", metric, style=style, one_way=ONE_WAY)
            for style in ("blocking", "queue")
        }
        for metric in ("caller_held", "throughput", "done_after")
    )
    claim("a queue holds nobody up", held["queue"].mean < held["blocking"].low)
    claim("through a queue more is done", done["queue"].low > done["blocking"].high)
    claim("and each later", after["queue"].low > after["blocking"].high)
    story = STORIES["fire_and_forget"]("en")
    return {
        "one_way": ONE_WAY,
        "near": NEAR,
        "requests": EXPERIMENT.base.messages,
        "service": SERVICE,
        "workers": WORKERS,
        "most": WORKERS / SERVICE,
        "held": held,
        "done": done,
        "after": after,
        "times": done["queue"].mean / done["blocking"].mean,
        "near_done": measured("sync_vs_async", "throughput", style="queue", one_way=NEAR),
        "result_at": max(row.time_s for row in story if row.event == "handed_over"),
    }
