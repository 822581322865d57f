"""A message under way: the sender's part of its guarantee at work, and what is known so far."""

from __future__ import annotations

from types import GeneratorType, SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar, Final

import simpy
from simpy.events import NORMAL, PENDING

from simulator.callables import generator
from simulator.clock import END_OF_TIME
from simulator.errors import CallFailed, Crashed, Failed
from simulator.network.processes import HostTask
from simulator.network.tasks import without_frame
from simulator.network.timers import Phase, process_event

if TYPE_CHECKING:
    from simulator.ledger import Row
    from simulator.message import Message
    from simulator.network.channel.attempts import Attempt
    from simulator.network.channel.copies import Answer
    from simulator.network.channel.sender_end import SenderEnd
    from simulator.network.timers import Wait
    from simulator.protocols.channel import Steps


SENDING: Final = Phase.SENDING
NOT_BEGUN: Final = object()
"""The generator of a message whose sender's part has not begun."""


class Sending(HostTask):
    """A message under way, from the instant at which it was sent until its sender is done with it.

    It begins when, at its instant, new messages are sent: last. Its value at the end is what the
    sender believes of the message; of a request, the reply.

    Attributes:
        end: The sender's end of its channel.
        message: The message.
        row: Its row in the ledger.
        expiry_ns: Its deadline, at which every wait for it ends.
        reply: The reply that came.
        wait: The latest wait for an answer.
        cut_short: Whether the deadline comes before the end of that wait.
        start_ns: When the first of these attempts was granted, where attempts share anything.
        call: As which call the circuit breaker knows the latest attempt, likewise.
        failed_attempt: The latest attempt that failed.
        refused: Whether that was by a refusal.
        failure: What the latest refusal carried, to be raised; None for a plain one.
        refused_attempts: The attempts of which a copy was refused.
        held_back: Whether the circuit breaker let the latest attempt not through.
        has_paid: Whether it has paid into the retry budget.
        ignores_late: Whether an answer counts only while the attempt that it answers waits for it.
        attempt: The latest attempt that a retry policy granted, while more may follow.
    """

    __slots__ = ("attempt", "end", "expiry_ns", "message", "row", "wait")

    wants_reply: ClassVar[bool] = False
    """Whether the sender waits for a reply."""

    start_ns: int
    call: int
    cut_short = False
    has_paid = False
    held_back = False
    ignores_late = False
    failed_attempt = 0
    refused = False
    failure: CallFailed | None = None
    refused_attempts: frozenset[int] = frozenset()
    reply: Any = None

    def __init__(self, end: SenderEnd, message: Message, row: Row) -> None:
        """Plan its beginning, at this instant."""
        processes = self._processes = end.processes
        processes.running[self] = True
        env = self.env = processes.env
        self.callbacks = []
        self._value = PENDING
        self._generator: Any = NOT_BEGUN
        self.end = end
        self.message = message
        self.row = row
        row.sending = self
        self.attempt: Attempt | None = None
        self.wait: Wait | None = None
        self.expiry_ns = END_OF_TIME
        env.push((env.instant_ns, SENDING, env.turn(), self))

    @classmethod
    def over(cls, end: SenderEnd, message: Message, row: Row) -> Sending:
        """Return one whose sender is done with it, for a process that it left behind."""
        sending = cls(end, message, row)
        sending._generator = None
        sending._processes.running.pop(sending)
        sending._ok, sending._value = True, row.belief
        sending.callbacks = None  # type: ignore[assignment]  # it has been processed
        return sending

    @property
    def name(self) -> str:
        """The identifier of the message."""
        return self.message.id

    def happen(self) -> None:
        """Begin; or be done, where somebody waits for that."""
        if self._generator is not NOT_BEGUN:
            if self.callbacks is not None:
                process_event(self)
            return
        self._generator = None
        try:
            steps = self._steps()
        except BaseException as error:  # noqa: BLE001 - whoever waits for it will get it
            self._end(ok=False, value=without_frame(error))
            return
        if steps is None:
            self._end(ok=True, value=None)
        else:
            self._begin(steps)

    def _steps(self) -> Steps | None:
        """Carry out the sender's part of the guarantee, or return the steps that do."""
        end, message = self.end, self.message
        if end.trace.enabled:
            end.note_creation(message)
        steps = end.guarantee.send(end, message)
        if steps is not None and type(steps) is not GeneratorType:
            generator("Guarantee.send", steps)
        return steps

    def _end(self, *, ok: bool, value: Any) -> None:
        row = self.row
        if not ok:
            self.callbacks.insert(0, self._drop)
            super()._end(ok=False, value=value)
            return
        self._processes.running.pop(self, None)
        if self.wait is None or self.wait.is_over:
            row.sending = None
        else:
            self.end.keep(self)  # a process that it left behind waits
        if row.belief == "waiting":  # nobody waits any more, and nobody gave up
            row.belief = "sent"
        self._ok = True
        self._value = value if self.wants_reply else row.belief
        if self.callbacks:
            self.env.push((self.env.instant_ns, NORMAL, self.env.turn(), self))
        else:
            self.callbacks = None  # type: ignore[assignment]  # it has been processed

    def _drop(self, _: simpy.Event) -> None:
        self.row.sending = None

    def heeds(self, answer: Answer) -> bool:
        """Whether an answer counts: it came in time, or late answers do."""
        if not self.ignores_late:
            return True
        attempt = self.attempt
        return attempt is not None and not attempt.is_followed and attempt.number == answer.attempt

    def note_answer(self, answer: Answer) -> None:
        """Let who waits for an answer know that it has come."""
        if not answer.to_release:
            self.reply = answer.reply
        wait = self.wait
        if wait is not None and not wait.is_over:
            if self.attempt is not None:
                self.attempt.succeed()
            wait.answer(value=True)

    def note_refusal(self, refusal: Answer) -> None:
        """End the wait of the attempt that was refused, if it is the latest and still waits."""
        attempt = refusal.attempt
        if not isinstance(refusal.reply, Failed):
            self.refused_attempts |= {attempt}
        is_latest = attempt == self.row.attempts and attempt > self.failed_attempt
        if is_latest and self.wait is not None and not self.wait.is_over:
            self.failed_attempt, self.refused = attempt, True
            self.failure = refusal.reply
            self.wait.answer(value=False)

    def forget(self) -> None:
        """Lose it: its sender has crashed."""
        if self.row.belief == "waiting":
            self.row.belief = "forgot"
            self.wait = self.attempt = None

    def interrupt(self, cause: Any = None) -> None:
        """Interrupt it; before it has begun, it never will."""
        if self._generator is NOT_BEGUN:
            self._generator, self._times = _nothing(), 0
            self._target = SimpleNamespace(callbacks=[self._resume])  # type: ignore[assignment]  # what SimPy's interrupt asks of it
        super().interrupt(cause)

    def crash(self) -> None:
        """End it, now that its host has crashed."""
        if self._generator is NOT_BEGUN:
            self._generator = None
            self._end(ok=False, value=Crashed(f"{self._processes.host} crashed"))
        elif self._generator is not None:  # else it runs now, and does not wait
            super().crash()


def _nothing() -> Steps:
    yield from ()
