"""Worlds enumerated by hand: outcomes of transmissions, one after the other. No code of Pigeon's.

The timeout is longer than a round trip. A world is written as (lost, kept, …): how many
transmissions were lost, how many were not, and what came of the message.
"""

from collections import Counter
from itertools import product
from math import comb


def weight(lost, kept):
    """Return pᶫ (1−p)ᵏ as coefficients, the lowest power first."""
    return [0] * lost + [(-1) ** k * comb(kept, k) for k in range(kept + 1)]


def polynomial(worlds):
    """Sum the weights of worlds, each (lost, kept)."""
    total = Counter()
    for lost, kept in worlds:
        for power, coefficient in enumerate(weight(lost, kept)):
            total[power] += coefficient
    powers = [power for power, coefficient in total.items() if coefficient]
    return tuple(total[power] for power in range(max(powers, default=0) + 1))


def resent(attempts):
    """Return the worlds of a message that is sent until acknowledged.

    Each is a sequence of attempts: "D", its data were lost; "A", its acknowledgement was; "S", it
    succeeded.
    """
    worlds = []
    for length in range(1, attempts + 1):
        worlds += [(*before, "S") for before in product("DA", repeat=length - 1)]
    return worlds + list(product("DA", repeat=attempts))


def transmissions(world):
    """Count a sequence's transmissions: lost, kept."""
    lost = sum(attempt in "DA" for attempt in world)
    kept = sum({"D": 0, "A": 1, "S": 2}[attempt] for attempt in world)
    return lost, kept


def handovers(world):
    """Count the attempts whose data arrived."""
    return sum(attempt != "D" for attempt in world)


def windowed(attempts, gap, timeout):
    """Return how two messages fare with a receiver that remembers one identifier.

    Returns:
        Pairs of sequences, and whether a message was handed over twice.
    """
    for worlds in product(resent(attempts), repeat=2):
        arrivals = sorted(
            (k * timeout + message * gap, message)
            for message, world in enumerate(worlds)
            for k, attempt in enumerate(world)
            if attempt != "D"
        )
        remembered, seen, twice = None, Counter(), False
        for _, message in arrivals:
            if message != remembered:
                remembered = message
                seen[message] += 1
                twice |= seen[message] > 1
        yield worlds, twice


def handshakes(attempts):
    """Return the worlds of a handshake: the data until received, then releases until complete."""
    for data in resent(attempts):
        if data[-1] == "S":
            yield from ((data, release) for release in resent(attempts))
        else:
            yield data, ()
