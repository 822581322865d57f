"""A transmitter: where a link has a bandwidth, transmissions wait for their turn."""

from __future__ import annotations

from collections import deque

from simulator.clock import to_ns


class Transmitter:
    """Puts transmissions on the wire, one after the other, at so many bytes a second."""

    def __init__(self, bandwidth: float, buffer: int | None) -> None:
        """Start idle."""
        self._bandwidth = bandwidth
        self._buffer = buffer
        self._waiting: deque[tuple[int, int]] = deque()  # (start of its turn, bytes)
        self._waiting_bytes = 0
        self._free_ns = 0

    def wait(self, now_ns: int, size_bytes: int) -> int | None:
        """Return how long a transmission takes to leave, in nanoseconds; None if it is dropped."""
        while self._waiting and self._waiting[0][0] <= now_ns:
            self._waiting_bytes -= self._waiting.popleft()[1]
        start_ns = max(now_ns, self._free_ns)
        if start_ns > now_ns:
            if self._buffer is not None and self._waiting_bytes + size_bytes > self._buffer:
                return None
            self._waiting.append((start_ns, size_bytes))
            self._waiting_bytes += size_bytes
        self._free_ns = start_ns + to_ns(size_bytes / self._bandwidth)
        return self._free_ns - now_ns
