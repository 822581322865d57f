"""Whatever a value is given, it is fine, or refused in one line; and what is accepted can be used.

`PIGEON_FUZZ=100000 make test PYTEST_FLAGS=tests/fuzz` tries as many random values.
"""

import contextlib
import dataclasses
import warnings

import numpy as np
import pytest

from simulator import (
    Empirical,
    HandlerFailed,
    Link,
    Network,
    Retry,
    Scenario,
    SimulatorError,
    StoreAndForward,
    minimize,
    record,
    simulate,
)
from simulator.engines import vectorized
from tests.fuzz.generator import (
    KINDS,
    MANY,
    TooLong,
    anything,
    arguments,
    built,
    number,
    patience,
    plausible,
    rng_of,
    text,
)

VALUES = MANY or 1_500
CALLS = (MANY or 1_500) // 5
BLOCKS = 10

pytestmark = pytest.mark.filterwarnings("error")


def survives(case, call, *given):
    """Call something: return what it returns, or None where it refuses in one short line."""
    try:
        with patience():
            return call()
    except SimulatorError:
        return None
    except ValueError as error:
        said = str(error)
        if "\n" in said or len(said) > 1_000 or not said:
            pytest.fail(f"case {case}: an error of {len(said)} characters: {said[:300]!r}")
        return None
    except TooLong:
        pytest.fail(f"case {case}: takes too long: {shown(given)}")
    except Exception as error:  # noqa: BLE001 - anything else is what is looked for
        pytest.fail(f"case {case}: {type(error).__name__}: {error}, given {shown(given)}")


def shown(given):
    try:
        return repr(given)[:2_000]
    except Exception:  # noqa: BLE001 - some cannot be shown
        return "what cannot be shown"


@pytest.mark.parametrize("block", range(BLOCKS))
def test_a_value_is_fine_or_refused_in_one_line(block):
    accepted = 0
    for case in range(block * VALUES // BLOCKS, (block + 1) * VALUES // BLOCKS):
        rng = rng_of(case)
        name = rng.choice(sorted(KINDS))
        given = arguments(rng, KINDS[name])
        value = survives(case, lambda: KINDS[name](**given), name, given)  # noqa: B023 - called at once
        if value is not None:
            accepted += 1
            survives(case, lambda: use(value), name, given)  # noqa: B023 - called at once
    assert accepted > VALUES / BLOCKS / 5


def use(value):
    """Use a value that was accepted for what it is for: it must not be nonsense."""
    repr(value)
    if isinstance(value, Scenario):
        run(value)
        return
    if hasattr(value, "quantile"):
        assert np.isfinite(value.true_mean)
        run(Scenario(link=Link(delay=value)))
    elif hasattr(value, "times_ns"):
        run(Scenario(workload=value))
    elif hasattr(value, "loses") or hasattr(value, "burst"):
        run(Scenario(link=Link(loss=value)))
    elif isinstance(value, Link):
        run(Scenario(link=value))
    elif hasattr(value, "receive"):
        run(Scenario(guarantee=value))


def run(scenario):
    """Run a few messages of a scenario, both ways where there are two."""
    scenario = tamed(scenario)
    by_events = simulate(scenario, engine="discrete-event")
    assert len(by_events.ledger) <= scenario.messages
    assert all(isinstance(figure, int | float) for figure in by_events.summary.values())
    assert by_events.verdict.status in {"held", "violated", "undecided", "no promise"}
    if not vectorized.refusals(scenario):
        assert simulate(scenario, engine="vectorized").ledger == by_events.ledger
    with contextlib.suppress(ValueError):  # of a class that is not Pigeon's own
        assert Scenario.from_toml(scenario.to_toml()) == scenario


def tamed(scenario):
    """Return a scenario that ends soon: some are allowed to take as long as their users like."""
    changes = {"messages": min(scenario.messages, 4)}
    guarantee = scenario.guarantee
    retry = getattr(guarantee, "retry", None)
    if isinstance(retry, Retry):
        few = min(retry.max_attempts or 4, 4)
        guarantee = dataclasses.replace(
            guarantee, retry=dataclasses.replace(retry, max_attempts=few)
        )
    if isinstance(guarantee, StoreAndForward):
        horizon = changes["horizon"] = min(scenario.horizon or 4e9, 4e9)
        guarantee = dataclasses.replace(guarantee, rest=max(guarantee.rest, horizon / 50))
    return dataclasses.replace(scenario, guarantee=guarantee, **changes)


def simulations(rng):
    scenario = Scenario(messages=3)
    given = {
        name: rng.choice([anything(rng), "auto", "vectorized", "summary", True, 0])
        for name in ("engine", "trace", "replication", "keep")
        if rng.random() < 0.4
    }
    simulate(rng.choice([scenario, anything(rng)]), **given)


def replacements(rng):
    paths = [
        "seed",
        "link.loss",
        "link",
        "guarantee.retry.timeout",
        "horizon",
        "messages",
        text(rng),
    ]
    scenario = Scenario().replace(rng.choice(paths), anything(rng))
    run(scenario)


def networks(rng):
    net = Network(rng.choice([0, anything(rng)]), replication=rng.choice([0, anything(rng)]))
    node = net.node(rng.choice(["a", anything(rng)]), workers=rng.choice([None, 1, anything(rng)]))
    other = net.broker(rng.choice(["b", text(rng)]))
    net.connect(node, rng.choice([other, anything(rng)]), rng.choice([Link(), anything(rng)]))
    node.on(rng.choice(["t", text(rng)]))(lambda message: None)
    other.on("t")(lambda message: None)
    calls = [
        lambda: node.send(other, "t", guarantee=anything(rng)),
        lambda: node.send(anything(rng), "t", guarantee=built(rng, 0, "AtLeastOnce")),
        lambda: node.ask(other, "t", timeout=anything(rng), size_bytes=anything(rng)),
        lambda: node.ask_hedged(anything(rng), "t", after=anything(rng)),
        lambda: node.ask_hedged([other], "t", after=number(rng)),
        lambda: node.notify(other, anything(rng)),
        lambda: node.notify(other, "t", size_bytes=number(rng)),
        lambda: node.publish(other, "t", priority=anything(rng), delay=anything(rng)),
        lambda: node.drive(built(rng, 0, "Periodic"), print, messages=anything(rng)),
        lambda: node.work(anything(rng)),
        lambda: node.serve(anything(rng), anything(rng)),
        lambda: net.timeout(anything(rng)),
        lambda: net.process(anything(rng)),
        lambda: net.inject(anything(rng)),
        lambda: net.find(anything(rng)),
    ]
    rng.choice(calls)()
    net.run(until=rng.choice([1.0, number(rng)]))


def brokers(rng):
    net = Network()
    worker, broker = net.node("worker"), net.broker("broker")
    net.connect(worker, broker, Link())
    dead = broker.queue("dead")
    add = rng.choice([broker.queue, broker.topic])
    names = ["capacity", "overflow", "visibility_timeout", "max_deliveries", "dead_letter"]
    likely = [None, 1, 2.0, "reject", "drop-oldest", "block", dead, True]
    add(
        rng.choice(["jobs", anything(rng)]),
        **{
            name: rng.choice([*likely, anything(rng)])
            for name in [*names, "durable", "priority"]
            if rng.random() < 0.2
        },
    )
    group = {} if rng.random() < 0.7 else {"group": rng.choice([None, "g", anything(rng)])}
    worker.subscribe(
        broker,
        rng.choice(["jobs", "jobs", "dead", anything(rng)]),
        rng.choice([lambda message: None, lambda message: None, anything(rng)]),
        prefetch=rng.choice([1, 2, anything(rng)]),
        **group,
    )
    for _ in range(3):
        worker.publish(broker, "jobs", priority=rng.choice([0, 1, anything(rng)]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HandlerFailed)  # such as `len` of a message
        net.run(until=rng.choice([1.0, number(rng)]))


def pictures(rng):
    trace = simulate(Scenario(messages=2), trace=True).trace
    asked = {
        "messages": rng.choice([None, [0], [anything(rng)], anything(rng)]),
        "between": rng.choice(
            [None, (0, number(rng)), (anything(rng), anything(rng)), anything(rng)]
        ),
        "language": rng.choice(["en", "fr", anything(rng)]),
    }
    call = rng.choice([trace.to_mermaid, trace.describe, trace.play])
    call(**asked)


def others(rng):
    kind = KINDS["Scenario"]
    scenario = rng.choice([anything(rng), built(rng, 0, "Scenario")])
    if isinstance(scenario, kind):
        scenario = dataclasses.replace(tamed(scenario), horizon=scenario.horizon or 100.0)
    calls = [
        lambda: record(scenario, replication=rng.choice([0, anything(rng)])),
        lambda: minimize(scenario, search=rng.choice([1, text(rng), -1, 1e9, 2**64])),
        lambda: minimize(
            lambda *_: None, workload=anything(rng), messages=rng.choice([1, 1e9, 2**60])
        ),
        lambda: simulate(Scenario(messages=3)).timeline(anything(rng)),
        lambda: KINDS["GilbertElliott"].from_rate(rate=number(rng), burst=anything(rng)),
        lambda: KINDS["Script"].from_toml(anything(rng)),
    ]
    rng.choice(calls)()


@pytest.mark.parametrize("what", [simulations, replacements, networks, brokers, pictures, others])
def test_a_call_is_fine_or_refused_in_one_line(what):
    for case in range(CALLS if what is not pictures else CALLS // 10):
        survives(f"{what.__name__} {case}", lambda: what(rng_of(f"{what.__name__} {case}")))  # noqa: B023 - called at once


def scraps(rng):
    """Return bytes: of a file that is nearly right, or of anything."""
    whole = rng.choice([Scenario(messages=3).to_toml().encode(), b"a,b\n0.1,2\n0.2,3\n"])
    parts = [whole, rng.randbytes(rng.randrange(40)), text(rng).encode("utf-8", "replace")]
    encoded = whole.decode().encode(rng.choice(["utf-8-sig", "utf-16", "utf-16-be", "utf-32"]))
    cut = rng.randrange(len(whole))
    parts += [encoded, whole[:cut], whole[:cut] + rng.randbytes(3) + whole[cut:]]
    return rng.choice(parts)


def test_a_file_of_any_bytes_is_read_or_refused_in_one_line(tmp_path):
    for case in range(CALLS // 3):
        rng = rng_of(f"file {case}")
        content = scraps(rng)
        (tmp_path / "file").write_bytes(content)
        column = rng.choice(["a", "b", text(rng)])
        survives(case, lambda: Empirical.from_csv(tmp_path / "file", column=column), content)  # noqa: B023 - called at once
        words = content.decode("utf-8", "replace")
        survives(case, lambda: Scenario.from_toml(words), content)  # noqa: B023 - called at once


def test_the_generator_gives_the_same_case_each_time():
    first, again = (repr(arguments(rng_of(3), KINDS["Retry"])) for _ in range(2))
    assert first == again
    assert callable(plausible)
    with pytest.raises(UserWarning):
        warnings.warn("a warning is an error here", UserWarning, stacklevel=1)
