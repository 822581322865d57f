"""One idempotency key, two payloads: answered from memory, or refused."""

from dataclasses import dataclass

import numpy as np
import pytest

from simulator import (
    AtLeastOnce,
    AtMostOnce,
    CallFailed,
    Constant,
    ExactlyOnce,
    IdempotencyKeys,
    Link,
    Network,
    Refused,
    Retry,
)

ONCE = AtLeastOnce(retry=Retry(timeout=9.0, max_attempts=1))


@dataclass(frozen=True)
class Order:
    key: str
    items: object


class Item:
    """A thing that is equal to itself alone, but may be written out."""

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return f"Item({self.name!r})"


@dataclass(eq=False)
class Unequal:
    """A payload that is copied, equals nothing else, and cannot be written out."""

    call: object


class Shop:
    def __init__(self, other_payload, *, takes=0.0, link=None, **keys):
        self.net = Network(seed=1)
        self.client, self.server = self.net.node("client"), self.net.node("server")
        self.net.connect(self.client, self.server, link or Link(delay=Constant(0.01)))
        self.handled = []
        remembered = IdempotencyKeys(
            key=lambda message: message.data.key, other_payload=other_payload, **keys
        )

        @self.server.on("order", keys=remembered)
        def order(message):
            self.handled.append(message.id)
            yield self.server.work(takes)
            return f"order {len(self.handled)}"

    def ask(self, *orders, guarantee=ONCE):
        """Send orders at once; return their replies, or why there is none."""
        calls = [self.client.ask(self.server, "order", o, guarantee=guarantee) for o in orders]
        for call in calls:
            call.defused = True
        self.net.run()
        return [call.value for call in calls]


@pytest.mark.parametrize("takes", [0.0, 0.5])
def test_another_payload_is_refused_or_answered_from_memory(takes):
    first, other = Order("k", ["tea"]), Order("k", ["coffee"])
    assert Shop("answer", takes=takes).ask(first, other) == ["order 1", "order 1"]
    shop = Shop("refuse", takes=takes)
    reply, failure = shop.ask(first, other)
    assert reply == "order 1"
    assert type(failure) is Refused
    assert str(failure) == (
        "server refused client-1: its key came with another payload before, in client-0"
    )
    assert shop.handled == ["client-0"]
    rows = shop.client.rows
    assert [(row.handovers, row.effects) for row in rows] == [(1, 1), (0, 0)]
    assert shop.server.refused.value == 1
    assert [row.message for row in shop.net.trace if row.event == "refused"] == [1]


@pytest.mark.parametrize(
    "items",
    [["tea"], {"tea": 1}, np.arange(3), {"a": np.arange(3)}, (np.zeros(2), "x"), Item("tea"), None],
    ids=repr,
)
def test_the_same_payload_is_answered_from_memory(items):
    shop = Shop("refuse")
    assert shop.ask(Order("k", items)) == ["order 1"]
    assert shop.ask(Order("k", items)) == ["order 1"]
    assert len(shop.handled) == 1


def test_the_same_written_out_is_the_same_payload():
    shop = Shop("refuse")
    assert shop.ask(Order("k", Item("tea"))) == ["order 1"]
    assert shop.ask(Order("k", Item("tea"))) == ["order 1"]
    assert isinstance(shop.ask(Order("k", Item("coffee")))[0], Refused)


def test_another_copy_of_one_message_is_the_same_whatever_it_carries():
    link = Link(delay=Constant(0.01), duplicate=1.0)
    shop = Shop("refuse", link=link)
    assert shop.ask(Order("k", Unequal(lambda: None))) == ["order 1"]
    assert shop.server.refused.value == 0
    assert isinstance(shop.ask(Order("k", Unequal(lambda: None)))[0], Refused)


def test_what_holds_itself_is_compared_all_the_same():
    def holding_itself():
        items: list[object] = ["tea"]
        items.append(items)
        return items

    shop = Shop("refuse")
    assert shop.ask(Order("k", holding_itself())) == ["order 1"]
    assert shop.ask(Order("k", holding_itself())) == ["order 1"]


@pytest.mark.parametrize("other", [np.arange(4), np.arange(3) + 1, [0, 1, 2], None], ids=repr)
def test_arrays_are_compared_item_by_item(other):
    shop = Shop("refuse")
    shop.ask(Order("k", np.arange(3)))
    assert isinstance(shop.ask(Order("k", other))[0], Refused)


@pytest.mark.parametrize("guarantee", [AtLeastOnce(), ExactlyOnce()], ids=repr)
def test_each_attempt_is_refused_and_none_waits_for_its_timeout(guarantee):
    shop = Shop("refuse")
    shop.ask(Order("k", 1))
    start = shop.net.now
    assert isinstance(shop.ask(Order("k", 2), guarantee=guarantee)[0], Refused)
    assert shop.client.rows[-1].attempts == 3
    assert shop.net.now - start == pytest.approx(0.06)


def test_a_notification_is_refused_without_a_word():
    shop = Shop("refuse")
    shop.ask(Order("k", 1))
    sent = shop.net.links["server→client"].sent
    shop.client.notify(shop.server, "order", Order("k", 2), guarantee=AtMostOnce())
    shop.net.run()
    assert shop.net.links["server→client"].sent == sent
    assert shop.server.refused.value == 1


def test_a_key_that_was_forgotten_may_come_with_anything():
    shop = Shop("refuse", window=1)
    assert shop.ask(Order("k", 1)) + shop.ask(Order("l", 1)) == ["order 1", "order 2"]
    assert shop.ask(Order("k", 2)) == ["order 3"]


def test_other_values_are_refused():
    with pytest.raises(ValueError, match=r"IdempotencyKeys\.other_payload must be"):
        IdempotencyKeys(other_payload="ignore")  # type: ignore[arg-type]  # that is tested
    assert issubclass(Refused, CallFailed)
