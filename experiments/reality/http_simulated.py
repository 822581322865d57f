"""The chapter's HTTP server and client in Pigeon: what the same calls come to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from experiments.reality.http_server import Fate
from simulator import (
    AtLeastOnce,
    CallFailed,
    Crash,
    ExponentialBackoff,
    Link,
    Message,
    Network,
    Retry,
)
from simulator.protocols.channel import Steps

TIMEOUT: Final = 0.2
"""Of an attempt, in seconds; it is ours: the chapter has none."""


def loop(*, timeout: float = TIMEOUT, max_attempts: int = 3) -> Retry:
    """Return the chapter's `sendMessageWithRetry`, with a timeout."""
    return Retry(
        timeout=timeout,
        backoff=ExponentialBackoff(base=0.1),
        max_attempts=max_attempts,
        late_answers="ignore",
    )


def calls(works: Sequence[float], retry: Retry) -> list[Fate]:
    """Make call after call to a server that takes one request after the other.

    Args:
        works: How long the server works on each call, in seconds: on each of its attempts.
        retry: The client's loop.
    """
    return [fate for fate, _ in _calls(works, retry)]


def a_call(work: float, retry: Retry, crash: Crash | None = None) -> tuple[Fate, str]:
    """Make one call, to a server that may crash.

    Returns:
        What became of it, and what its caller saw: "processed", or the name of the error.
    """
    [seen] = _calls([work], retry, crash)
    return seen


def _calls(
    works: Sequence[float], retry: Retry, crash: Crash | None = None
) -> list[tuple[Fate, str]]:
    net = Network(trace=False)
    client, server = net.node("client"), net.node("server", workers=1)
    net.connect(client, server, Link())
    answers: list[str] = []

    @server.on("POST /message")
    def do_post(message: Message) -> Steps:
        yield server.work(message.data["work"])
        return {"status": "processed"}

    def usage() -> Steps:
        for work in works:
            try:
                asked = client.ask(
                    server, "POST /message", {"work": work}, guarantee=AtLeastOnce(retry=retry)
                )
                answers.append((yield asked)["status"])
            except CallFailed as error:
                answers.append(type(error).__name__)

    net.process(usage())
    if crash is not None:
        net.inject(crash)
    net.run()
    return [
        (Fate(answer == "processed", row.handovers), answer)
        for row, answer in zip(client.rows, answers, strict=True)
    ]
