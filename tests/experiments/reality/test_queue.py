"""The chapter's queue, run: what it loses is what Pigeon says."""

import pytest

from experiments.cli.program import main
from experiments.reality.options import Options
from experiments.reality.queue_killed import LATE, SOON, failing, in_pigeon, killed, measure


def counts(**numbers):
    return {f"tasks_{name}": number for name, number in numbers.items()}


def test_a_queue_that_is_killed_keeps_nothing_of_what_was_in_hand():
    tasks = [{"work": work} for work in (SOON, LATE, LATE, SOON, LATE)]
    assert killed(tasks) == {
        "tasks_published": 5,
        "tasks_begun": 5,
        "tasks_complete": 2,
        "tasks_lost": 3,
    }


def test_a_handler_that_raises_loses_its_message():
    tasks = [{"work": SOON, "fails": fails} for fails in (True, False, True, False)]
    expected = counts(published=4, begun=4, complete=2, lost=2)
    assert failing(tasks) == expected
    assert in_pigeon(tasks) == expected


def test_pigeon_says_the_same():
    tables = measure(Options())
    assert [table.title for table in tables] == ["queue_killed", "queue_failing"]
    for table in tables:
        assert all(line.measured == line.simulated for line in table.lines), table
    lost = [line.measured for table in tables for line in table.lines if line.name == "tasks_lost"]
    assert lost == [10, 5]


def test_one_command_shows_both_tables(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["measure", "queue", "--messages", "7", "--lang", "fr"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert [line.split()[-3:] for line in shown.splitlines() if "perdues" in line] == [
        ["3", "3", "0"],
        ["1", "1", "0"],
    ]
