"""The process of the proxy, at the pace of the clock; and how it finds that a run is over."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from simulator.clock import SECOND
from simulator.live.datagram import Datagram
from simulator.live.journal import FileJournal
from simulator.live.lives import ROLES
from simulator.live.packing import unpack
from simulator.live.proxy import Proxy
from simulator.live.socket import Address, Arrival, Socket, Words, clock

AHEAD_NS: Final = SECOND // 5
"""How long after all are ready the run begins."""

ASKING_NS: Final = SECOND // 50
"""How often the proxy asks, at the end, whether all are idle."""

MISLAID_NS: Final = SECOND
"""After how long a datagram that has left a process and not come to the next is given up."""


def play_proxy(setup: dict[str, Any], say: Callable[[dict[str, Any]], None]) -> None:
    """Be the proxy.

    Args:
        setup: What whoever started this process wants.
        say: Tells it something.
    """
    try:
        post = Socket(setup["token"], setup["port"])
    except (OSError, OverflowError) as error:
        say({"port": None, "error": str(error)})
        return
    company = Company(post)
    journal = FileJournal(Path(setup["journal"]))
    proxy = Proxy(unpack(setup["scenario"]), setup["replication"], company, journal)
    say({"port": post.port})
    expected = sum(map(len, proxy.lives.values()))
    while len(company.members) < expected:
        if came := post.next(1.0):
            company.answer(came)
    company.epoch = epoch = clock() + AHEAD_NS
    company.start_all()
    say({"epoch": epoch})
    ending = Ending(proxy, company, post)
    while not ending.is_over:
        place = proxy.next_place()
        wait_ns = ASKING_NS if place is None else place[0] - (clock() - epoch)
        came = post.next(wait_ns / SECOND)
        now_ns = clock() - epoch
        if came is not None and came.datagram:
            proxy.take(came.datagram, now_ns)
        elif came is not None and "idle" in came.words:
            ending.hear(came.words, now_ns)
        elif came is not None:
            company.answer(came)
        elif place is not None and place[0] <= now_ns:
            proxy.fire(now_ns)
        elif place is None:
            ending.ask(now_ns)
    proxy.finish(clock() - epoch)
    ending.stop_all()


class Company:
    """The peers of a live run, as the proxy knows them.

    Attributes:
        members: Where each life of each peer is, and the number of its process, by role and life.
        present: Which life of each is there now.
        epoch: The instant 0 of the run, on the proxy's clock; None before all are ready.
    """

    def __init__(self, post: Socket) -> None:
        """Know nobody yet."""
        self.members: dict[tuple[str, int], tuple[Address, int]] = {}
        self.present = dict.fromkeys(ROLES, 0)
        self.epoch: int | None = None
        self._post = post

    def address(self, role: str) -> Address:
        """Return where the peer is that has a role now."""
        return self.members[role, self.present[role]][0]

    def start_all(self) -> None:
        """Let the first life of each peer begin."""
        for role in ROLES:
            self._post.say({"start": self.epoch}, self.address(role))

    def deliver(self, role: str, datagram: Datagram) -> None:
        """Let a datagram arrive at the peer that has a role now."""
        self._post.send(datagram.to_bytes(), self.address(role))

    def kill(self, role: str) -> None:
        """Kill the peer that has a role."""
        # Windows has no SIGKILL: there, any signal but two ends a process as this one does.
        number = getattr(signal, "SIGKILL", signal.SIGTERM)
        os.kill(self.members[role, self.present[role]][1], number)

    def revive(self, role: str) -> None:
        """Let the next life of a peer begin."""
        self.present[role] += 1
        self._post.say({"start": self.epoch}, self.address(role))

    def answer(self, came: Arrival) -> None:
        """Answer a peer that joins."""
        if "time" in came.words:
            self._post.say({**came.words, "here": clock()}, came.source)
        elif "ready" in came.words:
            who = came.words["ready"]
            self.members[who["role"], who["life"]] = came.source, who["pid"]
            if self.epoch is not None and self.present[who["role"]] == who["life"]:
                self._post.say({"start": self.epoch}, came.source)


class Ending:
    """How the proxy finds that a run is over: nobody has more to do, and nothing is on its way.

    It asks all, at the end; who has nothing to do says how many datagrams it has sent and read.
    Where both numbers are the proxy's own, nothing is between them.

    Attributes:
        is_over: Whether it is.
    """

    def __init__(self, proxy: Proxy, company: Company, post: Socket) -> None:
        """Know nothing yet."""
        self.is_over = False
        self._proxy, self._company, self._post = proxy, company, post
        self._question = 0
        self._asked_ns = -ASKING_NS
        self._answers: dict[str, bool] = {}
        self._idle_since_ns: int | None = None

    def ask(self, now_ns: int) -> None:
        """Ask all whether they are idle, if it is time to."""
        if now_ns < self._asked_ns + ASKING_NS:
            return
        self._asked_ns = now_ns
        self._question += 1
        self._answers.clear()
        for role in self._present:
            self._post.say({"ask": self._question}, self._company.address(role))

    def hear(self, words: Words, now_ns: int) -> None:
        """Hear an answer to the latest question."""
        role, proxy = words["role"], self._proxy
        if words["ask"] != self._question or words["life"] != self._company.present[role]:
            return
        if not (words["idle"] and proxy.is_idle):
            self._idle_since_ns = None
            return
        counts = proxy.passed[role], proxy.delivered[role]
        self._answers[role] = (words["sent"], words["came"]) == counts
        if len(self._answers) < len(self._present):
            return
        if self._idle_since_ns is None:
            self._idle_since_ns = now_ns
        is_mislaid = now_ns - self._idle_since_ns > MISLAID_NS
        self.is_over = all(self._answers.values()) or is_mislaid

    def stop_all(self) -> None:
        """Let every peer write its last lines, and end."""
        waiting = set(self._present)
        while waiting:
            for role in waiting:
                self._post.say({"stop": True}, self._company.address(role))
            if came := self._post.next(0.1):
                waiting.discard(came.words.get("bye", ""))

    @property
    def _present(self) -> list[str]:
        return [role for role in ROLES if self._proxy.is_up[role]]
