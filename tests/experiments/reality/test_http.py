"""The chapter's server and clients, run: what their callers see is what Pigeon says."""

import importlib.util
import re
import shutil

import pytest

from experiments.cli.program import main
from experiments.reality import http_server, installed
from experiments.reality.comparison import Line, Words
from experiments.reality.http_measured import draw, failures, real_calls, simulated_calls, slow
from experiments.reality.http_server import CHAPTER, Client, Server, python, typescript
from experiments.reality.options import NotInstalled
from experiments.reality.processes import Processes

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
needs_requests = pytest.mark.skipif(
    importlib.util.find_spec("requests") is None, reason="requests is not installed"
)
BOTH = [
    pytest.param(python, marks=needs_requests, id="python"),
    pytest.param(typescript, marks=needs_node, id="typescript"),
]


def agree(language, calls, seed):
    """Whether the calls come to what is simulated, in the mean and call by call."""
    works = draw(seed, calls)
    by_chance, one_by_one = slow(works, real_calls(language, works))
    for line in by_chance.lines:
        assert isinstance(line, Line)
        assert line.z is not None
        assert abs(line.z) < 4, line
    same = one_by_one.lines[-1]
    assert isinstance(same, Line)
    assert same.measured > 0.9 * calls  # all of them, but for those that the machine held up


@needs_requests
def test_calls_to_a_slow_server_come_to_what_is_simulated():
    agree(python, calls=96, seed=2)


@pytest.mark.slow
@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize("seed", [1, 2])
def test_four_hundred_calls_do(language, seed):
    agree(language, calls=400, seed=seed)


def test_the_loop_is_answered_in_86_percent_of_calls_for_1_34_handlings():
    """By the event-by-event program of tests/simulator/test_late_answers.py, and real HTTP."""
    runs = [simulated_calls(draw(0, 4_000, run)) for run in range(2)]
    fates = [fate for run in runs for fate in run]
    assert sum(fate.answered for fate in fates) / 8_000 == pytest.approx(0.86, abs=0.02)
    assert sum(fate.handled for fate in fates) / 8_000 == pytest.approx(1.34, abs=0.04)


@needs_requests
def test_what_a_caller_sees_in_python():
    expected = {
        "not_there": ("ConnectionError: ConnectionRefusedError", "Refused", 0),
        "too_slow": ("ReadTimeout: TimeoutError", "TimedOut", 3),
        # Its system closes the connection of a killed process; Pigeon's crash is of a machine.
        "killed_once": ("ConnectionError: RemoteDisconnected", "TimedOut", 1),
        "killed": ("ConnectionError: ConnectionRefusedError", "Refused", 1),
        "restarted": ("processed", "processed", 2),
    }
    assert seen(python) == expected


@pytest.mark.slow
@needs_node
def test_what_a_caller_sees_in_typescript():
    expected = {
        "not_there": ("Error: ECONNREFUSED", "Refused", 0),
        "too_slow": ("AbortError: ABORT_ERR", "TimedOut", 3),
        "killed_once": ("Error: ECONNRESET", "TimedOut", 1),
        "killed": ("Error: ECONNREFUSED", "Refused", 1),
        "restarted": ("processed", "processed", 2),
    }
    assert seen(typescript) == expected


def seen(language):
    """By case: what the caller saw, what it sees in Pigeon, and how often it was handled."""
    lines = iter(failures(language).lines)
    found = {}
    for words, handlings in zip(lines, lines, strict=True):
        assert isinstance(words, Words)
        assert isinstance(handlings, Line)
        assert handlings.measured == handlings.simulated
        found[words.name] = (words.measured, words.simulated, handlings.measured)
    return found


@needs_node
@pytest.mark.parametrize(
    ("has_length", "answer"), [(True, "processed"), (False, "Error: ECONNRESET")]
)
def test_as_printed_the_client_in_typescript_fails_at_the_server_in_python(
    has_length, answer, tmp_path, monkeypatch
):
    """It sends its body in chunks, without the length that the server asks for."""
    chapter = shutil.copytree(CHAPTER, tmp_path / "chapter")
    if not has_length:
        client = chapter / "client.ts"
        text, changed = re.subn("(?m)^ *'Content-Length': .*\n", "", client.read_text("utf-8"))
        assert changed == 1
        client.write_text(text, encoding="utf-8")
    monkeypatch.setattr(http_server, "CHAPTER", chapter)
    with Processes() as processes:
        server = Server(processes)
        callers = [(server.port, [{"id": "1", "content": "Hello"}])]
        client = Client(processes, typescript(processes), callers, max_retries=1)
        assert client.answers() == {"1": answer}


@pytest.mark.parametrize(
    ("name", "what", "language"),
    [("http", "requests", python), ("typescript", "node", typescript)],
)
def test_where_it_is_not_installed_one_sentence_says_so(name, what, language, monkeypatch, capsys):
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    monkeypatch.setattr(installed, "find_spec", lambda _: None)
    with Processes() as processes, pytest.raises(NotInstalled, match=f"^{what} is not installed"):
        language(processes)
    started = []
    monkeypatch.setattr(Processes, "start", lambda _, command: started.append(command))
    with pytest.raises(SystemExit) as ended:
        main(["measure", name])
    assert ended.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert not started
