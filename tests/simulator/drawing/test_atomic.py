"""A file is written whole or not at all, and nothing else makes room for it."""

import os
import stat

import pytest

from simulator.drawing.atomic import atomic


def _half_of_it(part):
    part.write_text("ne")
    raise InterruptedError


def test_a_file_that_fails_half_way_leaves_the_old_one_and_nothing_else(tmp_path):
    file = tmp_path / "page.html"
    file.write_text("old")
    with pytest.raises(InterruptedError), atomic(file) as part:
        _half_of_it(part)
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_what_is_no_file_is_never_replaced(tmp_path):
    """Not a folder, and not a device or a pipe, which root could replace."""
    folder, pipe = tmp_path / "folder", tmp_path / "pipe"
    folder.mkdir()
    os.mkfifo(pipe)
    for path in (folder, pipe):
        with pytest.raises(FileExistsError, match=r"cannot be written: it is there, and is no"):
            atomic(path).__enter__()
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert sorted(tmp_path.iterdir()) == [folder, pipe]


def test_a_link_stays_and_what_it_leads_to_is_written(tmp_path):
    there, link = tmp_path / "there" / "kept.html", tmp_path / "link.html"
    there.parent.mkdir()
    there.write_text("old")
    link.symlink_to(there)
    with atomic(link) as part:
        part.write_text("new")
    assert link.is_symlink()
    assert there.read_text() == "new"
    assert list(there.parent.iterdir()) == [there]
