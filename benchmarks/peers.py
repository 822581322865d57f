"""W1 and M/M/1 in other simulators, each written as its own documentation writes such things."""

from __future__ import annotations

import random

from benchmarks.reference import INTERVAL, LOSS, MEAN, TIMEOUTS


def asimpy_w1(messages: int) -> float:
    """asimpy: a process a message, a process a copy, FirstOf."""
    from asimpy import Environment, Event, FirstOf, Process

    env, rng = Environment(), random.Random(1)
    acknowledged = 0

    class Copy(Process):
        def init(self, arrive):
            self.arrive = arrive

        async def run(self):
            await self.timeout(rng.expovariate(1 / MEAN))
            self.arrive()

    class Message(Process):
        async def run(self):
            nonlocal acknowledged
            known = [False, None]

            def learn():
                known[0] = True
                known[1].succeed()

            def receive():
                if rng.random() >= LOSS:
                    Copy(env, learn)

            for timeout in TIMEOUTS:
                known[1] = Event(env)
                if rng.random() >= LOSS:
                    Copy(env, receive)
                await FirstOf(env, known=known[1], timeout=self.timeout(timeout))
                if known[0]:
                    acknowledged += 1
                    return

    class Source(Process):
        async def run(self):
            for _ in range(messages):
                Message(env)
                await self.timeout(INTERVAL)

    Source(env)
    env.run()
    return acknowledged / messages


def nspy_w1(messages: int) -> float:
    """ns.py: its Wire there and back, a SimPy process a message."""
    import simpy
    from ns.packet.packet import Packet
    from ns.port.wire import Wire

    env, rng = simpy.Environment(), random.Random(1)
    known = {}
    acknowledged = 0

    def wire(out):
        one = Wire(
            env,
            lambda: rng.expovariate(1 / MEAN),
            loss_dist=lambda packet_id: LOSS,  # noqa: ARG005 - alike for all
        )
        one.out = out
        return one

    class Sink:
        def put(self, packet):
            event = known.get(packet.packet_id)
            if event is not None and not event.triggered:
                event.succeed()

    class Receiver:
        def put(self, packet):
            back.put(Packet(env.now, 40, packet.packet_id))

    back = wire(Sink())
    there = wire(Receiver())

    def message(number):
        nonlocal acknowledged
        known[number] = env.event()
        for timeout in TIMEOUTS:
            there.put(Packet(env.now, 1000, number))
            yield known[number] | env.timeout(timeout)
            if known[number].triggered:
                acknowledged += 1
                break
        del known[number]

    def source():
        for number in range(messages):
            env.process(message(number))
            yield env.timeout(INTERVAL)

    env.process(source())
    env.run()
    return acknowledged / messages


def salabim_w1(messages: int) -> float:
    """Salabim: a component a message, a component a copy, by generators."""
    import salabim

    salabim.yieldless(False)
    env, rng = salabim.Environment(trace=False), random.Random(1)
    acknowledged = 0

    class Copy(salabim.Component):
        def setup(self, arrive):
            self.arrive = arrive

        def process(self):
            yield self.hold(rng.expovariate(1 / MEAN))
            self.arrive()

    class Message(salabim.Component):
        def process(self):
            nonlocal acknowledged
            self.known = False

            def learn():
                if not self.known:
                    self.known = True
                    if self.isscheduled():
                        self.activate()

            def receive():
                if rng.random() >= LOSS:
                    Copy(arrive=learn)

            for timeout in TIMEOUTS:
                if rng.random() >= LOSS:
                    Copy(arrive=receive)
                yield self.hold(timeout)
                if self.known:
                    acknowledged += 1
                    return

    class Source(salabim.Component):
        def process(self):
            for _ in range(messages):
                Message()
                yield self.hold(INTERVAL)

    Source()
    env.run()
    return acknowledged / messages


def ciw_mm1(customers: int, load: float = 0.8) -> float:
    """Ciw: a network of one queue."""
    import ciw

    ciw.seed(1)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(load)],
        service_distributions=[ciw.dists.Exponential(1.0)],
        number_of_servers=[1],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(customers)
    records = simulation.get_all_records()
    return sum(record.waiting_time for record in records) / len(records)


def asimpy_mm1(customers: int, load: float = 0.8) -> float:
    """asimpy: a process a customer, a resource."""
    from asimpy import Environment, Process, Resource

    env, rng = Environment(), random.Random(1)
    server = Resource(env, capacity=1)
    waited = 0.0

    class Customer(Process):
        async def run(self):
            nonlocal waited
            came = self.now
            async with server:
                waited += self.now - came
                await self.timeout(rng.expovariate(1.0))

    class Source(Process):
        async def run(self):
            for _ in range(customers):
                await self.timeout(rng.expovariate(load))
                Customer(env)

    Source(env)
    env.run()
    return waited / customers


def nspy_mm1(customers: int, load: float = 0.8) -> float:
    """ns.py: packets of exponential size through a port; ends soon after the last customer."""
    import simpy
    from ns.packet.dist_generator import DistPacketGenerator
    from ns.packet.sink import PacketSink
    from ns.port.port import Port

    env, rng = simpy.Environment(), random.Random(1)
    source = DistPacketGenerator(
        env,
        "source",
        lambda: rng.expovariate(load),
        lambda: rng.expovariate(1.0),
        finish=customers / load,
    )
    port = Port(env, rate=8.0, qlimit=None)  # a byte a second
    sink = PacketSink(env, rec_arrivals=False)
    source.out = port
    port.out = sink
    env.run(until=customers / load)
    waits = [wait for flow in sink.waits.values() for wait in flow]
    # Its packets are dated before the pause that precedes them, and taken after their service.
    return sum(waits) / len(waits) - 1 / load - 1.0


def salabim_mm1(customers: int, load: float = 0.8) -> float:
    """Salabim: a component a customer, by generators, a resource."""
    import salabim

    salabim.yieldless(False)
    env, rng = salabim.Environment(trace=False), random.Random(1)
    server = salabim.Resource(capacity=1)
    waited = 0.0

    class Customer(salabim.Component):
        def process(self):
            nonlocal waited
            came = env.now()
            yield self.request(server)
            waited += env.now() - came
            yield self.hold(rng.expovariate(1.0))
            self.release(server)

    class Source(salabim.Component):
        def process(self):
            for _ in range(customers):
                yield self.hold(rng.expovariate(load))
                Customer()

    Source()
    env.run()
    return waited / customers


W1 = {"asimpy": asimpy_w1, "ns.py": nspy_w1, "salabim": salabim_w1}
MM1 = {"asimpy": asimpy_mm1, "Ciw": ciw_mm1, "ns.py": nspy_mm1, "salabim": salabim_mm1}
NOT_COMPARED = {
    "happysim": "not among the packages that can be installed",
    "ns-3, C event heap, Numba": "need a build of their own",
}
