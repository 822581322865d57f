"""A folder is replaced whole or not at all, and what a reader put into it stays."""

from pathlib import Path

import pytest

from experiments.framework.atomic import files_of, replacing


def test_if_the_new_folder_cannot_take_its_place_the_old_one_comes_back(tmp_path, monkeypatch):
    target = tmp_path / "kit"
    target.mkdir()
    (target / "page.md").write_text("old")
    move = Path.rename

    def stopped(path, place):
        if place == target and path.name == "new":
            raise KeyboardInterrupt
        return move(path, place)

    monkeypatch.setattr(Path, "rename", stopped)
    with pytest.raises(KeyboardInterrupt), replacing(target, own=["page.md"]) as staging:
        (staging / "page.md").write_text("new")
    assert (target / "page.md").read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_link_to_a_folder_stays_and_the_folder_is_replaced(tmp_path):
    there, link = tmp_path / "there", tmp_path / "link"
    there.mkdir()
    (there / "old.md").write_text("old")
    (there / "notes.md").write_text("mine")
    link.symlink_to(there)
    with replacing(link, own=["old.md"]) as staging:
        (staging / "new.md").write_text("new")
    assert link.is_symlink()
    assert set(files_of(there)) == {"new.md", "notes.md"}


def test_a_file_is_not_replaced_by_a_folder(tmp_path):
    file = tmp_path / "timeouts"
    file.write_text("mine")
    with pytest.raises(NotADirectoryError, match="is no folder"):
        replacing(file, own=[]).__enter__()
    assert file.read_text() == "mine"
