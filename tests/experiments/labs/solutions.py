"""Solutions of the labs, one right and three typical wrong ones of each, made of the skeletons.

Each is the skeleton with other methods: (the method, its lines), or with other text in its place.
"""

import re
from textwrap import dedent, indent

from experiments.labs import skeleton

RESEND = """
for attempt in channel.attempts(message, self.retry):
    channel.transmit(message, attempt)
    if (yield channel.acknowledgement(message, within=attempt.timeout)):
        return
    if (yield channel.pause(attempt)):
        return
channel.give_up(message)
"""
HAND_OVER_ALL = """
reply = yield channel.hand_over(copy)
channel.acknowledge(copy, reply)
"""
KEEP_FIRST = """
seen = channel.memory()
if copy.message.id in seen:
    channel.suppress(copy)
else:
    channel.hand_over(copy)
    seen.remember(copy.message.id)
"""
DEDUPLICATE = """
seen = channel.memory()
if copy.message.id in seen:
    channel.suppress(copy)
else:
    seen.remember(copy.message.id, channel.hand_over(copy))
reply = yield seen.reply_to(copy.message.id)
channel.acknowledge(copy, reply)
"""
TASKS = """
broker.queue("tasks", visibility_timeout=1.0, max_deliveries=10)

def handle(task):
    yield from carry_out(task)

worker.subscribe(broker, "tasks", handle)
"""
CREDIT = """
if key not in self.replies:
    self.balance += amount
    self.replies[key] = self.balance
return self.replies[key]
"""
REPLIES = """
self.balance = 0
self.replies = {}
"""

RIGHT = {
    "at_most_once": {"receive": KEEP_FIRST},
    "at_least_once": {"send": RESEND, "receive": HAND_OVER_ALL},
    "deduplication": {"receive": DEDUPLICATE},
    "acknowledge_after": {"receive": HAND_OVER_ALL},
    "bounded_memory": {"receive": DEDUPLICATE.replace("memory()", "memory(window=40)")},
    "queue_worker": {"handle_tasks": TASKS},
    "idempotent_account": {"__init__": REPLIES, "credit": CREDIT},
}
"""By lab, the methods of a right solution."""

WRONG: dict[str, dict[str, tuple[dict[str, str], str, int]]] = {
    "at_most_once": {
        "it hands over every copy": ({}, "NEVER_TWICE", 1),
        "it remembers the latest only": (
            {"receive": KEEP_FIRST.replace("memory()", "memory(window=1)")},
            "NEVER_TWICE",
            1,
        ),
        "it remembers before it looks": (
            {
                "receive": """
                seen = channel.memory()
                seen.remember(copy.message.id)
                if copy.message.id in seen:
                    channel.suppress(copy)
                else:
                    channel.hand_over(copy)
                """
            },
            "A message is not handed over",
            0,
        ),
    },
    "at_least_once": {
        "it never gives up": (
            {
                "send": RESEND.replace("channel.give_up(message)", ""),
                "receive": HAND_OVER_ALL,
            },
            "NEVER_LOST_IN_SILENCE",
            4,
        ),
        "it gives up after one attempt": (
            {
                "send": """
                channel.transmit(message, attempt=1)
                if not (yield channel.acknowledgement(message, within=0.2)):
                    channel.give_up(message)
                """,
                "receive": HAND_OVER_ALL,
            },
            "send it again until",
            1,
        ),
        "it does not acknowledge": (
            {"send": RESEND, "receive": "channel.hand_over(copy)"},
            "acknowledge every copy",
            0,
        ),
    },
    "deduplication": {
        "it hands over every copy": ({}, "NEVER_TWICE", 1),
        "it does not acknowledge a copy that it suppresses": (
            {
                "receive": """
                seen = channel.memory()
                if copy.message.id in seen:
                    channel.suppress(copy)
                    return
                seen.remember(copy.message.id)
                reply = yield channel.hand_over(copy)
                channel.acknowledge(copy, reply)
                """
            },
            "acknowledge every copy",
            1,
        ),
        "it takes each attempt for another message": (
            {"receive": DEDUPLICATE.replace("copy.message.id", "(copy.message.id, copy.attempt)")},
            "NEVER_TWICE",
            1,
        ),
    },
    "acknowledge_after": {
        "it acknowledges before": ({}, "no effect", 1),
        "it does not wait for the handling": (
            {"receive": "channel.hand_over(copy)\nchannel.acknowledge(copy)"},
            "no effect",
            1,
        ),
        "it acknowledges each message at its first copy only": (
            {
                "receive": """
                seen = channel.memory()
                if copy.message.id in seen:
                    channel.acknowledge(copy)
                    channel.suppress(copy)
                else:
                    seen.remember(copy.message.id)
                    yield channel.hand_over(copy)
                    channel.acknowledge(copy)
                """
            },
            "no effect",
            1,
        ),
    },
    "bounded_memory": {
        "it remembers every message": ({}, "its memory is not bounded", 0),
        "it remembers two messages": (
            {"receive": DEDUPLICATE.replace("memory()", "memory(window=2)")},
            "NEVER_TWICE",
            1,
        ),
        "it forgets before the retry": (
            {"receive": DEDUPLICATE.replace("memory()", "memory(max_age=0.15)")},
            "NEVER_TWICE",
            1,
        ),
    },
    "queue_worker": {
        "the visibility timeout is shorter than the work": (
            {"handle_tasks": TASKS.replace("1.0", "0.15")},
            "A task is done twice",
            0,
        ),
        "there is one delivery": (
            {"handle_tasks": TASKS.replace("max_deliveries=10", "max_deliveries=1")},
            "is never done",
            1,
        ),
        "the task is carried out in the background": (
            {
                "handle_tasks": TASKS.replace(
                    "yield from carry_out(task)", "worker.process(carry_out(task))"
                )
            },
            "is never done",
            1,
        ),
    },
    "idempotent_account": {
        "it credits every request": ({}, "A payment is credited twice", 1),
        "it takes one amount for one payment": (
            {
                "__init__": REPLIES,
                "credit": CREDIT.replace("key", "amount"),
            },
            "The balance is not the sum",
            0,
        ),
        "a request that comes again gets no reply of its own": (
            {
                "__init__": REPLIES,
                "credit": CREDIT.replace("return self.replies[key]", "return self.balance"),
            },
            "gets another reply",
            1,
        ),
    },
}
"""By lab, three wrong solutions: the methods, what is said, and how many actions its story has."""


def solution(lab, methods, language="en"):
    """Return the skeleton of a lab with other methods in it."""
    code = skeleton(lab, language)
    for name, lines in methods.items():
        head = re.search(rf"^( *)def {name}\(.*\):\n", code, re.MULTILINE)
        assert head, name
        inside = head[1] + "    "
        end = re.compile(rf"^(?!{inside}|$)", re.MULTILINE).search(code, head.end())
        rest = "\n" + code[end.start() :] if end and end.start() < len(code) else ""
        code = code[: head.end()] + indent(dedent(lines).strip(), inside) + "\n" + rest
    return code
