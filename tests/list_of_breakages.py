"""The breakages of each guarantee's `send` and `receive`: what `tests/breakages.py` tries."""

from dataclasses import dataclass, field

ABSENT = "the vectorized engine does not have this guarantee"
UNSEEN = "handling takes no time in it, and none is refused: the order leaves no mark in a ledger"


@dataclass(frozen=True)
class Breakage:
    """One way to break a guarantee.

    Attributes:
        guarantee: The name of the class.
        method: Which part is broken: "send" or "receive".
        what: What it does wrong.
        old: The text that is replaced, of which the file has one.
        new: What replaces it.
        exempt: Groups of tests that cannot notice, each with the reason.
    """

    guarantee: str
    method: str
    what: str
    old: str
    new: str
    exempt: dict[str, str] = field(default_factory=dict, hash=False)

    def __str__(self):
        return f"{self.guarantee}.{self.method} {self.what}"

    @property
    def file(self):
        """The file of the guarantee."""
        name = "".join(f"_{c.lower()}" if c.isupper() else c for c in self.guarantee)
        return f"simulator/protocols/{name.removeprefix('_')}.py"

    def applied_to(self, text):
        """Return the broken text of the file."""
        if text.count(self.old) != 1:
            raise ValueError(
                f"{self}: {self.file} has this {text.count(self.old)} times: {self.old}"
            )
        return text.replace(self.old, self.new)


def edited(text, *replacements):
    """Return a text with parts replaced, each of which it has once."""
    for old, new in replacements:
        if text.count(old) != 1:
            raise ValueError(f"not once in the text: {old}")
        text = text.replace(old, new)
    return text


def several(guarantee, method, text, breakages, *, place=None, exempt=None):
    """Return breakages of one text, each given by what it does wrong and replacements.

    Args:
        guarantee: The name of the class.
        method: "send" or "receive".
        text: The method, or the part of it that is broken.
        breakages: Replacements in the text, by what they do wrong.
        place: What stands in the file instead of the text, if it is inherited.
        exempt: Groups of tests that cannot notice, by what the breakage does wrong; "" is all.
    """
    exempt = exempt or {}
    return [
        Breakage(
            guarantee,
            method,
            what,
            place or text,
            edited(text, *replacements),
            exempt.get(what) or exempt.get("") or {},
        )
        for what, replacements in breakages.items()
    ]


ONCE = "        channel.transmit(message, attempt=1)\n"
SENDS_ONCE = {
    "never sends": [(ONCE, "        return\n")],
    "sends twice": [(ONCE, ONCE + ONCE.replace("1", "2"))],
}
HAND_OVER = "        channel.hand_over(copy)\n"
AT_MOST_ONCE = """\
        if copy.message.id in seen:
            channel.suppress(copy)
        else:
            channel.hand_over(copy)
            seen.remember(copy.message.id)
"""

TRANSMIT = "channel.transmit(message, attempt)\n"
WAIT = "if (yield channel.acknowledgement(message, within=attempt.timeout)):\n"
PAUSE = "if (yield channel.pause(attempt)):\n"
RESEND = """\
    def send(self: Resends, channel: SenderEnd, message: Message) -> Steps:
        \"""Resend until acknowledged.\"""
        for attempt in channel.attempts(message, self.retry):
            channel.transmit(message, attempt)
            if (yield channel.acknowledgement(message, within=attempt.timeout)):
                return
            if (yield channel.pause(attempt)):
                return
        channel.give_up(message)
"""
AT_ONCE = "                return\n"
RESENDS = {
    "never sends": [("            " + TRANSMIT, "")],
    "sends each attempt twice": [(TRANSMIT, f"{TRANSMIT}            {TRANSMIT}")],
    "stops after the first attempt, in silence": [(PAUSE + AT_ONCE, "return\n")],
    "gives up after the first attempt": [(PAUSE + AT_ONCE, "break\n")],
    "ignores the acknowledgement": [(WAIT + AT_ONCE, WAIT + "                pass\n")],
    "gives up though it is acknowledged": [(WAIT + AT_ONCE, WAIT + "                break\n")],
    "gives up without saying so": [("        channel.give_up(message)\n", "")],
}
HAND_OVER_AND_ACKNOWLEDGE = """\
reply = yield channel.hand_over(copy)
            channel.acknowledge(copy, reply)
"""
KEEPING_THE_FIRST = """\
seen, reply = channel.memory(), None
            if copy.message.id in seen:
                channel.suppress(copy)
            else:
                reply = yield channel.hand_over(copy)
                seen.remember(copy.message.id)"""
HANDS_OVER_EACH = {
    "does not hand over": [("yield channel.hand_over(copy)", "yield channel.timeout(0)")],
    "hands over each copy twice": [
        ("reply = yield", "yield channel.hand_over(copy)\n            reply = yield")
    ],
    "drops duplicates": [("reply = yield channel.hand_over(copy)", KEEPING_THE_FIRST)],
    "does not acknowledge": [("channel.acknowledge(copy, reply)", "return")],
    "acknowledges before handling": [
        ("reply = yield channel.hand_over(copy)", "channel.acknowledge(copy)"),
        ("channel.acknowledge(copy, reply)", "yield channel.hand_over(copy)"),
    ],
}
DEDUPLICATE = """\
        if self.acknowledge == "before":
            channel.acknowledge(copy)
        seen = channel.memory(self.window, self.max_age, durable=self.durable)
        if copy.message.id in seen:
            channel.suppress(copy)
        else:
            seen.remember(copy.message.id, channel.hand_over(copy))
        reply = yield seen.reply_to(copy.message.id)
        if self.acknowledge == "after":
            channel.acknowledge(copy, reply)
"""
REMEMBER = "seen.remember(copy.message.id, channel.hand_over(copy))"
REPLY = "reply = yield seen.reply_to(copy.message.id)\n"
DEDUPLICATES = {
    "does not hand over": [(REMEMBER, "seen.remember(copy.message.id)")],
    "hands over duplicates": [("channel.suppress(copy)", REMEMBER)],
    "forgets to remember": [
        (REMEMBER, "yield channel.hand_over(copy)"),
        (REPLY, "reply = None\n"),
    ],
}
ACKNOWLEDGES = {
    "does not acknowledge": [('"after":\n', '"never":\n')],
    "does not acknowledge duplicates": [
        ("channel.suppress(copy)", "channel.suppress(copy)\n            return")
    ],
    "acknowledges before handling": [('== "before"', '!= "never"'), ('"after":', '"never":')],
}
HANDSHAKE_SEND = """\
        for attempt in channel.attempts(message, self.retry):
            channel.transmit(message, attempt)
            if (yield channel.acknowledgement(message, within=attempt.timeout)):
                break
            if (yield channel.pause(attempt)):
                break
        else:
            channel.give_up(message)
            return
"""
RELEASES = """\
        for attempt in channel.attempts(message, self.retry, release=True):
            channel.transmit(message, attempt)
            if (yield channel.acknowledgement(message, within=attempt.timeout)):
                return
            if (yield channel.pause(attempt)):
                return
"""
ENOUGH = "                break\n"
HANDSHAKES = {
    "never sends": [("            " + TRANSMIT, "")],
    "sends each attempt twice": [(TRANSMIT, f"{TRANSMIT}            {TRANSMIT}")],
    "stops after the first attempt, in silence": [(PAUSE + ENOUGH, "return\n")],
    "releases after the first attempt": [(PAUSE + ENOUGH, "break\n")],
    "ignores the answer": [(WAIT + ENOUGH, WAIT + "                pass\n")],
    "gives up without saying so": [("            channel.give_up(message)\n", "")],
}
RELEASING = {
    "never releases": [("for attempt in", "for attempt in () and")],
    "releases once": [(PAUSE + AT_ONCE, "return\n")],
    "ignores that it is complete": [(WAIT + AT_ONCE, WAIT + "                pass\n")],
}
HANDSHAKE_RECEIVE = """\
        if copy.is_release:
            channel.release(copy)
        else:
            if copy.message.id in seen:
                channel.suppress(copy)
            else:
                seen.remember(copy.message.id, channel.hand_over(copy))
            reply = yield seen.reply_to(copy.message.id)
        channel.acknowledge(copy, reply)
"""
ANSWER = "        channel.acknowledge(copy, reply)\n"
ANSWERS = {
    "does not acknowledge": [(ANSWER, "")],
    "does not acknowledge a release": [(ANSWER, "        if not copy.is_release:\n    " + ANSWER)],
    "acknowledges before handling": [
        ("            if copy", "            channel.acknowledge(copy)\n            if copy"),
        (ANSWER, "        if copy.is_release:\n    " + ANSWER),
    ],
    "does not forget at the release": [("channel.release(copy)", "pass")],
}
STORE = """\
        channel.await_turn(message)
        with channel.turns(self.parallel).request() as turn:
            yield turn
            while not channel.expired(message):
                for attempt in channel.attempts(message, self.retry, patient=True):
                    channel.transmit(message, attempt)
                    if (yield channel.acknowledgement(message, within=attempt.timeout)):
                        return
                    if (yield channel.pause(attempt)):
                        return
                if (yield channel.acknowledgement(message, within=self.rest)):
                    return
        channel.give_up(message)
"""
STORES = {
    "never sends": [("                    " + TRANSMIT, "")],
    "sends each attempt twice": [(TRANSMIT, f"{TRANSMIT}                    {TRANSMIT}")],
    "stops after the first round, in silence": [
        ("        channel.give_up(message)\n", ""),
        ("while", "if"),
    ],
    "gives up after the first round": [("while", "if")],
    "ignores the acknowledgement": [
        (f"{WAIT}                        return\n", f"{WAIT}                        pass\n")
    ],
    "does not wait for its turn": [("            yield turn\n", "")],
    "does not note what waits for its turn": [("        channel.await_turn(message)\n", "")],
}
FORWARD = HAND_OVER_AND_ACKNOWLEDGE.replace("            ", "        ")
FORWARDS = {
    what: [tuple(part.replace("\n    ", "\n") for part in pair) for pair in replacements]
    for what, replacements in HANDS_OVER_EACH.items()
}
NO_ORDER = {"acknowledges before handling": {"agreement": UNSEEN}}
NO_ARRAYS = {"": {"agreement": ABSENT}}

BREAKAGES = (
    *several("BestEffort", "send", ONCE, SENDS_ONCE),
    *several(
        "BestEffort",
        "receive",
        HAND_OVER,
        {
            "does not hand over": [(HAND_OVER, "        return\n")],
            "hands over twice": [(HAND_OVER, HAND_OVER * 2)],
        },
    ),
    *several("AtMostOnce", "send", ONCE, SENDS_ONCE),
    *several(
        "AtMostOnce",
        "receive",
        AT_MOST_ONCE,
        {
            "does not hand over": [("channel.hand_over(copy)", "pass")],
            "hands over duplicates": [("channel.suppress(copy)", "channel.hand_over(copy)")],
            "forgets to remember": [("            seen.remember(copy.message.id)\n", "")],
        },
    ),
    *several("AtLeastOnce", "send", RESEND, RESENDS),
    *several("AtLeastOnce", "receive", HAND_OVER_AND_ACKNOWLEDGE, HANDS_OVER_EACH, exempt=NO_ORDER),
    *several(
        "ExactlyOnce",
        "send",
        RESEND.replace(": Resends", ""),
        RESENDS,
        place="    send = AtLeastOnce.send\n",
    ),
    *several("ExactlyOnce", "receive", DEDUPLICATE, DEDUPLICATES | ACKNOWLEDGES, exempt=NO_ORDER),
    *several("Handshake", "send", HANDSHAKE_SEND, HANDSHAKES, exempt=NO_ARRAYS),
    *several("Handshake", "send", RELEASES, RELEASING, exempt=NO_ARRAYS),
    *several("Handshake", "receive", HANDSHAKE_RECEIVE, DEDUPLICATES | ANSWERS, exempt=NO_ARRAYS),
    *several("StoreAndForward", "send", STORE, STORES, exempt=NO_ARRAYS),
    *several("StoreAndForward", "receive", FORWARD, FORWARDS, exempt=NO_ARRAYS),
)
