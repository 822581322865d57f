"""MQTT's three qualities of service, measured, are the three guarantees."""

import time
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from experiments.cli.program import main
from experiments.reality import mqtt
from experiments.reality.mqtt_proxy import CuttingProxy
from experiments.reality.options import NotInstalled, Options
from tests.experiments.reality.skipping import skipped_where_not_installed

MESSAGES = 400
SEEDS = (1, 2, 3)
GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "real_brokers.md"


def exchange(qos, seed, messages=MESSAGES):
    with skipped_where_not_installed(), mqtt.broker() as port:
        return mqtt.exchange(port, qos, messages=messages, seed=seed)


@pytest.fixture
def run(capsys):
    def run(*arguments):
        with skipped_where_not_installed(), mqtt.broker():
            pass
        with pytest.raises(SystemExit) as end:
            main(["measure", "mqtt", *map(str, arguments)])
        return end.value.code, capsys.readouterr()

    return run


@pytest.mark.parametrize("seed", SEEDS)
def test_qos_0_loses_a_message_for_each_publish_that_is_cut(seed):
    found = exchange(0, seed)
    assert found.sent == {"PUBLISH": MESSAGES}
    assert found.lost == found.cut["PUBLISH"] > 0
    assert found.duplicates == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_qos_1_duplicates_a_message_for_each_puback_that_is_cut(seed):
    found = exchange(1, seed)
    assert found.duplicates == found.cut["PUBACK"] > 0
    assert found.lost == 0
    # Each cut has the message sent once more.
    assert found.sent["PUBLISH"] == MESSAGES + sum(found.cut.values())
    assert found.cut["PUBLISH"] > 0


@pytest.mark.parametrize("seed", SEEDS)
def test_qos_2_does_neither_whichever_packet_is_cut(seed):
    found = exchange(2, seed)
    assert (found.lost, found.duplicates) == (0, 0)
    assert set(found.cut) == {"PUBLISH", "PUBREC", "PUBREL", "PUBCOMP"}
    assert all(found.cut.values())
    assert found.sent["PUBLISH"] == MESSAGES + found.cut["PUBLISH"] + found.cut["PUBREC"]
    assert found.sent["PUBREL"] == MESSAGES + found.cut["PUBREL"] + found.cut["PUBCOMP"]


def test_what_the_subscriber_has_yet_to_read_is_waited_for(monkeypatch):
    with skipped_where_not_installed(), mqtt.broker() as port:
        from experiments.reality.mqtt_clients import Subscriber  # noqa: PLC0415 - paho may be away

        counts = Subscriber._on_message

        def counts_slowly(*message):
            time.sleep(0.02)
            counts(*message)

        monkeypatch.setattr(Subscriber, "_on_message", counts_slowly)
        found = mqtt.exchange(port, 1, messages=50, seed=1)
    assert found.lost == 0


@pytest.mark.parametrize("qos", [0, 1, 2])
def test_a_broker_that_is_gone_is_an_error_and_no_loss(qos, monkeypatch):
    draws = np.random.default_rng(1)
    with skipped_where_not_installed(), ExitStack() as stack, mqtt.broker() as port:
        from experiments.reality import mqtt_clients  # noqa: PLC0415 - paho may be away

        monkeypatch.setattr(mqtt_clients, "PATIENCE", 0.5)
        proxy = stack.enter_context(CuttingProxy(port, probability=0.0, generator=draws))
        publisher = mqtt_clients.Publisher(proxy.port)
        stack.callback(publisher.close)
        publisher.publish(0, qos)
        stack.callback(_publish_in_vain, publisher, qos)


def _publish_in_vain(publisher, qos):
    with pytest.raises(TimeoutError, match="the MQTT broker does not answer"):
        publisher.publish(1, qos)


def test_a_seed_gives_the_same_cuts_again():
    first, again = exchange(1, 4, 100), exchange(1, 4, 100)
    assert (first.sent, first.cut) == (again.sent, again.cut)


def test_measured_is_within_four_standard_deviations_and_the_guide_shows_it():
    with skipped_where_not_installed():
        found = mqtt.measure(Options())
    lines = [line for comparison in found for line in comparison.lines]
    scores = [line.z for line in lines if line.z is not None]
    assert len(scores) == 4  # lost; duplicates; and packets of two
    assert all(abs(z) <= 4 for z in scores)
    assert all(line.difference == 0 for line in lines if line.z is None)  # it cannot vary
    tables = "\n\n".join(comparison.table() for comparison in found)
    assert tables in GUIDE.read_text(encoding="utf-8")


def test_it_is_told_in_french_and_drawn(run, tmp_path):
    figure, bitmap = tmp_path / "mqtt.svg", tmp_path / "mqtt.png"
    status, said = run("--messages", 20, "--lang", "fr", "--figure", figure)
    assert (status, said.err) == (0, "")
    assert "MQTT QoS 2, et Handshake\u00a0: 20 messages\u00a0; coupures\u00a0: " in said.out
    drawn = figure.read_text(encoding="utf-8")
    assert 'lang="fr"' in drawn
    assert (
        "QoS 2, exactement une fois\u00a0: 0 perdus (simulé\u00a0: 0), doublons\u00a0: 0" in drawn
    )
    assert run("--messages", 20, "--figure", bitmap, "--theme", "dark")[0] == 0
    assert bitmap.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("missing", ["program", "library"])
def test_where_it_is_not_installed_one_line_says_so(missing, monkeypatch, capsys):
    def nowhere(*_):
        raise NotInstalled("mosquitto is not installed here; on Debian: apt install mosquitto")

    monkeypatch.setattr(mqtt, missing, nowhere)
    with pytest.raises(SystemExit) as end:
        main(["measure", "mqtt"])
    said = "pigeon: error: mosquitto is not installed here; on Debian: apt install mosquitto\n"
    assert (end.value.code, capsys.readouterr().err) == (2, said)
