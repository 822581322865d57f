"""`pigeon worlds` says how many worlds there are, what holds in them, and how likely they are."""

import pytest

from experiments.cli.program import main
from simulator import AtLeastOnce, Constant, ExactlyOnce, Link, Periodic, Retry, Scenario, worlds

LINK = Link(delay=Constant(0.05), loss=0.5)
ONE = Scenario(link=LINK, guarantee=AtLeastOnce(retry=Retry(max_attempts=3)), messages=1)
BROKEN = Scenario(
    link=LINK,
    guarantee=ExactlyOnce(window=1, retry=Retry(max_attempts=2)),
    workload=Periodic(interval=0.01),
    messages=2,
)


@pytest.fixture
def run(tmp_path, capsys):
    def run(scenario, *arguments):
        file = tmp_path / "story.toml"
        file.write_text(scenario.to_toml(), encoding="utf-8")
        with pytest.raises(SystemExit) as end:
            main(["worlds", str(file), *map(str, arguments)])
        assert end.value.code == 0
        return capsys.readouterr().out

    return run


def test_at_least_once_is_proved_and_its_odds_are_exact(run):
    told = run(ONE, "--event", "duplicated", "--event", "lost")
    # Of p − 3p³ + 2p⁴ and p³ at one half.
    assert told == (
        "15 worlds: the promise holds in all of them.\n"
        "\n"
        "Probabilities at loss 0.5, return loss 0.5; below, where all links lose at rate p:\n"
        "a message is handed over twice: 1/4 = 0.25\n"
        "    p − 3p³ + 2p⁴\n"
        "a message is lost: 1/8 = 0.125\n"
        "    p³\n"
    )


def test_rates_are_read_as_they_are_written(run):
    told = run(ONE, "--event", "lost", "--loss", "0.1")
    assert "at loss 0.1, return loss 0.1;" in told
    assert "1/1000 = 0.001" in told
    told = run(ONE, "--event", "gave_up", "--loss", "1/3", "--return-loss", "0")
    assert "the sender gives up: 1/27 ≈ 0.037037037037\n" in told


def test_a_broken_promise_is_told_with_its_shortest_story_in_french(run):
    told = run(BROKEN, "--lang", "fr", "--event", "violated")
    count, violated = worlds(BROKEN).count, worlds(BROKEN).count_of("violated")
    assert f"{count} mondes\u00a0: une promesse est rompue dans {violated} d'entre eux.\n" in told
    assert told.endswith(
        "Le réseau perd l'accusé de réception du message 0.\nUn message est remis deux fois.\n"
    )


def test_bounds_are_those_of_worlds_and_leave_no_odds(run):
    told = run(ONE, "--losses", 1, "--duplicates", 1, "--hold", 0.3, "--holds", 2)
    count = worlds(ONE, losses=1, duplicates=1, hold=0.3, holds=2).count
    assert told.startswith(f"{count} worlds: the promise holds in all of them.\n")
    assert "no probability" in told
    assert "p³" not in told
    told = run(ONE, "--crashes", 1, "--crashes-of", "sender")
    assert "is broken in" in told
    assert "The sender crashes just after" in told


def test_the_page_is_that_of_the_worlds(run, tmp_path):
    out = tmp_path / "worlds.html"
    run(ONE, "--page", out, "--lang", "fr")
    assert out.read_text(encoding="utf-8") == worlds(ONE).page("fr").page


def test_the_numbers_of_a_million_messages_are_written_short(run):
    told = run(ONE.replace("messages", 1_000_000), "--event", "lost", "--loss", "0.001")
    assert told.startswith("15^1,000,000 worlds: the promise holds in all of them.\n")
    # 1 − (1 − 10⁻⁹)^1,000,000 = x − x²/2 + x³/6 …, where x = 10⁻³ + 5 × 10⁻¹³
    assert told.endswith("a message is lost: 0.000999500167125\n")


def test_without_a_file_two_messages_have_three_attempts(capsys):
    with pytest.raises(SystemExit):
        main(["worlds"])
    assert capsys.readouterr().out.startswith("225 worlds: the promise holds in all of them.\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--set", "link.delay=Exponential(mean=0.05)"], "Scenario.link.delay must be constant"),
        (["--set", "link.loss=GilbertElliott"], "link.loss"),
        (
            ["--set", "link.duplicate=0.1", "--event", "lost"],
            "Scenario.link.duplicate must be 0",
        ),
        (["--limit", "10", "--crashes", "1"], "worlds.limit must be more: 10 worlds were seen"),
        (["--crashes", "1", "--loss", "0.1"], "bounds must be left out with --event and rates"),
        (["--loss", "2"], "--loss must be a probability from 0 to 1, got '2'"),
        (["--loss", "1e400"], "--loss must be a probability from 0 to 1, got '1e400'"),
        (["--loss", "1e999999999"], "--loss must be a probability from 0 to 1"),
        (["--loss", "1e-999999999"], "--loss must be a probability from 0 to 1"),
        (["--page", "nowhere/w.html"], "--page: there is no folder nowhere"),
        (["--loss", "nan"], "--loss must be a number such as 0.2 or 1/5, got 'nan'"),
        (["--return-loss", "1/0"], "--return-loss must be a number such as 0.2 or 1/5, got '1/0'"),
        (["--hold", "-1"], "worlds.hold"),
        (["--event", "won"], "--event"),
        (["--page", "worlds.txt"], '--page ending must be one of ".html", ".htm", got \'.txt\''),
        (["--page", "w.html", "--set", "guarantee.retry.max_attempts=10"], "at most 2,000 worlds"),
    ],
)
def test_bad_input_gets_one_line_and_leaves_no_file(arguments, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as end:
        main(["worlds", *arguments])
    assert end.value.code == 2
    told = capsys.readouterr().err
    assert said in told.splitlines()[-1]
    assert "Traceback" not in told
    assert not list(tmp_path.iterdir())
