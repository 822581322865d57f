"""Numbers, times and names beyond measure are refused by the field, in one short line."""

import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from simulator import (
    AdaptiveTimeout,
    At,
    AtLeastOnce,
    Bernoulli,
    BestEffort,
    Bursts,
    CircuitBreaker,
    Constant,
    Crash,
    Duplicate,
    Empirical,
    ExactlyOnce,
    Exponential,
    ExponentialBackoff,
    GilbertElliott,
    Hold,
    IdempotencyKeys,
    Link,
    LogNormal,
    Lose,
    Network,
    Outages,
    Partition,
    Periodic,
    Poisson,
    Retry,
    RetryBudget,
    Scenario,
    Script,
    Scripted,
    StoreAndForward,
    simulate,
)
from simulator.validation import name_of


def refused(make, field):
    """Check that a value is refused by its field, in one short line; return what is said."""
    with pytest.raises(
        ValueError, match=rf"^{re.escape(field)} must be [^\n]*, got [^\n]*$"
    ) as why:
        make()
    assert len(str(why.value)) < 300
    return str(why.value)


TIMES = {
    "Retry.timeout": lambda time: Retry(timeout=time),
    "Retry.max_timeout": lambda time: Retry(max_timeout=time),
    "Retry.deadline": lambda time: Retry(deadline=time),
    "AdaptiveTimeout.minimum": lambda time: AdaptiveTimeout(minimum=time),
    "CircuitBreaker.recovery": lambda time: CircuitBreaker(recovery=time),
    "ExactlyOnce.max_age": lambda time: ExactlyOnce(max_age=time),
    "IdempotencyKeys.max_age": lambda time: IdempotencyKeys(max_age=time),
    "StoreAndForward.rest": lambda time: StoreAndForward(rest=time),
    "Scenario.horizon": lambda time: Scenario(horizon=time),
    "Periodic.interval": lambda time: Periodic(interval=time),
    "Bursts.every": lambda time: Bursts(size=1, every=time),
    "Poisson.rate": lambda time: Poisson(rate=1 / time),
    "Outages.windows end": lambda time: Outages(windows=[(0, time)]),
    "Network.run.until": lambda time: Network().run(until=time),
    "Node.ask.timeout": lambda time: pair().ask(pair(), "topic", timeout=time),
    "Node.ask_hedged.after": lambda time: pair().ask_hedged([pair()], "topic", after=time),
}


def pair():
    return Network().node("client")


@pytest.mark.parametrize("field", TIMES)
@pytest.mark.parametrize("time", [1e-10, 5e-10, np.float64(1e-300)])
def test_a_time_that_rounds_to_0_is_refused_where_it_must_be_above_0(field, time):
    said = refused(lambda: TIMES[field](time), field)
    assert any(words in said for words in ("whole nanoseconds", "at least 1e-30", "1e+30"))


@pytest.mark.parametrize("field", [field for field in TIMES if not field.startswith("Node")])
def test_a_nanosecond_is_a_time(field):
    TIMES[field](1e-9)


WHOLE = {
    "Scenario.messages": lambda whole: Scenario(messages=whole),
    "Scenario.seed": lambda whole: Scenario(seed=whole),
    "Network.seed": lambda whole: Network(seed=whole),
    "Periodic.size_bytes": lambda whole: Periodic(interval=1, size_bytes=whole),
    "At.size_bytes": lambda whole: At(times=[0], size_bytes=whole),
    "Bursts.size": lambda whole: Bursts(size=whole, every=1),
    "Retry.max_attempts": lambda whole: Retry(max_attempts=whole),
    "ExactlyOnce.window": lambda whole: ExactlyOnce(window=whole),
    "Link.buffer": lambda whole: Link(bandwidth=1, buffer=whole),
    "Scripted.lost message": lambda whole: Scripted(lost=[(whole, 1)]),
    "Scripted.lost attempt": lambda whole: Scripted(lost=[(1, whole)]),
    "CircuitBreaker.window": lambda whole: CircuitBreaker(window=whole),
    "StoreAndForward.parallel": lambda whole: StoreAndForward(parallel=whole),
    "Lose.message": lambda whole: Lose(message=whole),
    "Lose.nth": lambda whole: Lose(nth=whole),
    "Lose.attempt": lambda whole: Lose(message=0, attempt=whole),
    "simulate.replication": lambda whole: simulate(Scenario(), replication=whole),
}
NO_WHOLE_NUMBERS = [
    10**400,
    10**5_000,
    -(10**5_000),
    3.5,
    True,
    "3",
    3 + 0j,
    Decimal(3),
    Fraction(3),
    np.timedelta64(3),
    np.timedelta64(3, "s"),
    np.array([3]),
    [[]],
]


@pytest.mark.parametrize("field", WHOLE)
@pytest.mark.parametrize("value", NO_WHOLE_NUMBERS, ids=lambda value: type(value).__name__)
def test_what_is_no_whole_number_or_beyond_64_bits_is_refused_by_its_field(field, value):
    refused(lambda: WHOLE[field](value), field)


@pytest.mark.parametrize("whole", [3, np.int64(3), np.uint8(3)])
def test_whole_numbers_of_every_kind_are_kept_as_int(whole):
    assert type(Scenario(messages=whole).messages) is int


def test_a_seed_has_up_to_128_bits():
    assert Scenario(seed=2**128 - 1, messages=3).seed == 2**128 - 1
    refused(lambda: Scenario(seed=2**128), "Scenario.seed")


NUMBERS = {
    "Constant.seconds": Constant,
    "Exponential.mean": lambda x: Exponential(mean=x),
    "LogNormal.std": lambda x: LogNormal(mean=0.1, std=x),
    "Link.bandwidth": lambda x: Link(bandwidth=x),
    "Link.loss": lambda x: Link(loss=x),
    "Bernoulli.rate": lambda x: Bernoulli(rate=x),
    "Retry.timeout": lambda x: Retry(timeout=x),
    "Retry.timeout_factor": lambda x: Retry(timeout_factor=x),
    "RetryBudget.reserve": lambda x: RetryBudget(reserve=x),
    "ExponentialBackoff.factor": lambda x: ExponentialBackoff(base=1, factor=x),
    "At.times": lambda x: At(times=[x]),
    "Hold.seconds": lambda x: Hold(message=0, seconds=x),
    "Duplicate.hold": lambda x: Duplicate(message=0, hold=x),
}
NO_NUMBERS = [
    1e31,
    1e300,
    10**400,
    float("nan"),
    float("inf"),
    np.float64("nan"),
    np.timedelta64(1),
    np.timedelta64(1, "s"),
    True,
    1j,
    Decimal("0.1"),
    np.array(0.1),
    np.str_("0.1"),
    "0.1",
    b"1",
]


@pytest.mark.parametrize("field", NUMBERS)
@pytest.mark.parametrize("value", NO_NUMBERS, ids=lambda value: type(value).__name__)
def test_what_is_no_number_or_beyond_measure_is_refused_by_its_field(field, value):
    if field == "Link.loss" and isinstance(value, str | bytes | complex | Decimal | np.ndarray):
        field = "Link.loss must be a probability from 0 to 1, or a loss model"
        with pytest.raises(ValueError, match=field):
            Link(loss=value)  # type: ignore[arg-type]  # bad
    else:
        refused(lambda: NUMBERS[field](value), field)


@pytest.mark.parametrize("field", ["Link.bandwidth", "Exponential.mean", "LogNormal.std"])
def test_what_must_be_above_0_is_not_next_to_0(field):
    refused(lambda: NUMBERS[field](1e-300), field)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "link",
    [
        Link(delay=LogNormal(mean=1e-30, std=1e30)),
        Link(delay=Exponential(mean=1e30)),
        Link(bandwidth=1e-30),
    ],
)
@pytest.mark.parametrize(
    "workload", [Periodic(interval=1e30), At(times=[0, 1e30]), Poisson(rate=1e-30)]
)
def test_the_largest_and_smallest_numbers_that_are_allowed_overflow_nothing(link, workload):
    retry = Retry(
        timeout=1e30, timeout_factor=1e30, backoff=ExponentialBackoff(base=1e30, factor=1e30)
    )
    outcome = simulate(
        Scenario(guarantee=AtLeastOnce(retry=retry), link=link, workload=workload, messages=5)
    )
    assert outcome.verdict.status in {"held", "undecided"}
    assert np.isfinite(link.delay.true_mean)


def test_minus_0_is_0_so_that_equal_values_are_equal_texts():
    assert str(Constant(-0.0).seconds) == "0.0"
    scenarios = [Scenario(link=Link(delay=Constant(zero))) for zero in (0.0, -0.0)]
    assert scenarios[0].identity == scenarios[1].identity


class Started:
    """A student's own loss with a memory, or adversary."""

    def __init__(self, result):
        self.result = result

    def start(self, _):
        return self.result


class Own:
    """What a student's own loss and adversary start."""

    def loses(self, transmission, u):
        return False

    def decide(self, transmission, delays_ns):
        return delays_ns


@pytest.mark.parametrize(
    "loss",
    [
        Script(),
        RetryBudget(),
        CircuitBreaker(),
        AdaptiveTimeout(),
        Started(None),
        Started(Script),
        Script([Lose(message=0)]),
    ],
)
def test_a_loss_is_what_starts_something_that_loses(loss):
    refused(lambda: Link(loss=loss), "Link.loss") if isinstance(loss, Started) else None
    with pytest.raises(ValueError, match=r"^Link\.loss must be such that .* `loses`, got [^\n]*$"):
        Link(loss=loss)


@pytest.mark.parametrize(
    "adversary", [RetryBudget(), CircuitBreaker(), GilbertElliott(p=0.1, r=0.1), Started(None)]
)
def test_an_adversary_is_what_starts_something_that_decides(adversary):
    with pytest.raises(
        ValueError, match=r"^Scenario\.adversary must be such that .* `decide`, got "
    ):
        Scenario(adversary=adversary)
    with pytest.raises(
        ValueError, match=r"^Network\.adversary\.start must be such that .* `decide`"
    ):
        Network(adversary=adversary)


def test_a_loss_and_an_adversary_of_ones_own_are_known_by_what_they_start():
    scenario = Scenario(link=Link(loss=Started(Own())), adversary=Started(Own()), messages=3)
    assert simulate(scenario).summary["loss_rate"] == 0


BAD_NAMES = [
    "",
    " ",
    "\n",
    "a\nb",
    "a\0",
    "\x1b[31m",
    "\ud800",
    "a\u2028b",
    "a\u202eb",  # what follows is shown from right to left
    "a\u200bb",  # a space of no width: two names that look the same
    "x" * 1_001,
    None,
    3,
    b"a",
]


@pytest.mark.parametrize("name", BAD_NAMES, ids=repr)
def test_a_name_is_a_short_text_of_what_can_be_seen(name):
    refused(lambda: name_of("Queue.name", name), "Queue.name")
    refused(lambda: Network().node(name), "Network.node.name")
    refused(lambda: Network().broker(name), "Network.broker.name")
    if isinstance(name, str):
        refused(lambda: Lose(message=0, link=f"{name}→server"), "Lose.link")
        refused(lambda: Lose(message=0, link=f"client→{name}"), "Lose.link")


@pytest.mark.parametrize("name", ["a→b", "→"])
def test_a_node_is_not_called_like_a_link(name):
    refused(lambda: Network().node(name), "Network.node.name")


@pytest.mark.parametrize("name", ["serveur n° 2", "café", "👩‍💻", "x" * 100, np.str_("a")])
def test_names_are_in_any_language(name):
    assert Network().node(name).name == name
    assert type(name_of("Node.name", name)) is str


def test_a_value_that_cannot_be_shown_is_refused_all_the_same():
    class Odd:
        def __repr__(self):
            raise RuntimeError

    nested = []
    for _ in range(100_000):
        nested = [nested]
    for value in (Odd(), nested, 10**5_000, Path("x" * 5_000)):
        refused(lambda value=value: Constant(value), "Constant.seconds")


def test_a_guarantee_without_retries_takes_the_smallest_horizon():
    outcome = simulate(Scenario(guarantee=BestEffort(), horizon=1e-9, messages=5))
    assert len(outcome.ledger) == 1


def test_an_action_that_cannot_be_compared_is_refused():
    odd = Crash(node="sender", at=0, lasts=1)
    object.__setattr__(odd, "node", ["sender"])  # a fault of a student's own may hold anything
    refused(lambda: Script([odd]), "Script.actions")


@pytest.mark.parametrize("name", [None, 3, ["a"], {}])
def test_what_is_no_name_names_no_node_and_no_topic(name):
    net = Network()
    a, b = net.node("a"), net.node("b")
    net.connect(a, b, Link())
    refused(lambda: net.find(name), "node")
    refused(lambda: a.notify(b, name), "Node.send.topic")


NO_PARTS = np.array(0.5)  # iterable, says its class; but not this one


@pytest.mark.parametrize("parts", [NO_PARTS, "abc", b"abc", 3, None])
@pytest.mark.parametrize(
    ("field", "build"),
    [
        ("Partition.groups", lambda parts: Partition(groups=parts, at=1, lasts=1)),
        ("Partition.groups", lambda parts: Partition(groups=[["a"], parts], at=1, lasts=1)),
        ("At.times", lambda parts: At(times=parts)),
        ("Empirical.samples", lambda parts: Empirical(samples=parts)),
        ("Script.actions", Script),
        (
            "sequence_diagram.messages",
            lambda parts: simulate(Scenario(messages=2), trace=True).trace.to_mermaid(
                messages=parts
            ),
        ),
    ],
)
def test_what_has_no_parts_is_refused_where_a_list_is_wanted(field, build, parts):
    if parts is None and "messages" in field:
        return  # None there means all
    refused(lambda: build(parts), field)
