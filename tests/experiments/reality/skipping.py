"""Skipping: a test of what is not installed here says so, and is skipped."""

from contextlib import contextmanager

import pytest

from experiments.reality.options import NotInstalled


@contextmanager
def skipped_where_not_installed():
    """Skip the test where a program or library that it needs is not here."""
    try:
        yield
    except NotInstalled as missing:
        pytest.skip(str(missing))
