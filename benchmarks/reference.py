"""The reference work W1, by other means: what Pigeon's engines are measured against.

N messages, one every 10 ms. Each attempt crosses a link that loses with probability p and delays
exponentially, by 50 ms on average; every copy is acknowledged over the same kind of link back.
Timeouts of 0.2, 0.4, 0.8 and 1.6 s, with no pause between. Each function takes N and returns the
share of messages that were acknowledged.

M/M/1 and messages through a broker are here too, in plain SimPy.
"""

from __future__ import annotations

import ctypes
import random
import shutil
import subprocess
import tempfile
from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from pathlib import Path

import simpy

LOSS, MEAN, INTERVAL = 0.1, 0.05, 0.01
TIMEOUTS = (0.2, 0.4, 0.8, 1.6)
VISIBILITY, DELIVERIES = 0.5, 4


def simpy_processes(messages: int, loss: float = LOSS) -> float:
    """Plain SimPy as in its tutorial: a process a message, a process a copy, AnyOf."""
    env, rng = simpy.Environment(), random.Random(1)
    acknowledged = 0

    def copy(arrive):
        yield env.timeout(rng.expovariate(1 / MEAN))
        arrive()

    def message():
        nonlocal acknowledged
        known = env.event()

        def learn():
            if not known.triggered:
                known.succeed()

        def receive():
            if rng.random() >= loss:
                env.process(copy(learn))

        for timeout in TIMEOUTS:
            if rng.random() >= loss:
                env.process(copy(receive))
            yield known | env.timeout(timeout)
            if known.triggered:
                acknowledged += 1
                return

    def source():
        for _ in range(messages):
            env.process(message())
            yield env.timeout(INTERVAL)

    env.process(source())
    env.run()
    return acknowledged / messages


def simpy_callbacks(messages: int, loss: float = LOSS) -> float:
    """Plain SimPy by callbacks on timeouts alone."""
    env, rng = simpy.Environment(), random.Random(1)
    known = bytearray(messages)

    def after(delay, call, *arguments):
        env.timeout(delay).callbacks.append(lambda _: call(*arguments))

    def attempt(number, place):
        if rng.random() >= loss:
            after(rng.expovariate(1 / MEAN), receive, number)
        after(TIMEOUTS[place], time_out, number, place)

    def receive(number):
        if rng.random() >= loss:
            after(rng.expovariate(1 / MEAN), learn, number)

    def learn(number):
        known[number] = 1

    def time_out(number, place):
        if not known[number] and place + 1 < len(TIMEOUTS):
            attempt(number, place + 1)

    def create(number):
        attempt(number, 0)
        if number + 1 < messages:
            after(INTERVAL, create, number + 1)

    create(0)
    env.run()
    return sum(known) / messages


def heapq_loop(messages: int, loss: float = LOSS) -> float:
    """A bare loop over Python's heap, with no simulator."""
    rng = random.Random(1)
    known = bytearray(messages)
    heap: list[tuple[float, int, int, int, int]] = [(0.0, 0, 0, 0, 0)]
    serial = count(1)
    create, receive, learn, time_out = range(4)
    while heap:
        now, _, kind, number, place = heappop(heap)
        if kind == create and number + 1 < messages:
            heappush(heap, (now + INTERVAL, next(serial), create, number + 1, 0))
        if kind == learn:
            known[number] = 1
        elif kind == receive:
            if rng.random() >= loss:
                later = now + rng.expovariate(1 / MEAN)
                heappush(heap, (later, next(serial), learn, number, place))
        elif kind == create or (not known[number] and place + 1 < len(TIMEOUTS)):
            place += kind == time_out
            if rng.random() >= loss:
                later = now + rng.expovariate(1 / MEAN)
                heappush(heap, (later, next(serial), receive, number, place))
            heappush(heap, (now + TIMEOUTS[place], next(serial), time_out, number, place))
    return sum(known) / messages


C_SOURCE = r"""
#include <math.h>
#include <stdint.h>
static uint64_t s[2] = {0x9E3779B97F4A7C15u, 0xD1B54A32D192ED03u};
static inline double draw(void) { /* xorshift128+, S. Vigna, 2014 */
    uint64_t x = s[0], y = s[1]; s[0] = y; x ^= x << 23;
    s[1] = x ^ y ^ (x >> 17) ^ (y >> 26); return ((s[1] + y) >> 11) * 0x1p-53;
}
double w1(long n, double loss, double mean) {
    static const double timeouts[4] = {0.2, 0.4, 0.8, 1.6};
    long acknowledged = 0;
    for (long m = 0; m < n; m++) {
        double sent = 0, known = INFINITY;
        for (int k = 0; k < 4; k++) {
            if (draw() >= loss) {
                double there = sent - mean * log1p(-draw());
                if (draw() >= loss) {
                    double back = there - mean * log1p(-draw());
                    if (back < known) known = back;
                }
            }
            sent += timeouts[k];
            if (known <= sent) { acknowledged++; break; }
        }
    }
    return (double) acknowledged / n;
}
"""


def c_loop() -> Callable[..., float] | None:
    """Compile a loop over messages in C; None where there is no compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        return None
    folder = Path(tempfile.mkdtemp())
    (folder / "w1.c").write_text(C_SOURCE)
    command = [compiler, "-O3", "-march=native", "-shared", "-fPIC", "-o", "w1.so", "w1.c", "-lm"]
    subprocess.run(command, cwd=folder, check=True)
    loop = ctypes.CDLL(str(folder / "w1.so")).w1
    loop.restype = ctypes.c_double
    loop.argtypes = [ctypes.c_long, ctypes.c_double, ctypes.c_double]
    shutil.rmtree(folder)
    return lambda messages, loss: loop(messages, loss, MEAN)


def mm1_processes(customers: int, load: float = 0.8) -> float:
    """M/M/1 in plain SimPy: a process a customer. Returns the mean wait times the service rate."""
    env, rng = simpy.Environment(), random.Random(1)
    server = simpy.Resource(env, capacity=1)
    waited = 0.0

    def customer():
        nonlocal waited
        came = env.now
        with server.request() as turn:
            yield turn
            waited += env.now - came
            yield env.timeout(rng.expovariate(1.0))

    def source():
        for _ in range(customers):
            yield env.timeout(rng.expovariate(load))
            env.process(customer())

    env.process(source())
    env.run()
    return waited / customers


def mm1_callbacks(customers: int, load: float = 0.8) -> float:
    """M/M/1 in plain SimPy by callbacks on timeouts alone."""
    env, rng = simpy.Environment(), random.Random(1)
    queue: deque[float] = deque()
    waited, left, busy = 0.0, customers, False

    def begin(came):
        nonlocal waited
        waited += env.now - came
        env.timeout(rng.expovariate(1.0)).callbacks.append(end)

    def come(_):
        nonlocal left, busy
        left -= 1
        if left:
            env.timeout(rng.expovariate(load)).callbacks.append(come)
        if busy:
            queue.append(env.now)
        else:
            busy = True
            begin(env.now)

    def end(_):
        nonlocal busy
        if queue:
            begin(queue.popleft())
        else:
            busy = False

    env.timeout(rng.expovariate(load)).callbacks.append(come)
    env.run()
    return waited / customers


def simpy_broker(messages: int, loss: float = LOSS) -> float:
    """The legs of a brokered message in plain SimPy, as in `simpy_processes`.

    A message is sent until its confirm comes; each copy that arrives is delivered until its
    acknowledgement comes. Returns the share of messages that were handled.
    """
    env, draws = simpy.Environment(), random.Random(1)
    handled = bytearray(messages)

    def copy(arrive):
        yield env.timeout(draws.expovariate(1 / MEAN))
        arrive()

    def leg(timeouts, take):
        known = env.event()

        def learn():
            if not known.triggered:
                known.succeed()

        def receive():
            take()
            if draws.random() >= loss:
                env.process(copy(learn))

        for timeout in timeouts:
            if draws.random() >= loss:
                env.process(copy(receive))
            yield known | env.timeout(timeout)
            if known.triggered:
                return

    def message(number):
        def handle():
            handled[number] = 1

        def deliver():
            env.process(leg((VISIBILITY,) * DELIVERIES, handle))

        return leg(TIMEOUTS, deliver)

    def source():
        for number in range(messages):
            env.process(message(number))
            yield env.timeout(INTERVAL)

    env.process(source())
    env.run()
    return sum(handled) / messages
