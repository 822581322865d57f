"""At least once over UDP: a real sender and a real receiver. Python alone, no library.

    python udp.py receive 127.0.0.1 9000 > received.csv
    python udp.py send 127.0.0.1 9000 --messages 500 > sent.csv

The receiver acknowledges each copy, and ends after some silence. Both write seconds of one clock,
the machine's: run them on one, in two network namespaces if you like.
"""

import argparse
import heapq
import select
import socket
import struct
import time

DATA = struct.Struct("!II")  # which message, which attempt
SILENCE = 3.0
"""Seconds without a copy after which a receiver that has received something ends."""


def receive(sock, address):
    """Write a line for each copy, and send it back: that is its acknowledgement."""
    sock.bind(address)
    print("message,attempt,received_s", flush=True)
    while True:
        try:
            copy, sender = sock.recvfrom(DATA.size)
        except TimeoutError:
            return
        sock.settimeout(SILENCE)
        message, attempt = DATA.unpack(copy)
        print(message, attempt, time.monotonic(), sep=",")
        sock.sendto(copy, sender)


def send(sock, address, *, messages, interval, timeout, attempts):
    """Send each message until it is acknowledged, or so many times."""
    sock.connect(address)
    start = time.monotonic()
    agenda = [(start + number * interval, number, 1) for number in range(messages)]  # a heap
    sent, acknowledged, gave_up = [0] * messages, {}, set()
    while agenda:
        due, number, attempt = agenda[0]
        if select.select([sock], [], [], max(due - time.monotonic(), 0))[0]:
            known, _ = DATA.unpack(sock.recv(DATA.size))
            if known not in gave_up:
                acknowledged.setdefault(known, time.monotonic())
            continue  # acknowledgements first, then timers: one that comes in time counts
        heapq.heappop(agenda)
        if number in acknowledged:
            continue
        if attempt > attempts:
            gave_up.add(number)
            continue
        sock.send(DATA.pack(number, attempt))
        sent[number] = attempt
        heapq.heappush(agenda, (due + timeout, number, attempt + 1))
    print("message,created_s,attempts,acknowledged_s")
    for number in range(messages):
        print(
            number, start + number * interval, sent[number], acknowledged.get(number, ""), sep=","
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("role", choices=("receive", "send"))
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("--messages", type=int, default=500)
    parser.add_argument("--interval", type=float, default=0.01, help="seconds between messages")
    parser.add_argument("--timeout", type=float, default=0.2, help="seconds until the next attempt")
    parser.add_argument("--attempts", type=int, default=3, help="at most")
    options = vars(parser.parse_args())
    role, where = options.pop("role"), (options.pop("host"), options.pop("port"))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        receive(udp, where) if role == "receive" else send(udp, where, **options)
