"""What stands above a run that is played."""

from dataclasses import dataclass

import pytest

from simulator import AtMostOnce, BestEffort, ExactlyOnce, Link, Scenario, Scripted, simulate
from simulator.titles import titles_of

SPACE = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Mine(BestEffort):
    """A student's own guarantee."""


@pytest.mark.parametrize(
    ("scenario", "english", "french"),
    [
        (
            Scenario(link=Link(loss=0.3)),
            "At least once · 30% loss",
            f"Au moins une fois · 30{SPACE}% de pertes",
        ),
        (
            Scenario(guarantee=ExactlyOnce(), link=Link(loss=0.125), return_link=Link()),
            "Exactly once · 12.5% loss · none on the way back",
            f"Exactement une fois · 12,5{SPACE}% de pertes · aucune au retour",
        ),
        (
            Scenario(guarantee=AtMostOnce(), return_link=Link(loss=0.1)),
            "At most once · no loss · 10% on the way back",
            f"Au plus une fois · aucune perte · 10{SPACE}% au retour",
        ),
        (Scenario(guarantee=Mine(), link=Link(loss=Scripted(lost={(0, 1)}))), "Mine", "Mine"),
    ],
)
def test_a_title_names_the_guarantee_and_the_losses(scenario, english, french):
    assert titles_of(scenario) == {"en": english, "fr": french}


def test_simulate_gives_it_to_the_trace():
    trace = simulate(Scenario(messages=1), trace=True).trace
    assert trace.titles["en"] == trace.of(0).titles["en"] == "At least once · no loss"
