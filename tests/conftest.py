"""What every test shares: how Hypothesis looks for counter-examples, and who runs which test.

Under continuous integration the examples are the same on every run, so that a red run is about the
change and can be repeated. At a desk they are new each time, and the failing ones are remembered.
`--hypothesis-profile=deep` looks much longer. `mutants` is for mutation tests, which run the same
tests a thousand times: fewer examples, and one that fails need not be made small.

With `-n 2 --dist=loadgroup` tests go to whichever process is free, but for those of the files that
share something costly: each such file stays together. (pytest-xdist's own groups do nothing under
pytest 9.2: https://github.com/pytest-dev/pytest-xdist/issues/1386.)
"""

import os
from unittest import mock

import pytest
from hypothesis import HealthCheck, Phase, settings

os.environ["LC_ALL"] = "C.UTF-8"  # what commands print is in the language of the system

settings.register_profile(
    "default",
    deadline=None,  # no test times anything
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("ci", settings.get_profile("default"), derandomize=True, database=None)
settings.register_profile("deep", settings.get_profile("default"), max_examples=2_000)
settings.register_profile(
    "mutants",
    settings.get_profile("ci"),
    max_examples=25,
    phases=(Phase.explicit, Phase.generate),
)
settings.load_profile("ci" if os.environ.get("CI") else "default")

TOGETHER = {
    "tests/experiments/course/test_kit.py",
    "tests/experiments/framework/test_same_bytes.py",
    "tests/simulator/minimization/test_minimize.py",
    "tests/test_wheel.py",
}
"""Files whose tests share what takes long to make."""


REPEATED = {
    "tests/docs/test_code_blocks.py",
    "tests/experiments/framework/test_same_bytes.py",
    "tests/experiments/framework/test_search.py",
    "tests/experiments/labs/test_verdicts.py",
    "tests/simulator/minimization/test_minimize.py",
    "tests/simulator/network/test_queue_waits.py",
    "tests/simulator/test_theory_meets_simulation.py",
    "tests/simulator/worlds/test_bounds.py",
    "tests/test_benchmarks.py",
}
"""Files whose tests go at length through what others reach too."""


def pytest_addoption(parser):
    parser.addoption(
        "--first-cases",
        action="store_true",
        help="run the first case of each test that has several: a sample, and the same each time",
    )


def pytest_collection_modifyitems(config, items):
    """Take a sample, where one is asked for, and say of whom no coverage is measured."""
    if config.getoption("first_cases"):
        firsts = {item.nodeid.partition("[")[0]: item for item in reversed(items)}
        items[:] = [item for item in items if item in firsts.values()]
    if config.pluginmanager.hasplugin("_cov"):  # pytest-cov, where coverage is asked for
        measure_no_repetition(config, items)


def measure_no_repetition(config, items):
    """Measure no coverage of tests that go the same lines over and over: it triples their time.

    These are `REPEATED`, and those with random values. Coverage is that of the others alone.
    """
    assert all((config.rootpath / file).is_file() for file in REPEATED)
    for item in items:
        is_random = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
        if is_random or item.nodeid.partition("::")[0] in REPEATED:
            item.add_marker("no_cover")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Let the processes that such a test starts not measure it either."""
    if item.get_closest_marker("no_cover") is None:
        return (yield)
    with mock.patch.dict(os.environ):
        os.environ.pop("COVERAGE_PROCESS_CONFIG", None)
        return (yield)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    if config.getvalue("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415 - it may not be there

    assert all((config.rootpath / file).is_file() for file in TOGETHER)

    class Together(LoadScopeScheduling):
        """Gives a process a test at a time, or a file whose tests stay together."""

        def _split_scope(self, nodeid):
            file = nodeid.partition("::")[0]
            return file if file in TOGETHER else nodeid

    return Together(config, log)
