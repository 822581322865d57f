"""Whatever a command line says, it is done, or refused in one line with exit status 2.

`PIGEON_FUZZ=100000 make test PYTEST_FLAGS=tests/fuzz` tries 500 of them.
"""

import contextlib
import io
import warnings

import pytest

from experiments.cli.program import main
from tests.fuzz.generator import MANY, TEXTS, TooLong, number, patience, rng_of, shown_number, text
from tests.fuzz.test_values import scraps

COMMANDS = min(MANY // 200, 2_000) or 40
PLACES = [
    "link.loss", "link.delay", "link", "return_link", "link.duplicate", "link.ordered", "seed",
    "link.bandwidth", "guarantee",
    "guarantee.retry", "guarantee.retry.timeout", "horizon",
    "guarantee.retry.backoff", "workload", "workload.interval", "idempotent", "adversary", "",
]  # fmt: skip
CLASSES = [
    "Exponential(mean={})", "Constant({})", "LogNormal(mean={}, std={})", "Link(loss={})",
    "Uniform(low={}, high={})", "GilbertElliott(p={}, r={})", "Bernoulli(rate={})",
    "Retry(timeout={})",
    "Poisson(rate={})", "Periodic(interval={})", "At([{}, {}])", "ExactlyOnce(window={})",
    "Script([Lose(message={})])", "Script([Crash(node='sender', at={}, lasts={})])", "NoBackoff",
    "AtMostOnce", "AtLeastOnce(acknowledge={})", "ExponentialBackoff(base={}, factor={})",
    "[{}, {}]",
    "None", "True", "-{}", "{}+{}", "(({}", "{{{}: {}}}", "lambda: {}", "__import__('os')", "{}",
]  # fmt: skip
FITTING = [
    "link.loss={}", "link.delay=Exponential(mean={})", "link.delay=Uniform(low={}, high={})",
    "link=Link(bandwidth={})", "guarantee=ExactlyOnce", "guarantee=Handshake", "horizon={}",
    "guarantee.retry.timeout={}", "guarantee.retry.backoff=ConstantBackoff({})", "seed=3",
    "workload=Poisson(rate={})", "workload=At([0, {}])", "link.duplicate={}", "idempotent=True",
    "link.loss=GilbertElliott(p={}, r={})", "adversary=Script([Hold(message=0, seconds={})])",
]  # fmt: skip
"""Settings that are allowed, with ordinary numbers."""
WORDS = {
    "simulate": ["--set", "--set", "--set", "--messages", "--seed", "--jobs", "FILE", "--address"],
    "diagram": [
        "--set",
        "--messages",
        "--seed",
        "--message",
        "--between",
        "--lang",
        "--out",
        "--theme",
    ],
    "play": ["--set", "--messages", "--message", "--between", "--lang", "--out", "FILE"],
    "minimize": ["--seed", "--lang", "--search", "FILE", "WORD", "--list"],
    "run": ["--set", "--seed", "--lang", "--address", "WORD", "--results"],
    "figures": ["WORD", "--all", "--lang", "--results"],
    "show": ["WORD", "WORD"],
    "kit": ["--lang", "--out", "--force"],
    "list": ["WORD", "--all"],
    "stories": ["--lang", "WORD"],
}
"""The commands, and what may follow them. What takes long by right is left out."""


def small(rng):
    """Return a number of messages that takes no time, or is refused."""
    return rng.choice(
        ["1", "3", "20", "0", "-1", "1e3", "1_0", str(10**20), "9" * 5_000, text(rng)]
    )


def figure(rng):
    """Return a number as a command line has it, an ordinary one as often as not."""
    ordinary = rng.choice(["0.05", "0.1", "0.3", "1", "2", "7"])
    return ordinary if rng.random() < 0.7 else shown_number(number(rng))


def setting(rng):
    """Return what follows --set: a value that fits its place as often as not."""
    if rng.random() < 0.5:
        return rng.choice(FITTING).format(figure(rng), figure(rng))
    value = rng.choice(CLASSES)
    filled = value.format(*(figure(rng) for _ in range(2)))
    place = rng.choice(PLACES) if rng.random() < 0.9 else text(rng)
    return rng.choice([f"{place}={filled}"] * 8 + [f"{place}={text(rng)}", place, filled, "="])


def option(rng, word, folder):
    """Return an option with a value, right or wrong."""
    file = folder / rng.choice(["a.toml", "b.csv", "missing"])
    values = {
        "--set": setting,
        "--messages": small,
        "--seed": lambda rng: rng.choice(["0", "7", "8", str(2**128), shown_number(number(rng))]),
        "--message": lambda rng: rng.choice(["0", "1", "99", "-1", "x"]),
        "--search": lambda rng: rng.choice(["1", "3", "0", "x"]),
        "--jobs": lambda rng: rng.choice(["1", "1", "1", "0", "x"]),
        "--lang": lambda rng: rng.choice(["en", "fr", "fr", "de"]),
        "--theme": lambda rng: rng.choice(["light", "dark", "pink"]),
        "--out": lambda rng: str(
            folder / rng.choice(["o.mmd", "o.svg", "o.html", "o", "no/o.txt"])
        ),
        "--results": lambda rng: str(folder / rng.choice(["a.toml", "r", "no/r"])),
        "--address": lambda rng: rng.choice(["here", "tcp://:", text(rng)]),
    }
    if word == "FILE":
        return [str(file)]
    if word == "WORD":
        return [rng.choice(["timeouts", "deduplication_window", *TEXTS])]
    if word == "--between":
        return [word, shown_number(number(rng)), shown_number(number(rng))]
    return [word, values[word](rng)] if word in values else [word]


def command_of(rng, folder):
    """Return a command line that takes a moment, whatever it does."""
    name = rng.choice([*WORDS, "simulate", "simulate", "diagram", "play", text(rng)])
    words = [name]
    for word in rng.choices(WORDS.get(name, ["WORD"]), k=rng.randrange(1, 4)):
        words += option(rng, word, folder)
    slow = {"kit", "stories"}
    if name in slow or (name in {"run", "figures", "minimize"} and rng.random() < 0.8):
        words += rng.choice([["--nonsense"], ["--lang"], ["--lang", "x"], ["--seed", "-1"]])
    if name in {"simulate", "diagram", "play"} and "--messages" not in words:
        words += ["--messages", rng.choice(["1", "5"])]
    if name == "run":
        words += ["--quick", "--jobs", "1", "--messages", "2", "--replications", "1"]
    if name == "minimize" and "--messages" not in words:
        words += ["--messages", "5", "--search", "1"]
    return [word.replace("\0", "") for word in words]  # no program is given a zero byte


@pytest.mark.filterwarnings("error")
def test_a_command_line_is_done_or_refused_in_one_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = 0
    for case in range(COMMANDS):
        rng = rng_of(f"command {case}")
        (tmp_path / "a.toml").write_bytes(scraps(rng))
        (tmp_path / "b.csv").write_bytes(scraps(rng))
        words = command_of(rng, tmp_path)
        out, err = io.StringIO(), io.StringIO()
        try:
            with (
                contextlib.redirect_stdout(out),
                contextlib.redirect_stderr(err),
                warnings.catch_warnings(),
                patience(20),
                pytest.raises(SystemExit) as ended,
            ):
                main(words)
        except (Exception, TooLong) as error:  # noqa: BLE001 - whatever it is, it is a fault
            pytest.fail(f"command {case}, {words}: {type(error).__name__}: {error}"[:2_000])
        last = (err.getvalue().splitlines() or [""])[-1]
        told = f"command {case}, {words}: status {ended.value.code}, {err.getvalue()}"[:2_000]
        assert ended.value.code in {0, 2}, told
        assert "Traceback" not in err.getvalue(), told
        assert "Warning" not in err.getvalue(), told
        done += ended.value.code == 0
        if ended.value.code == 2 and words[0]:
            assert last.startswith("pigeon: error: "), told
            assert len(last) < 2_100, told
            assert err.getvalue().count("pigeon: error: ") == 1, told
    assert 0 < done < COMMANDS
