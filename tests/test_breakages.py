"""The list of breakages is about the guarantees as they are written: `make test-breakages`."""

import ast
from pathlib import Path

import pytest

from tests.list_of_breakages import BREAKAGES

ROOT = Path(__file__).parents[1]
GUARANTEES = (
    "BestEffort",
    "AtMostOnce",
    "AtLeastOnce",
    "ExactlyOnce",
    "Handshake",
    "StoreAndForward",
)


@pytest.mark.parametrize("breakage", BREAKAGES, ids=str)
def test_a_breakage_changes_the_program_of_its_guarantee(breakage):
    text = (ROOT / breakage.file).read_text()
    assert ast.dump(ast.parse(breakage.applied_to(text))) != ast.dump(ast.parse(text))


def test_both_parts_of_each_guarantee_are_broken_in_two_ways_or_more():
    parts = [(one.guarantee, one.method) for one in BREAKAGES]
    assert set(parts) == {(name, part) for name in GUARANTEES for part in ("send", "receive")}
    assert min(parts.count(part) for part in parts) >= 2
