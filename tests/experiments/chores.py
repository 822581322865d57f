"""Work for workers to do, fail at, or die of. A task is a number and a folder."""

import os
import signal
from pathlib import Path


def first_time(task):
    """Whether this task is done for the first time, told by a file."""
    try:
        (Path(task[1]) / str(task[0])).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def square(task):
    return task[0] ** 2


def fails_once(task):
    if task[0] == 3 and first_time(task):
        raise MemoryError("not now")
    return task[0] ** 2


def fails_always(task):
    if task[0] == 3:
        raise MemoryError("never")
    return task[0] ** 2


def dies_once(task):
    if task[0] == 3 and first_time(task):
        os.kill(os.getpid(), signal.SIGKILL)
    return task[0] ** 2


def dies_always(task):
    if task[0] == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return task[0] ** 2
