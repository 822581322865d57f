"""A server is started on a free port, and stopped whatever happens."""

import os
import signal
import socket
import sys
import threading

import pytest

from experiments.reality.installed import library, program
from experiments.reality.options import NotInstalled
from experiments.reality.servers import has_ended, running, server, stop

LISTENS = """
import socket, sys, time
with socket.create_server(("127.0.0.1", int(sys.argv[1]))):
    time.sleep(60)
"""


def command(port, folder):
    assert folder.is_dir()
    return [sys.executable, "-c", LISTENS, str(port)]


def test_a_server_listens_until_it_is_left():
    with server(command) as port:
        socket.create_connection(("127.0.0.1", port)).close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError, SystemExit])
def test_whatever_is_raised_no_server_and_no_folder_are_left(error):
    left = []

    def remembered(port, folder):
        left.append(folder)
        return command(port, folder)

    with pytest.raises(error), server(remembered) as port:
        raise error
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    assert not left[0].exists()


def test_a_process_is_killed_and_waited_for():
    with running([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        assert process.poll() is None
    assert process.returncode is not None
    if hasattr(os, "waitid"):
        with pytest.raises(ProcessLookupError):
            os.kill(process.pid, 0)


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="signals cannot be held back")
@pytest.mark.parametrize("look", [has_ended, stop])
def test_a_signal_waits_until_a_process_has_been_looked_at(look):
    class Looked:
        whole = False

        def poll(self):
            signal.pthread_kill(threading.get_ident(), signal.SIGINT)
            self.whole = True

        kill = wait = poll

    process, before = Looked(), signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            look(process)
    finally:
        signal.signal(signal.SIGINT, before)
    assert process.whole


def test_a_port_that_is_taken_meanwhile_is_chosen_anew():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        tried = []

        def unlucky(port, folder):
            tried.append(port)
            # The first choice is another's by the time it is used.
            return command(taken.getsockname()[1] if len(tried) == 1 else port, folder)

        with server(unlucky) as port:
            assert [port] == tried[1:]


def test_a_server_that_ends_at_once_is_an_error_that_names_it():
    def ends(port, folder):
        return [sys.executable, "-c", "raise SystemExit(1)"]

    with pytest.raises(OSError, match=r"python.* does not start"), server(ends):
        raise AssertionError


def test_what_is_not_installed_is_named_with_what_to_install():
    with pytest.raises(NotInstalled, match=r"^no-such-server is not .*: apt install its-package$"):
        program("no-such-server", "its-package")
    with pytest.raises(NotInstalled, match=r'^its-package is .*: pip install "pigeon-sim\['):
        library("no_such_client", "its-package")
    library("json", "its-package")
