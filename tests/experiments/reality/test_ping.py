"""What each system's ping prints becomes the same round trips; what is no such thing is refused."""

import codecs
import math

import numpy as np
import pytest

from experiments.cli.program import main
from experiments.reality import ping

# Probes 2 and 5 lost, the last by the statistics alone; probe 3 answered twice.
LINUX = """\
PING example.org (93.184.216.34) 56(84) bytes of data.
64 bytes from 93.184.216.34: icmp_seq=1 ttl=56 time=11.6 ms
64 bytes from 93.184.216.34: icmp_seq=3 ttl=56 time=12 ms
64 bytes from 93.184.216.34: icmp_seq=3 ttl=56 time=40.5 ms (DUP!)
64 bytes from 93.184.216.34: icmp_seq=4 ttl=56 time=0.045 ms

--- example.org ping statistics ---
5 packets transmitted, 3 received, +1 duplicates, 40% packet loss, time 4006ms
rtt min/avg/max/mdev = 0.045/7.881/12.000/5.545 ms
"""
LOGS = {
    "Linux": LINUX,
    "Linux, with -O, of which one answer comes late": LINUX.replace(
        "64 bytes from 93.184.216.34: icmp_seq=3",
        "no answer yet for icmp_seq=2\nno answer yet for icmp_seq=3\n"
        "64 bytes from 93.184.216.34: icmp_seq=3",
        1,
    ),
    "Linux, in French": LINUX.replace(
        "64 bytes from 93.184.216.34:", "64 octets de 93.184.216.34 :"
    )
    .replace("time=", "temps=")
    .replace("11.6", "11,6")
    .replace("5 packets transmitted, 3 received", "5 paquets transmis, 3 reçus"),
    "Linux, with -D, and a router that answers": LINUX.replace(
        "64 bytes", "[1700000000.123456] 64 bytes"
    ).replace("\n\n---", "\nFrom 192.168.1.1 icmp_seq=5 Destination Host Unreachable\n\n---"),
    "Linux, out of order": LINUX.replace("icmp_seq=1 ttl=56 time=11.6 ms\n", "icmp_seq=X\n", 1)
    .replace("64 bytes from 93.184.216.34: icmp_seq=X\n", "")
    .replace("\n\n---", "\n64 bytes from 93.184.216.34: icmp_seq=1 ttl=56 time=11.6 ms\n\n---"),
    "macOS": """\
PING example.org (93.184.216.34): 56 data bytes
64 bytes from 93.184.216.34: icmp_seq=0 ttl=56 time=11.600 ms
Request timeout for icmp_seq 1
64 bytes from 93.184.216.34: icmp_seq=2 ttl=56 time=12.000 ms
64 bytes from 93.184.216.34: icmp_seq=2 ttl=56 time=40.500 ms (DUP!)
64 bytes from 93.184.216.34: icmp_seq=3 ttl=56 time=0.045 ms
Request timeout for icmp_seq 4

--- example.org ping statistics ---
5 packets transmitted, 3 packets received, +1 duplicates, 40.0% packet loss
round-trip min/avg/max/stddev = 0.045/7.881/12.000/5.545 ms
""",
    "BSD, over IPv6": """\
PING6(56=40+8+8 bytes) ::1 --> ::1
16 bytes from ::1, icmp_seq=0 hlim=64 time=11.6 ms
16 bytes from ::1, icmp_seq=2 hlim=64 time=12 ms
16 bytes from ::1, icmp_seq=2 hlim=64 time=40.5 ms(DUP!)
16 bytes from ::1, icmp_seq=3 hlim=64 time=0.045 ms

--- ::1 ping6 statistics ---
5 packets transmitted, 3 packets received, +1 duplicates, 40.0% packet loss
""",
    "BusyBox": """\
PING example.org (93.184.216.34): 56 data bytes
64 bytes from 93.184.216.34: seq=0 ttl=56 time=11.600 ms
64 bytes from 93.184.216.34: seq=2 ttl=56 time=12.000 ms
64 bytes from 93.184.216.34: seq=2 ttl=56 time=40.500 ms (DUP!)
64 bytes from 93.184.216.34: seq=3 ttl=56 time=0.045 ms

--- example.org ping statistics ---
5 packets transmitted, 3 packets received, 1 duplicates, 40% packet loss
""",
}


@pytest.mark.parametrize("log", LOGS.values(), ids=LOGS)
def test_each_system_s_log_says_which_probes_came_back_and_when(tmp_path, log):
    file = tmp_path / "ping.log"
    file.write_text(log, encoding="utf-8")
    found = ping.read(file)
    expected = [0.0116, math.nan, 0.012, 0.000045, math.nan]
    np.testing.assert_allclose(found.seconds, expected, rtol=1e-12)
    assert found.duplicates == 1


WINDOWS = """\

Pinging example.org [93.184.216.34] with 32 bytes of data:
Reply from 93.184.216.34: bytes=32 time=12ms TTL=56
Request timed out.
Reply from 93.184.216.34: bytes=32 time<1ms TTL=128
Reply from 192.168.1.1: Destination host unreachable.

Ping statistics for 93.184.216.34:
    Packets: Sent = 4, Received = 3, Lost = 1 (25% loss),
Approximate round trip times in milli-seconds:
    Minimum = 0ms, Maximum = 12ms, Average = 6ms
"""
FRENCH = """\
C:\\>ping example.org

Envoi d’une requête 'ping' sur example.org [93.184.216.34] avec 32 octets de données :
Réponse de 93.184.216.34 : octets=32 temps=12 ms TTL=56
Délai d’attente de la demande dépassé.
Réponse de 93.184.216.34 : octets=32 temps<1ms TTL=128
Réponse de 192.168.1.1 : Impossible de joindre l’hôte de destination.

Statistiques Ping pour 93.184.216.34:
    Paquets : envoyés = 4, reçus = 3, perdus = 1 (perte 25%),
Durée approximative des boucles en millisecondes :
    Minimum = 0ms, Maximum = 12ms, Moyenne = 6ms
"""


@pytest.mark.parametrize(
    "data",
    [
        WINDOWS.encode(),
        WINDOWS.replace("\n", "\r\n").encode(),
        FRENCH.encode(),
        FRENCH.replace("’", "'").replace("12 ms", "12\xa0ms").encode("cp850"),
        codecs.BOM_UTF16_LE + FRENCH.encode("utf-16-le"),
    ],
    ids=["English", "its lines", "French", "as its console writes it", "as PowerShell does"],
)
def test_each_line_of_a_block_of_windows_is_a_probe_in_any_language(tmp_path, data):
    file = tmp_path / "ping.txt"
    file.write_bytes(data)
    found = ping.read(file)
    # "Less than 1 ms" is taken for a half.
    np.testing.assert_allclose(found.seconds, [0.012, math.nan, 0.0005, math.nan], rtol=1e-12)
    assert found.duplicates == 0


def test_a_log_without_its_beginning_counts_from_the_first_line_seen(tmp_path):
    file = tmp_path / "ping.log"
    lines = [f"64 bytes from ::1: icmp_seq={k} ttl=64 time=1.0 ms\n" for k in (57, 58, 60)]
    file.write_text("".join(lines), encoding="utf-8")
    assert np.isnan(ping.read(file).seconds).tolist() == [False, False, True, False]
    file.write_text("PING ::1 (::1) 56 data bytes\n" + "".join(lines), encoding="utf-8")
    assert ping.read(file).sent == 60
    assert np.isnan(ping.read(file).seconds).sum() == 57
    file.write_text(lines[1] + lines[0], encoding="utf-8")  # 57 was overtaken
    assert ping.read(file).sent == 2
    file.write_text("".join(WINDOWS.splitlines(keepends=True)[2:]), encoding="utf-8")
    assert ping.read(file).sent == 4


def test_the_first_probe_is_0_for_busybox_though_it_was_lost(tmp_path):
    file = tmp_path / "ping.log"
    lost = "64 bytes from 93.184.216.34: seq=0 ttl=56 time=11.600 ms\n"
    file.write_text(LOGS["BusyBox"].replace(lost, "").replace("3 packets rec", "2 packets rec"))
    assert np.isnan(ping.read(file).seconds).tolist() == [True, True, False, False, True]


def test_numbers_of_16_bits_begin_again_and_so_does_a_second_run(tmp_path):
    file = tmp_path / "ping.log"
    line = "64 bytes from ::1: icmp_seq={} ttl=64 time=1.0 ms\n".format
    file.write_text("".join(map(line, (65534, 65535, 1, 0))), encoding="utf-8")
    assert ping.read(file).sent == 4
    assert not np.isnan(ping.read(file).seconds).any()
    run = "PING ::1 (::1) 56 data bytes\n" + line(1) + line(2)
    file.write_text(2 * run, encoding="utf-8")
    assert (ping.read(file).sent, ping.read(file).duplicates) == (4, 0)


def test_a_column_of_round_trips_is_in_its_own_unit_and_an_empty_value_is_a_loss(tmp_path):
    file = tmp_path / "round_trips.csv"
    for text in (
        "probe,rtt_ms\n1,12\n2,\n3,14.5\n",
        '\ufeff"rtt_ms"\n12\n""\n14.5\n\n',
        "rtt_s,n\n0.012,1\n,2\n.0145,3\n",
    ):
        file.write_text(text, encoding="utf-8")
        np.testing.assert_allclose(ping.read(file).seconds, [0.012, math.nan, 0.0145], rtol=1e-12)


def answers(*numbers):
    return "".join(f"64 bytes from ::1: icmp_seq={k} ttl=64 time=1.0 ms\n" for k in numbers)


REFUSED = {
    "nothing": ("ping.log", b"", "ping.log must be what ping printed, got an empty file"),
    "blank lines": ("ping.log", b"\n \n", "got an empty file"),
    "prose": ("ping.log", b"Dear Sir:\nas said\n", "must have at least two answered probes"),
    "no probe": (
        "ping.log",
        b"hello\n",
        "a column rtt_s or .*got neither: no line is about a probe",
    ),
    "binary": ("ping.log", bytes(range(256)), "ping.log must be .*which is text, got binary data"),
    "noise": ("ping.log", bytes(range(1, 256)), "got neither"),
    "half of a character": ("ping.log", b"\xff\xfeP", "got binary data"),
    "one answer": ("ping.log", answers(1).encode(), "at least two answered probes, got 1 of 1"),
    "losses alone": (
        "ping.log",
        "".join(f"no answer yet for icmp_seq={k}\n" for k in range(1, 21)).encode(),
        "at least two answered probes, got 0 of 20",
    ),
    "statistics alone": (
        "ping.log",
        b"PING ::1 (::1) 56 data bytes\n5 packets transmitted, 5 received, 0% packet loss\n",
        "no line is about a probe",
    ),
    "a log that was cut": (
        "ping.log",
        (answers(8, 9) + "9 packets transmitted, 9 received, 0% packet loss, time 8ms\n").encode(),
        "line 3 of .*ping.log must agree with the lines above, got 9 received, with lines for 2",
    ),
    "no times": (
        "ping.log",
        (answers(1, 2) + "16 bytes from ::1: icmp_seq=3 ttl=64\n").encode(),
        "line 3 of .*payload of 16 bytes",
    ),
    "a huge line": ("ping.log", b"x" * 5_000_000, "line 1 of .*at most 1,000 char.*got 5,000,000"),
    "a huge time": (
        "ping.log",
        b"64 bytes from ::1: icmp_seq=3 ttl=64 time=" + b"9" * 900 + b" ms",
        "line 1 of .*must be a time in ms, got inf",
    ),
    "a huge number": (
        "ping.log",
        (
            answers(1)
            + "9" * 900
            + " packets transmitted, 1 received, 0% packet loss\n"
            + answers(2)
        ).encode(),
        "ping.log must be about at most 10,000,000 probes, got more",
    ),
    "not a number": ("a.csv", b"rtt_s\n0.1\nnan\n", "line 3 of .*a.csv must be .*got 'nan'"),
    "infinite": ("a.csv", b"rtt_s\n0.1\n0.2\ninf\n", "line 4 of .*got 'inf'"),
    "negative": ("a.csv", b"rtt_s\n0.1\n-1\n", "line 3 of .*at least 0"),
    "another column": ("a.csv", b"delay\n0.1\n", r"a column of .*a.csv \(delay\), got 'rtt_s'"),
    "semicolons": ("a.csv", b"rtt_s;n\n0,1;2\n", "which must be separated by commas"),
    "one row": ("a.csv", b"rtt_s\n0.1\n", "at least two answered probes, got 1 of 1"),
    "a broadcast": (
        "ping.log",
        answers(1, 2, *[2] * 7).encode(),
        "at most three a probe, got 7 for",
    ),
}


@pytest.mark.parametrize(("name", "data", "error"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_log_is_refused_in_one_line(tmp_path, capsys, name, data, error):
    file = tmp_path / name
    file.write_bytes(data)
    with pytest.raises(SystemExit) as end:
        main(["link", str(file)])
    assert end.value.code == 2
    said = capsys.readouterr()
    assert not said.out
    assert said.err.count("\n") == 1
    with pytest.raises(ValueError, match=error):
        raise ValueError(said.err)
