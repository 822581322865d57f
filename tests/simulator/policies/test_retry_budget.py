"""The retry budget: a share of the messages, exactly, for ever; and a reserve."""

from fractions import Fraction

import pytest

from simulator import (
    AtLeastOnce,
    CircuitBreaker,
    Constant,
    ConstantBackoff,
    Handshake,
    Link,
    Network,
    Periodic,
    Retry,
    RetryBudget,
    Scenario,
    Scripted,
    StoreAndForward,
    simulate,
)

SHARES = [
    (ratio, reserve)
    for ratio in ("0", "0.01", "0.07", "0.1", "0.2", "0.28", "0.3", "0.33", "0.7", "0.9", "1")
    for reserve in ("1", "1.1", "1.5", "2", "3.7", "10", "100")
]


def share(ratio, reserve, messages):
    """Return the retries that a budget pays for if all fail: the first finds it full."""
    paid = Fraction(reserve) + Fraction(ratio) * (messages - 1)
    return min(Fraction(messages), paid)


@pytest.mark.parametrize(("ratio", "reserve"), SHARES)
def test_a_bucket_pays_for_its_share_to_the_last_token(ratio, reserve):
    """Ratios are whole hundredths: what a bucket does repeats itself after 100 messages at most."""
    bucket = RetryBudget(ratio=float(ratio), reserve=float(reserve)).start()
    retries = 0
    for messages in range(1, 2_001):
        bucket.deposit()
        retries += bucket.withdraw()
        if messages < 200 or messages % 100 == 0:
            assert abs(retries - share(ratio, reserve, messages)) < 1


@pytest.mark.parametrize(
    ("ratio", "reserve"), [("0.1", "1"), ("0.3", "1"), ("0.28", "2.5"), ("0.07", "10"), ("1", "1")]
)
def test_a_run_in_which_all_fail_retries_that_share_of_its_messages(ratio, reserve):
    budget = RetryBudget(ratio=float(ratio), reserve=float(reserve))
    scenario = Scenario(
        guarantee=AtLeastOnce(retry=Retry(timeout=0.1, max_attempts=2, budget=budget)),
        link=Link(loss=1.0),
        workload=Periodic(interval=1.0),
        messages=2_000,
    )
    retries = simulate(scenario).ledger["attempts"].sum() - 2_000
    assert abs(retries - share(ratio, reserve, 2_000)) < 1


def test_what_comes_in_below_the_reserve_is_kept_whole_and_nothing_is_added_to_a_full_bucket():
    bucket = RetryBudget(ratio=0.3, reserve=1).start()
    bucket.deposit()
    assert bucket.tokens == 1
    assert bucket.withdraw()
    for tenths in (3, 6, 9, 12, 12):
        bucket.deposit()
        assert bucket.tokens == Fraction(tenths, 10)
    bucket.refund()
    assert bucket.tokens == Fraction(12, 10)
    assert bucket.withdraw()
    bucket.refund()
    assert bucket.tokens == Fraction(12, 10)


ONE = RetryBudget(ratio=0.0, reserve=1)


def test_the_token_of_a_retry_is_returned_if_an_acknowledgement_comes_in_the_pause():
    """Message 0 is answered at 0.6 s, in its pause; message 1 is not, and is sent again."""
    retry = Retry(timeout=0.3, max_attempts=2, backoff=ConstantBackoff(1.0), budget=ONE)
    scenario = Scenario(
        guarantee=AtLeastOnce(retry=retry),
        link=Link(delay=Constant(0.1)),
        return_link=Link(delay=Constant(0.5), loss=Scripted(lost={(1, 1), (1, 2)})),
        workload=Periodic(interval=10.0),
        messages=2,
    )
    assert simulate(scenario).ledger["attempts"].tolist() == [1, 2]


def test_the_token_of_a_retry_is_returned_if_the_deadline_comes_in_the_pause():
    """The callers of messages 0 and 1 give up after 0.5 s, in the pause; that of 2 is patient."""
    retry = Retry(timeout=0.3, max_attempts=2, backoff=ConstantBackoff(1.0), budget=ONE)
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, Link(loss=1.0))
    server.on("order")(lambda _: None)

    def customer():
        for timeout in (0.5, 0.5, None):
            call = client.ask(server, "order", guarantee=AtLeastOnce(retry=retry), timeout=timeout)
            call.defused = True
            yield net.timeout(10.0)

    net.process(customer())
    net.run()
    assert client.ledger["attempts"].tolist() == [1, 1, 2]


def test_the_token_of_a_retry_is_returned_if_the_breaker_holds_it_back():
    """The first attempt fails and opens the breaker, which holds the second back."""
    breaker = CircuitBreaker(failures=1, recovery=2.0)
    retry = Retry(
        timeout=0.3, max_attempts=2, backoff=ConstantBackoff(1.0), budget=ONE, breaker=breaker
    )
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, Link(loss=1.0))
    server.on("order")(lambda _: None)
    guarantee = AtLeastOnce(retry=retry)

    def customer():
        client.send(server, "order", guarantee=guarantee)
        yield net.timeout(10.0)
        budget = net.channel(client, server, guarantee).sender.shared(retry).budget
        assert budget.tokens == 1

    net.process(customer())
    net.run()
    assert client.ledger["attempts"].tolist() == [1]


@pytest.mark.parametrize("carried", [Handshake, StoreAndForward])
def test_a_message_puts_its_share_in_once_however_many_turns_it_takes(carried):
    """A handshake's release is no new message, nor is a turn after a rest."""
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, Link(delay=Constant(0.1), loss=Scripted(lost={(1, 1), (1, 2)})))
    server.on("order")(lambda _: None)
    retry = Retry(timeout=0.3, max_attempts=2, budget=RetryBudget(ratio=0.25, reserve=2))
    guarantee = carried(retry=retry)

    def customer():
        budget = net.channel(client, server, guarantee).sender.shared(retry).budget
        assert budget.withdraw()
        yield client.send(server, "order", guarantee=guarantee)
        assert budget.tokens == Fraction(5, 4)
        if carried is StoreAndForward:  # its first turn is in vain, and pays for one retry
            yield client.send(server, "order", guarantee=guarantee)
            assert budget.tokens == Fraction(1, 2)

    net.process(customer())
    net.run()
    assert (client.ledger["belief"] == "acknowledged").all()
