"""The chapter's own pictures come out: what travels has its name, in any program."""

from functools import partial
from itertools import pairwise

import pytest

from experiments.course import stories
from simulator import (
    AtLeastOnce,
    BestEffort,
    Constant,
    Crash,
    Failed,
    Link,
    Lose,
    Network,
    Retry,
    Script,
)

LINK = Link(delay=Constant(0.05))
ONCE = AtLeastOnce(retry=Retry(timeout=1.0, max_attempts=1))


def told(trace, language="en"):
    """Return the arrows and notes of a sequence diagram, without their instants."""
    lines = trace.to_mermaid(language=language).splitlines()
    return [
        line.strip().rpartition(" (")[0] for line in lines if ": " in line and "acc" not in line
    ]


def lines(text):
    return [line.strip() for line in text.strip().splitlines()]


def network(*names, adversary=None):
    """Nodes in a row, each linked to the next."""
    net = Network(seed=1, adversary=adversary)
    nodes = [net.node(name) for name in names]
    for one, other in pairwise(nodes):
        net.connect(one, other, LINK)
    return net, *nodes


def shop(work, *workers, topic=False, **settings):
    """A client publishes one order with a broker, for workers who answer its reply queue."""
    net = Network(seed=1)
    client, broker = net.node("client"), net.broker("broker")
    net.connect(client, broker, LINK)
    (broker.topic if topic else broker.queue)("orders", **settings)
    for name in workers:
        worker = net.node(name)
        net.connect(worker, broker, LINK)
        net.connect(worker, client, LINK)
        worker.subscribe(broker, "orders", partial(work, worker))
    return net, client, broker


def takes_time(worker, message):
    yield worker.work(0.1)
    return message.data


@pytest.mark.parametrize(
    ("language", "picture"),
    [
        (
            "fr",
            """
            n0->>n1: Requête
            Note over n0: En attente…
            Note over n1: Travail en cours…
            n1-->>n0: Réponse
            Note over n0: Continuer
            """,
        ),
        (
            "en",
            """
            n0->>n1: Request
            Note over n0: Waiting…
            Note over n1: Work in progress…
            n1-->>n0: Reply
            Note over n0: Continue
            """,
        ),
    ],
)
def test_a_client_asks_waits_and_continues(language, picture):
    assert told(stories.request_response(language), language) == lines(picture)


@pytest.mark.parametrize(
    ("language", "picture"),
    [
        (
            "fr",
            """
            n0->>n1: Envoyer la tâche Producteur-0
            Note over n0: Continuer immédiatement
            n1->>n2: Traiter plus tard : tâche Producteur-0
            Note over n2: Travail en cours… tâche Producteur-0
            n2-->>n0: Résultat, ID de corrélation Producteur-0
            n2-->>n1: Accusé de réception de la tâche Producteur-0
            """,
        ),
        (
            "en",
            """
            n0->>n1: Send task Producer-0
            Note over n0: Continue immediately
            n1->>n2: Process later: task Producer-0
            Note over n2: Work in progress… task Producer-0
            n2-->>n0: Result, correlation id Producer-0
            n2-->>n1: Acknowledgement of task Producer-0
            """,
        ),
    ],
)
def test_a_producer_continues_and_the_result_comes_later(language, picture):
    assert told(stories.fire_and_forget(language), language) == lines(picture)


REDELIVERED = {
    "fr": """
        n0->>n1: Envoyer la tâche Producteur-0
        Note over n0: Continuer immédiatement
        n1->>n2: Traiter plus tard : tâche Producteur-0
        Note over n2: Travail inachevé : tâche Producteur-0
        Note over n2: Panne
        Note over n2: Redémarrage
        Note over n1: Délai de visibilité écoulé : tâche Producteur-0
        n1->>n2: Traiter plus tard : tâche Producteur-0, livraison 2
        Note over n2: Travail en cours… tâche Producteur-0, livraison 2
        n2-->>n0: Résultat, ID de corrélation Producteur-0
        n2-->>n1: Accusé de réception de la tâche Producteur-0, livraison 2
        """,
    "en": """
        n0->>n1: Send task Producer-0
        Note over n0: Continue immediately
        n1->>n2: Process later: task Producer-0
        Note over n2: Unfinished work: task Producer-0
        Note over n2: Crash
        Note over n2: Restart
        Note over n1: Visibility timeout: task Producer-0
        n1->>n2: Process later: task Producer-0, delivery 2
        Note over n2: Work in progress… task Producer-0, delivery 2
        n2-->>n0: Result, correlation id Producer-0
        n2-->>n1: Acknowledgement of task Producer-0, delivery 2
        """,
}


@pytest.mark.parametrize("language", REDELIVERED)
def test_a_task_that_a_crash_cuts_short_is_delivered_again_in_the_same_story(language):
    trace = stories.redelivery(language)
    picture = lines(REDELIVERED[language])
    assert told(trace, language) == picture
    (story,) = {row.story for row in trace} - {""}
    whole = trace.of(story=story)
    assert {(row.kind, row.delivery) for row in whole} >= {("task", 1), ("task", 2), ("result", 0)}
    of_nodes = ("Panne", "Redémarrage", "Crash", "Restart")
    assert told(whole, language) == [line for line in picture if not line.endswith(of_nodes)]


def test_a_task_that_a_worker_gives_back_is_refused_and_delivered_again():
    def fails_once(_, message):
        if message.delivery == 1:
            raise Failed

    net, client, broker = shop(fails_once, "worker")
    client.publish(broker, "orders", guarantee=BestEffort())
    net.run()
    assert told(net.trace, "fr") == lines("""
        n0->>n1: Envoyer la tâche
        Note over n0: Continuer immédiatement
        n1->>n2: Traiter plus tard : tâche
        Note over n2: Traite la tâche
        n2-->>n1: Refus de la tâche
        n1->>n2: Traiter plus tard : tâche, livraison 2
        Note over n2: Traite la tâche, livraison 2
        n2-->>n1: Accusé de réception de la tâche, livraison 2
    """)


def test_several_tasks_have_numbers_and_those_that_wait_are_in_the_queue_meanwhile():
    net, client, broker = shop(takes_time, "worker")
    for _ in range(2):
        client.publish(broker, "orders", guarantee=BestEffort())
    net.run()
    picture = net.trace.to_mermaid().splitlines()
    assert [line.strip() for line in picture if "task 1" in line] == lines("""
        n0->>n1: Send task 1 (0.000 → 0.050 s)
        Note over n1: In the queue: task 1 (0.050 → 0.250 s)
        n1->>n2: Process later: task 1 (0.250 → 0.300 s)
        Note over n2: Work in progress… task 1 (0.300 → 0.400 s)
        n2-->>n1: Acknowledgement of task 1 (0.400 → 0.450 s)
    """)
    assert sum("Continue immediately" in line for line in picture) == 1  # it sent both at once


def test_a_request_that_is_sent_again_has_one_wait_and_numbered_attempts():
    net, client, server = network("client", "server", adversary=Script([Lose(message=0)]))
    server.on("sum")(lambda _: None)
    client.ask(server, "sum", guarantee=AtLeastOnce(retry=Retry(timeout=0.2, max_attempts=2)))
    net.run()
    assert net.trace.to_mermaid().splitlines()[4:] == [
        "    n0-xn1: Lost on the way: request (0.000 s → …)",
        "    Note over n0: Waiting… (0.000 → 0.300 s)",
        "    Note over n0: Timeout: request (0.200 s)",
        "    n0->>n1: Request, attempt 2 (0.200 → 0.250 s)",
        "    Note over n1: Handles the request, attempt 2 (0.250 s)",
        "    n1-->>n0: Reply, attempt 2 (0.250 → 0.300 s)",
        "    Note over n0: Continue (0.300 s)",
    ]


def test_a_refused_request_is_given_up_and_nobody_continues():
    net, client, server = network("client", "server")
    server.on("sum")(lambda _: None)
    net.inject(Crash(node="server", at=0.01, lasts=1.0, refuses=True))
    client.ask(server, "sum", guarantee=ONCE).defused = True
    net.run()
    assert told(net.trace, "fr") == lines("""
        Note over n1: Panne
        n0->>n1: Requête
        Note over n0: En attente…
        n1-->>n0: Refus de la requête
        Note over n0: Abandonne la requête
        Note over n1: Redémarrage
    """)


def test_what_has_not_ended_when_the_trace_ends_has_no_end():
    net, client, server = network("client", "server")

    @server.on("sum")
    def handle(_):
        yield server.work(1.0)

    client.ask(server, "sum", guarantee=ONCE).defused = True
    net.run(until=0.5)
    assert net.trace.to_mermaid(language="fr").splitlines()[4:] == [
        "    n0->>n1: Requête (0,000 → 0,050 s)",
        "    Note over n0: En attente… (0,000 s → …)",
        "    Note over n1: Travail en cours… (0,050 s → …)",
    ]
    assert net.trace.describe() == (
        "At 0 s, Client sends Server the request, which arrives at 0.05 s; "
        "Client waits for the reply to the request. At 0.05 s, Server begins to handle the request."
    )


def test_requests_of_two_services_are_told_apart_by_their_identifiers():
    net, client, gateway, store = network("client", "gateway", "store")
    store.on("read")(lambda _: None)

    @gateway.on("show")
    def show(_):
        yield gateway.ask(store, "read")

    client.ask(gateway, "show")
    net.run()
    assert told(net.trace, "fr") == lines("""
        n0->>n1: Requête client-0
        Note over n0: En attente… requête client-0
        Note over n1: Travail en cours… requête client-0
        n1->>n2: Requête gateway-0
        Note over n1: En attente… requête gateway-0
        Note over n2: Traite la requête gateway-0
        n2-->>n1: Réponse gateway-0
        Note over n1: Continuer
        n1-->>n0: Réponse client-0
        Note over n0: Continuer
    """)


def test_an_event_is_published_and_delivered_to_each_subscriber():
    net, client, broker = shop(lambda *_: None, "mail", "stock", topic=True)
    client.publish(broker, "orders", guarantee=BestEffort())
    net.run()
    assert told(net.trace, "fr") == lines("""
        n0->>n1: Publier l'événement
        Note over n0: Continuer immédiatement
        n1->>n2: Livrer l'événement
        Note over n2: Traite l'événement
        n1->>n3: Livrer l'événement
        Note over n3: Traite l'événement
        n2-->>n1: Accusé de réception de l'événement
        n3-->>n1: Accusé de réception de l'événement
    """)


def test_who_notifies_continues_immediately():
    net, client, server = network("client", "server")
    server.on("note")(lambda _: None)
    client.notify(server, "note")
    net.run()
    assert told(net.trace) == lines("""
        n0->>n1: Message 0
        Note over n0: Continue immediately
        Note over n1: Handles message 0
    """)


def test_a_request_to_a_reply_queue_is_not_waited_for_and_its_reply_names_it():
    net, client, server = network("client", "server")
    server.on("sum")(lambda message: sum(message.data))
    replies = client.reply_queue(guarantee=BestEffort())
    client.send(server, "sum", [1, 2], guarantee=BestEffort(), reply_to=replies)
    net.run()
    assert told(net.trace, "fr") == lines("""
        n0->>n1: Requête client-0
        Note over n0: Continuer immédiatement
        Note over n1: Traite la requête client-0
        n1-->>n0: Réponse, ID de corrélation client-0
    """)


def test_what_expires_or_has_no_subscriber_is_said_of_a_task_or_an_event():
    net, client, broker = shop(None, ttl=1.0)
    broker.topic("news")
    client.publish(broker, "orders", guarantee=BestEffort())
    client.publish(broker, "news", guarantee=BestEffort())
    net.run(until=2.0)
    assert told(net.trace, "fr") == lines("""
        n0->>n1: Envoyer la tâche 0
        Note over n0: Continuer immédiatement
        Note over n1: Dans la file : tâche 0
        n0->>n1: Publier l'événement 1
        Note over n1: Sans abonné : événement 1
        Note over n1: Expiration : tâche 0
    """)
