"""The fate of a transmission: which draws decide it, and where they come from."""

from typing import Any

import pytest

from simulator import Exponential, Link
from simulator.conditions.transmission import Transmission
from simulator.randomness import Purpose

LINK = Link(delay=Exponential(mean=0.05), loss=0.5, duplicate=0.3)


class Noted:
    """Draws that lose nothing, and note from which lane each is taken."""

    def __init__(self, u):
        self.u = u
        self.lanes = []

    def loses(self, link, transmission, lane):
        self.lanes.append(lane)
        return False

    def uniform(self, lane, message):
        self.lanes.append(lane)
        return self.u

    def delay_ns(self, link, lane, message):
        self.lanes.append(lane)
        return len(self.lanes)


def sent(*, acknowledgement):
    return Transmission(
        link="a→b",
        message=3,
        attempt=2,
        copy=1,
        acknowledgement=acknowledgement,
        sent_ns=0,
        size_bytes=40,
    )


@pytest.mark.parametrize("acknowledgement", [False, True])
def test_loss_delays_and_duplication_are_drawn_from_lanes_of_their_own(acknowledgement):
    """If a delay had the draw of the loss, copies that are not lost would all be slow."""
    draws: Any = Noted(u=0.0)
    LINK.fate(draws, sent(acknowledgement=acknowledgement))
    purposes = [lane.purpose for lane in draws.lanes]
    assert purposes == [Purpose.LOSS, Purpose.DELAY, Purpose.DUPLICATION, Purpose.DELAY]
    assert len(set(draws.lanes)) == 4


@pytest.mark.parametrize(("u", "copies"), [(0.0, 2), (0.3 - 2**-54, 2), (0.3, 1), (0.9, 1)])
def test_a_copy_is_duplicated_by_a_draw_below_the_probability(u, copies):
    draws: Any = Noted(u)
    assert len(LINK.fate(draws, sent(acknowledgement=False))) == copies
