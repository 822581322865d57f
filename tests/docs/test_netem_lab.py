"""The lab's sender and receiver count what Pigeon predicts, where neither root nor netem is."""

import heapq
import random
import runpy
import select
import socket
import threading
import time
from contextlib import contextmanager
from itertools import count

import pytest

from simulator import AtLeastOnce, Constant, Link, Periodic, Retry, Scenario
from tests.docs.blocks import ROOT

FOLDER = ROOT / "docs" / "guides" / "netem_lab"


@contextmanager
def proxy(loss, delay, seed):
    """Stand between sender and receiver in place of netem, and lose and delay what passes."""
    front, back, bell, ring = (socket.socket(type=socket.SOCK_DGRAM) for _ in range(4))
    for end in (front, back, bell):
        end.bind(("127.0.0.1", 0))
    with socket.socket(type=socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        receiver = free.getsockname()
    rng = random.Random(seed)  # noqa: S311 - plain random numbers are what loses datagrams
    ends, agenda, places = {back: receiver}, [], count()

    def pass_on():
        while True:
            wait = max(0, agenda[0][0] - time.monotonic()) if agenda else None
            for end in select.select((front, back, bell), (), (), wait)[0]:
                if end is bell:
                    return
                copy, source = end.recvfrom(64)
                ends.setdefault(front, source)
                if rng.random() >= loss:
                    out = back if end is front else front
                    heapq.heappush(agenda, (time.monotonic() + delay, next(places), out, copy))
            while agenda and agenda[0][0] <= time.monotonic():
                _, _, out, copy = heapq.heappop(agenda)
                out.sendto(copy, ends[out])

    thread = threading.Thread(target=pass_on)
    thread.start()
    try:
        yield (), (), front.getsockname(), receiver
    finally:
        ring.sendto(b"", bell.getsockname())
        thread.join()
        for end in (front, back, bell, ring):
            end.close()


@pytest.fixture
def lab(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)  # as for a script
    return runpy.run_path(str(FOLDER / "lab.py"))


def test_real_datagrams_are_lost_and_duplicated_as_predicted(lab):
    scenario = Scenario(
        # A timeout that a busy machine does not miss: a round trip takes 0.02 s.
        guarantee=AtLeastOnce(retry=Retry(timeout=0.4, max_attempts=3)),
        link=Link(delay=Constant(0.01), loss=0.2),
        workload=Periodic(interval=0.01),
        messages=150,
        seed=1,
    )
    with proxy(loss=0.2, delay=0.01, seed=2) as ends:
        measured = lab["measure"](ends, scenario)
    predicted = lab["predict"](scenario)
    for metric in ("loss_rate", "duplicate_rate", "attempts_mean", "cost"):
        mean, spread = predicted[metric]
        assert abs(measured[metric] - mean) <= 4 * spread, (metric, measured, predicted)
