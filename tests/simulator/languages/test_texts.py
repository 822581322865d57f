"""Both languages say the same things, and what is not there is told by name."""

import re

import pytest

from simulator.languages import LANGUAGES
from simulator.languages.texts import Texts, texts

PLACES = re.compile(r"{\w*}").findall


def test_both_languages_have_the_same_texts_with_the_same_places():
    english, french = (texts(language)._sections for language in LANGUAGES)
    assert set(english) == set(french)
    for section, said in english.items():
        # The promises are in English where they are made: simulator.policies.Promise.
        assert set(said) == {key for key in french[section] if section != "verdict" or key in said}
        for key, text in said.items():
            assert sorted(PLACES(text)) == sorted(PLACES(french[section][key])), key


def test_a_text_that_is_not_there_is_told_by_its_file_section_and_key():
    with pytest.raises(ValueError, match=r"languages/fr.toml has no 'speed' in \[fr.verdict\]"):
        texts("fr")("verdict", "speed")
    assert texts("fr")("verdict", "speed", "vite") == "vite"


def test_texts_stand_under_others_that_come_first():
    below = Texts("en", {"values": {"a": "A", "b": "B"}}, "below.toml")
    both = below.under({"values": {"b": "my own"}, "axes": {"x": "X"}}, "mine.toml")
    assert [both("values", "a"), both("values", "b"), both("axes", "x")] == ["A", "my own", "X"]
    with pytest.raises(ValueError, match=r"mine\.toml has no 'c'"):
        both("values", "c")
