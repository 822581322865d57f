"""What is told in words stands in the table beside the numbers."""

import pytest

from experiments.cli.commands.measure import command
from experiments.reality.catalogue import MEASUREMENTS
from experiments.reality.comparison import Comparison, Line, Words


@pytest.mark.parametrize(("language", "word"), [("en", "processed"), ("fr", "traité")])
@pytest.mark.parametrize("spread", [None, 0.5])
def test_words_of_the_texts_are_translated_and_names_of_errors_are_not(language, word, spread):
    lines: list[Line | Words] = [
        Words(name="restarted", measured="processed", simulated="TimedOut"),
        Line(name="handlings_of_it", measured=2, simulated=2, spread=spread),
    ]
    table = Comparison(title="http_failures", lines=lines).table(language)
    _, heads, told, number = table.splitlines()
    assert told.split()[-2:] == [word, "TimedOut"]
    simulated = heads.split()[1]
    assert len(told) == heads.index(simulated) + len(simulated)  # one under the other
    assert number.split()[1:4] == ["2", "2", "0"]


def test_the_help_names_every_measurement():
    told = {line.split()[0] for line in (command.help or "").splitlines() if line.strip()}
    assert told >= set(MEASUREMENTS)
