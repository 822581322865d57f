"""Scenarios keep their identities, and errors their sentences."""

import pytest

from tests.golden.golden import recorded
from tests.golden.identities import identities, scenarios
from tests.golden.sentences import sentences, together


@pytest.mark.parametrize("name", recorded("identities"))
def test_the_scenarios_of_an_experiment_are_found_by_the_identities_of_its_published_results(name):
    assert identities(name) == recorded("identities")[name]


def test_a_scenario_keeps_its_identity_and_comes_back_from_toml_whatever_it_holds():
    made = scenarios()
    assert [scenario.identity for scenario in made] == recorded("scenarios")
    assert [type(scenario).from_toml(scenario.to_toml()) for scenario in made] == made


def test_every_field_of_every_value_says_of_bad_values_what_it_said():
    assert sentences() == recorded("sentences")


def test_fields_together_and_texts_are_refused_as_they_were():
    assert together() == recorded("together")
