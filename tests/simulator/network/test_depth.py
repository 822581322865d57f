"""How far a request goes through the simulator: what a reader who follows it has to read."""

import sys
from pathlib import Path

import simulator
from simulator import Constant, Link, Network

ROOT = Path(simulator.__file__).parent


def functions_of_the_second_request():
    """Return the functions of the simulator that the second `ask` calls, as (file, name, line)."""
    net = Network(seed=1, trace=False)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, Link(delay=Constant(0.05)))
    server.on("order")(lambda _: "done")
    called = set()

    def note(frame, event, _):
        path = Path(frame.f_code.co_filename)
        if event == "call" and path.is_relative_to(ROOT):
            code = frame.f_code
            called.add((str(path.relative_to(ROOT)), code.co_qualname, code.co_firstlineno))

    def program():
        yield client.ask(server, "order")
        sys.setprofile(note)
        reply = yield client.ask(server, "order")
        sys.setprofile(None)
        assert reply == "done"

    before = sys.getprofile()
    net.process(program())
    try:
        net.run()
    finally:
        sys.setprofile(before)
    return called


def test_a_request_crosses_14_files_and_45_functions_at_most():
    """Constant delay, the default retry, no trace: 20 files and 82 functions before."""
    called = functions_of_the_second_request()
    assert ("protocols/at_least_once.py", "AtLeastOnce.send") in {place[:2] for place in called}
    assert len({file for file, _, _ in called}) <= 14
    assert len(called) <= 45
