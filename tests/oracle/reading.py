"""What is read of a run when it is over, as plain lists and dictionaries.

Only documented names are asked for, one by one: what is added to the simulator later is no
difference. The time average of a gauge is read as the whole number that it is made of, so neither
the order of a sum nor the rounding of a quotient is one.
"""

import re

EVENTS = frozenset(
    {
        *("created", "sent", "lost", "dropped", "duplicated", "arrived", "handed_over"),
        *("suppressed", "ack_sent", "acknowledged", "timed_out", "gave_up", "release_sent"),
        *("released", "completed", "refused", "enqueued", "dequeued", "redelivered"),
        *("dead_lettered", "unrouted", "crashed", "restarted", "partitioned", "healed"),
    }
)
"""The events of a trace that are compared: those of the time when this oracle was written."""

LEDGER = (
    *("attempts", "arrivals", "handovers", "effects", "suppressed", "delivered_ns"),
    *("acknowledged_ns", "gave_up_ns", "acks_sent", "belief", "undecided"),
)
COPIES = ("sent", "duplicated", "arrived", "lost", "dropped", "in_flight")
QUEUE = (
    *("accepted", "delayed", "waiting", "delivered", "acknowledged", "dead_lettered", "dropped"),
    *("lost", "rejected", "redeliveries"),
)
GAUGES = ("busy", "waiting", "refused")
GRID = [0.05 * k for k in range(41)]
"""When gauges are looked at, in seconds."""


def nanoseconds(seconds):
    return round(seconds * 1e9)


def ledger_facts(ledger):
    return {name: ledger[name].tolist() for name in LEDGER} | {
        "created": [nanoseconds(instant) for instant in ledger["created_s"].tolist()]
    }


def link_facts(links):
    return {
        name: {count: getattr(counts, count) for count in COPIES} for name, counts in links.items()
    }


def gauge_facts(gauge, end_ns):
    """Say what a gauge shows, its maximum, and its integrals over the run and half of it."""
    facts = [gauge.value, gauge.max()]
    if end_ns > 1:
        half_ns = end_ns // 2
        facts.append(round(gauge.mean(until=end_ns / 1e9) * end_ns))
        late = gauge.mean(since=half_ns / 1e9, until=end_ns / 1e9)
        facts.append(round(late * (end_ns - half_ns)))
    return [*facts, gauge.at(GRID).tolist()] if any(facts) else facts


def node_facts(node, end_ns):
    return {
        "ledger": ledger_facts(node.ledger),
        "gauges": {name: gauge_facts(getattr(node, name), end_ns) for name in GAUGES},
        "up": [node.is_up, node.slowness],
        "replies left": [len(queue) for queue in node.reply_queues],
    }


def queue_facts(queue, end_ns):
    return {
        "counts": {name: getattr(queue.counts, name) for name in QUEUE},
        "depth": gauge_facts(queue.depth, end_ns),
        "errors": {plain(text): count for text, count in sorted(queue.errors.items())},
        "in line": len(queue.line),
    }


def broker_facts(broker, end_ns):
    return {
        "queues": {name: queue_facts(queue, end_ns) for name, queue in broker.queues.items()},
        "unrouted": dict(sorted(broker.unrouted.items())),
    }


def trace_facts(trace):
    """Return the rows in one order of many that mean the same, and how they stood.

    Events of one phase at one instant, of other links or messages, may change places; rows of one
    instant, link and message may not.

    Returns:
        The rows; their places in the trace as it was; how many share their instant with one of
        another link or message.
    """
    rows = [row[:7] for row in trace if row.event in EVENTS]
    stories = [(row[3] or row[2], row[4]) for row in rows]
    order = sorted(range(len(rows)), key=lambda k: (rows[k][0], stories[k]))
    at_once = {}
    for row, story in zip(rows, stories, strict=True):
        at_once.setdefault(row[0], set()).add(story)
    shared = sum(len(at_once[row[0]]) > 1 for row in rows)
    return [list(rows[k]) for k in order], order, shared


def plain(text):
    """Return a text without what depends on where the programs stand: files, lines, addresses."""
    text = re.sub(r"(/[^,()]*|<[^>]*>), line \d+", "…", str(text))
    return re.sub(r" at 0x[0-9a-f]+", "", text)


def error_facts(error):
    """Say what was raised: its type, its text, its notes."""
    notes = [plain(note) for note in getattr(error, "__notes__", ())]
    return [type(error).__name__, plain(error), *notes]
