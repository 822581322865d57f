"""What a receiver remembers: which messages, for how long, with which replies."""

from types import SimpleNamespace
from typing import Any

import pytest

from simulator import IdempotencyKeys
from simulator.clock import to_ns
from simulator.policies import SeenMessages


class Watch:
    """A clock that the test sets, in seconds."""

    def __init__(self, now=0.0):
        self.now = now

    def __call__(self):
        return to_ns(self.now)


def test_a_full_memory_forgets_the_oldest():
    seen = SeenMessages(window=2)
    for name in "abc":
        seen.remember(name, name.upper())
    assert ("a" in seen, "b" in seen, "c" in seen) == (False, True, True)
    assert seen.reply_to("c") == "C"
    assert len(seen) == 2


def test_a_memory_without_bounds_keeps_all_and_says_how_many_it_held_at_most():
    seen = SeenMessages()
    assert (seen.most, len(seen), "a" in seen) == (0, 0, False)
    for name in "abc":
        seen.remember(name)
    seen.forget("a")
    seen.forget("a")  # a second time changes nothing
    assert (seen.most, len(seen)) == (3, 2)
    assert ["a" in seen, "b" in seen, "c" in seen] == [False, True, True]


def test_a_message_remembered_again_is_the_newest_and_takes_no_more_room():
    seen = SeenMessages(window=2)
    for name in "abb":
        seen.remember(name)
    assert ["a" in seen, "b" in seen] == [True, True]
    for name in "ac":
        seen.remember(name)
    assert ["a" in seen, "b" in seen, "c" in seen] == [True, False, True]
    assert seen.most == 2


@pytest.mark.parametrize(("now", "known"), [(7.999999999, True), (8.0, False), (9.0, False)])
def test_a_message_is_forgotten_at_the_very_age_given(now, known):
    """It was seen at 5 s, and is remembered for 3 s."""
    watch = Watch(5.0)
    seen = SeenMessages(max_age=3.0, clock=watch)
    seen.remember("a")
    watch.now = now
    assert ("a" in seen) is known
    assert len(seen) == known


def test_of_several_messages_those_that_are_too_old_are_forgotten():
    watch = Watch()
    seen = SeenMessages(max_age=3.0, clock=watch)
    for second, name in enumerate("abcd"):
        watch.now = float(second)
        seen.remember(name)
    watch.now = 4.5
    assert "c" in seen
    assert len(seen) == 2


def test_a_memory_keeps_what_is_worth_keeping_by_its_reply():
    seen = SeenMessages()
    for number, name in enumerate("abc"):
        seen.remember(name, number)
    seen.keep(lambda reply: reply != 1)
    assert ["a" in seen, "b" in seen, "c" in seen] == [True, False, True]
    assert seen.reply_to("c") == 2


def test_the_key_of_a_request_is_its_identifier_or_what_the_function_returns():
    message: Any = SimpleNamespace(id="client-3", data={"order": 17})
    assert IdempotencyKeys().key_of(message) == "client-3"
    assert IdempotencyKeys(key=lambda message: message.data["order"]).key_of(message) == 17


def test_a_key_that_cannot_be_looked_up_is_refused():
    keys = IdempotencyKeys(key=lambda message: message.data)
    allowed = 'a function that returns a hashable value, such as message.data["id"] (a text)'
    message: Any = SimpleNamespace(data=[1, 2])
    with pytest.raises(ValueError, match="hashable") as error:
        keys.key_of(message)
    assert str(error.value) == f"IdempotencyKeys.key must be {allowed}, got [1, 2]"
