"""The lab's sender and receiver, over the lab's proxy, count what Pigeon predicts."""

import csv
import subprocess
import sys

from tests.docs.blocks import ROOT

LAB = ROOT / "docs" / "guides" / "netem_lab" / "lab.py"


def run(*options):
    command = (sys.executable, LAB, *options)
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def test_real_datagrams_are_lost_and_duplicated_as_predicted():
    # Timeouts that a busy machine does not miss: a round trip takes 0.02 s.
    done = run("--proxy", "--messages=150", "--delay=0.01", "--timeout=0.4", "--seed=2")
    assert not done.returncode, done.stderr
    rows = csv.reader(done.stdout.splitlines()[1:], delimiter=" ", skipinitialspace=True)
    apart = {metric: float(last) for metric, *_, last in rows}
    assert set(apart) > {"loss_rate", "duplicate_rate", "attempts_mean", "cost"}
    for metric in ("loss_rate", "duplicate_rate", "attempts_mean", "cost"):
        assert abs(apart[metric]) <= 4, done.stdout
