"""A measurement takes the options that change something, and refuses the others."""

import pytest

from experiments.reality import catalogue
from experiments.reality.catalogue import MEASUREMENTS, TAKES, measure
from experiments.reality.options import Options


def test_each_measurement_says_what_it_takes():
    assert set(TAKES) == set(MEASUREMENTS)


@pytest.mark.parametrize("name", MEASUREMENTS)
@pytest.mark.parametrize("option", ["messages", "seed"])
def test_an_option_that_changes_nothing_is_refused(name, option, monkeypatch):
    taken = []

    class Module:
        @staticmethod
        def measure(options):
            taken.append(getattr(options, option))
            return []

    monkeypatch.setattr(catalogue, "import_module", lambda _: Module)
    given = Options(**{option: 7})
    if option in TAKES[name]:
        measure(name, given)
        assert taken == [7]
    else:
        told = f"^--{option} must be left out: {name} has nothing that it could change, got 7$"
        with pytest.raises(ValueError, match=told):
            measure(name, given)
        assert not taken


def test_a_queue_is_killed_while_a_task_is_in_hand():
    with pytest.raises(ValueError, match="--messages must be a whole number at least 2, got 1"):
        measure("queue", Options(messages=1))
