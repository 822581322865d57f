"""Bad input gets one line that names the field, the value and what is allowed; nothing is written.

More bad parameters are in `tests/simulator/test_scenario.py`.
"""

import math
import subprocess
import sys
from importlib.util import find_spec

import pytest

from experiments import catalogue
from experiments.cli.program import main
from experiments.cli.settings import with_settings
from simulator import (
    At,
    AtLeastOnce,
    Bernoulli,
    Bursts,
    Constant,
    ConstantBackoff,
    DecorrelatedJitter,
    Empirical,
    ExactlyOnce,
    Exponential,
    ExponentialBackoff,
    GilbertElliott,
    LinearBackoff,
    Link,
    LogNormal,
    Network,
    Normal,
    Outages,
    Pareto,
    Periodic,
    Poisson,
    Retry,
    Scenario,
    Scripted,
    Uniform,
    Weibull,
    simulate,
)

NAN, INF = math.nan, math.inf
NEEDS_DASK = pytest.mark.skipif(find_spec("distributed") is None, reason="needs the extra dask")


class Backwards:
    """A student's own delay, gone wrong."""

    def quantile(self, u):
        return u - 1


BAD_VALUES = [
    (lambda: Constant(-0.1), "Constant.seconds", "at least 0", "-0.1"),
    (lambda: Constant(NAN), "Constant.seconds", "finite", "nan"),
    (lambda: Constant("fast"), "Constant.seconds", "number", "'fast'"),
    (lambda: Constant(seconds=True), "Constant.seconds", "number", "True"),
    (lambda: Uniform(low=0.2, high=0.1), "Uniform.high", "at least 0.2", "0.1"),
    (lambda: Exponential(mean=0), "Exponential.mean", "above 0", "0"),
    (lambda: Exponential(mean=INF), "Exponential.mean", "finite", "inf"),
    (lambda: Exponential(mean=1, minimum=-1), "Exponential.minimum", "at least 0", "-1"),
    (lambda: Normal(mean=-1, std=1), "Normal.mean", "at least 0", "-1"),
    (lambda: Normal(mean=1, std=0), "Normal.std", "above 0", "0"),
    (lambda: LogNormal(mean=0, std=1), "LogNormal.mean", "above 0", "0"),
    (lambda: Pareto(mean=1, shape=1), "Pareto.shape", "above 1", "1"),
    (lambda: Weibull(mean=1, shape=0.01), "Weibull.shape", "at least 0.1", "0.01"),
    (lambda: Empirical(samples=[]), "Empirical.samples", "at least one", "[]"),
    (lambda: Empirical(samples=[0.1, -1]), "Empirical.samples", "at least 0", "-1"),
    (lambda: Bernoulli(rate=1.1), "Bernoulli.rate", "probability", "1.1"),
    (lambda: GilbertElliott(p=0, r=0), "GilbertElliott.p + r", "above 0", "0.0"),
    (lambda: GilbertElliott(p=-1, r=0), "GilbertElliott.p", "probability", "-1"),
    (lambda: GilbertElliott.from_rate(rate=0.5, burst=1), "burst", "at least 1/(1-rate)", "1"),
    (lambda: GilbertElliott.from_rate(rate=1, burst=5), "rate", "below 1", "1"),
    (lambda: Scripted(lost=[(0, 0)]), "Scripted.lost attempt", "at least 1", "0"),
    (lambda: Scripted(lost=[3]), "Scripted.lost", "pairs", "[3]"),  # type: ignore[list-item]  # bad
    (lambda: Outages(windows=[(2, 1)]), "Outages.windows end", "above 2", "1"),
    (lambda: Link(loss=1.5), "Link.loss", "probability", "1.5"),
    (lambda: Link(loss="lots"), "Link.loss", "a loss model", "'lots'"),
    (lambda: Link(duplicate=-0.1), "Link.duplicate", "probability", "-0.1"),
    (lambda: Link(delay=0.05), "Link.delay", "Constant(0.05)", "0.05"),
    (lambda: Link(delay=Constant), "Link.delay", "a delay", "Constant"),
    (lambda: Link(delay=Backwards()), "Link.delay.quantile", "at least 0", "-1.0"),
    (lambda: Periodic(interval=0), "Periodic.interval", "above 0", "0"),
    (lambda: Periodic(interval=1, size_bytes=-1), "Periodic.size_bytes", "at least 0", "-1"),
    (lambda: Poisson(rate=-1), "Poisson.rate", "above 0", "-1"),
    (lambda: Bursts(size=0, every=1), "Bursts.size", "at least 1", "0"),
    (lambda: At(times=[1.0, 0.5]), "At.times", "rising", "0.5"),
    (lambda: Retry(timeout=0), "Retry.timeout", "above 0", "0"),
    (lambda: Retry(timeout_factor=0.5), "Retry.timeout_factor", "at least 1", "0.5"),
    (lambda: Retry(max_attempts=0), "Retry.max_attempts", "None for ever", "0"),
    (lambda: Retry(max_attempts=2.5), "Retry.max_attempts", "whole", "2.5"),
    (lambda: Retry(deadline=0), "Retry.deadline", "above 0", "0"),
    (lambda: Retry(backoff=0.1), "Retry.backoff", "a backoff", "0.1"),
    (lambda: ConstantBackoff(-1), "ConstantBackoff.pause", "at least 0", "-1"),
    (lambda: LinearBackoff(step=NAN), "LinearBackoff.step", "finite", "nan"),
    (lambda: ExponentialBackoff(base=1, factor=0.9), "ExponentialBackoff.factor", "1", "0.9"),
    (lambda: ExponentialBackoff(base=1, jitter="some"), "jitter", '"full"', "'some'"),
    (lambda: ExponentialBackoff(base=1, cap=-1), "ExponentialBackoff.cap", "no cap", "-1"),
    (lambda: DecorrelatedJitter(base=2, cap=1), "DecorrelatedJitter.cap", "at least 2", "1"),
    (lambda: AtLeastOnce(retry=3), "AtLeastOnce.retry", "a Retry", "3"),
    (lambda: AtLeastOnce(acknowledge="never"), "acknowledge", '"before"', "'never'"),
    (lambda: ExactlyOnce(window=0), "ExactlyOnce.window", "at least 1", "0"),
    (lambda: Scenario(messages=0), "Scenario.messages", "at least 1", "0"),
    (lambda: Scenario(horizon=-1), "Scenario.horizon", "above 0", "-1"),
    (lambda: Scenario(seed=-1), "Scenario.seed", "at least 0", "-1"),
    (lambda: Scenario(guarantee=AtLeastOnce), "Scenario.guarantee", "AtLeastOnce()", "AtLeastOnce"),
    (lambda: Network(seed=0.5), "Network.seed", "whole", "0.5"),
    (lambda: Network(replication=2**32), "replication", "at most 4294967295", "4294967296"),
    (lambda: simulate(Scenario(messages=3)).timeline(3), "timeline.message", "at most 2", "3"),
    (lambda: Network().node(""), "Network.node.name", "a name", "''"),
]


@pytest.mark.parametrize(("make", "field", "allowed", "got"), BAD_VALUES)
def test_a_bad_value_is_refused_where_it_is_made(make, field, allowed, got):
    with pytest.raises(ValueError, match=r"^[^\n]*$") as caught:
        make()
    said = str(caught.value)
    before, _, after = said.partition(", got ")
    assert field in before
    assert allowed in before
    assert after.startswith(got) or got in after


BAD_COMMANDS = [
    (["run"], ["names", "--all"]),
    (["run", "delivery"], ["experiment", "delivery_guarantees", "'delivery'"]),
    (["run", "delivery_guarantee"], ["did you mean delivery_guarantees?"]),
    (["show", "nothing"], ["experiment", "bursty_loss", "'nothing'"]),
    (["fly"], ["fly"]),
    (["run", "timeouts", "--set", "link.los=0.1"], ["axis", "link.loss", "'link.los'"]),
    (["run", "delivery_guarantees", "--set", "link.loss"], ["AXIS=VALUES", "'link.loss'"]),
    (["run", "delivery_guarantees", "--set", "link.loss=0.05,0.75,0.1"], ["link.loss", "rise"]),
    (["run", "delivery_guarantees", "--set", "link.loss=0.5:0:0.1"], ["link.loss", "rises"]),
    (["run", "delivery_guarantees", "--set", "link.loss=0:0.5:0"], ["step above 0", "0:0.5:0"]),
    (["run", "delivery_guarantees", "--set", "link.loss=0:0.5:0.3"], ["a whole number of steps"]),
    (["run", "delivery_guarantees", "--set", "link.loss=0:0.5"], ["start:stop:step", "'0:0.5'"]),
    (["run", "delivery_guarantees", "--set", "link.loss=much"], ["numbers", "'much'"]),
    (["run", "delivery_guarantees", "--set", "link.loss=0:nan:1"], ["numbers", "'0:nan:1'"]),
    (["run", "delivery_guarantees", "--set", "link.loss=0.5,1.5"], ["Link.loss", "1.5"]),
    (["run", "delivery_guarantees", "--set", "guarantee=twice"], ["at_most_once", "'twice'"]),
    (["run", "timeouts", "--set", "guarantee.retry.timeout=0.7"], ["0.5", "'0.7'"]),
    (["run", "two_generals", "--set", "stages=2.5"], ["stages", "whole numbers", "2.5"]),
    (["run", "timeouts", "--jobs", "0"], ["--jobs", "0", "x>=1"]),
    (["run", "timeouts", "--jobs", "two"], ["--jobs", "two", "integer"]),
    (["run", "timeouts", "--seed", "-1"], ["--seed", "-1", "x>=0"]),
    (["run", "timeouts", "--messages", "0"], ["--messages", "0", "x>=1"]),
    (["run", "timeouts", "--replications", "0"], ["--replications", "0", "x>=1"]),
    (["run", "timeouts", "--lang", "de"], ["--lang", "de", "en", "fr"]),
    (["run", "timeouts", "--fast"], ["--fast"]),
    (["run", "delivery_guarantees", "--set", "link.loss=0:1e30:1e-30"], ["at most 10,000 points"]),
    (["run", "delivery_guarantees", "--messages", str(10**12)], ["Scenario.messages", "32 TB"]),
    (["run", "delivery_guarantees", "--messages", str(10**30)], ["messages", str(2**63 - 1)]),
    # What is nested too deeply for Python 3.11 is only no literal for 3.13.
    (["simulate", "--set", f"idempotent={'-' * 3_000}1"], ["idempotent", "a value as in Python"]),
    (["simulate", "--set", f"idempotent={'(' * 3_000}"], ["idempotent", "parentheses"]),
    (["simulate", "--set", f"seed={'Link(loss=' * 90}1"], ["seed", "got 'Link(loss=Link("]),
    (["simulate", "--set", "seed=1or 2"], ["seed", "'1or 2'"]),
    (["simulate", "--set", "seed=a\0b"], ["seed", "null bytes"]),
    (["simulate", "--messages", str(10**18)], ["messages", "TB"]),
    (["simulate", "--messages", str(10**12), "--set", "link.ordered=True"], ["messages", "176 TB"]),
    (["play", "--messages", "1000000"], ["--messages", "100000 things are drawn"]),
    (["diagram", "--messages", "1000000"], ["--messages", "400 things are drawn", "--between"]),
    (
        ["diagram", "--messages", "1000000", "--message", "1000000"],
        ["diagram.messages", "0 to 999999"],
    ),
]


@pytest.mark.parametrize(("arguments", "said"), BAD_COMMANDS)
def test_a_bad_command_says_so_in_one_line_and_writes_nothing(arguments, said, tmp_path, capsys):
    if arguments[0] == "run":
        arguments = [*arguments, "--quick", "--results", str(tmp_path)]
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert captured.err.startswith("pigeon: error: ")
    for words in said:
        assert words in captured.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("value", ["x" * 5_000, "x " * 2_500])
@pytest.mark.parametrize(
    "command",
    [
        "{}",
        "--{}",
        "show {}",
        "run {}",
        "run timeouts --jobs {}",
        "run timeouts --lang {}",
        "run delivery_guarantees --set {}",
        "run delivery_guarantees --set {}=1",
        "run delivery_guarantees --set link.loss={}",
        "run delivery_guarantees --set guarantee={}",
        "simulate {}",
        "simulate --set {}",
        "simulate --set {}=1",
        "simulate --set seed={}",
        "simulate --set seed='{}'",
        pytest.param("simulate --backend dask --address {}", marks=NEEDS_DASK),
        "minimize {}",
        "minimize deduplication_window --out {}",
        "diagram --out {}.svg",
        "play --out {}.html",
        "stories --out {}",
        "figures --all --results {}",
    ],
)
def test_what_is_very_long_is_not_repeated_whole(command, value, capsys):
    with pytest.raises(SystemExit) as ended:
        main([word.format(value) for word in command.split()])
    assert ended.value.code == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("pigeon: error: ")
    assert len(said) < 600
    assert "x x x" in said or "xxx" in said


@pytest.mark.parametrize(
    ("arguments", "stopped_at", "said"),
    [
        (["run", "timeouts"], "experiments.framework.runner.run", "goes on where this one was"),
        (
            ["simulate"],
            "experiments.framework.large.simulate_large",
            "nothing is left half-written",
        ),
    ],
)
def test_only_a_run_says_that_it_goes_on_after_control_c(
    arguments, stopped_at, said, tmp_path, monkeypatch, capsys
):
    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(stopped_at, stopped)
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 130
    assert said in capsys.readouterr().err.splitlines()[-1]


def test_where_nothing_can_be_written_one_line_names_the_place_and_the_reason(tmp_path, capsys):
    (tmp_path / "file").write_text("in the way")
    out = tmp_path / "file" / "stories"
    with pytest.raises(SystemExit) as ended:
        main(["stories", "--out", str(out)])
    assert ended.value.code == 2
    assert capsys.readouterr().err == f"pigeon: error: {out}: Not a directory\n"


def free_axes():
    """Return experiments and their axes that take any numbers."""
    for name in catalogue.names():
        for axis, keys in catalogue.load(name).sweep.items():
            if all(isinstance(key, int | float) and key == keys[key] for key in keys):
                yield name, axis


@pytest.mark.parametrize("value", ["-1", "nan", "inf"])
@pytest.mark.parametrize(("name", "axis"), [*free_axes()])
def test_a_bad_value_of_an_axis_is_refused_before_anything_is_run(name, axis, value):
    with pytest.raises(ValueError, match=rf"{axis.split('.')[-1]} must be .*, got '?{value}"):
        with_settings(catalogue.load(name), [f"{axis}={value}"]).cells()


def fails(arguments):
    """Run the command as a program; return what it says on standard error."""
    done = subprocess.run(
        [sys.executable, "-m", "experiments", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_results_folder_that_cannot_be_written_is_refused_before_anything_is_computed(tmp_path):
    (tmp_path / "file").write_text("in the way")
    folder = tmp_path / "file" / "results"
    said = fails(["run", "timeouts", "--quick", "--results", str(folder)])
    assert said.count("\n") == 1
    assert f"--results must be a writable folder, got '{folder}'" in said


def test_a_store_that_is_not_one_is_refused_and_left_alone(tmp_path):
    (tmp_path / ".cells.sqlite").write_bytes(b"not a database" * 100)
    said = fails(["run", "timeouts", "--quick", "--results", str(tmp_path)])
    assert "must be a SQLite file made by pigeon" in said
    assert "delete it" in said
    assert [path.name for path in tmp_path.iterdir()] == [".cells.sqlite"]
