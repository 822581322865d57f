"""A handler that fails answers so: what its caller gets, and what the sender does about it."""

from dataclasses import dataclass

import pytest

from simulator import (
    AdaptiveTimeout,
    AtLeastOnce,
    AtMostOnce,
    BestEffort,
    CallFailed,
    CircuitBreaker,
    CircuitOpen,
    Constant,
    ConstantBackoff,
    Cut,
    ExactlyOnce,
    Failed,
    Handshake,
    IdempotencyKeys,
    Link,
    Network,
    Retry,
    RetryBudget,
    StoreAndForward,
)

ACKNOWLEDGING = [AtLeastOnce(), ExactlyOnce(), Handshake(), StoreAndForward(rest=0.5)]
SENT_ONCE = [BestEffort(), AtMostOnce()]


class OutOfStock(Failed):
    """A student's own failure, whose text is not its argument."""

    def __init__(self, item):
        super().__init__(f"no {item} left")
        self.item = item


class Shop:
    """A client, and a server whose handler fails some number of times before it succeeds."""

    def __init__(self, failures, *, takes=0.0, link=None, **handling):
        self.net = Network(seed=1)
        self.client, self.server = self.net.node("client"), self.net.node("server")
        self.net.connect(self.client, self.server, link or Link(delay=Constant(0.01)))
        self.handled = []
        self.got = []

        def sell(message):
            self.handled.append(self.net.now)
            if len(self.handled) <= failures:
                raise OutOfStock("tea")
            return "sold"

        def sell_slowly(message):
            yield self.server.work(takes)
            return sell(message)

        self.server.on("order", **handling)(sell_slowly if takes else sell)

    def ask(self, **how):
        def customer():
            try:
                self.got.append((yield self.client.ask(self.server, "order", **how)))
            except CallFailed as failure:
                self.got.append(failure)

        self.client.process(customer())
        self.net.run()
        return self.got[-1]

    @property
    def row(self):
        return self.client.rows[-1]

    def events(self, *names):
        return [(row.event, row.time_s, row.kind) for row in self.net.trace if row.event in names]


@pytest.mark.parametrize("takes", [0.0, 0.02])
@pytest.mark.parametrize("guarantee", [*ACKNOWLEDGING, *SENT_ONCE], ids=repr)
def test_ask_raises_what_the_handler_raised_with_its_class_text_and_fields(guarantee, takes):
    shop = Shop(failures=99, takes=takes)
    failure = shop.ask(guarantee=guarantee, timeout=1.5)
    assert type(failure) is OutOfStock
    assert str(failure) == "no tea left"
    assert failure.item == "tea"
    notes = "\n".join(failure.__notes__)
    assert 'the handler of "order" at server' in notes
    assert f"was made in {__file__}" in notes
    assert shop.row.belief == "gave_up"
    assert shop.row.effects == 0


@pytest.mark.parametrize("takes", [0.0, 0.02])
@pytest.mark.parametrize("guarantee", ACKNOWLEDGING[:3], ids=repr)
def test_a_failure_ends_the_attempt_at_once_and_a_retry_runs_the_handler_again(guarantee, takes):
    """Each attempt takes there, work, back: 0.02 s and the work, where its timeout is 0.2 s."""
    shop = Shop(failures=2, takes=takes)
    assert shop.ask(guarantee=guarantee) == "sold"
    attempt = 0.02 + takes
    assert shop.handled == pytest.approx([k * attempt + 0.01 + takes for k in range(3)])
    row = shop.row
    assert (row.attempts - ("Handshake" in repr(guarantee))) == 3  # one release more
    assert (row.handovers, row.effects) == (3, 1)
    assert row.acknowledged_ns == pytest.approx(3 * attempt * 1e9)
    assert not shop.events("timed_out")


def test_the_pause_between_attempts_is_that_of_the_policy():
    retry = Retry(timeout=0.2, backoff=ConstantBackoff(0.3), max_attempts=2)
    shop = Shop(failures=1)
    assert shop.ask(guarantee=AtLeastOnce(retry=retry)) == "sold"
    assert shop.handled == pytest.approx([0.01, 0.33])


def test_an_answer_that_is_an_error_crosses_the_links_as_any_other_and_may_be_lost():
    retry = Retry(timeout=0.2, max_attempts=2)
    shop = Shop(failures=1)
    shop.net.inject(Cut(sender="server", receiver="client", at=0.0, lasts=0.1))
    shop.ask(guarantee=AtLeastOnce(retry=retry))
    assert shop.handled == pytest.approx([0.01, 0.21])  # the caller waited for its timeout
    assert shop.net.links["server→client"].lost == 1


def test_its_answer_is_the_reply_of_a_request_and_the_refusal_of_a_message():
    shop = Shop(failures=1)
    shop.ask(guarantee=AtLeastOnce())
    assert shop.events("ack_sent", "handled", "failed") == [
        ("handled", 0.01, "request"),
        ("failed", 0.01, "request"),
        ("ack_sent", 0.01, "reply"),
        ("handled", 0.03, "request"),
        ("ack_sent", 0.03, "reply"),
    ]
    shop = Shop(failures=1)
    shop.client.send(shop.server, "order", guarantee=AtLeastOnce())
    shop.net.run()
    assert [kind for *_, kind in shop.events("ack_sent")] == ["refusal", "acknowledgement"]
    assert shop.row.acks_sent == 2
    assert shop.net.links["server→client"].sent == 2


@pytest.mark.parametrize("guarantee", ACKNOWLEDGING[:3], ids=repr)
def test_for_a_send_it_is_a_refusal(guarantee):
    shop = Shop(failures=99)
    sent = shop.client.send(shop.server, "order", guarantee=guarantee)
    shop.net.run()
    assert sent.value == shop.row.belief == "gave_up"
    assert len(shop.handled) == 3
    assert shop.net.now == pytest.approx(0.06)  # no timeout was waited for


@pytest.mark.parametrize("guarantee", SENT_ONCE, ids=repr)
@pytest.mark.parametrize("takes", [0.0, 0.02])
def test_for_a_notification_nothing_comes_of_it(guarantee, takes):
    shop = Shop(failures=99, takes=takes)
    shop.client.notify(shop.server, "order", guarantee=guarantee)
    shop.net.run()
    assert (shop.row.handovers, shop.row.effects, shop.row.acks_sent) == (1, 0, 0)
    assert shop.row.belief == "sent"


@pytest.mark.parametrize("takes", [0.0, 0.02])
def test_whoever_acknowledges_before_handling_has_answered(takes):
    shop = Shop(failures=99, takes=takes)
    shop.client.send(shop.server, "order", guarantee=AtLeastOnce(acknowledge="before"))
    shop.net.run()
    assert (shop.row.belief, shop.row.acks_sent, shop.row.effects) == ("acknowledged", 1, 0)
    assert len(shop.handled) == 1


def test_a_handling_that_failed_is_forgotten_by_exactly_once_and_one_that_succeeded_is_not():
    link = Link(delay=Constant(0.01), duplicate=1.0)
    shop = Shop(failures=1, takes=0.1, link=link)
    assert shop.ask(guarantee=ExactlyOnce()) == "sold"
    # Both copies of attempt 1 waited for one handling, and each was told that it failed; the
    # second of attempt 2 was suppressed likewise.
    assert len(shop.handled) == 2
    assert (shop.row.handovers, shop.row.suppressed, shop.row.effects) == (2, 2, 1)
    assert shop.row.acks_sent == 4


def test_idempotency_keys_forget_a_handling_that_failed():
    keys = IdempotencyKeys(key=lambda message: message.data)
    shop = Shop(failures=1, takes=0.02, keys=keys)
    once = AtLeastOnce(retry=Retry(max_attempts=1))
    assert isinstance(shop.ask(data="k", guarantee=once), OutOfStock)
    assert shop.ask(data="k", guarantee=once) == "sold"
    assert shop.ask(data="k", guarantee=once) == "sold"
    assert len(shop.handled) == 2  # the third was answered from memory


def test_a_request_that_waits_for_one_of_the_same_key_fails_with_it():
    shop = Shop(failures=1, takes=0.5, keys=IdempotencyKeys(key=lambda _: "one"))
    once = AtLeastOnce(retry=Retry(timeout=1.0, max_attempts=1))
    shop.client.ask(shop.server, "order", guarantee=once).defused = True
    assert isinstance(shop.ask(guarantee=once), OutOfStock)
    assert [row.effects for row in shop.client.rows] == [0, 0]
    assert len(shop.handled) == 1


def test_a_failure_forgets_its_own_handling_and_not_a_later_one_of_the_same_key():
    """With room for one key: k fails at the end of 1 s, but k came again meanwhile, after l."""
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, Link(delay=Constant(0.01)))
    handled = []

    @server.on("order", keys=IdempotencyKeys(key=lambda message: message.data, window=1))
    def order(message):
        handled.append(message.id)
        if message.id == "client-0":
            yield server.work(1.0)
            raise OutOfStock("tea")
        return message.id

    once = AtLeastOnce(retry=Retry(timeout=9.0, max_attempts=1))
    calls = []

    def program():
        for key, pause in (("k", 0.1), ("l", 0.1), ("k", 2.0), ("k", 0.0)):
            calls.append(client.ask(server, "order", key, guarantee=once))
            calls[-1].defused = True
            yield net.timeout(pause)

    net.process(program())
    net.run()
    assert [str(call.value) for call in calls] == ["no tea left", *["client-1"], *["client-2"] * 2]
    assert handled == ["client-0", "client-1", "client-2"]


def test_a_breaker_counts_it_as_a_failure():
    retry = Retry(max_attempts=1, breaker=CircuitBreaker(failures=2, recovery=9.0))
    shop = Shop(failures=99)
    for expected in (OutOfStock, OutOfStock, CircuitOpen):
        assert type(shop.ask(guarantee=AtLeastOnce(retry=retry))) is expected
    assert len(shop.handled) == 2


def test_a_retry_after_it_is_paid_from_the_budget():
    retry = Retry(max_attempts=5, budget=RetryBudget(ratio=0.1, reserve=1))
    shop = Shop(failures=99)
    assert type(shop.ask(guarantee=AtLeastOnce(retry=retry))) is OutOfStock
    assert len(shop.handled) == 2  # one attempt, and the one retry that was saved up


def test_it_is_no_sample_of_the_round_trip():
    """The estimate would fall to 0.02 s, and the timeout with it."""
    timeout = AdaptiveTimeout(initial=1.0, minimum=0.001, maximum=2.0)
    once = AtLeastOnce(retry=Retry(timeout=timeout, max_attempts=1))
    shop = Shop(failures=1)
    shop.ask(guarantee=once)
    shop.server.crash()
    start = shop.net.now
    shop.ask(guarantee=once)
    assert shop.net.now - start == pytest.approx(1.0)


def test_a_deadline_ends_the_retries_after_it():
    retry = Retry(backoff=ConstantBackoff(0.3), max_attempts=None, deadline=0.5)
    shop = Shop(failures=99)
    assert type(shop.ask(guarantee=AtLeastOnce(retry=retry))) is OutOfStock
    assert len(shop.handled) == 2
    assert shop.net.now == pytest.approx(0.5)


def test_after_a_timeout_at_the_last_attempt_the_call_timed_out():
    shop = Shop(failures=1)

    def crash():
        yield shop.net.timeout(0.015)
        shop.server.crash()

    shop.net.process(crash())
    assert type(shop.ask(guarantee=AtLeastOnce())).__name__ == "TimedOut"


def test_it_climbs_a_chain_of_services_that_do_not_catch_it():
    net = Network(seed=1)
    a, b, c = (net.node(name) for name in "abc")
    net.connect(a, b, Link(delay=Constant(0.01)))
    net.connect(b, c, Link(delay=Constant(0.01)))
    once = AtLeastOnce(retry=Retry(max_attempts=1))

    @c.on("stock")
    def stock(_):
        raise OutOfStock("tea")

    @b.on("order")
    def order(_):
        return (yield b.ask(c, "stock", guarantee=once))

    call = a.ask(b, "order", guarantee=once)
    call.defused = True
    net.run()
    assert type(call.value) is OutOfStock
    assert call.value.item == "tea"
    assert [row.effects for row in (*a.rows, *b.rows)] == [0, 0]


def test_what_it_carries_is_the_callers_own():
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, Link(delay=Constant(0.01)))
    kept = ["tea"]

    @server.on("order")
    def order(_):
        raise Failed("none left", kept)

    call = client.ask(server, "order", guarantee=AtLeastOnce(retry=Retry(max_attempts=1)))
    call.defused = True
    net.run()
    call.value.args[1].append("coffee")
    assert kept == ["tea"]


class Slotted(Failed):
    __slots__ = ("item",)

    def __init__(self, item):
        super().__init__(f"no {item} left")
        self.item = item


class Picky(Failed):
    def __new__(cls, item, _):
        return super().__new__(cls, item)

    def __init__(self, item, _):
        super().__init__(f"no {item} left")
        self.item = item


class Closed(Failed):
    item = "tea"

    def __setattr__(self, *_):
        raise AttributeError("closed")


@dataclass(frozen=True)
class Frozen(Failed):
    item: str

    def __str__(self):
        return f"no {self.item} left"


@pytest.mark.parametrize("takes", [0.0, 0.02])
@pytest.mark.parametrize(
    "failure",
    [Slotted("tea"), Picky("tea", 2), Closed("no tea left"), Frozen("tea")],
    ids=lambda failure: type(failure).__name__,
)
def test_a_class_of_ones_own_may_be_written_as_one_likes(failure, takes):
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, Link(delay=Constant(0.01)))

    @server.on("order")
    def order(_):
        if takes:
            yield server.work(takes)
        raise failure

    call = client.ask(server, "order", guarantee=AtLeastOnce(retry=Retry(max_attempts=1)))
    call.defused = True
    net.run()
    got = call.value
    assert (type(got), str(got), got.item) == (type(failure), "no tea left", "tea")
    assert got is not failure


def test_no_result_is_sent_to_a_reply_queue_before_a_handling_succeeds():
    shop = Shop(failures=1)
    replies = shop.client.reply_queue()
    shop.client.send(shop.server, "order", reply_to=replies, guarantee=AtLeastOnce())
    shop.net.run()
    assert len(shop.handled) == 2
    assert len(replies) == 1
    assert replies.receive().value.data == "sold"


def test_a_worker_is_free_again_after_it():
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server", workers=1)
    net.connect(client, server, Link(delay=Constant(0.01)))

    @server.on("order")
    def order(message):
        yield server.work(0.1)
        if message.data == "bad":
            raise Failed("bad")
        return "done"

    once = AtLeastOnce(retry=Retry(timeout=9.0, max_attempts=1))
    bad, good = (client.ask(server, "order", data, guarantee=once) for data in ("bad", "good"))
    bad.defused = True
    net.run()
    assert good.value == "done"
    assert server.busy.value == 0


def test_a_guarantee_of_ones_own_that_only_waits_for_the_handling_refuses_too():
    class Plain:
        def send(self, channel, message):
            for attempt in channel.attempts(message, Retry()):
                channel.transmit(message, attempt)
                if (yield channel.acknowledgement(message, within=attempt.timeout)):
                    return
                if (yield channel.pause(attempt)):
                    return
            channel.give_up(message)

        def receive(self, channel, copy):
            yield channel.hand_over(copy)
            channel.acknowledge(copy)

    shop = Shop(failures=1, takes=0.02)
    shop.client.send(shop.server, "order", guarantee=Plain())
    shop.net.run()
    assert shop.row.belief == "acknowledged"
    assert len(shop.handled) == 2
