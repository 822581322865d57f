"""Parallel: tasks shared among processes of this machine, or the workers of a Dask cluster.

A worker that dies is replaced, and what it had is done again. A task that fails twice is reported,
and the others go on. Tasks come back as they finish, each with its number.

On joblib, whose backends are processes (loky) and Dask.
"""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing import resource_tracker
from typing import Any, Final, Literal, TypeVar

import click

from experiments.framework.stopping import STOPPING, end_with
from simulator.validation import choice, integer, refuse

Task = TypeVar("Task")
Numbered = Iterable[tuple[int, Any]]
Round = Callable[[Callable[[Any], Any], Numbered], Numbered]
"""Does numbered tasks once each: the work, and the tasks, in; the results as they finish, out."""

BACKENDS: Final = ("processes", "dask")
CHANCES: Final = 2
"""How often a task is tried before it is reported as failed."""


class WorkerDied(Exception):
    """A worker died; what has not come back is to be done again."""


class CellsFailed(click.ClickException):
    """Some runs failed twice."""

    def __init__(self, runs: int) -> None:
        """Tell how many."""
        super().__init__(
            f"{runs} runs failed twice; the others are kept, and the same command tries these again"
        )


@dataclass(frozen=True)
class Failure:
    """What came of a task that failed: why."""

    why: str


@dataclass(frozen=True, kw_only=True)
class Workers:
    """Who does the work.

    Attributes:
        jobs: How many processes; with Dask and no address, how many workers of a cluster made here.
        backend: "processes" of this machine, or "dask".
        address: Of the scheduler of a Dask cluster, such as "tcp://10.0.0.1:8786". None: make one.
    """

    jobs: int = 1
    backend: Literal["processes", "dask"] = "processes"
    address: str | None = None

    def __post_init__(self) -> None:
        """Refuse bad parameters."""
        integer("--jobs", self.jobs, low=1)
        choice("--backend", self.backend, BACKENDS)
        if self.address is not None and self.backend != "dask":
            refuse("--address", self.address, "given together with --backend dask")

    def share(
        self, work: Callable[[Task], Any], tasks: Sequence[Task]
    ) -> Generator[tuple[int, Any], None, None]:
        """Do tasks; give the number of each, and its result or a `Failure`, as it finishes."""
        if self.backend == "dask":
            with _dask(self.jobs, self.address) as do:
                yield from _until_done(do, work, tasks, in_flight=len(tasks))
        elif self.jobs == 1 or len(tasks) <= 1:
            yield from _until_done(_one_by_one, work, tasks, in_flight=1)
        else:
            do = _processes(self.jobs)
            yield from _until_done(do, work, tasks, in_flight=2 * self.jobs)


def _until_done(
    do: Round, work: Callable[[Any], Any], tasks: Sequence[Any], *, in_flight: int
) -> Iterator[tuple[int, Any]]:
    """Go round after round, until each task is done, or has failed as often as it may.

    Args:
        do: Does tasks once.
        work: What to do with each.
        tasks: The tasks.
        in_flight: How many a pool has at a time, the first that are not done: when a worker dies,
            each of these is done alone, so that only the one that kills its worker fails.
    """
    pending = dict(enumerate(tasks))
    failures = Counter[int]()

    def settle(number: int, result: Any) -> bool:
        failures[number] += isinstance(result, Failure)
        if isinstance(result, Failure) and failures[number] < CHANCES:
            return False
        del pending[number]
        return True

    while pending:
        try:
            for number, result in do(work, list(pending.items())):
                if settle(number, result):
                    yield number, result
        except WorkerDied:
            for number in list(pending)[:in_flight]:
                while number in pending:
                    result = _alone(do, work, number, pending[number])
                    if settle(number, result):
                        yield number, result


def _alone(do: Round, work: Callable[[Any], Any], number: int, task: Any) -> Any:
    try:
        ((_, result),) = do(work, [(number, task)])
    except WorkerDied as death:
        return Failure(str(death))
    return result


def _one_by_one(work: Callable[[Any], Any], tasks: Numbered) -> Numbered:
    return (_attempt(work, number, task) for number, task in tasks)


def _attempt(work: Callable[[Any], Any], number: int, task: Any) -> tuple[int, Any]:
    try:
        return number, work(task)
    except Exception as error:  # noqa: BLE001 - whatever it was, the other tasks go on
        return number, Failure(f"{type(error).__name__}: {error}")


def _processes(jobs: int) -> Round:
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415 - see below

    from joblib import Parallel, delayed  # noqa: PLC0415 - only where there is work to share
    from joblib.externals.loky.backend import resource_tracker as tracker  # noqa: PLC0415 - too

    def do(work: Callable[[Any], Any], tasks: Numbered) -> Numbered:
        with STOPPING.held(), _quiet_trackers():
            for each in (resource_tracker, tracker):
                each.ensure_running()  # now: when it has started, it lets signals through
        parallel = Parallel(
            n_jobs=jobs,
            return_as="generator_unordered",
            batch_size=1,
            initializer=end_with,
            initargs=(os.getpid(),),
        )
        try:
            yield from _shared(parallel, (delayed(_attempt)(work, *task) for task in tasks))
        except BrokenProcessPool:
            raise WorkerDied("its process died (killed, or out of memory)") from None

    return do


@contextmanager
def _quiet_trackers() -> Iterator[None]:
    """Let the trackers of shared resources that start now not warn of what a stop has cleared."""
    before = os.environ.get("PYTHONWARNINGS", "")
    os.environ["PYTHONWARNINGS"] = ",".join(
        filter(None, [before, "ignore:resource_tracker:UserWarning"])
    )
    try:
        yield
    finally:
        os.environ["PYTHONWARNINGS"] = before


def _shared(parallel: Any, calls: Iterable[Any]) -> Numbered:
    """Give the results of calls as they come; if nobody waits for the rest, end the workers."""
    results: Any = None
    try:
        with STOPPING.held():
            results = parallel(calls)
        for result in results:  # noqa: UP028 - `yield from` would close it, and let it warn
            yield result
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # that there were more results to come
            if results is not None:
                results.close()


@contextmanager
def _dask(jobs: int, address: str | None) -> Iterator[Round]:
    try:
        import distributed  # noqa: PLC0415 - an extra
    except ImportError:
        refuse("--backend", "dask", "processes, or Dask installed: pip install 'pigeon-sim[dask]'")
    from joblib import Parallel, delayed, parallel_config  # noqa: PLC0415 - only where it is needed

    def do(work: Callable[[Any], Any], tasks: Numbered) -> Numbered:
        parallel = Parallel(return_as="generator_unordered", batch_size=1)
        try:
            yield from _shared(parallel, (delayed(_attempt)(work, *task) for task in tasks))
        except distributed.KilledWorker as death:
            raise WorkerDied("its worker died (killed, or out of memory)") from death

    with ExitStack() as opened:
        with STOPPING.held():
            resource_tracker.ensure_running()  # as above
        with STOPPING.held():
            opened.enter_context(_client(distributed, jobs, address, opened))
        opened.enter_context(parallel_config("dask"))
        yield do


def _client(distributed: Any, jobs: int, address: str | None, opened: ExitStack) -> Any:
    """Return a client of the cluster at an address, or of one that is made here."""
    where: Any = address
    if address is None:
        where = opened.enter_context(
            distributed.LocalCluster(
                n_workers=jobs,
                threads_per_worker=1,
                dashboard_address=":0",
                silence_logs="ERROR",
            )
        )
    try:
        return distributed.Client(where, timeout=10)
    except OSError as error:
        refuse("--address", address, f"that of a Dask scheduler that answers ({error})")
