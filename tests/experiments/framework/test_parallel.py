"""Tasks are shared; a worker that dies is replaced, and a task that fails twice is told of."""

import pytest

from experiments.framework.parallel import Failure, Workers
from tests.experiments.chores import dies_always, dies_once, fails_always, fails_once, square

ALL = [Workers(jobs=1), Workers(jobs=2), Workers(jobs=2, backend="dask")]
PROCESSES = ALL[1:]


def ids(workers):
    return f"{workers.backend}-{workers.jobs}"


def results(workers, work, folder):
    if workers.backend == "dask":
        pytest.importorskip("distributed")
    return dict(workers.share(work, [(number, str(folder)) for number in range(12)]))


SQUARES = {number: number**2 for number in range(12)}


@pytest.mark.parametrize("workers", ALL, ids=ids)
@pytest.mark.parametrize("work", [square, fails_once])
def test_every_task_is_done_though_one_fails_once(workers, work, tmp_path):
    assert results(workers, work, tmp_path) == SQUARES


@pytest.mark.parametrize("workers", ALL, ids=ids)
def test_a_task_that_fails_twice_is_told_of_and_the_others_go_on(workers, tmp_path):
    found = results(workers, fails_always, tmp_path)
    assert found.pop(3) == Failure("MemoryError: never")
    assert found == {number: square for number, square in SQUARES.items() if number != 3}


@pytest.mark.parametrize("workers", PROCESSES, ids=ids)
def test_a_worker_that_dies_is_replaced_and_its_task_done_again(workers, tmp_path):
    assert results(workers, dies_once, tmp_path) == SQUARES


def test_a_task_that_kills_its_worker_twice_is_told_of_and_the_others_go_on(tmp_path):
    found = results(Workers(jobs=2), dies_always, tmp_path)
    assert isinstance(found.pop(3), Failure)
    assert found == {number: square for number, square in SQUARES.items() if number != 3}


def test_no_task_is_no_work():
    assert list(Workers(jobs=2).share(square, [])) == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"jobs": 0}, "--jobs"),
        ({"backend": "threads"}, "--backend"),
        ({"address": "tcp://here:1"}, "--address"),
    ],
)
def test_bad_workers_are_refused_by_name(fields, said):
    with pytest.raises(ValueError, match=said):
        Workers(**fields)


def test_a_cluster_that_does_not_answer_is_refused_by_its_address():
    pytest.importorskip("distributed")
    workers = Workers(jobs=1, backend="dask", address="tcp://127.0.0.1:9")
    with pytest.raises(ValueError, match="--address must be that of a Dask scheduler"):
        list(workers.share(square, [(1, "")]))
