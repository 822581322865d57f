"""Networks that lose and delay: two namespaces joined by a cable with netem, or a small proxy.

Each is a context that gives how to start a program at the sender and at the receiver, where the
sender sends, and where the receiver listens. At the end nothing of it is left.
"""

import heapq
import os
import random
import select
import socket
import subprocess
import threading
import time
from contextlib import contextmanager
from itertools import count

PORT = 9000


@contextmanager
def namespaces(loss, delay):
    """Join two network namespaces by a cable that loses and delays, each way."""
    ends = [
        (f"pigeon-{os.getpid()}-{k}", f"10.255.255.{k + 1}", f"02:00:00:00:00:0{k + 1}")
        for k in (0, 1)
    ]
    made = []
    try:
        for name, _, _ in ends:
            run("ip", "netns", "add", name)
            made.append(name)
        inside = [("ip", "netns", "exec", name) for name in made]
        peer = ("peer", "name", "veth", "netns", made[1])
        run("ip", "link", "add", "veth", "netns", made[0], "type", "veth", *peer)
        for k, (_, address, hardware) in enumerate(ends):
            _, other, other_hardware = ends[1 - k]
            run(*inside[k], "ip", "link", "set", "veth", "address", hardware, "up")
            run(*inside[k], "ip", "address", "add", f"{address}/24", "dev", "veth")
            # Known beforehand: netem would lose and delay the questions who has which address, too.
            neighbour = (other, "lladdr", other_hardware, "dev", "veth")
            run(*inside[k], "ip", "neighbour", "replace", *neighbour)
            netem = ("loss", f"{loss:%}", "delay", f"{delay * 1e6:.0f}us", "limit", "100000")
            run(*inside[k], "tc", "qdisc", "add", "dev", "veth", "root", "netem", *netem)
        yield inside[0], inside[1], (ends[1][1], PORT), (ends[1][1], PORT)
    finally:
        for name in made:
            run("ip", "netns", "delete", name)


@contextmanager
def proxy(loss, delay, seed):
    """Stand between sender and receiver on this machine, and lose and delay what passes."""
    front, back, bell, ring = (socket.socket(type=socket.SOCK_DGRAM) for _ in range(4))
    for end in (front, back, bell):
        end.bind(("127.0.0.1", 0))
    with socket.socket(type=socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        receiver = free.getsockname()
    rng, ends, agenda, places = random.Random(seed), {back: receiver}, [], count()

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


def run(*command):
    """Run a command, and return what it printed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout
