"""The proxy passes packets on, or cuts both sides at one; it leaves nothing behind."""

import socket
import threading
from contextlib import contextmanager

import numpy as np
import pytest

from experiments.reality.mqtt_proxy import CuttingProxy

CONNECT = bytes([0x10, 0])
PUBLISH = bytes([0x32, 9]) + b"\x00\x04news\x00\x01!"
PUBACK = bytes([0x40, 2, 0, 1])
SECONDS = 10.0


@pytest.fixture
def broker():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(SECONDS)
        yield listener


@pytest.fixture
def through(broker):
    """Make a proxy that cuts with a probability, and both ends of a connection through it."""

    @contextmanager
    def make(probability):
        draws = np.random.Generator(np.random.PCG64DXSM(1))
        port = broker.getsockname()[1]
        with (
            CuttingProxy(port, probability=probability, generator=draws) as proxy,
            socket.create_connection(("127.0.0.1", proxy.port), timeout=SECONDS) as client,
            broker.accept()[0] as server,
        ):
            server.settimeout(SECONDS)
            yield proxy, client, server

    return make


def received(side, size):
    whole = b""
    while len(whole) < size:
        part = side.recv(size - len(whole))
        assert part
        whole += part
    return whole


def is_closed(side):
    try:
        return side.recv(1) == b""
    except ConnectionResetError:
        return True


def test_packets_pass_both_ways(through):
    with through(0.0) as (proxy, client, server):
        client.sendall(CONNECT + PUBLISH[:3])
        assert received(server, len(CONNECT)) == CONNECT
        client.sendall(PUBLISH[3:])
        assert received(server, len(PUBLISH)) == PUBLISH
        server.sendall(PUBACK)
        assert received(client, len(PUBACK)) == PUBACK
        assert proxy.drawn == {"PUBLISH": 1, "PUBACK": 1}
        assert proxy.cut == {"PUBLISH": 0, "PUBACK": 0}


def test_a_packet_that_is_cut_does_not_pass_and_closes_both_sides(through):
    with through(1.0) as (proxy, client, server):
        client.sendall(CONNECT + PUBLISH)
        assert received(server, len(CONNECT)) == CONNECT
        assert is_closed(server)
        assert is_closed(client)
        assert proxy.cut == {"PUBLISH": 1}


def test_an_answer_is_cut_too(through):
    with through(1.0) as (proxy, client, server):
        server.sendall(PUBACK)
        assert is_closed(client)
        assert is_closed(server)
        assert proxy.cut == {"PUBACK": 1}


def test_after_a_cut_one_may_connect_again(through, broker):
    with through(1.0) as (proxy, client, _):
        client.sendall(PUBLISH)
        assert is_closed(client)
        with (
            socket.create_connection(("127.0.0.1", proxy.port), timeout=SECONDS) as again,
            broker.accept()[0] as server,
        ):
            again.sendall(CONNECT)
            assert received(server, len(CONNECT)) == CONNECT


def test_a_side_that_closes_takes_the_other_with_it(through):
    with through(0.0) as (_, client, server):
        client.close()
        assert is_closed(server)
    with through(0.0) as (_, client, server):
        server.close()
        assert is_closed(client)


def test_a_client_of_a_broker_that_is_gone_is_closed():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    draws = np.random.Generator(np.random.PCG64DXSM(1))
    with (
        CuttingProxy(port, probability=0.0, generator=draws) as proxy,
        socket.create_connection(("127.0.0.1", proxy.port), timeout=SECONDS) as client,
    ):
        assert is_closed(client)


def test_a_proxy_that_is_left_closes_its_connection_its_port_and_its_thread(through):
    before = threading.active_count()
    with through(0.0) as (proxy, _, _):
        assert threading.active_count() == before + 1
    assert threading.active_count() == before
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", proxy.port))


def test_cuts_come_as_often_as_they_are_to_and_are_the_same_for_a_seed(broker):
    def cuts(seed):
        draws = np.random.Generator(np.random.PCG64DXSM(seed))
        proxy = CuttingProxy(broker.getsockname()[1], probability=0.1, generator=draws)
        with proxy:
            return [proxy._cuts(PUBLISH) for _ in range(10_000)]

    # 4 standard errors of a mean of 10,000: 4 × sqrt(0.1 × 0.9 / 10,000)
    assert sum(cuts(1)) / 10_000 == pytest.approx(0.1, abs=4 * 0.003)
    assert cuts(1) == cuts(1) != cuts(2)
