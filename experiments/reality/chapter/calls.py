"""Calls of several clients at a time, each call after call, by the chapter's client.py.

The argument is a file in JSON: "settings" of send_message_with_retry, and for each client the
"port" that it calls and its "messages". A line of the output, in JSON, is an answer, or an error.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from client import send_message_with_retry


def root(error):
    """Return the error that all others are about."""
    while error.__context__ is not None:
        error = error.__context__
    return error


def call(client):
    """Make the calls of one client."""
    for message in client["messages"]:
        try:
            said = send_message_with_retry(message, port=client["port"], **asked["settings"])
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what the client sees
            names = [type(one).__name__ for one in (error, root(error))]
            said = {"id": message["id"], "error": ": ".join(names)}
        print(json.dumps(said))


asked = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
with ThreadPoolExecutor(len(asked["clients"])) as pool:
    list(pool.map(call, asked["clients"]))
