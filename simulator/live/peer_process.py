"""The process of a peer: the sender or the receiver, at the pace of the clock."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

from simulator.clock import SECOND
from simulator.live.journal import FileJournal, Past, read
from simulator.live.lives import lives_of
from simulator.live.packing import unpack
from simulator.live.peer import Peer
from simulator.live.socket import HOST, Address, Socket, clock

MILLISECOND: Final = 10**6
EXCHANGES: Final = 20
"""How often a peer asks the proxy for the time before the start."""

BEATS_NS: Final = 50 * MILLISECOND
"""How long before it is killed a process writes, every millisecond, that it lives."""


def play_peer(setup: dict[str, Any]) -> None:
    """Be the sender or the receiver, for one life of it."""
    scenario = unpack(setup["scenario"])
    role, life, path = setup["role"], setup["life"], Path(setup["journal"])
    lives = lives_of(scenario)[role]
    post, proxy = Socket(setup["token"]), (HOST, setup["proxy"])
    journal = FileJournal(path)

    def begin(past: Past | None) -> Peer:
        which = {"life": life, "lives": lives, "past": past}
        return Peer(scenario, setup["replication"], role, journal, **which)

    peer = begin(None)  # before the start, for it takes time
    epoch = join(post, proxy, {"role": role, "life": life, "pid": os.getpid()})
    if life:
        peer = begin(Past.of(read(path)))
    beat_ns = lives[life][1] - BEATS_NS
    while True:
        place = peer.next_place()
        due_ns = beat_ns if place is None else min(place[0], beat_ns)
        came = post.next((due_ns - (clock() - epoch)) / SECOND)
        now_ns = clock() - epoch
        if came is not None and came.datagram:
            peer.take(came.datagram, now_ns)
        elif came is not None and "ask" in came.words:
            state = {"role": role, "life": life, "idle": peer.is_idle}
            counts = {"sent": peer.sent, "came": peer.came}
            post.say({**came.words, **state, **counts}, came.source)
        elif came is not None and "stop" in came.words:
            peer.finish(now_ns)
            post.say({"bye": role}, came.source)
            return
        elif place is not None and place[0] <= now_ns:
            peer.fire(now_ns)
        elif beat_ns <= now_ns:
            peer.beat(now_ns)
            beat_ns = max(beat_ns + MILLISECOND, now_ns)
        for datagram in peer.outbox:
            post.send(datagram.to_bytes(), proxy)
        peer.sent += len(peer.outbox)
        peer.outbox.clear()


def join(post: Socket, proxy: Address, who: dict[str, Any]) -> int:
    """Compare clocks with the proxy, and wait for the start of this life.

    The offset is that of the exchange with the shortest round trip, halved (D. Mills et al.,
    "Network Time Protocol Version 4", RFC 5905, 2010, section 8).

    Returns:
        The epoch on this process's clock: the instant 0 of the run.
    """
    shortest, ahead = SECOND, 0
    for _ in range(EXCHANGES):
        asked = clock()
        post.say({"time": asked}, proxy)
        came = post.next(1.0)
        if came is not None and came.words.get("time") == asked:
            round_trip = clock() - asked
            if round_trip < shortest:
                shortest, ahead = round_trip, came.words["here"] - (asked + round_trip // 2)
    while True:
        post.say({"ready": who}, proxy)
        came = post.next(1.0)
        if came is not None and "start" in came.words:
            epoch: int = came.words["start"] - ahead
            return epoch
