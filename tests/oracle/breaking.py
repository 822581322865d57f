"""What breaks at random: faults and scripts of the adversary, some of a student's own."""

from dataclasses import dataclass, replace

from simulator import (
    Crash,
    Cut,
    Duplicate,
    Hold,
    LinkOutage,
    Lose,
    Partition,
    RandomCrashes,
    Script,
    SlowNode,
)

STARTS = (0.0, 0.1, 0.2, 0.35, 0.5, 0.8)
SPANS = (0.1, 0.2, 0.3, 0.7)


class LosesEveryThird:
    """An adversary of a student's own: it loses each third transmission, and delays each fifth."""

    def start(self, net):
        self.sent = 0
        return self

    def decide(self, transmission, delays_ns):
        self.sent += 1
        if self.sent % 3 == 0:
            return ()
        if self.sent % 5 == 0 and delays_ns:
            return delays_ns[0] + 50_000_000, delays_ns[0]
        return delays_ns


@dataclass(frozen=True)
class Stumble:
    """A fault of a student's own: a node is down for a moment, twice."""

    node: str
    at: float

    def steps(self, net):
        node = net.find(self.node)
        yield net.timeout(self.at)
        for _ in range(2):
            node.crash()
            yield net.timeout(0.05)
            node.restart()
            yield net.timeout(0.1)


def fault(draws, names):
    """Return a fault of nodes that are all connected."""
    a, b = draws.some(names, 2)
    window = {"at": draws.pick(*STARTS), "lasts": draws.pick(*SPANS)}
    refuses = draws.chance(0.4)
    cut = names.index(a) + 1
    groups = (tuple(names[:cut]), tuple(names[cut:])) if cut < len(names) else ((a,), (b,))
    return draws.pick(
        Crash(node=a, **window, refuses=refuses),
        Crash(node=a, **window, refuses=refuses),
        Cut(sender=a, receiver=b, **window),
        LinkOutage(between=(a, b), **window),
        Partition(groups=groups, **window),
        SlowNode(node=a, factor=draws.pick(2.0, 5.0, 0.5), **window),
        RandomCrashes(
            node=a,
            mean_time_to_failure=draws.pick(0.3, 1.0),
            mean_time_to_repair=0.2,
            until=draws.pick(1.0, 2.0),
            refuses=refuses,
        ),
        Stumble(node=a, at=window["at"]),
    )


def faults(draws, names, most):
    """Return some faults, a few of which overlap, or begin where another ends."""
    chosen = []
    for _ in range(draws.whole(0, most)):
        first = fault(draws, names)
        chosen.append(first)
        if hasattr(first, "lasts") and draws.chance(0.35):
            later = first.at + first.lasts * draws.pick(1.0, 1.0, 0.5)
            chosen.append(twin(draws, first, later))
    return draws.some(chosen, len(chosen))


def twin(draws, first, at):
    """Return a fault of the same kind at the same place, not quite the same."""
    other = {"factor": 3.0} if hasattr(first, "factor") else {}
    if hasattr(first, "refuses"):
        other["refuses"] = draws.chance(0.5)
    return replace(first, at=at, lasts=draws.pick(*SPANS), **other)


def script(draws, names, messages):
    """Return an adversary: a script, rarely a student's own."""
    if draws.chance(0.1):
        return LosesEveryThird()
    actions = dict.fromkeys(action(draws, names, messages) for _ in range(draws.whole(1, 7)))
    return Script(tuple(actions))


def action(draws, names, messages):
    if draws.chance(0.2):
        a, b = draws.some(names, 2)
        window = {"at": draws.pick(*STARTS), "lasts": draws.pick(*SPANS)}
        return draws.pick(
            Crash(node=a, **window, refuses=draws.chance(0.5)),
            Cut(sender=a, receiver=b, **window),
            Partition(groups=((a,), (b,)), **window),
        )
    what = draws.pick("data", "acknowledgement")
    if draws.chance(0.3):
        where = {"nth": draws.whole(1, 12)}
    else:
        where = {"message": draws.whole(0, messages - 1), "attempt": draws.pick(1, 1, 1, 2, 3)}
    return draws.pick(
        Lose(what=what, **where),
        Lose(what=what, **where),
        Duplicate(what=what, **where, hold=draws.pick(None, 0.0, 0.05, 0.3)),
        Hold(what=what, **where, seconds=draws.pick(0.0, 0.1, 0.2, 0.6)),
    )
