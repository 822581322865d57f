"""Ctrl-C and SIGTERM end a measurement with one line, and nothing that it started is left."""

import os
import signal
import subprocess
import sys
import time

import pytest

from experiments.reality import mqtt, redis_streams
from tests.experiments.interrupted import all_end, processes, wait_until
from tests.experiments.reality.skipping import skipped_where_not_installed


@pytest.mark.parametrize(
    ("command", "broker", "started", "number", "status"),
    [
        (["mqtt", "--messages", "1000000"], mqtt.broker, ["mosquitto"], signal.SIGINT, 130),
        (["redis"], redis_streams.store, ["redis-server", "first", "second"], signal.SIGTERM, 143),
    ],
    ids=["mqtt", "redis"],
)
def test_a_signal_in_mid_measurement_leaves_no_process(command, broker, started, number, status):
    with skipped_where_not_installed(), broker():
        pass
    process = subprocess.Popen(
        [sys.executable, "-m", "experiments", "measure", *command],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # which is how its processes are found
    )
    wait_until(lambda: all(part in str(processes(process.pid)) for part in started))
    time.sleep(0.3)  # it is in the middle of it
    os.killpg(process.pid, number)  # as a terminal does: to all of them
    _, said = process.communicate()
    assert process.returncode == status, said
    assert said.strip() == "pigeon: error: stopped; nothing is left half-written"
    assert all_end(process.pid), processes(process.pid)
