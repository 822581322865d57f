"""A trace tells itself in words, in English and in French."""

import pytest

from simulator import (
    AtLeastOnce,
    Constant,
    Crash,
    Link,
    Network,
    Partition,
    Retry,
    Scenario,
    Scripted,
    simulate,
)

LOST_ONCE = Scenario(
    guarantee=AtLeastOnce(retry=Retry(timeout=0.2)),
    link=Link(delay=Constant(0.05), loss=Scripted(lost={(0, 1)})),
    return_link=Link(delay=Constant(0.05)),
    messages=1,
)

TOLD = {
    "en": """\
0.000 s  sender           creates message 0
0.000 s  sender           sends message 0
0.000 s  sender→receiver  lost on the way: message 0
0.200 s  sender           timeout: message 0
0.200 s  sender           sends message 0, attempt 2
0.250 s  receiver         arrival: message 0, attempt 2
0.250 s  receiver         handles message 0, attempt 2
0.250 s  receiver         sends the acknowledgement of message 0, attempt 2
0.300 s  sender           arrival: acknowledgement of message 0, attempt 2
0.300 s  sender           acknowledged: message 0, attempt 2""",
    "fr": """\
0,000 s  expéditeur            crée le message 0
0,000 s  expéditeur            envoie le message 0
0,000 s  expéditeur→récepteur  perte en route : message 0
0,200 s  expéditeur            délai d'attente écoulé : message 0
0,200 s  expéditeur            envoie le message 0, tentative 2
0,250 s  récepteur             arrivée : message 0, tentative 2
0,250 s  récepteur             traite le message 0, tentative 2
0,250 s  récepteur             envoie l'accusé de réception du message 0, tentative 2
0,300 s  expéditeur            arrivée : accusé de réception du message 0, tentative 2
0,300 s  expéditeur            acquittement : message 0, tentative 2""",
}


@pytest.mark.parametrize("language", TOLD)
def test_the_story_of_a_lost_message_is_told_line_by_line(language):
    assert simulate(LOST_ONCE, trace=True).trace.tell(language=language) == TOLD[language]


def test_what_befalls_nodes_and_links_is_told_of_them():
    net = Network(seed=1)
    net.connect(net.node("a"), net.node("b"), Link(delay=Constant(0.05)))
    net.inject(Crash(node="b", at=1.0, lasts=1.0))
    net.inject(Partition(groups=(("a",), ("b",)), at=3.0, lasts=1.0))
    net.run()
    lines = net.trace.tell(language="fr").splitlines()
    assert lines[0].split() == ["1,000", "s", "b", "panne"]
    assert lines[2].endswith("lien coupé : a→b")


def test_another_language_is_refused():
    with pytest.raises(ValueError, match="language must be"):
        simulate(LOST_ONCE, trace=True).trace.tell(language="de")
