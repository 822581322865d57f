"""Programs that end of an exception which nobody catches."""

from dataclasses import dataclass
from typing import ClassVar

from simulator import AtLeastOnce, Constant, Failed, Link, Network, Retry
from tests.oracle.clients import add_client
from tests.oracle.town import Town


@dataclass(frozen=True)
class Breaks:
    """A guarantee of a student's own with a mistake in it."""

    promises: ClassVar = frozenset()

    def send(self, channel, message):
        channel.transmit(message, attempt=1)
        yield channel.timeout(0.1)
        raise LookupError(f"no second attempt of {message.id}")

    def receive(self, channel, copy):
        channel.hand_over(copy)


class Nonsense:
    """An adversary of a student's own that decides what it may not."""

    def start(self, net):
        self.seen = 0
        return self

    def decide(self, transmission, delays_ns):
        self.seen += 1
        return delays_ns if self.seen < 4 else (1.5,)


def handler_raises(town, node, other):
    @other.on("broken")
    def broken(message):
        raise KeyError(message.id)

    yield town.net.timeout(0.3)
    yield node.ask(other, "broken")


def generator_raises(town, node, other):
    @other.on("broken")
    def broken(message):
        yield other.work(0.1)
        raise Failed(f"cannot do {message.id}")

    yield town.net.timeout(0.3)
    node.send(other, "broken", guarantee=AtLeastOnce())


def nobody_catches(town, node, other):
    yield town.net.timeout(0.2)
    town.net.inject()
    other.crash(refuses=town.draws.chance(0.5))
    yield node.ask(other, "quick", guarantee=AtLeastOnce(retry=Retry(timeout=0.1)))


def nobody_waits(town, node, other):
    yield town.net.timeout(0.2)
    other.crash()
    node.ask(other, "quick", timeout=0.3)
    yield town.net.timeout(5.0)


def no_event(town, node, other):
    yield town.net.timeout(0.25)
    yield 0.5


def own_guarantee(town, node, other):
    yield town.net.timeout(0.25)
    node.send(other, "quick", guarantee=Breaks())
    yield town.net.timeout(1.0)


def no_value(town, node, other):
    @other.on("odd")
    def odd(message):
        return town.net.timeout(0.1)

    yield town.net.timeout(0.2)
    yield node.ask(other, "odd")


def a_condition_fails(town, node, other):
    yield town.net.timeout(0.1)
    other.crash(refuses=True)
    patient = AtLeastOnce(retry=Retry(timeout=0.2, max_attempts=2))
    yield node.ask(other, "quick", guarantee=patient) & town.net.timeout(3.0)


def unknown_topic(town, node, other):
    yield town.net.timeout(0.15)
    node.notify(other, "no such topic")


MISTAKES = (
    handler_raises,
    generator_raises,
    nobody_catches,
    nobody_waits,
    no_event,
    own_guarantee,
    no_value,
    a_condition_fails,
    unknown_topic,
)


def failing(draws):
    """Return a town, in which others are at work too, with one mistake."""
    if draws.chance(0.1):
        town = Town(draws, own_adversary=Nonsense())
        mistake = None
    else:
        town = Town(draws)
        mistake = draws.pick(*MISTAKES)
        town.note(f"mistake: {mistake.__name__}")
    node, other = draws.some(town.nodes.values(), 2)
    add_client(town, 0, draws.whole(2, 6))
    if mistake is not None:
        town.net.process(mistake(town, node, other))
    return town


def for_ever(draws, features):
    """Send again and again, at one instant, to a node that refuses."""
    features["mistake: for_ever"] += 1
    net = Network(draws.whole(0, 99), trace=draws.chance(0.5))
    a, b = net.node("a"), net.node("b", workers=1, backlog=0)
    net.connect(a, b, Link(delay=Constant(0.0)))
    b.serve("job", Constant(1.0))
    retry = Retry(max_attempts=None)
    for _ in range(2):
        a.send(b, "job", guarantee=AtLeastOnce(retry=retry))
    try:
        net.run()
    except Exception as error:  # noqa: BLE001 - which one it is, is what is asked
        features["uncaught"] += 1
        return {"error": [type(error).__name__, str(error)], "end": net.now}
    return {"end": net.now}
