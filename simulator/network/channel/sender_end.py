"""The sender's end of a channel: transmit, wait for the acknowledgement, give up, release."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Protocol

import simpy

from simulator.clock import END_OF_TIME, SECOND, to_ns
from simulator.network.channel.attempts import Attempt, attempts
from simulator.network.channel.copies import Copy
from simulator.network.channel.end import End
from simulator.network.channel.sending import Sending
from simulator.network.timers import Phase, Wait
from simulator.randomness import Blocks, Lane, Purpose
from simulator.validation import refuse

if TYPE_CHECKING:
    from simulator.ledger import Row
    from simulator.message import Message
    from simulator.network.channel.copies import Answer
    from simulator.network.channel.receiver_end import Receiver, ReceiverEnd
    from simulator.network.processes import Processes
    from simulator.network.schedule import Schedule
    from simulator.network.wire import Wire
    from simulator.policies import Retry, Retrying
    from simulator.protocols.channel import Guarantee
    from simulator.randomness import Randomness
    from simulator.trace import Trace

SETTLED: Final = frozenset({"acknowledged", "gave_up", "forgot"})
"""Beliefs that an acknowledgement changes no more."""

LONG: Final = 1e9
"""Seconds below which a time is far from the end of time."""

TIMER: Final = Phase.TIMER
RELEASE_BYTES: Final = 40
"""Size of a release on the wire: like an acknowledgement, headers alone."""

SENT: Final = "sent", None
RELEASE_SENT: Final = "release_sent", "release"
"""What is recorded of a copy that leaves: the event, and its kind unless that is the message's."""


class Sender(Protocol):
    """What a channel needs of the node that sends."""

    name: str
    is_up: bool
    rows: list[Row]
    processes: Processes


class SenderEnd(End):
    """What a guarantee can do at the sender.

    Attributes:
        sender: The node at this end.
        receiver: The node at the other end.
        far_end: The receiver's end.
        guarantee: The guarantee that carries the messages.
        processes: The processes of the sender.
        way_back: The wire that answers come over; None before one is needed.
        retrying: What all messages of this channel share; None before the first attempt.
        is_surely_answered: Whether the guarantee says that the receiver acknowledges.
    """

    def __init__(  # noqa: PLR0917 - it joins a node, a wire and a guarantee
        self,
        env: Schedule,
        sender: Sender,
        receiver: Receiver,
        far_end: ReceiverEnd,
        wire: Wire,
        find_way_back: Callable[[], Wire],
        guarantee: Guarantee,
        randomness: Randomness,
        trace: Trace,
    ) -> None:
        """Open this end of the channel."""
        super().__init__(env, trace, wire.name)
        self.sender = sender
        self.receiver = receiver
        self.far_end = far_end
        self.guarantee = guarantee
        self.processes = sender.processes
        self.way_back: Wire | None = None
        self.is_surely_answered: bool = getattr(guarantee, "acknowledges", False)
        self._node = sender.name
        self._link_back = ""
        self._rows = sender.rows
        self._wire = wire
        self._find_way_back = find_way_back
        self._draws = Blocks[float](randomness.draws)
        self.retrying: Retrying | None = None
        self._turns: simpy.Resource | None = None
        self._over: list[Sending] = []
        self._complete: set[int] = set()  # messages whose release has been acknowledged

    attempts = attempts

    def pause(self, attempt: Attempt) -> Wait:
        """Note that an attempt has failed; wait before the next, as the policy's backoff says."""
        return attempt.pause()

    def transmit(self, message: Message, attempt: int | Attempt, *, release: bool = False) -> None:
        """Put a copy of the message on the link."""
        number: Any = attempt
        if type(attempt) is Attempt:
            number, release = attempt.number, attempt.is_release
        row = self._rows[message.number]
        sending = row.sending or self.sending(message)
        row.attempts += 1
        trace = self.trace
        if trace.enabled:
            now_ns, node, link = self.env.instant_ns, self._node, self.link
            event, kind = RELEASE_SENT if release else SENT
            trace.log.extend((now_ns, event, node, link, message, number, 0, kind))
        copy = Copy(self.far_end, message, number, 0, row, release, sending.wants_reply)
        if release:
            self._wire.carry(copy, RELEASE_BYTES)
        else:
            row.in_flight += self._wire.carry(copy, message.size_bytes)

    def acknowledgement(self, message: Message, *, within: float, release: bool = False) -> Wait:
        """Wait for an acknowledgement of any attempt, up to a time or the deadline."""
        if not within >= 0:  # NaN too, from a student's own backoff
            refuse("Channel.acknowledgement.within", within, "a number of seconds at least 0")
        row, env = self._rows[message.number], self.env
        sending = row.sending or self.sending(message)
        attempt = sending.attempt
        if attempt is not None:
            release = attempt.is_release
        wait = sending.wait = Wait(env)
        if message.number in self._complete if release else row.belief == "acknowledged":
            if attempt is not None:
                attempt.succeed()
            wait.answer(value=True)
            return wait
        if not release:
            row.belief = "waiting"
        within_ns = round(within * SECOND) if within < LONG else to_ns(within)
        end_ns = env.instant_ns + within_ns
        if sending.expiry_ns < END_OF_TIME:
            sending.cut_short = sending.expiry_ns < end_ns
            end_ns = max(min(sending.expiry_ns, end_ns), env.instant_ns)
        if end_ns < END_OF_TIME:
            env.push((end_ns, TIMER, env.turn(), wait))
        return wait

    def time_out(self, message: Message, attempt: int) -> bool:
        """Note that an attempt failed: it went unanswered for its timeout, or it was refused.

        Returns:
            Whether it was refused.
        """
        sending = self.sending(message)
        refused = sending.refused and sending.failed_attempt == attempt
        sending.failed_attempt, sending.refused = attempt, refused
        if not refused and self.trace.enabled:
            self._record("timed_out", message, attempt)
        return refused

    def await_turn(self, message: Message) -> None:
        """Note that the message is kept, to be sent later."""
        self.sending(message)
        self._rows[message.number].belief = "waiting"

    def sent(self, message: Message) -> int:
        """Return how many times the message has been sent."""
        return self._rows[message.number].attempts

    def give_up(self, message: Message) -> None:
        """Stop trying. An acknowledgement that comes later changes nothing."""
        row = self._rows[message.number]
        row.belief = "gave_up"
        row.gave_up_ns = self.env.instant_ns
        if self.trace.enabled:
            self._record("gave_up", message)

    def set_deadline(self, message: Message, seconds: float | None) -> None:
        """Let every wait for this message end `seconds` from now at the latest. None: no limit."""
        if seconds is not None:
            sending = self.sending(message)
            sending.expiry_ns = min(sending.expiry_ns, self.env.instant_ns + to_ns(seconds))

    def expired(self, message: Message) -> bool:
        """Whether the deadline of the message has come."""
        return self.env.instant_ns >= self.sending(message).expiry_ns

    def shared(self, retry: Retry) -> Retrying:
        """Return what all messages of this channel share: breaker, budget, round-trip estimate."""
        if self.retrying is None:
            self.retrying = retry.start()
        return self.retrying

    def turns(self, parallel: int) -> simpy.Resource:
        """Return the turns of this channel: so many messages are sent at a time, in order."""
        if self._turns is None:
            self._turns = simpy.Resource(self.env, capacity=parallel)
        return self._turns

    def draw(self, message: Message, attempt: int) -> float:
        """Return the draw, uniform on [0, 1), that spreads the pause after an attempt."""
        return self._draws(Lane(self._wire.name, Purpose.BACKOFF, attempt), message.number)

    # The rest is for the network.

    def find_way_back(self) -> None:
        """Look up the link that answers come over, or refuse the channel if there is none."""
        self.way_back = self._find_way_back()
        self._link_back = self.way_back.name

    def note_creation(self, message: Message) -> None:
        """Note in the trace that the message is about to be sent for the first time."""
        self._record("created", message)
        if message.data is not None:
            self.trace.note_content(self.link, message.number, message.data)

    def arrive(self, answer: Answer) -> bool:
        """Let an answer in, if the sender is up."""
        is_up = self.sender.is_up
        if self.trace.enabled:
            self._record_answer("arrived" if is_up else "dropped", answer)
        if not is_up:
            return False
        row = answer.row
        sending = row.sending
        if answer.is_refusal:
            if sending is not None:
                sending.note_refusal(answer)
        elif sending is not None and not sending.heeds(answer):
            pass  # it came too late
        elif answer.to_release:
            if row.message not in self._complete:
                self._complete.add(row.message)
                self._learn("completed", answer)
        elif row.belief not in SETTLED:
            row.belief = "acknowledged"
            row.acknowledged_ns = self.env.instant_ns
            self._learn("acknowledged", answer)
        return True

    def forget(self) -> None:
        """Lose what the sender keeps in memory: it has crashed."""
        self.retrying = self._turns = None
        for sending in self._over:
            sending.forget()
        self._over.clear()

    def keep(self, sending: Sending) -> None:
        """Keep a message that its sender is done with, as a process that it left behind is not."""
        self._over.append(sending)

    def sending(self, message: Message) -> Sending:
        """Return what is known of a message under way; or of one that its sender is done with."""
        row = self._rows[message.number]
        if row.sending is None:
            self.keep(Sending.over(self, message, row))
        sending: Sending = row.sending
        return sending

    def _learn(self, event: str, answer: Answer) -> None:
        """Let who waits for an answer know that it has come."""
        if self.trace.enabled:
            self._record_answer(event, answer)
        sending: Sending | None = answer.row.sending
        if sending is not None:
            sending.note_answer(answer)

    def _record(self, event: str, message: Message, attempt: int = 0) -> None:
        now_ns, node, link = self.env.instant_ns, self._node, self.link
        self.trace.log.extend((now_ns, event, node, link, message, attempt, 0, None))

    def _record_answer(self, event: str, answer: Answer) -> None:
        now_ns, node, link = self.env.instant_ns, self._node, self._link_back
        message, attempt, number = answer.message, answer.attempt, answer.number
        self.trace.log.extend((now_ns, event, node, link, message, attempt, number, answer.kind))
