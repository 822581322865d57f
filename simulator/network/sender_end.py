"""The sender's end of a channel: transmit, wait for the acknowledgement, give up, release."""

from __future__ import annotations

from typing import Any, Final

import simpy

from simulator.clock import END_OF_TIME, to_ns
from simulator.ledger import Row
from simulator.message import Message
from simulator.network.attempts import Attempt, Attempts
from simulator.network.end import Copy, End, Sending
from simulator.network.timers import Phase, Wait
from simulator.policies import Retry, Retrying
from simulator.randomness import Blocks, Lane, Purpose
from simulator.validation import refuse

RELEASE_BYTES: Final = 40
"""Size of a release on the wire: like an acknowledgement, headers alone."""


class SenderEnd(End):
    """What a guarantee can do at the sender."""

    def __init__(self, *ends: Any) -> None:
        """Open this end of the channel."""
        super().__init__(*ends)
        self._shared: Retrying | None = None
        self._turns: simpy.Resource | None = None
        self._backoff_luck = Blocks[float](self._randomness.draws)

    def open(self, message: Message, row: Row, *, wants_reply: bool = False) -> Sending:
        """Begin to keep account of a message."""
        sending = self._sendings[message.number] = Sending(message, row, wants_reply)
        return sending

    def note_creation(self, message: Message) -> None:
        """Note that the message is about to be sent for the first time."""
        if self._trace.enabled:
            self._record("created", message, self.sender)
            self._trace.note_content(self._wire.name, message.number, message.data)

    def attempts(
        self, message: Message, retry: Retry, *, release: bool = False, patient: bool = False
    ) -> Attempts:
        """Return the attempts to send a message that a retry policy grants, to iterate over.

        An acknowledgement of any attempt counts, and so does one at the very instant of a timeout.

        Args:
            message: The message.
            retry: When to send again, and when to stop.
            release: Whether to send the word that the message may be forgotten, not its data.
            patient: Whether the policy's deadline does not count: the sender keeps the message.
        """
        sending = self._sendings[message.number]
        sending.series = Attempts(self, sending, retry, is_release=release, is_patient=patient)
        return sending.series

    def pause(self, attempt: Attempt) -> Wait:
        """Note that an attempt has failed; wait before the next, as the policy's backoff says.

        Args:
            attempt: The latest of `attempts`.

        Returns:
            An event to yield. Its value is whether an acknowledgement came meanwhile; False at once
            if no other attempt is granted.
        """
        return attempt.series.pause()

    def transmit(self, message: Message, attempt: int | Attempt, *, release: bool = False) -> None:
        """Put a copy of the message on the link.

        Args:
            message: The message.
            attempt: Which sending of the message: one of `attempts`, or a number from 1.
            release: Whether to send no data, but the word that the message may be forgotten; of
                `attempts` to do so, each does.
        """
        sending = self._sendings[message.number]
        if isinstance(attempt, Attempt):
            release = attempt.series.is_release
            attempt = attempt.number
        sending.row.attempts += 1
        sending.held_back = False
        if self._trace.enabled:
            event = "release_sent" if release else "sent"
            self._record(event, message, self.sender, attempt=attempt)
        copies = self._wire.carry(
            Copy(self, sending, message, attempt, 0, release),
            message.number,
            attempt,
            size_bytes=RELEASE_BYTES if release else message.size_bytes,
        )
        if not release:
            sending.row.in_flight += copies

    def set_deadline(self, message: Message, seconds: float | None) -> None:
        """Let every wait for this message end `seconds` from now at the latest. None: no limit."""
        if seconds is not None:
            sending = self._sendings[message.number]
            sending.expiry_ns = min(sending.expiry_ns, self.env.instant_ns + to_ns(seconds))

    def expired(self, message: Message) -> bool:
        """Whether the deadline of the message has come."""
        return self.env.instant_ns >= self._sendings[message.number].expiry_ns

    def acknowledgement(self, message: Message, *, within: float, release: bool = False) -> Wait:
        """Wait for an acknowledgement of any attempt, up to a time or the deadline.

        Args:
            message: The message.
            within: Longest wait, in seconds.
            release: Whether to wait for the answer to a release, rather than to the data; of
                `attempts` to release, it is.

        Returns:
            An event to yield. Its value is True as soon as the message is acknowledged, at the last
            instant of the wait included, and False if the wait ends before, or the latest attempt
            is refused.
        """
        if not within >= 0:  # NaN too, from a student's own backoff
            refuse("Channel.acknowledgement.within", within, "a number of seconds at least 0")
        sending = self._sendings[message.number]
        if sending.series is not None:
            release = sending.series.is_release
        wait = Wait(self.env)
        if sending.is_complete if release else sending.row.belief == "acknowledged":
            if sending.series is not None:
                sending.series.succeed()
            wait.answer(value=True)
            return wait
        if not release:
            sending.row.belief = "waiting"
        sending.wait = wait
        now = self.env.instant_ns
        end_ns = now + to_ns(within)
        sending.cut_short = sending.expiry_ns < end_ns
        if sending.cut_short:
            end_ns = max(sending.expiry_ns, now)
        if end_ns < END_OF_TIME:
            self.env.at(end_ns, Phase.TIMER, wait)
        return wait

    def luck(self, message: Message, attempt: int) -> float:
        """Return the draw, uniform on [0, 1), that spreads the pause after an attempt."""
        return self._backoff_luck(Lane(self._wire.name, Purpose.BACKOFF, attempt), message.number)

    def time_out(self, message: Message, attempt: int) -> bool:
        """Note that an attempt failed: it went unanswered for its timeout, or it was refused.

        Returns:
            Whether it was refused.
        """
        sending = self._sendings[message.number]
        refused = sending.refused and sending.failed_attempt == attempt
        sending.failed_attempt, sending.refused = attempt, refused
        if not refused:
            self._record("timed_out", message, self.sender, attempt=attempt)
        return refused

    def await_turn(self, message: Message) -> None:
        """Note that the message is kept, to be sent later."""
        self._sendings[message.number].row.belief = "waiting"

    def sent(self, message: Message) -> int:
        """Return how many times the message has been sent."""
        return self._sendings[message.number].row.attempts

    def give_up(self, message: Message) -> None:
        """Stop trying. An acknowledgement that comes later changes nothing."""
        row = self._sendings[message.number].row
        row.belief = "gave_up"
        row.gave_up_ns = self.env.instant_ns
        self._record("gave_up", message, self.sender)

    def shared(self, retry: Retry) -> Retrying:
        """Return what all messages of this channel share: breaker, budget, round-trip estimate."""
        if self._shared is None:
            self._shared = retry.start()
        return self._shared

    def turns(self, parallel: int) -> simpy.Resource:
        """Return what lets so many messages of this channel be sent at a time, in order."""
        if self._turns is None:
            self._turns = simpy.Resource(self.env, capacity=parallel)
        return self._turns

    def _hear(self, copy: Copy, reply: Any, *, refusal: bool) -> bool:
        """Let an answer in, if the sender is up."""
        link = self._way_back.name if self._way_back else ""
        if not self.sender.is_up:
            self._record_ack("dropped", copy, link)
            return False
        self._record_ack("arrived", copy, link)
        if refusal:
            self._learn_refusal(copy)
        else:
            self._learn(copy, link, reply)
        return True

    def _learn(self, copy: Copy, link: str, reply: Any) -> None:
        """Note that a copy is acknowledged, and let who waits for that know."""
        sending = copy.sending
        row = sending.row
        if copy.is_release:
            if sending.is_complete:
                return
            sending.is_complete = True
            self._record_ack("completed", copy, link)
        else:
            if row.belief in {"acknowledged", "gave_up", "forgot"}:
                return
            row.belief = "acknowledged"
            row.acknowledged_ns = self.env.instant_ns
            sending.reply = reply
            self._record_ack("acknowledged", copy, link)
        if sending.wait is not None and not sending.wait.is_over:
            if sending.series is not None:
                sending.series.succeed()
            sending.wait.answer(value=True)

    def _learn_refusal(self, copy: Copy) -> None:
        """End the wait of the attempt that was refused, if it is the latest and still waits."""
        sending = copy.sending
        sending.refused_attempts |= {copy.attempt}
        latest = copy.attempt == sending.row.attempts and copy.attempt > sending.failed_attempt
        if latest and sending.wait is not None and not sending.wait.is_over:
            sending.failed_attempt, sending.refused = copy.attempt, True
            sending.wait.answer(value=False)

    def forget_sendings(self) -> None:
        """Lose what the sender keeps in memory: it has crashed."""
        for sending in self._sendings.values():
            if sending.row.belief == "waiting":
                sending.row.belief = "forgot"
                sending.wait = None
                sending.series = None
        self._shared = self._turns = None
