"""What each kind of code block on a page means, so that all of them can be run.

- `python` runs, in order, in one namespace and folder a page.
- `sh` is commands. `pigeon` and `python` run, experiments small; `make` targets must be there;
  the rest is in `NOT_RUN`, with the reason.
- `toml` must parse, and be a scenario if it has the parts of one.
- `json` must parse.
- `text` is what the block before it prints; `...` stands for anything.

A block after `<!-- file: its/name.py -->` is written to that file instead: a later one runs it.
A block that cannot be run has `<!-- skip: next "the reason" -->` before it. A block of no language
is a drawing.
"""

import contextlib
import doctest
import io
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from unittest import mock

from sybil import Sybil
from sybil.evaluators.python import PythonEvaluator
from sybil.parsers.markdown import CodeBlockParser, SkipParser

from experiments.cli.program import main
from simulator import Scenario

ROOT = Path(__file__).parents[2]
SMALL = ("--quick", "--messages=30", "--replications=2", "--jobs=1", "--lang=en")
"""What is added to `pigeon run`: a page's command has the published size, a test a smoke size."""

NOT_RUN = {
    ".ci/run": "it runs these tests",
    ".venv/bin/pre-commit install": "it would change the repository's own hooks",
    "git clone": "it needs a network",
    "sudo": "it needs to be root",
    "dask": "it starts a part of a cluster, and never ends",
    "ping ": "it measures a network, which a test has not",
    "pigeon run --all": "it takes half an hour",
}
"""Commands by how they begin, and why they are not run."""

TARGETS = set(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8")))
FILE = re.compile(r"<!-- file: ([\w/.-]+) -->\s*\Z")


def run_python(example):
    if _is_file(example):
        return
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        PythonEvaluator()(example)
    example.namespace["printed"] = printed.getvalue()


def run_commands(example):
    text = example.parsed.replace("\\\n", " ")
    commands = [line.removeprefix("$ ") for line in text.splitlines()]
    commands = [line for line in commands if line.strip() and not line.startswith("#")]
    example.namespace["printed"] = "".join(map(_run, commands))


def parse_toml(example):
    parsed = tomllib.loads(example.parsed)
    if "guarantee" in parsed or "link" in parsed:
        Scenario.from_toml(example.parsed)
    example.namespace["toml"] = parsed
    _is_file(example)


def parse_json(example):
    json.loads(example.parsed)


def compare(example):
    printed = example.namespace.pop("printed", None)
    assert printed is not None, "a text block stands after what prints it"
    checker, flags = doctest.OutputChecker(), doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    if not checker.check_output(example.parsed, printed, flags):
        return f"Expected:\n{example.parsed}\nGot:\n{printed}"
    return None


LANGUAGES = {
    "python": run_python,
    "sh": run_commands,
    "toml": parse_toml,
    "json": parse_json,
    "text": compare,
}
PAGES = Sybil([*(CodeBlockParser(*language) for language in LANGUAGES.items()), SkipParser()])


def needs_results(document):
    """Tell whether a page's code reads what is published, which it then finds in its folder."""
    code = [example.parsed for example in document.examples() if isinstance(example.parsed, str)]
    return any(re.search(r"\bresults\b|pigeon (figures|kit)", block) for block in code)


def _is_file(example):
    named = FILE.search(example.document.text[: example.start])
    if named:
        path = Path(named[1])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(example.parsed, encoding="utf-8")
    return named


def _run(command):
    words = shlex.split(command, comments=True)
    words[0] = words[0].removeprefix(".venv/bin/")
    if words[0] == "make":
        targets = {word for word in words[1:] if "=" not in word}
        assert targets <= TARGETS, f"the Makefile has no {targets - TARGETS}"
        return ""
    if command.startswith(tuple(NOT_RUN)):
        return ""
    assert words[0] in {"pigeon", "python", "cat", "cp", "ls"}, f"run it, or say why not: {command}"
    alone = words[0] == "pigeon" and not set(words) & {"|", ">", "dask"}
    if words[:2] == ["pigeon", "run"]:
        words += SMALL  # the last of an option is the one that counts
    if alone and not Path("experiments").exists():
        return _run_here(words[1:])
    programs = Path(sys.executable).parent
    paths = f"{programs}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": paths, "PYTHONPATH": f"{Path.cwd()}{os.pathsep}{ROOT}"}
    line = command if words[0] != "pigeon" else f"python -m experiments {shlex.join(words[1:])}"
    done = subprocess.run(  # noqa: S602 - a page's line may have a pipe in it
        line, shell=True, capture_output=True, text=True, env=environment, check=False, timeout=100
    )
    assert done.returncode == 0, f"{command}\n{done.stderr}"
    return done.stdout


def _run_here(arguments):
    """Run `pigeon` in this process, and draw no pictures: it is quicker, and others draw them."""
    with (
        mock.patch("experiments.figures.plotting.draw", return_value=[]),
        mock.patch("experiments.figures.svg.save", _draw_nothing),
        contextlib.redirect_stdout(io.StringIO()) as printed,
        contextlib.redirect_stderr(io.StringIO()) as said,
    ):
        status = _status_of(arguments)
    assert not status, f"pigeon {shlex.join(arguments)}\n{said.getvalue()}"
    return printed.getvalue()


def _draw_nothing(figure, path, *, title, **_):
    path.write_text(f"<svg><title>{title}</title></svg>", encoding="utf-8")


def _status_of(arguments):
    try:
        main(arguments)
    except SystemExit as ended:
        return ended.code
