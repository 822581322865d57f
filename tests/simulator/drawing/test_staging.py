"""What a dead process left half-written is cleared or put back; what a living one writes stays."""

import signal
import subprocess
import sys

import pytest
from filelock import FileLock

from experiments.framework.atomic import files_of, replacing
from simulator.drawing import staging
from simulator.drawing.atomic import atomic

KILLED_IN_A_FOLDER = """
import os, signal
from pathlib import Path
from experiments.framework.atomic import replacing

def rename(path, place, move=Path.rename):
    if place == Path({target!r}):  # the new one
        os.kill(os.getpid(), signal.SIGKILL)
    return move(path, place)

if {at_the_rename}:
    Path.rename = rename
with replacing(Path({target!r}), own=["page.md"]) as new:
    (new / "page.md").write_text("new")
    if not {at_the_rename}:
        os.kill(os.getpid(), signal.SIGKILL)
"""
KILLED_IN_A_FILE = """
import os, signal
from pathlib import Path
from simulator.drawing.atomic import atomic

with atomic(Path({target!r})) as part:
    part.write_text("ne")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def killed(program, **values):
    done = subprocess.run([sys.executable, "-c", program.format(**values)], check=False)
    assert done.returncode == -signal.SIGKILL


@pytest.fixture
def kit(tmp_path):
    folder = tmp_path / "kit"
    folder.mkdir()
    (folder / "page.md").write_text("old")
    (folder / "notes.md").write_text("mine")
    return folder


@pytest.mark.parametrize("at_the_rename", [False, True])
def test_the_next_to_write_a_folder_clears_what_a_kill_left_and_loses_nothing(kit, at_the_rename):
    killed(KILLED_IN_A_FOLDER, target=str(kit), at_the_rename=at_the_rename)
    assert kit.exists() != at_the_rename
    with replacing(kit, own=["page.md"]) as new:
        assert (kit / "page.md").read_text() == "old"
        (new / "page.md").write_text("newer")
    assert {name: path.read_text() for name, path in files_of(kit).items()} == {
        "notes.md": "mine",
        "page.md": "newer",
    }
    assert list(kit.parent.iterdir()) == [kit]


def test_an_old_folder_comes_back_before_anything_is_written(kit):
    killed(KILLED_IN_A_FOLDER, target=str(kit), at_the_rename=True)
    staging.clear_leftovers(kit.parent)
    assert set(files_of(kit)) == {"notes.md", "page.md"}
    assert list(kit.parent.iterdir()) == [kit]


@pytest.mark.parametrize("name", ["page.html", "old", "new"])
def test_the_next_to_write_into_a_folder_clears_what_a_kill_left_of_a_file(tmp_path, name):
    killed(KILLED_IN_A_FILE, target=str(tmp_path / name))
    assert not (tmp_path / name).exists()
    other = tmp_path / "other.html"
    with atomic(other) as part:
        part.write_text("done")
    assert list(tmp_path.iterdir()) == [other]


def test_what_is_being_written_stays_and_so_do_hidden_files_of_the_reader(tmp_path):
    own = [tmp_path / ".page.html-notes", tmp_path / ".old"]
    for path in own:
        path.mkdir()
    with atomic(tmp_path / "page.html") as part:
        part.write_text("new")
        staging.clear_leftovers(tmp_path)
        with atomic(tmp_path / "other.html") as other:
            other.write_text("too")
        assert part.read_text() == "new"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".old",
        ".page.html-notes",
        "other.html",
        "page.html",
    ]


def test_two_processes_do_not_write_the_same_target_at_once(kit, monkeypatch):
    monkeypatch.setattr(staging, "PATIENCE", 0.1)
    with (
        FileLock(kit.with_name(".kit.pigeon-lock")),
        pytest.raises(OSError, match=r"kit is being written by another process: try again"),
        replacing(kit, own=[]),
    ):
        pass
    assert (kit / "page.md").read_text() == "old"


def test_an_interrupt_while_it_is_cleared_leaves_nothing(tmp_path, monkeypatch):
    clear, times = staging._clear, []

    def interrupted(*arguments):
        times.append(1)
        if len(times) == 1:
            raise KeyboardInterrupt
        clear(*arguments)

    monkeypatch.setattr(staging, "_clear", interrupted)
    with pytest.raises(KeyboardInterrupt), atomic(tmp_path / "page.html") as part:
        part.write_text("new")
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
