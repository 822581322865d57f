"""A task of a Redis stream that is claimed, and one of a queue that is delivered again, are one."""

from pathlib import Path

import pytest

from experiments.cli.program import main
from experiments.reality import redis_streams
from experiments.reality.options import NotInstalled, Options
from tests.experiments.reality.skipping import skipped_where_not_installed

# Handlings begun and done, and tasks left.
EXPECTED = {
    "early": (2, 2, 0),  # claimed sooner than it is done: done twice
    "late": (1, 1, 0),
    "killed": (2, 1, 0),  # claimed after, and done
}
GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "real_brokers.md"


def test_tasks_are_handled_as_often_as_the_simulation_says_and_the_guide_shows_it():
    with skipped_where_not_installed():
        found = redis_streams.measure(Options())
    for comparison, counts in zip(found, EXPECTED.values(), strict=True):
        assert tuple(line.measured for line in comparison.lines) == counts
        assert tuple(line.simulated for line in comparison.lines) == counts
    tables = "\n\n".join(comparison.table() for comparison in found)
    assert tables in GUIDE.read_text(encoding="utf-8")


def test_a_task_that_nobody_claims_is_left():
    case = redis_streams.Case(name="killed", idle=60.0, claim=0.2, kill=0.1)
    with skipped_where_not_installed(), redis_streams.store() as port:
        assert redis_streams.happened(port, case) == (1, 0, 1)


def test_a_redis_that_is_gone_is_an_error_of_one_line(monkeypatch, capsys):
    def gone(_port, _case):
        with redis_streams._errors_in_one_line():
            redis = pytest.importorskip("redis")
            raise redis.ConnectionError("Error 111 connecting to 127.0.0.1:1. Connection refused.")

    monkeypatch.setattr(redis_streams, "happened", gone)
    with skipped_where_not_installed(), redis_streams.store():
        pass
    with pytest.raises(SystemExit) as end:
        main(["measure", "redis"])
    said = "pigeon: error: Redis: Error 111 connecting to 127.0.0.1:1. Connection refused.\n"
    assert (end.value.code, capsys.readouterr().err) == (2, said)


@pytest.mark.parametrize("missing", ["program", "library"])
def test_where_it_is_not_installed_one_line_says_so(missing, monkeypatch, capsys):
    def nowhere(*_):
        raise NotInstalled('redis is not installed here: pip install "pigeon-sim[brokers]"')

    monkeypatch.setattr(redis_streams, missing, nowhere)
    with pytest.raises(SystemExit) as end:
        main(["measure", "redis"])
    said = 'pigeon: error: redis is not installed here: pip install "pigeon-sim[brokers]"\n'
    assert (end.value.code, capsys.readouterr().err) == (2, said)
