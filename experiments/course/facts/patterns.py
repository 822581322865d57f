"""What each messaging pattern costs."""

from __future__ import annotations

from experiments.catalogue.messaging_patterns import SERVICE, SUBSCRIBERS
from experiments.course.facts import Facts
from experiments.course.measured import Measure, Tables, claim

PATTERNS = ("ask", "notify", "reply_queue", "publish", "fan_out")
SLOW = 10


def facts(measured: Tables) -> Facts:
    """How long the caller is held up, copies on the wire, and when the work is done."""

    def each(metric: str) -> dict[str, Measure]:
        return {
            key: measured("messaging_patterns", metric, pattern=key, slowness=1) for key in PATTERNS
        }

    held, copies = each("caller_held"), each("copies")
    claim("ask alone holds its caller up", [key for key in PATTERNS if held[key].mean] == ["ask"])
    claim("notify sends least", min(PATTERNS, key=lambda key: copies[key].mean) == "notify")
    claim("publishing to three sends most", copies["fan_out"].low > copies["publish"].high)
    return {
        "patterns": PATTERNS,
        "held": held,
        "copies": copies,
        "after": each("done_after"),
        "service": SERVICE,
        "subscribers": SUBSCRIBERS,
        "without_loss": 2 + 2 * SUBSCRIBERS,
        "slow": SLOW,
        "slow_after": measured(
            "messaging_patterns", "slowest_after", pattern="fan_out", slowness=SLOW
        ),
        "others_after": measured(
            "messaging_patterns", "done_after", pattern="fan_out", slowness=SLOW
        ),
    }
