"""A node's workloads: the draws of each have an address, its place among the node's drivers."""

import numpy as np

from simulator import Network, Poisson
from simulator.randomness import Lane, Purpose, Randomness


def test_the_workloads_of_a_node_draw_from_its_lanes_0_1_and_so_on():
    """A change of these addresses would change every published run of a program."""
    net = Network(seed=7)
    node = net.node("a")
    seen: list[list[int]] = [[], []]
    for instants in seen:

        def note(_, to=instants):
            to.append(net.env.now)

        node.drive(Poisson(rate=10), note, messages=5)
    net.run()
    for driver, instants in enumerate(seen):
        u = Randomness(7, 0).draws(Lane("a→", Purpose.WORKLOAD, driver), 0, 5)
        assert np.array_equal(instants, Poisson(rate=10).times_ns(5, u))
