"""`pigeon link`: a log becomes a link that runs, a picture, and a line for tc."""

import numpy as np
import pytest

from experiments.cli.program import main
from experiments.reality.netem import netem
from simulator import Constant, Empirical, GilbertElliott, Link, Scenario


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def run(*arguments, status=0):
        with pytest.raises(SystemExit) as end:
            main(["link", *arguments])
        said = capsys.readouterr()
        assert end.value.code == status, said.err
        return said.err if status else said.out

    return run


def write_log(file, seconds):
    """Write what Linux's ping prints of round trips; None is a loss."""
    lines = ["PING ::1 (::1) 56 data bytes"]
    lines += [
        f"64 bytes from ::1: icmp_seq={number} ttl=64 time={1e3 * time:.3f} ms"
        for number, time in enumerate(seconds, 1)
        if time is not None
    ]
    received = len(lines) - 1
    lines += ["", f"{len(seconds)} packets transmitted, {received} received, 9% packet loss, time"]
    file.write_text("\n".join(lines), encoding="utf-8")


def test_a_log_becomes_a_link_with_its_mean_and_loss_and_the_fit_is_drawn(run, tmp_path):
    rng = np.random.default_rng(5)
    seconds = [round(0.01 + time, 6) for time in rng.exponential(0.005, 1_000)]
    seconds = [
        None if u < 0.1 else time for u, time in zip(rng.random(1_000), seconds, strict=True)
    ]
    write_log(tmp_path / "ping.log", seconds)
    answered = [time for time in seconds if time is not None]
    said = run("ping.log", "--out", "link.toml", "--figure", "fit.svg", "--dev", "wlan0")
    link = Scenario.from_toml((tmp_path / "link.toml").read_text(encoding="utf-8")).link
    assert isinstance(link.delay, Empirical)
    assert link.delay.mean == pytest.approx(np.mean(answered) / 2)
    assert isinstance(link.loss, float)
    assert 1 - (1 - link.loss) ** 2 == pytest.approx(1 - len(answered) / 1_000)
    assert said.startswith(f"1,000 probes: {len(answered)} answered, {1_000 - len(answered)} lost")
    assert "Losses look independent" in said
    assert f"tc qdisc add dev wlan0 root netem {' '.join(netem(link))}\n" in said
    for name in ("fit.svg", "fit.dark.svg"):
        drawing = (tmp_path / name).read_text(encoding="utf-8")
        assert 'role="img"' in drawing
        assert f"1,000 probes: {len(answered)} answered" in drawing


def test_losses_in_bursts_become_gilbert_elliott_and_all_is_said_in_french_too(run, tmp_path):
    write_log(tmp_path / "ping.log", ([0.02] * 15 + [None] * 5) * 20)
    said = run("ping.log", "--out", "link.toml", "--figure", "fit.png", "--lang", "fr")
    link = Scenario.from_toml((tmp_path / "link.toml").read_text(encoding="utf-8")).link
    assert isinstance(link.loss, GilbertElliott)
    assert "Les pertes viennent par rafales\N{NO-BREAK SPACE}: 20," in said
    assert "netem tire les délais d'une loi normale" in said
    assert (tmp_path / "fit.png").read_bytes().startswith(b"\x89PNG")


def test_a_log_without_losses_is_drawn_too(run, tmp_path):
    write_log(tmp_path / "ping.log", [0.02, 0.02, 0.02])
    assert "Nothing was lost" in run("ping.log", "--figure", "fit.svg")
    assert "samples = [0.01, 0.01, 0.01]\n" in run("ping.log")


def test_a_scenario_becomes_a_command_line_for_each_end(run, tmp_path):
    there, back = Link(delay=Constant(0.05), loss=0.2), Link(delay=Constant(0.01))
    file = tmp_path / "story.toml"
    file.write_text(Scenario(link=there).to_toml(), encoding="utf-8")
    line = "tc qdisc add dev eth0 root netem delay 50ms loss random 20% limit 100000"
    assert run("story.toml").splitlines() == [
        "On each end (netem loses and delays what leaves):",
        line,
    ]
    file.write_text(Scenario(link=there, return_link=back).to_toml(), encoding="utf-8")
    sender, receiver = run("story.toml").splitlines()[1::2]
    assert sender == line
    assert receiver == "tc qdisc add dev eth0 root netem delay 10ms limit 100000"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["ping.log", "--out", "link.json"], "--out ending"),
        (["ping.log", "--figure", "fit.pdf"], "--figure ending"),
        (["ping.log", "--figure", "nowhere/fit.svg"], "no folder nowhere"),
        (["story.toml", "--out", "link.toml"], "--out and --figure must be left out"),
        (["nothing.log"], "nothing.log"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(run, tmp_path, arguments, error):
    write_log(tmp_path / "ping.log", [0.01, 0.02])
    (tmp_path / "story.toml").write_text(Scenario().to_toml(), encoding="utf-8")
    said = run(*arguments, status=2)
    assert said.startswith("pigeon: error: ")
    assert error in said
    assert said.count("\n") == 1
    assert {file.name for file in tmp_path.iterdir()} == {"ping.log", "story.toml"}
