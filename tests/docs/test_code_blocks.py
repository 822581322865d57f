"""Every code block of the documentation runs, and prints what its page says."""

import codeop
import contextlib
import re
import shutil
from unittest import SkipTest

import matplotlib as mpl
import pytest

from tests.docs.blocks import LANGUAGES, NOT_RUN, PAGES, ROOT, needs_results

MADE = {"_build", "answers", "gallery", "notebooks"}
ALL = [
    ROOT / "README.md",
    ROOT / "README.fr.md",
    ROOT / "CONTRIBUTING.md",
    *(
        path
        for path in sorted((ROOT / "docs").rglob("*.md"))
        if path.relative_to(ROOT / "docs").parts[0] not in MADE
    ),
]
FENCE = re.compile(r"(?m)^ *`{3,}([^\s`]+)")


def has_code(path):
    return bool(set(FENCE.findall(path.read_text(encoding="utf-8"))) & set(LANGUAGES))


def named(path):
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", list(filter(has_code, ALL)), ids=named)
def test_the_code_of_a_page_runs(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    document = PAGES.parse(path)
    if needs_results(document):
        shutil.copytree(ROOT / "results", tmp_path / "results")
    document.namespace.update(__name__="__main__", ROOT=ROOT)
    with mpl.rc_context():
        for example in document.examples():
            with contextlib.suppress(SkipTest):
                example.evaluate()


@pytest.mark.parametrize("path", ALL, ids=named)
def test_no_code_escapes_by_its_language(path):
    text = path.read_text(encoding="utf-8")
    shown = {"html", "css", "js", "markdown", "mermaid"}
    for language in FENCE.findall(text):
        assert language in {*LANGUAGES, *shown} or language.startswith("{"), language


@pytest.mark.parametrize("path", ALL, ids=named)
def test_what_is_not_run_has_a_reason(path):
    assert all(NOT_RUN.values())
    for skipped in re.findall(r"<!--.*skip:.*-->", path.read_text(encoding="utf-8")):
        assert re.fullmatch(r'<!-- skip: next "[^"]+" -->', skipped)


TYPED = sorted((ROOT / "docs" / "tutorial").glob("*.md"))
"""Pages that are typed along in `python`, which takes line by line."""


@pytest.mark.parametrize("path", TYPED, ids=named)
def test_a_block_can_be_typed_line_by_line(path):
    for block in re.findall(r"```python\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL):
        waiting = []
        for line in [*block.splitlines(), ""]:
            waiting.append(line)
            if codeop.compile_command("\n".join(waiting)) is not None:
                waiting = []
        assert not waiting
