"""The simulator answers as it did when the fingerprints were written."""

import pytest

from tests.oracle.comparing import fingerprint
from tests.oracle.programs import program
from tests.oracle.running import read_golden

CHUNKS = 4
ADVICE = """the outcomes of these programs are not what they were: {programs}.
What differs, a checkout without the change tells (git worktree add ../before main):
    python -m tests.oracle --against ../before
If it is meant, say so in CHANGELOG.md, and write the fingerprints anew:
    python -m tests.oracle --record"""


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_every_program_has_the_outcome_that_it_had(chunk):
    golden = dict(list(read_golden().items())[chunk::CHUNKS])
    different = [
        f"{seed} ({program(seed).kind})"
        for seed, mark in golden.items()
        if fingerprint(program(seed).run().facts) != mark
    ]
    if different:
        pytest.fail(ADVICE.format(programs=", ".join(different)), pytrace=False)


def test_four_hundred_programs_are_held():
    assert list(read_golden()) == list(range(400))
