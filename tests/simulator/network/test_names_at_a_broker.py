"""Names at a broker and at its workers: each belongs to one thing, whichever came first."""

import pytest

from simulator import Constant, Link, Network

LINK = Link(delay=Constant(0.05))


class Shop:
    """A producer, two brokers and any number of workers, all connected."""

    def __init__(self):
        self.net = Network(seed=1)
        self.nodes = {"producer": self.net.node("producer")}
        self.b, self.bq = self.net.broker("b"), self.net.broker("b/q")
        self.net.connect(self.nodes["producer"], self.b, LINK)

    def __getitem__(self, name):
        if name not in self.nodes:
            self.nodes[name] = self.net.node(name)
            for broker in (self.b, self.bq):
                self.net.connect(broker, self.nodes[name], LINK)
        return self.nodes[name]

    def join(self, node, topic, group=None):
        self[node].subscribe(self.b, topic, print, group=group)


def test_each_lone_subscription_of_a_node_gets_every_message():
    shop = Shop()
    topic = shop.b.topic("news")
    got = {k: [] for k in range(3)}
    for mine in got.values():
        shop["w"].subscribe(shop.b, "news", lambda m, mine=mine: mine.append(m.data))
    for number in range(4):
        shop["producer"].publish(shop.b, "news", number)
    shop.net.run()
    assert got == {k: [0, 1, 2, 3] for k in range(3)}
    assert list(shop.b.queues) == ["news/w", "news/w 2", "news/w 3"]
    assert list(topic.queues) == ["w", "w 2", "w 3"]


def test_subscriptions_of_one_group_share_whatever_their_nodes():
    shop = Shop()
    shop.b.topic("news")
    for node in ("w", "w", "v"):
        shop.join(node, "news", group="team")
    shop.join("w", "news")
    assert list(shop.b.queues) == ["news/team", "news/w"]


CLASHES = {
    "a queue called like that of a lone node": (
        lambda s: s.b.queue("news/w"),
        lambda s: s.join("w", "news"),
    ),
    "a topic called like the queue of a lone node": (
        lambda s: s.b.topic("news/w"),
        lambda s: s.join("w", "news"),
    ),
    "two topics whose lone nodes make one name": (
        lambda s: s.join("w/x", "news"),
        lambda s: s.join("x", "news/w"),
    ),
    "a group called like a lone node": (
        lambda s: s.join("v", "news", group="audit"),
        lambda s: s.join("audit", "news"),
    ),
    "a group called like a node's second subscription": (
        lambda s: s.join("v", "news", group="w 2"),
        lambda s: (s.join("w", "news"), s.join("w", "news")),
    ),
    "a node called like another's second subscription": (
        lambda s: s.join("w 2", "news"),
        lambda s: (s.join("w", "news"), s.join("w", "news")),
    ),
    "a handler of the broker by hand, and a queue": (
        lambda s: s.b.on("x")(print),
        lambda s: s.b.queue("x"),
    ),
    "a handler of the broker by hand, and a topic": (
        lambda s: s.b.on("x")(print),
        lambda s: s.b.topic("x"),
    ),
    "a handler of the broker by hand, and a lone node": (
        lambda s: s.b.on("news/w")(print),
        lambda s: s.join("w", "news"),
    ),
    "service at the broker, and a queue": (
        lambda s: s.b.serve("x", Constant(1.0)),
        lambda s: s.b.queue("x"),
    ),
    "a handler and a reply queue": (
        lambda s: s["w"].on("replies 0")(print),
        lambda s: s["w"].reply_queue(),
    ),
    "a handler and deliveries": (
        lambda s: s["w"].on("b/tasks/0")(print),
        lambda s: s.join("w", "tasks"),
    ),
    "service and deliveries": (
        lambda s: s["w"].serve("b/tasks/0", Constant(1.0)),
        lambda s: s.join("w", "tasks"),
    ),
    "deliveries of two brokers": (
        lambda s: s.join("w", "q/x"),
        lambda s: s["w"].subscribe(s.bq, "x", print),
    ),
}


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("clash", CLASHES)
def test_a_name_that_is_taken_is_refused_in_either_order(clash, first):
    shop = Shop()
    shop.b.topic("news")
    shop.b.queue("tasks")
    shop.b.queue("q/x")
    shop.bq.queue("x")
    if "two topics" in clash:
        shop.b.topic("news/w")
    steps = CLASHES[clash]
    steps[first](shop)
    with pytest.raises(ValueError, match=r"must be a new name: .* has .* called so, got '.*'"):
        steps[1 - first](shop)


@pytest.mark.parametrize(
    ("first", "then", "said"),
    [
        (
            lambda s: s.join("v", "news", group="audit"),
            lambda s: s.join("audit", "news"),
            "b has the queue of the group audit of the topic news called so, got 'news/audit'",
        ),
        (
            lambda s: s.join("w", "news"),
            lambda s: s.b.queue("news/w"),
            "Broker.queue.name must be a new name: b has the queue of w, alone on the topic news,",
        ),
        (
            lambda s: s["w"].reply_queue(),
            lambda s: s["w"].on("replies 0")(print),
            "Node.on.topic must be a new name: w has a reply queue called so",
        ),
        (
            lambda s: s["w"].on("replies 0")(print),
            lambda s: s["w"].reply_queue(),
            "Node.reply_queue must be a new name: w has a handler called so",
        ),
        (
            lambda s: s.b.queue("x"),
            lambda s: s.b.topic("x"),
            "Broker.topic.name must be a new name: b has a queue called so",
        ),
    ],
)
def test_the_refusal_says_what_has_the_name(first, then, said):
    shop = Shop()
    shop.b.topic("news")
    first(shop)
    with pytest.raises(ValueError, match="must be") as caught:
        then(shop)
    assert said in str(caught.value)


def test_a_subscription_that_is_refused_leaves_nothing_behind():
    shop = Shop()
    topic = shop.b.topic("news")
    shop["w"].on("b/news/w/0")(print)
    with pytest.raises(ValueError, match="has a handler"):
        shop.join("w", "news")
    assert not topic.queues
    assert not shop.b.queues
    shop["producer"].publish(shop.b, "news")
    shop.net.run()
    assert shop.b.unrouted == {"news": 1}


def test_a_handler_of_ones_own_may_be_registered_again():
    shop = Shop()
    shop["w"].on("x")(print)
    shop["w"].on("x")(repr)
    shop["w"].serve("x", Constant(1.0))
    shop["w"].on("x")(print)
    assert shop["w"].topics == ["x"]


@pytest.mark.parametrize("kind", ["queue", "topic"])
def test_the_dead_letter_queue_of_another_broker_is_refused(kind):
    shop = Shop()
    shop.b.queue("dead")
    elsewhere = shop.bq.queue("dead")
    with pytest.raises(ValueError, match=rf"Broker\.{kind}\.dead_letter must be a queue of b, got"):
        getattr(shop.b, kind)("tasks", dead_letter=elsewhere)
    assert list(shop.b.queues) == ["dead"]
    getattr(shop.b, kind)("tasks", dead_letter=shop.b.queues["dead"])


@pytest.mark.parametrize("group", ["", 3])
def test_a_group_without_a_name_is_refused(group):
    shop = Shop()
    shop.b.topic("news")
    with pytest.raises(ValueError, match=r"Node\.subscribe\.group"):
        shop.join("w", "news", group=group)
