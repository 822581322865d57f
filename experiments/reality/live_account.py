"""What is said of a live run: how many fates are the same, and how late the machine was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from experiments.reality.live_numbers import Beside
from experiments.reality.wording import texts
from simulator.languages.numbers import numbers

MANY: Final = 20
"""Messages that are named; of more, the first."""

NOTABLE: Final = 0.05
"""The share of the simulated latency, or of all messages, from which the machine is warned of."""


def account_of(beside: Beside, language: str) -> Iterator[str]:
    """Yield what is said below the table, a line each."""
    text, fates = texts(language), beside.fates
    close = int((fates.too_close & ~fates.mislaid).sum())
    too_close = text("live", _counted("close", close)).format(count=numbers(language).count(close))
    yield text("live", "apart").join((same_fate(beside, language), too_close))
    ties = int((fates.slack_ns == 0).sum())
    if ties:
        yield text("live", _counted("ties", ties)).format(count=numbers(language).count(ties))
    yield from _those("different", fates.different, language)
    mislaid = [int(number) for number in np.flatnonzero(fates.mislaid)]
    yield from _those("mislaid", mislaid, language)
    yield lateness(beside, language)
    yield from _warnings(beside, language)


def same_fate(beside: Beside, language: str) -> str:
    """Say how many messages met the same fate."""
    text, count = texts(language), numbers(language).count
    same, judged = beside.fates.same, beside.fates.judged
    return text("live", _counted("same", judged)).format(same=count(same), judged=count(judged))


def lateness(beside: Beside, language: str) -> str:
    """Say how late the machine was: the median, the 99th percentile, the most."""
    late = np.quantile(beside.late_ms, (0.5, 0.99, 1.0))
    shown = dict(zip(("median", "p99", "most"), (_ms(one, language) for one in late), strict=True))
    return texts(language)("live", "late").format(**shown)


def _warnings(beside: Beside, language: str) -> Iterator[str]:
    """Warn where the machine rather than the network explains what is seen."""
    text, written = texts(language), numbers(language)
    fates, longer = beside.fates, beside.longer_ms
    if not len(longer):
        return
    arrived = ~np.isnan(longer)
    if arrived.any():
        gap = float(longer[arrived].mean())
        usual_ns = beside.prediction.ledger.kept("delivered_after")[arrived].mean()
        if gap > NOTABLE * usual_ns / 1e6:
            yield text("live", "slow").format(gap=_ms(gap, language))
    close = float((fates.too_close & (fates.slack_ns > 0)).mean())  # ties are the scenario's own
    if close > NOTABLE:
        share = written.share(written.significant(100 * close))
        yield text("live", "busy").format(share=share)


def _those(key: str, messages: Sequence[int], language: str) -> Iterator[str]:
    """Name messages, if there are any."""
    if not messages:
        return
    text, count = texts(language), numbers(language).count
    names = text("live", "next").join(map(count, messages[:MANY]))
    if len(messages) > MANY:
        names = text("live", "more").format(names=names, count=count(len(messages) - MANY))
    yield text("live", _counted(key, len(messages))).format(names=names)


def _counted(key: str, count: int) -> str:
    return key + {0: "_none", 1: "_one"}.get(count, "")


def _ms(value: float, language: str) -> str:
    written = numbers(language)
    return written.quantity(written.significant(value), "ms")
