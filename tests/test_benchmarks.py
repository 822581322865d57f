"""The benchmarks compare what does the same work, and what they found is published."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from benchmarks import __main__ as command
from benchmarks import by_hand, contenders, growth, reference, report
from benchmarks import uses as of_people
from simulator import Exponential, simulate, theory

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("loss", [0.0, 0.1, 0.3])
def test_all_do_the_same_work(loss):
    messages = 6_000
    share = 1 - (1 - (1 - loss) ** 2) ** 4  # but for answers later than a timeout: few
    error = 4 * (share * (1 - share) / messages) ** 0.5 + 0.002
    for name, (work, _) in contenders.of_w1(loss, with_peers=False).items():
        assert work(messages) == pytest.approx(share, abs=error), name


def test_all_serve_the_same_customers():
    expected = theory.mmc(0.5, 1.0, 1).wait
    ours = contenders.pigeon_mm1, by_hand.mm1
    for work in (reference.mm1_processes, reference.mm1_callbacks, *ours):
        assert work(40_000, load=0.5) == pytest.approx(expected, rel=0.1)


def test_through_a_broker_as_much_arrives_by_either_means():
    messages, loss = 3_000, 0.4
    published = 1 - loss**4  # by one copy at least, of four
    share = published * (1 - loss**4)  # and if once, delivered likewise
    for work in (reference.simpy_broker, by_hand.broker):
        handled = work(messages, loss=loss)
        assert share < handled < published, work  # some are published twice, and delivered better


def test_a_network_built_by_hand_is_the_scenario():
    net, _ = by_hand.w1_network(500, 0.1)
    assert net.links == simulate(contenders.w1(500).replace("seed", 1), trace=True).links


def test_what_a_network_takes_of_memory_is_measured():
    table = by_hand.measure_memory(300)
    assert table["bytes"].between(50, 20_000).all()
    assert table["asked"].tolist() == [by_hand.KEPT, by_hand.IN_FLIGHT]


def test_networks_built_by_hand_are_measured_alone_and_the_others_are_kept(capsys, tmp_path):
    columns = command.PARTS["engines"]
    known = pd.DataFrame([("mm1", "Ciw", 1.0, 2.0), ("mm1", "pigeon_by_hand", 3.0, 4.0)])
    (tmp_path / "engines.csv").write_text(known.to_csv(index=False, header=columns))
    options = ["--only", "by-hand", "--quick", "--out", str(tmp_path)]
    command.main(options, standalone_mode=False)
    rows = command.earlier("engines", tmp_path).set_index(["work", "contender"])["ratio"]
    assert rows["mm1", "Ciw"] == 2.0
    assert rows["mm1", "pigeon_by_hand"] != 4.0
    assert set(rows.loc["w1_10"].index) == {"simpy_processes", *contenders.BY_HAND}
    assert set(rows.loc["broker"].index) == {"simpy_processes", "pigeon_by_hand"}
    assert "kept by a network after W1" in capsys.readouterr().out


def test_turns_are_taken_and_who_is_not_there_is_left_out(capsys):
    def absent(_):
        raise ImportError("No module named 'elsewhere'")

    who = {"simpy_processes": (lambda n: n, 2_000), "elsewhere": (absent, 2_000)}
    table = command.take_turns("w1_10", who, rounds=3, share=1.0)
    assert table["contender"].tolist() == ["simpy_processes"]
    assert table["ratio"].tolist() == [1.0]
    assert "skipped: elsewhere" in capsys.readouterr().err


def test_what_was_found_is_written_whole(tmp_path):
    engines = pd.DataFrame(
        [("w1_10", "simpy_processes", 50_000.0, 1.0), ("w1_10", "pigeon_ledger", 1e7, 200.0)],
        columns=command.PARTS["engines"],
    )
    tables = {part: command.earlier(part, tmp_path) for part in command.PARTS}
    report.write(tmp_path, {**tables, "engines": engines})
    assert command.earlier("engines", tmp_path).to_numpy().tolist() == engines.to_numpy().tolist()
    assert command.earlier("uses", tmp_path).empty
    assert command.earlier("player", tmp_path).empty
    assert "Pigeon, vectorized, ledger | 10,000,000 | 200" in (tmp_path / "README.md").read_text()
    assert "Pigeon, vectorisé, registre" in (tmp_path / "engines.fr.svg").read_text()


def test_where_there_is_no_browser_the_player_is_left_out(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("PIGEON_CHROMIUM", str(tmp_path / "nowhere"))
    command.main(["--only", "player", "--quick"], standalone_mode=False)
    said = capsys.readouterr()
    assert "skipped: the player (no Chromium" in said.err
    assert "## The player" in said.out


def test_growth_and_traces_are_measured():
    table = growth.grow([2_000], rounds=1)
    assert table["peak_mib"].between(20, 2_000).all()
    events, size_of_each = growth.trace_bytes(300)
    assert events > 900
    assert 0 < size_of_each < 1_000


def test_what_a_person_waits_for_is_measured():
    middle, longest = of_people.slider(200, moves=3)
    assert 0 < middle <= longest
    assert of_people.one_scenario(1, 1_000) > 0


def test_contenders_draw_the_delay_of_the_reference():
    assert contenders.w1(5).link.delay == Exponential(mean=reference.MEAN)


@pytest.mark.slow
def test_a_package_of_a_peer_called_tests_does_not_hide_ours(tmp_path):
    (tmp_path / "peers" / "tests").mkdir(parents=True)
    (tmp_path / "peers" / "tests" / "__init__.py").touch()
    options = ("--only", "views", "--quick", "--peers", tmp_path / "peers", "--out", tmp_path)
    subprocess.run((sys.executable, "-m", "benchmarks", *options), cwd=ROOT, check=True)
    assert (tmp_path / "views.csv").exists()
