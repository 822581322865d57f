"""What mdbook-mermaid does to a book, in a few lines: its fences become <pre class="mermaid">.

mdBook runs it, `command = "python mermaid_preprocessor.py"`, and talks to it in JSON, as its guide
says under "Preprocessors". The real one is a Rust program, https://github.com/badboy/mdbook-mermaid:
it puts the same line around the same text, with < > " & escaped and an empty line after it, and
works for the renderer "html" alone.
"""

import html
import json
import re
import sys

FENCE = re.compile(r"^```mermaid\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def draw(content):
    return FENCE.sub(
        lambda fence: f'\n<pre class="mermaid">{html.escape(fence[1])}</pre>\n\n', content
    )


def convert(item):
    chapter = item.get("Chapter") if isinstance(item, dict) else None
    if chapter:
        chapter["content"] = draw(chapter["content"])
        for inner in chapter["sub_items"]:
            convert(inner)


if __name__ == "__main__":
    if sys.argv[1:2] == ["supports"]:
        sys.exit(sys.argv[2] != "html")
    _, book = json.load(sys.stdin)
    for item in book["items"]:
        convert(item)
    json.dump(book, sys.stdout)
