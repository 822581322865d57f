"""The course's stories tell what they say, in both languages."""

import re

import pytest

from experiments.cli.program import main
from experiments.course import stories

ENGLISH = re.compile(
    r"\b(the|of|message \d+:|handles?|timeout|lost|dropped|attempt|gives|crash|restart|server|queue"
    r"|acknowledge\w*|suppressed|copy)\b",
    re.IGNORECASE,
)


def events(name):
    return [row.event for row in stories.STORIES[name]("en")]


def draw(folder):
    with pytest.raises(SystemExit) as end:
        main(["stories", "--out", str(folder)])
    assert end.value.code == 0


def test_all_are_drawn_in_both_languages_and_alike_each_time(tmp_path, monkeypatch):
    draw(tmp_path / "once")
    files = sorted(path.name for path in (tmp_path / "once").iterdir())
    assert files == sorted(
        f"{name}.{language}.{kind}"
        for name in stories.STORIES
        for language in ("en", "fr")
        for kind in ("mmd", "svg", "dark.svg", "txt")
    )
    monkeypatch.setattr(stories, "STORIES", {"giving_up": stories.giving_up})
    draw(tmp_path / "again")
    assert len(list((tmp_path / "again").iterdir())) == 8
    for path in (tmp_path / "again").iterdir():
        assert path.read_bytes() == (tmp_path / "once" / path.name).read_bytes(), path.name


@pytest.mark.parametrize("name", stories.STORIES)
def test_no_english_is_left_in_a_french_story(name):
    trace = stories.STORIES[name]("fr")
    assert not ENGLISH.search(trace.to_mermaid(language="fr"))
    assert not ENGLISH.search(trace.describe(language="fr"))


def test_each_story_shows_its_one_thing():
    assert "lost" not in events("all_well")
    assert events("lost_data").count("lost") == 1
    assert events("lost_acknowledgement").count("handed_over") == 2
    duplicate = events("suppressed_duplicate")
    assert duplicate.count("handed_over") == duplicate.count("suppressed") == 1
    memory = events("short_memory")
    assert memory.count("created") == 2
    assert memory.count("lost") == 1
    assert memory.count("handed_over") == 3
    assert "suppressed" not in memory
    late = events("late_acknowledgement")
    assert late.index("timed_out") < late.index("acknowledged")
    assert "lost" not in late
    crash = events("crash_of_the_receiver")
    assert crash.index("handed_over") < crash.index("crashed") < crash.index("restarted")
    assert events("giving_up")[-1] == "gave_up"
    assert {"enqueued", "dequeued"} <= set(events("fire_and_forget"))
