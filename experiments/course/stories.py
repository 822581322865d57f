"""Stories: short runs that show one thing each, drawn for the course.

The two sequence diagrams of the chapter have their simulated counterparts here, and so has each way
in which a message can fare. `pigeon stories` draws them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from experiments.course.texts import texts
from experiments.figures import svg
from experiments.figures.labels import as_sentence
from simulator import (
    At,
    AtLeastOnce,
    BestEffort,
    Constant,
    Crash,
    ExactlyOnce,
    ExponentialBackoff,
    Link,
    Lose,
    Message,
    Network,
    Retry,
    Script,
)
from simulator.drawing.atomic import atomic
from simulator.languages import LANGUAGES
from simulator.network import Node, Steps
from simulator.trace import Trace

CHAPTER: Final = Retry(timeout=0.2, backoff=ExponentialBackoff(base=0.1), max_attempts=3)


def request_response(language: str) -> Trace:
    """The chapter's first diagram: a client waits for its reply."""
    net, client, server = _pair(language)
    client.ask(server, "order", "Hello", guarantee=BestEffort())
    net.run()
    return net.trace


def fire_and_forget(language: str) -> Trace:
    """The chapter's second: a producer goes on, a worker handles later, and sends the result."""
    return _tasks(language)


def redelivery(language: str) -> Trace:
    """The worker crashes while it works: the queue delivers the task again."""
    return _tasks(language, Crash(node="Worker", at=0.15, lasts=0.1))


def all_well(language: str) -> Trace:
    """Nothing goes wrong."""
    return _orders(language)


def lost_data(language: str) -> Trace:
    """The message is lost, and sent again."""
    return _orders(language, Lose(message=0))


def lost_acknowledgement(language: str) -> Trace:
    """The acknowledgement is lost: the message comes twice, and is handled twice."""
    return _orders(language, Lose(message=0, what="acknowledgement"))


def suppressed_duplicate(language: str) -> Trace:
    """The acknowledgement is lost: the message comes twice, and is handled once."""
    guarantee = ExactlyOnce(retry=CHAPTER)
    lost = Lose(message=0, what="acknowledgement")
    return _orders(language, lost, guarantee=guarantee)


def short_memory(language: str) -> Trace:
    """The receiver remembers one message only: the other, when it comes again, is handled twice."""
    guarantee = ExactlyOnce(retry=CHAPTER, window=1)
    lost = Lose(message=0, what="acknowledgement")
    return _orders(language, lost, guarantee=guarantee, times=(0.0, 0.1))


def late_acknowledgement(language: str) -> Trace:
    """The acknowledgement comes after the timeout: the message was sent again for nothing."""
    return _orders(language, delay=0.16)


def crash_of_the_receiver(language: str) -> Trace:
    """The receiver crashes while it handles the message, and handles it again after its restart."""
    crash = Crash(node=_names(language)["server"], at=0.06, lasts=0.15)
    return _orders(language, crash)


def giving_up(language: str) -> Trace:
    """All is lost: the sender gives up, and does not know."""
    return _orders(language, *(Lose(message=0, attempt=attempt) for attempt in (1, 2, 3)))


STORIES: Final[Mapping[str, Callable[[str], Trace]]] = {
    story.__name__: story
    for story in (
        request_response,
        fire_and_forget,
        redelivery,
        all_well,
        lost_data,
        lost_acknowledgement,
        suppressed_duplicate,
        short_memory,
        late_acknowledgement,
        crash_of_the_receiver,
        giving_up,
    )
}
"""Every story by its name."""


def story_titles(name: str) -> dict[str, str]:
    """Return the title of a story, by language."""
    return {language: texts(language)("stories", name) for language in LANGUAGES}


def write(folder: Path, language: str) -> list[Path]:
    """Draw every story, and write it in words.

    Returns:
        The files: `<name>.<language>.mmd` for Mermaid, `.svg` and `.dark.svg`, space-time diagrams
        for light and for dark pages, and the text, `.txt`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = texts(language)
    files = []
    for name, story in STORIES.items():
        trace = story(language)
        kinds = ("mmd", "svg", "dark.svg", "txt")
        mermaid, light, dark, words = (folder / f"{name}.{language}.{kind}" for kind in kinds)
        title, account = text("stories", name), trace.describe(language=language)
        for file, content in (
            (mermaid, trace.to_mermaid(language=language, title=title, description=account)),
            (words, f"{as_sentence(title)} {account}\n"),
        ):
            with atomic(file) as part:
                part.write_text(content, encoding="utf-8", newline="\n")
        drawn = None
        for theme, file in (("light", light), ("dark", dark)):
            figure = trace.plot(language=language, theme=theme, title=title)
            with atomic(file) as part:
                svg.save(
                    figure, part, title=title, description=account, language=language, like=drawn
                )
            drawn = figure
        files += [mermaid, light, dark, words]
    return files


def _names(language: str) -> Mapping[str, str]:
    """Return what the nodes are called in the chapter."""
    return texts(language).section("story_nodes")


def _tasks(language: str, *faults: Crash) -> Trace:
    """A producer puts a task into a queue, and a worker takes 100 ms for it; faults happen."""
    names = _names(language)
    net = Network(adversary=Script(faults))
    producer, broker = net.node(names["producer"]), net.broker(names["queue"])
    worker = net.node("Worker")
    for one, other in ((producer, broker), (broker, worker), (worker, producer)):
        net.connect(one, other, Link(delay=Constant(0.05)))
    broker.queue("jobs", visibility_timeout=0.3)

    def work(message: Message) -> Steps:
        yield worker.work(0.1)
        return message.data

    worker.subscribe(broker, "jobs", work)
    once = BestEffort()
    replies = producer.reply_queue(guarantee=once)
    producer.publish(broker, "jobs", "Hello", guarantee=once, reply_to=replies)
    net.run()
    return net.trace


def _pair(language: str, *actions: Lose | Crash, delay: float = 0.05) -> tuple[Network, Node, Node]:
    """A client and a server that takes 20 ms for each order; an adversary acts."""
    names = _names(language)
    net = Network(adversary=Script(actions))
    client, server = net.node(names["client"]), net.node(names["server"])
    net.connect(client, server, Link(delay=Constant(delay)))

    @server.on("order")
    def handle(message: Message) -> Steps:
        yield server.work(0.02)
        return message.data

    return net, client, server


def _orders(
    language: str,
    *actions: Lose | Crash,
    guarantee: AtLeastOnce | ExactlyOnce | None = None,
    delay: float = 0.05,
    times: tuple[float, ...] = (0.0,),
) -> Trace:
    """A client sends orders to a server, and an adversary acts."""
    net, client, server = _pair(language, *actions, delay=delay)
    client.send_each(
        At(times=times),
        server,
        "order",
        "Hello",
        messages=len(times),
        guarantee=guarantee or AtLeastOnce(retry=CHAPTER),
    )
    net.run()
    return net.trace
