"""What mdbook-mermaid does to a book, in a few lines: its fences become <pre class="mermaid">.

mdBook runs it, `command = "python mermaid_preprocessor.py"`, and talks to it in JSON, as its guide
says under "Preprocessors". The real one is a Rust program: https://github.com/badboy/mdbook-mermaid.
"""

import html
import json
import re
import sys

FENCE = re.compile(r"^```mermaid\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def convert(item):
    chapter = item.get("Chapter") if isinstance(item, dict) else None
    if chapter:
        chapter["content"] = FENCE.sub(
            lambda fence: f'<pre class="mermaid">{html.escape(fence[1])}</pre>\n',
            chapter["content"],
        )
        for inner in chapter["sub_items"]:
            convert(inner)


if __name__ == "__main__" and sys.argv[1:2] != ["supports"]:
    _, book = json.load(sys.stdin)
    for item in book["items"]:
        convert(item)
    json.dump(book, sys.stdout)
