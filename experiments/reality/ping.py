"""Reading what `ping` printed, or a CSV file of round trips.

Numbered probes (Linux's iputils and BusyBox, macOS, BSD): a number without an answer was lost,
those before the first one seen and after the last too, as far as the header and the statistics say
so. Statistics that count more answers than the file has lines for are refused: the file was cut.
Windows numbers nothing: each line of its block is a probe, and its statistics add nothing.

Words are in the language of the system, so none is looked for: only numbers, units and signs.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from experiments.reality.round_trips import RoundTrips
from simulator.reading import read_column, read_printed
from simulator.validation import number, refuse, shortened

COLUMNS: Final = {"rtt_s": 1.0, "rtt_ms": 1e-3, "round_trip_s": 1.0, "round_trip_ms": 1e-3}
"""Columns of a CSV file that are round trips, and their units in seconds."""

LONGEST: Final = 1_000
"""Characters of the longest line."""
MOST: Final = 10_000_000
"""The most probes: months of them."""
NUMBERS: Final = 1 << 16
"""Numbers of probes have 16 bits, and begin again."""

_NUMBER: Final = re.compile(r"\b(?P<kind>(?:icmp_)?(?:seq|req))[= ](?P<number>[0-9]+)")
_TIME: Final = re.compile(r"(?P<sign>[=<])(?P<time>[0-9]+(?:[.,][0-9]+)?)\s?(?:ms|мс)\b")
_ANSWER: Final = re.compile(r"\b(?:ttl|hlim)=[0-9]", re.IGNORECASE)
_HEADER: Final = re.compile(r"PING6?[ (]")
_STATISTICS: Final = re.compile(
    r"(?P<sent>[0-9]+) [^0-9,]+, (?P<received>[0-9]+) [^0-9,]+,.*%", re.IGNORECASE
)


def read(path: Path) -> RoundTrips:
    """Return the round trips that a file holds.

    Args:
        path: What `ping` printed, or a CSV file with a column of `COLUMNS`, in which a row is a
            probe and an empty value a loss.

    Raises:
        ValueError: If it is neither, or holds fewer than two answers.
    """
    lines = read_printed(path, "log of ping or CSV file").splitlines()
    name = shortened(str(path), 400)
    if not any(map(str.strip, lines)):
        raise ValueError(f"{name} must be what ping printed, got an empty file")
    columns = [column.strip(' "') for column in next(filter(str.strip, lines)).split(",")]
    column = next((column for column in COLUMNS if column in columns), None)
    if column is not None or path.suffix.lower() == ".csv":
        found = _of_csv(path, column)
    else:
        found = _of_log(lines, name)
    if not found.sent:
        allowed = f"what ping printed, or a CSV file with a column {' or '.join(COLUMNS)}"
        raise ValueError(f"{name} must be {allowed}, got neither: no line is about a probe")
    least = 2
    if len(found.answered) < least:
        got = f"{len(found.answered)} of {found.sent} probes"
        raise ValueError(f"{name} must have at least two answered probes, got {got}")
    return found


def _of_csv(path: Path, column: str | None) -> RoundTrips:
    one = column or next(iter(COLUMNS))
    allowed = "a round trip, or nothing for a loss"
    values = read_column(path, one, field="link", allowed=allowed, empty=math.nan)
    return RoundTrips(seconds=np.array(values) * COLUMNS[one])


def _of_log(lines: Sequence[str], name: str) -> RoundTrips:
    places = [f"line {count} of {name}" for count in range(1, len(lines) + 1)]
    for place, line in zip(places, lines, strict=True):
        if len(line) > LONGEST:
            allowed = f"a line of ping, at most {LONGEST:,} characters"
            raise ValueError(f"{place} must be {allowed}, got {len(line):,}")
    if not any(map(_NUMBER.search, lines)):
        return RoundTrips(seconds=np.array(list(_in_order(lines, places)), dtype=np.float64))
    runs = [_Run()]
    for place, line in zip(places, lines, strict=True):
        if _HEADER.match(line):
            runs.append(_Run(has_header=True))
        elif found := _NUMBER.search(line):
            runs[-1].take(found, line, place)
        elif counts := _STATISTICS.match(line):
            runs[-1].check(int(counts["sent"]), int(counts["received"]), place)
    if sum(run.sent for run in runs) > MOST:
        raise ValueError(f"{name} must be about at most {MOST:,} probes, got more")
    return RoundTrips(
        seconds=np.concatenate([run.seconds for run in runs]),
        duplicates=sum(run.duplicates for run in runs),
    )


@dataclass(slots=True)
class _Run:
    """One run of a `ping` that numbers its probes.

    Attributes:
        has_header: Whether its beginning was seen, and so its first probe.
        answers: Seconds of the first answer, by the number of the probe.
        duplicates: Answers beyond the first.
        first: Number of the first probe; None before any is seen.
        last: Number of the last.
    """

    has_header: bool = False
    answers: dict[int, float] = field(default_factory=dict)
    duplicates: int = 0
    first: int | None = None
    last: int = 0

    @property
    def sent(self) -> int:
        return 0 if self.first is None else self.last - self.first + 1

    @property
    def seconds(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        seconds = np.full(self.sent, math.nan)
        for probe, time in self.answers.items():
            seconds[probe - (self.first or 0)] = time
        return seconds

    def take(self, found: re.Match[str], line: str, place: str) -> None:
        """Take a line about a numbered probe: an answer, or word that there is none (yet)."""
        probe = int(found["number"]) % NUMBERS
        if self.first is None:
            begins = 0 if found["kind"] == "seq" else 1  # BusyBox counts from 0, and so does macOS,
            self.first = min(probe, begins) if self.has_header else probe  # which names each loss
            self.last = probe
        probe += NUMBERS * round((self.last - probe) / NUMBERS)
        self.first, self.last = min(self.first, probe), max(self.last, probe)
        time = _time_in(line, place)
        if time is None and _ANSWER.search(line):
            refuse(place, line, "an answer with its time (ping needs a payload of 16 bytes)")
        if time is None:
            return
        if probe in self.answers:
            self.duplicates += 1
        self.answers.setdefault(probe, time)

    def check(self, sent: int, received: int, place: str) -> None:
        """Take the statistics: those sent last may have been lost, without a line."""
        if received > len(self.answers):
            got = f"{received} received, with lines for {len(self.answers)}"
            raise ValueError(f"{place} must agree with the lines above, got {got}: was it cut?")
        if self.first is not None:
            self.last = max(self.last, self.first + min(sent, MOST + 1) - 1)


def _in_order(lines: Sequence[str], places: Sequence[str]) -> Iterator[float]:
    """Go through the probes of Windows's ping: the lines of the blocks that have answers, in order.

    A block begins with a line that ends with a colon, and ends with an empty line; the lines of the
    statistics are indented.
    """
    block: list[float] = []
    is_one = False
    for place, line in zip([*places, ""], [*lines, ""], strict=True):
        if not line.strip():
            yield from block if is_one else ()
            block, is_one = [], False
        elif line.rstrip().endswith(":"):
            is_one = True
        elif not line[0].isspace():
            time = _time_in(line, place)
            is_one = is_one or time is not None
            block.append(math.nan if time is None else time)


def _time_in(line: str, place: str) -> float | None:
    """Return the time in a line in seconds; half of it where it is only known to be less."""
    found = _TIME.search(line)
    if found is None:
        return None
    time = number(place, float(found["time"].replace(",", ".")), low=0, allowed="a time in ms")
    return time / 1e3 / (2 if found["sign"] == "<" else 1)
