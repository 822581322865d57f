"""A real lab: datagrams that a real network loses and delays, beside what Pigeon predicts for them.

    sudo .venv/bin/python docs/guides/netem_lab/lab.py

Linux's tc-netem does it, between two network namespaces that are made for the lab and removed after
it; no traffic leaves them.
"""

import argparse
import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
from networks import namespaces, run

from simulator import AtLeastOnce, Constant, Link, Periodic, Retry, Scenario, simulate

UDP = Path(__file__).with_name("udp.py")
METRICS = ("loss_rate", "duplicate_rate", "attempts_mean", "cost", "latency_mean")


def measure(network, scenario):
    """Let sender and receiver run over a network, and return what they measured."""
    at_sender, at_receiver, entry, receiver = network
    python, retry = (sys.executable, str(UDP)), scenario.guarantee.retry
    host, port = map(str, receiver)
    listening = subprocess.Popen(
        (*at_receiver, *python, "receive", host, port), stdout=subprocess.PIPE, text=True
    )
    listening.stdout.readline()  # its header: it listens
    host, port = map(str, entry)
    options = ("--messages", scenario.messages, "--interval", scenario.workload.interval)
    options += ("--timeout", retry.timeout, "--attempts", retry.max_attempts)
    sending = run(*at_sender, *python, "send", host, port, *map(str, options))
    received = [line.split(",") for line in listening.communicate()[0].splitlines()]
    sent = list(csv.DictReader(sending.splitlines()))
    came = {}
    for number, _, instant in received:
        came.setdefault(number, float(instant))
    latencies = [
        came[row["message"]] - float(row["created_s"]) for row in sent if row["message"] in came
    ]
    attempts = sum(int(row["attempts"]) for row in sent)
    return {
        "loss_rate": 1 - len(came) / len(sent),
        "duplicate_rate": (len(received) - len(came)) / len(sent),
        "attempts_mean": attempts / len(sent),
        "cost": (attempts + len(received)) / len(sent),  # a receiver acknowledges each copy
        "latency_mean": sum(latencies) / len(latencies),
    }


def predict(scenario, replications=400):
    """Return, for each metric, its mean and how far a run of this size strays from it."""
    runs = [simulate(scenario, replication=k).summary for k in range(replications)]
    found = {metric: np.array([run[metric] for run in runs]) for metric in METRICS}
    return {metric: (values.mean(), values.std(ddof=1)) for metric, values in found.items()}


def main():
    """Measure, predict, and set both side by side."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--messages", type=int, default=500)
    parser.add_argument("--loss", type=float, default=0.2, help="probability, each way")
    parser.add_argument("--delay", type=float, default=0.05, help="seconds, each way")
    parser.add_argument("--timeout", type=float, default=0.2, help="seconds until the next attempt")
    options = parser.parse_args()
    scenario = Scenario(
        guarantee=AtLeastOnce(retry=Retry(timeout=options.timeout, max_attempts=3)),
        link=Link(delay=Constant(options.delay), loss=options.loss),
        workload=Periodic(interval=0.01),
        messages=options.messages,
        seed=1,
    )
    try:
        with namespaces(scenario.link) as ends:
            measured = measure(ends, scenario)
    except OSError as error:
        sys.exit(
            f"lab: {error}\nlab: netem needs root, iproute2 and the kernel's sch_netem; "
            "`pigeon live` needs none of them"
        )
    print(f"{'':<15} measured  predicted   one run strays by   apart (in such)")
    for metric, (mean, spread) in predict(scenario).items():
        apart = f"{(measured[metric] - mean) / spread:+.1f}" if spread else "–"
        print(f"{metric:<15} {measured[metric]:8.4f}  {mean:9.4f} {spread:19.4f} {apart:>17}")


if __name__ == "__main__":
    main()
