"""A network that loses and delays: two namespaces joined by a cable, with netem at both ends.

It is a context that gives how to start a program at the sender and at the receiver, where the
sender sends, and where the receiver listens. At the end nothing of it is left.
"""

import os
import subprocess
from contextlib import contextmanager

from experiments.reality.netem import netem

PORT = 9000


@contextmanager
def namespaces(link):
    """Join two network namespaces by a cable that is as a link of Pigeon's, each way."""
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
            run(*inside[k], "tc", "qdisc", "add", "dev", "veth", "root", "netem", *netem(link))
        yield inside[0], inside[1], (ends[1][1], PORT), (ends[1][1], PORT)
    finally:
        for name in made:
            run("ip", "netns", "delete", name)


def run(*command):
    """Run a command, and return what it printed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout
