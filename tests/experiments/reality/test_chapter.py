"""The files that run are what the chapter prints, but for what they say is not."""

import re
from pathlib import Path

import pytest

from experiments.reality.http_server import CHAPTER, TYPES

PRINTED = (Path(__file__).parent / "printed.txt").read_text(encoding="utf-8")

REPLACED = {
    "server.py": """
        # server.py
        server = HTTPServer(('localhost', 3000), MessageHandler)
        print("Server on :3000")
    """,
    "client.py": """
        # client.py
        def send_message(data):
        'http://localhost:3000/message',
        json=data
    """,
    "message_queue.py": """
        # queue.py
        time.sleep(1)
        time.sleep(2)
        task_id = queue.publish('tasks', {'type': 'email', 'to': 'user@example.com'})
    """,
    "client.ts": """
        // client.ts
        function sendMessage(data: any): Promise<any> {
        hostname: 'localhost',
        port: 3000,
        headers: { 'Content-Type': 'application/json' }
        // Usage : attend la réponse
        maxRetries = 3
        return await sendMessage(message);
    """,
}
"""The chapter's lines that are others in a file: the port, the timeout, what is published."""


def printed(name):
    """The lines that the chapter prints, in their order."""
    [text] = re.findall(rf"={{8}} {name}\n(.*?)(?:={{8}}|\Z)", PRINTED, flags=re.DOTALL)
    return [line.strip() for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("name", REPLACED)
def test_the_chapters_lines_stand_in_their_order(name):
    lines = printed(name)
    if name == "client.ts":  # its usage comes last
        at = lines.index("// Usage : attend la réponse")
        lines[at:at] = printed("retry.ts")
    ours = iter((CHAPTER / name).read_text(encoding="utf-8").splitlines())
    replaced = [line.strip() for line in REPLACED[name].splitlines() if line.strip()]
    for line in lines:
        if line in replaced:
            replaced.remove(line)
        else:
            assert any(mine.split("  # Ours")[0].strip() == line for mine in ours), line
    assert not replaced


def test_without_its_types_the_client_is_javascript():
    text = re.sub(TYPES, "", (CHAPTER / "client.ts").read_text(encoding="utf-8"))
    assert "any" not in re.sub(r"//.*", "", text)
    assert "Promise<" not in text
    assert "({ port = 3000, timeout = 1e6 } = {}) {" in text.replace("data, ", "")
