"""`pigeon live` runs a scenario over real sockets, and says how it compares with its simulation."""

import dataclasses
import os
import re
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from experiments.cli.commands import live
from experiments.cli.program import main
from experiments.reality.live_account import account_of
from experiments.reality.live_numbers import Beside, beyond_chance, own_draws
from simulator import (
    AtLeastOnce,
    Constant,
    Crash,
    Link,
    Periodic,
    Retry,
    Scenario,
    Script,
    simulate,
)
from simulator.languages.numbers import numbers
from simulator.live import predict
from tests.experiments import drawings
from tests.experiments.interrupted import all_end, processes, wait_until
from tests.simulator.live.double import Double, SlowDouble

STORY = Scenario(
    guarantee=AtLeastOnce(retry=Retry(timeout=0.5)),
    link=Link(delay=Constant(0.05), loss=0.2),
    messages=30,
    seed=4,
)
NO_BREAK = "\N{NO-BREAK SPACE}"


@pytest.fixture
def run(tmp_path, capsys):
    def run(*arguments, status=0, scenario=STORY):
        file = tmp_path / "story.toml"
        file.write_text(scenario.to_toml(), encoding="utf-8")
        with pytest.raises(SystemExit) as end:
            main(["live", str(file), *map(str, arguments)])
        told = capsys.readouterr()
        assert end.value.code == status, told
        return told.out if status < 2 else told.err

    return run


@pytest.fixture
def double(monkeypatch):
    """Let a double of the live engine run what it is given, without sockets; return its calls."""

    def install(make=Double, **change):
        calls = []

        def run(scenario, **asked):
            calls.append((scenario, asked))
            for field, value in change.items():
                scenario = scenario.replace(field, value)
            return make(scenario).run()

        monkeypatch.setattr(live, "run", run)
        return calls

    return install


def found(pattern, told):
    """What the groups of a pattern match, the one place where it does."""
    (groups,) = re.findall(pattern, told)
    return groups


def cells(told, name):
    """The cells of a line of the table."""
    line = next(line for line in told.splitlines() if line.startswith(name + "  "))
    return line.removeprefix(name).split()


def test_real_sockets_and_a_process_that_is_killed_meet_the_simulated_fate(run, tmp_path):
    figure, page = tmp_path / "live.svg", tmp_path / "live.html"
    told = run("--kill", "0.125:0.1", "--figure", figure, "--play", page, "--lang", "fr")
    same, judged = map(int, found(r"(\d+) messages sur (\d+) ont connu le m", told))
    assert same == judged > 0
    script = Script([Crash(node="receiver", at=0.125, lasts=0.1)])
    crashed = simulate(STORY.replace("adversary", script))
    assert cells(told, "tentatives")[1] == str(crashed.ledger["attempts"].sum())
    assert crashed.links["sender→receiver"].dropped  # the crash meets something
    assert cells(told, "acquittés, mais perdus")[1] == "0"
    assert drawings.read(figure).title in told
    assert '"crashed"' in page.read_text(encoding="utf-8")


def test_where_nothing_is_late_all_is_the_same(run, double):
    double()
    ledger = simulate(STORY).ledger
    attempts, arrivals = (str(ledger[name].sum()) for name in ("attempts", "arrivals"))
    told = run("--lang", "fr").replace(NO_BREAK, " ")
    assert cells(told, "tentatives") == [attempts, attempts, "0"]
    assert cells(told, "accusés de réception envoyés") == [arrivals, arrivals, "0"]
    assert cells(told, "latence médiane") == ["50", "ms", "50", "ms", "0", "ms"]
    assert told.startswith("Sur de vraies sockets, et simulé avec les mêmes tirages\n")
    assert told.endswith(
        "\n\n30 messages sur 30 ont connu le même sort ; aucun cas trop serré pour trancher.\n"
        "Retard de la machine : 0 ms (médiane), 0 ms (99e centile), 0 ms au plus.\n"
    )


def test_a_fate_that_differs_is_named_and_is_status_1(run, double):
    double(seed=5)
    simulated, other = (predict(STORY.replace("seed", seed)).ledger for seed in (4, 5))
    different = {*(simulated["attempts"] != other["attempts"]).nonzero()[0]}
    assert 3 < len(different) <= 20
    told = run(status=1)
    shown = [str(ledger["attempts"].sum()) for ledger in (other, simulated)]
    assert cells(told, "attempts")[:2] == shown
    named = found(r"the fates of these messages differ: (.*)\.\n", told)
    assert set(map(int, named.split(", "))) >= different
    assert f"{30 - len(named.split(', '))} of 30 messages met the same fate; none was" in told


def test_a_machine_that_is_late_is_warned_of_and_contradicts_nothing(run, double):
    def late(scenario):
        return SlowDouble(scenario, seed=1, worst_s=0.05)

    double(late)
    told = run("--lang", "fr").replace(NO_BREAK, " ")
    late_ms = late(STORY).run().lateness.late_ns / 1e6
    median, p99 = (numbers("fr").significant(np.quantile(late_ms, part)) for part in (0.5, 0.99))
    assert f"Retard de la machine : {median} ms (médiane), {p99} ms (99e centile), " in told
    close = int(found(r"pour (\d+), c'était trop serré pour trancher", told))
    assert close > 0.05 * STORY.messages
    assert found(r"Attention : pour \d+ % des messages, c'était trop serré", told)
    assert found(r"ont mis en moyenne [^ ]+ ms de plus qu'en simulation ; c'est la", told)


@pytest.mark.parametrize(
    ("mislaid", "said"),
    [
        ({7}, "un datagramme du message 7, qui ne prouve rien."),
        ({3, 7}, "des datagrammes des messages 3, 7, qui ne prouvent rien."),
        (set(range(25)), "des messages 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, "),
        (set(range(25)), "17, 18, 19 et 5 autres, qui ne prouvent rien."),
    ],
)
def test_what_the_machine_lost_itself_is_left_out_and_named(mislaid, said, run, double):
    class Losing(Double):
        def run(self):
            return dataclasses.replace(super().run(), mislaid=frozenset(mislaid))

    double(Losing)
    told = run("--lang", "fr")
    left = STORY.messages - len(mislaid)
    assert f"{left} messages sur {left} ont connu le même sort" in told
    assert said in told


def test_draws_of_its_own_are_compared_with_independent_runs_and_can_be_repeated(run, double):
    calls = double()
    told = run("--draws", "own", "--messages", 200)
    assert told.startswith("Over real sockets, and the mean of 200 simulated runs")
    attempts = [simulate(STORY.replace("messages", 200), replication=k) for k in range(200)]
    mean = sum(outcome.ledger["attempts"].sum() for outcome in attempts) / 200
    measured, simulated, _, z = cells(told, "attempts")
    assert float(simulated) == pytest.approx(mean, abs=0.05)
    assert abs(float(z.replace("\N{MINUS SIGN}", "-"))) <= 4
    assert len(cells(told, "suppressed")) == 3  # it never varies: no z
    assert cells(told, "latency, median") == ["50", "ms", "50", "ms", "0", "ms"]
    seed = int(found(r"--seed (\d+) --draws same repeats it", told))
    assert calls[0][0] == STORY.replace("messages", 200).replace("seed", seed)
    assert seed != STORY.seed
    assert cells(run("--seed", seed, "--messages", 200), "attempts") == [measured, measured, "0"]


def test_what_chance_does_not_explain_is_named_and_is_status_1(run, double, monkeypatch):
    double()

    def simulated(scenario, *, replication):
        return simulate(scenario.replace("link.loss", 0.9), replication=replication)

    monkeypatch.setattr(live, "simulate", simulated)
    told = run("--draws", "own", "--lang", "fr", status=1)
    assert "30 messages sur 30 ont connu le même sort" in told
    assert "Le hasard n'explique pas\N{NO-BREAK SPACE}: tentatives, arrivées, remises" in told


def test_the_engine_is_told_which_port_and_how_long(run, double):
    calls = double()
    slow = STORY.replace("workload", Periodic(interval=2.4))
    run("--port", 4567, "--long", scenario=slow)
    scenario, asked = calls[0]
    assert (scenario, asked["port"], asked["longest"]) == (slow, 4567, None)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["--set", "workload=Periodic(interval=2.4)"],
            "this takes 70 s; to take more than 60 s, add --long",
        ),
        (["--kill", "1"], "--kill must be AT:LASTS in seconds, as in 0.5:0.3, got '1'"),
        (["--kill", "1:0"], "Crash.lasts must be a finite number above 0, got 0.0"),
        (["--play", "story.toml"], '--play ending must be one of ".html", ".htm"'),
        (["--figure", "story.pdf"], '--figure ending must be one of ".svg", ".png"'),
        (["--figure", "nowhere/live.svg"], "--figure: there is no folder nowhere"),
        (["--set", "link.loss=1", "--set", "guarantee.retry.max_attempts=None"], "never end"),
    ],
)
def test_bad_input_gets_one_line_and_starts_nothing(arguments, said, run, double):
    calls = double()
    told = run(*arguments, status=2)
    assert said in told
    assert told.count("\n") == 1
    assert not calls


def test_what_cannot_run_live_is_named_in_one_line(run):
    told = run("--set", "link.loss=GilbertElliott(p=0.1, r=0.1)", status=2)
    assert "copies meet a loss that remembers" in told
    assert told.count("\n") == 1


def start(*arguments):
    """Start it in a session of its own, and wait until its three processes are there."""
    process = subprocess.Popen(
        [sys.executable, "-m", "experiments", "live", "--messages", "500", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )

    def children():
        found = processes(process.pid)
        return sorted(pid for pid, command in found.items() if "simulator.live.child" in command)

    wait_until(lambda: len(children()) == 3 or process.poll() is not None)
    return process, children()


@pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc")
@pytest.mark.parametrize(
    ("whom", "status", "said"),
    [
        (signal.SIGKILL, 1, "the live run's proxy ended before its time: signal 9"),
        (signal.SIGINT, 130, "stopped; nothing is left half-written"),
    ],
)
def test_a_killed_process_and_ctrl_c_end_it_with_one_line_and_leave_no_process(whom, status, said):
    process, children = start()
    time.sleep(0.3)
    if whom == signal.SIGKILL:
        os.kill(children[0], whom)  # the proxy is first
    else:
        process.send_signal(whom)
    _, told = process.communicate(timeout=60)
    assert (process.returncode, told.splitlines()[-1]) == (status, f"pigeon: error: {said}")
    assert "Traceback" not in told
    assert all_end(process.pid), processes(process.pid)


def test_sums_that_the_machine_has_changed_are_not_put_down_to_chance():
    """Every answer comes at the very instant of its timeout."""
    scenario = Scenario(
        guarantee=AtLeastOnce(retry=Retry(timeout=0.1)),
        link=Link(delay=Constant(0.05)),
        messages=40,
    )
    late = SlowDouble(scenario, seed=1, worst_s=0.01).run()
    beside = Beside.of(scenario, late, predict(scenario))
    assert (beside.measured["attempts"] > 1).any()
    others = [simulate(scenario.replace("seed", seed)).ledger for seed in range(5)]
    assert beyond_chance(beside, own_draws(beside, others)) == []
    told = list(account_of(beside, "en"))
    assert told[1].startswith("Of these, 40 are ties of the scenario itself")
