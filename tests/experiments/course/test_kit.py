"""The course kit: whole, in one language, with numbers that follow the tables.

That it builds in a book and shows in a browser is in `tests/browser/test_kit.py`.
"""

import contextlib
import csv
import io
import re
import shutil
import tomllib
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest

from experiments import catalogue
from experiments.cli.program import main
from experiments.cli.settings import with_settings
from experiments.course.book import build
from experiments.course.facts import facts_of
from experiments.course.measured import Measure, Tables
from experiments.course.pages import PAGES, WORDS, Writer
from experiments.course.quiz import Form, write_quiz
from experiments.course.stories import STORIES
from experiments.course.wording import Wording

RESULTS = Path(__file__).parents[3] / "results"
LANGUAGES = ("en", "fr")

CODE = re.compile(r"^(`{3,}).*?^\1$|`[^`\n]+`|\{\{#.*?\}\}", re.DOTALL | re.MULTILINE)
SHOWN_IN_TAGS = re.compile(r'(?:alt|title)="([^"]*)"')
TAGS = re.compile(r"<(style|script)>.*?</\1>|<[^>]*>", re.DOTALL)
LINKS = re.compile(r'(?:data-src|src|href)="([^"#]+)[^"]*"|\{\{#(?:include|quiz) ([^}]+)\}\}')


@pytest.fixture(scope="module")
def kits(tmp_path_factory):
    """A kit of each language."""
    folder = tmp_path_factory.mktemp("kits")
    for language in LANGUAGES:
        build(language, results=RESULTS, out=folder / language)
    return {language: folder / language for language in LANGUAGES}


@pytest.fixture
def tables(tmp_path):
    """A copy of the tables, to change: `tables("two_generals", mean, **keys)`."""
    shutil.copytree(
        RESULTS, tmp_path / "results", ignore=shutil.ignore_patterns("data.csv", "*.png")
    )

    def change(experiment, mean, **keys):
        path = tmp_path / "results" / experiment / "summary.csv"
        with path.open(newline="") as lines:
            rows = list(csv.DictReader(lines))
        (row,) = (row for row in rows if all(row[key] == str(value) for key, value in keys.items()))
        row.update(mean=mean, low=mean, high=mean)
        with path.open("w", newline="") as lines:
            writer = csv.DictWriter(lines, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)

    change.results = tmp_path / "results"  # type: ignore[attr-defined]  # to read it from
    return change


def prose(text):
    """What a reader reads of a page: no code, no addresses, of tags what is shown or read aloud."""
    text = re.sub(r"\]\([^)]*\)", "]", CODE.sub(" ", text))
    return TAGS.sub(" ", text) + " ".join(SHOWN_IN_TAGS.findall(text))


def texts(kit):
    """Everything in a kit that is read, by file."""
    for path in sorted(kit.rglob("*")):
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        if path.suffix == ".md":
            yield path, prose(text)
        elif path.suffix == ".toml":
            quiz = tomllib.loads(text)["questions"]
            asked = [question["prompt"]["prompt"] for question in quiz]
            chosen = [part for one in quiz for part in one["prompt"].get("distractors", [])]
            answers = [one["answer"]["answer"] for one in quiz]
            yield path, prose("\n".join([*asked, *chosen, *answers, *(q["context"] for q in quiz)]))
        elif path.suffix == ".svg":
            yield path, " ".join(re.findall(r"<(?:title|desc)[^>]*>([^<]*)", text))
        elif path.suffix == ".mmd":
            yield (
                path,
                text.replace("sequenceDiagram", "")
                .replace("participant", "")
                .replace("Note over", ""),
            )
        elif path.suffix == ".txt":
            yield path, text


# ------------------------------------------------------------------------------- whole, and sound


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_figure_diagram_and_player_is_there(kits, language):
    kit = kits[language]
    for page in PAGES:
        assert (kit / f"{page}.md").is_file()
    for name in catalogue.names():
        for figure in catalogue.load(name).figures:
            for end in ("svg", "dark.svg", "txt"):
                assert (kit / "figures" / name / f"{figure.name}.{language}.{end}").is_file()
    for story in STORIES:
        for end in ("mmd", "svg", "dark.svg", "txt"):
            assert (kit / "diagrams" / f"{story}.{language}.{end}").is_file()
        page = (kit / "players" / f"{story}.html").read_text(encoding="utf-8")
        assert f'"language":"{language}"' in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_section_has_its_question_figure_diagram_player_and_checked_exercise(kits, language):
    asks, answer = {
        "fr": ("> **La question.**", "Réponse"),
        "en": ("> **The question.**", "Answer"),
    }[language]
    for page in PAGES:
        text = (kits[language] / f"{page}.md").read_text(encoding="utf-8")
        if page not in {"index", "quiz"}:
            for part in (asks, "<figure", "```mermaid", "<iframe", f"<summary>{answer}"):
                assert part in text, (page, part)
            assert "```sh\npigeon run" in text or "```python\n" in text
            assert "\ngrep " not in text  # `--metric` prints what is asked, with its name


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_page_includes_shows_and_links_to_is_there(kits, language):
    kit = kits[language]
    shown = set()
    for path in kit.glob("*.md"):
        if path.name == "README.md":
            continue
        for found in LINKS.findall(path.read_text(encoding="utf-8")):
            target = kit / (found[0] or found[1])
            assert target.is_file(), (path.name, target)
            shown.add(target)
    entries = re.findall(rf"\]\({language}/(\S+)\)", (kit / "SUMMARY.md").read_text())
    assert entries == [f"{page}.md" for page in PAGES]
    assert set((kit / "figures").rglob("*.svg")) <= shown
    assert set((kit / "diagrams").glob("*.mmd")) <= shown
    assert set((kit / "players").iterdir()) <= shown


def test_each_picture_has_its_text_in_words(kits):
    for page in kits["fr"].glob("*.md"):
        for alt in re.findall(r'<img [^>]*alt="([^"]*)"', page.read_text(encoding="utf-8")):
            assert len(alt.split()) > 10


def test_the_same_kit_is_the_same_bytes(kits, tmp_path):
    build("fr", results=RESULTS, out=tmp_path / "fr")
    for path in kits["fr"].rglob("*"):
        if path.is_file():
            assert (
                path.read_bytes() == (tmp_path / "fr" / path.relative_to(kits["fr"])).read_bytes()
            )


# ------------------------------------------------------------------------- numbers, from the tables


def test_a_place_without_a_number_is_refused_and_named(tmp_path):
    facts = facts_of("index", Tables(RESULTS))
    with pytest.raises(ValueError, match=r"pages/index\.fr\.md .*'loss' is undefined"):
        Writer("fr", tmp_path).write("index.md", {"shown": facts["shown"]})
    facts["shown"] = Measure(float("nan"), 0, 0, 0, 30)
    with pytest.raises(ValueError, match=r"pages/index\.fr\.md .*must be measured, got nan"):
        Writer("fr", tmp_path).write("index.md", facts)


@pytest.mark.parametrize("path", sorted(WORDS.glob("*.*.*")), ids=lambda path: path.name)
def test_no_number_is_typed_by_hand(path):
    text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = CODE.sub("", text)
    names = r"M/M/1|95\s?%|99ᵉ|99th"  # of a queue, of an interval, of a percentile
    text = re.sub(rf"{names}|^\d\. ", "", text, flags=re.MULTILINE)
    assert re.findall(r".*\d.*", text) == []


@pytest.mark.parametrize(
    ("page", "experiment", "keys", "mean", "shown"),
    [
        (
            "three_guarantees",
            "delivery_guarantees",
            {"guarantee": "at_least_once", "guarantee.retry": "chapter", "link.loss": "0.2"},
            {"loss_rate": 0.0123},
            "1,2\N{NO-BREAK SPACE}%",
        ),
        (
            "two_generals",
            "two_generals",
            {"loss": "0.3", "messengers": "1", "stages": "3"},
            {"exactly_one": 0.1777},
            "18\N{NO-BREAK SPACE}%",
        ),
        (
            "architectures",
            "direct_vs_queue",
            {"architecture": "queue", "workers": "4"},
            {"drained_after": 7.77},
            "7,8\N{NO-BREAK SPACE}s",
        ),
    ],
)
def test_a_page_follows_its_table(tables, page, experiment, keys, mean, shown):
    writer = Writer("fr", tables.results.parent)
    writer.figure = writer.space_time = lambda *_: ""  # type: ignore[assignment, method-assign]  # no pictures
    writer._jinja.globals["figure"] = lambda *_: ""

    def written():
        return writer.write(f"{page}.md", facts_of(page, Tables(tables.results)))

    before = written()
    assert shown not in before
    (metric, value), *_ = mean.items()
    tables(experiment, value, metric=metric, **keys)
    assert shown in written()


def test_what_the_tables_no_longer_show_is_not_said(tables, tmp_path):
    keys = {"guarantee": "at_most_once", "link.loss": "0.2", "metric": "cost"}
    tables("delivery_guarantees", 9.0, **keys)
    with pytest.raises(ValueError, match=r'"at most once costs least", and they do not$'):
        build("fr", results=tables.results, out=tmp_path / "kit")
    assert not (tmp_path / "kit").exists()


def test_numbers_are_written_as_each_language_writes_them():
    fr, en = Wording("fr"), Wording("en")
    share = Measure(mean=0.47717, low=0.45734, high=0.49699, theory=0.5, replications=20)
    assert (fr.percent(share), en.percent(share)) == ("48\N{NO-BREAK SPACE}%", "48%")
    assert fr.interval(share, "%") == "46 à 50\N{NO-BREAK SPACE}%"
    assert en.interval(share, "%") == "46 to 50%"
    narrow = Measure(mean=0.2, low=0.1991, high=0.2021, theory=0.2, replications=30)
    assert en.interval(narrow, "%") == "19.9 to 20.2%"
    assert (fr.number(5000), en.number(5000)) == ("5\N{NARROW NO-BREAK SPACE}000", "5,000")
    assert (fr.seconds(0.3411), fr.seconds(0)) == (
        "0,34\N{NO-BREAK SPACE}s",
        "0\N{NO-BREAK SPACE}s",
    )
    assert (fr.milliseconds(0.05), en.number(194.88)) == ("50\N{NO-BREAK SPACE}ms", "195")
    assert (fr.words(3.0), en.words(1 / 0.2), en.words(50)) == ("trois", "five", "50")
    assert fr.number(-0.5) == "\N{MINUS SIGN}0,5"
    with pytest.raises(ValueError, match="a number on a page must be measured, got nan"):
        en.number(float("nan"))


# ---------------------------------------------------------------------------------------- the quiz

SCHEMA = {
    "MultipleChoice": ({"prompt", "distractors"}, {"answer"}),
    "ShortAnswer": ({"prompt"}, {"answer", "alternatives"}),
}
"""Fields of the prompt and of the answer, by type: the crate mdbook-quiz-schema,
https://docs.rs/mdbook-quiz-schema, and the README of cognitive-engineering-lab/mdbook-quiz."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_quiz_has_the_fields_of_the_courses_quizzes(kits, language):
    (path,) = (kits[language] / "quizzes").iterdir()
    quiz = tomllib.loads(path.read_text(encoding="utf-8"))
    assert set(quiz) == {"questions"}
    questions = quiz["questions"]
    assert 10 <= len(questions) <= 12
    assert sum(one["type"] == "ShortAnswer" for one in questions) >= 4
    for one in questions:
        assert set(one) == {"id", "type", "prompt", "answer", "context"}
        assert UUID(one["id"]).version == 5
        asks, answers = SCHEMA[one["type"]]
        assert set(one["prompt"]) == asks
        assert set(one["answer"]) == answers
        for text in (one["prompt"]["prompt"], one["context"], one["answer"]["answer"]):
            assert isinstance(text, str)
            assert text.strip()
        choices = [one["answer"]["answer"], *one["prompt"].get("distractors", [])]
        assert len(set(choices)) == len(choices)
        assert "ShortAnswer" in one["type"] or len(choices) >= 3
    assert len({one["id"] for one in questions}) == len(questions)


def test_a_books_two_quizzes_have_no_question_id_in_common(kits):
    ids = [
        {one["id"] for one in tomllib.loads(path.read_text(encoding="utf-8"))["questions"]}
        for kit in kits.values()
        for path in (kit / "quizzes").iterdir()
    ]
    assert not ids[0] & ids[1]


def test_the_right_answer_is_looked_up_in_the_tables(tmp_path):
    measured = Tables(RESULTS)
    facts = {page: facts_of(page, measured) for page in PAGES}

    def answers():
        text, _ = write_quiz(Writer("en", tmp_path), facts)
        quiz = {one["id"]: one for one in tomllib.loads(text)["questions"]}
        made = Form("en")
        return [
            quiz[made.identity(name).strip('"')]["answer"]["answer"]
            for name in ("cheapest guarantee", "after the outage", "three attempts on a bad link")
        ]

    assert answers() == ["at most once", "circuit breaker", "6"]
    cost = facts["three_guarantees"]["cost"]
    cost["at_most_once"], cost["exactly_once"] = cost["exactly_once"], cost["at_most_once"]
    good = facts["errors"]["good"]
    good["jitter"], good["breaker"] = good["breaker"], good["jitter"]
    facts["quiz"]["lost"] = Measure(0.31, 0.3, 0.32, 0.31, 30)
    assert answers() == ["exactly once", "backoff and jitter", "31"]


def test_a_short_answer_may_be_written_in_any_sensible_way():
    measured = Measure(0.197, 0.187, 0.207, 0.2083333333, 20, quick=0.014)
    text = Form("fr").short(measured, "%", "pour cent", scale=100)
    made = tomllib.loads(text)["answer"]
    assert made["answer"] == "21"
    accepted = {"20 %", "20%", "22", "20,8", "20.8", "20,83 %", "21 pour cent", "20,8 pour cent"}
    assert accepted <= set(made["alternatives"])
    assert not {"18", "23", "17,9"} & set(made["alternatives"])
    made = tomllib.loads(Form("en").short(3))["answer"]
    assert (made["answer"], made["alternatives"]) == ("3", ["three"])
    made = tomllib.loads(Form("fr").short(700, "ms", s=0.7))["answer"]
    assert {"700ms", "0,7 s", "0.7 s", "0,7s"} <= set(made["alternatives"])
    assert not {"0,7", "0.7", "700 s"} & set(made["alternatives"])


def test_choices_that_read_alike_are_refused():
    with pytest.raises(ValueError, match="quiz choices must be different from each other"):
        Form("en").choices("20%", "0.8%", "20%")


# ------------------------------------------------------------------------------------- exercises


def commands(kit):
    for path in sorted(kit.glob("*.md")):
        for block in re.findall(r"^```sh\n(.*?)^```", path.read_text(), re.DOTALL | re.MULTILINE):
            first = block.replace("\\\n", " ").splitlines()[0].split()
            yield path.stem, first


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_exercises_command_runs_an_experiment_at_cells_that_it_has(kits, language):
    seen = list(commands(kits[language]))
    assert len(seen) == len(PAGES) - 4  # neither index nor quiz; two exercises are in Python
    for page, (pigeon, run, name, *options) in seen:
        assert (pigeon, run) == ("pigeon", "run")
        experiment = catalogue.load(name)
        settings = [value for flag, value in pairwise(options) if flag == "--set"]
        assert with_settings(experiment, settings).cells(), page
        assert options[-2:] == ["--lang", language]


SLOW_SERVER = r"^\(0\.8[56]\d*, 1\.3[234]\d*\) \(0\.99[56]\d*, 1\.1[12]\d*\)$"
"""What is answered, and how often it is handled: late answers ignored, and accepted."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("http", [r"^0\.2\d+$"]),
        ("retries", [r"^0\.3[67]\d* 1$", SLOW_SERVER, r"(2\.3|2,3) s.*(2\.5|2,5) s"]),
    ],
)
def test_each_program_on_a_page_runs_and_shows_what_the_page_says(kits, language, page, said):
    text = (kits[language] / f"{page}.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    for block, expected in zip(blocks, said, strict=True):
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(block, {})  # noqa: S102 - the kit's own
        assert re.search(expected, printed.getvalue(), re.MULTILINE), printed.getvalue()


# -------------------------------------------------------------------------------------- languages

ENGLISH = """
about above acknowledged acknowledgement acknowledgements after again all also always any are
attempt attempts because been before being below best between both broker but by can chapter could
crash crashes delay delayed delays delivered deliveries delivery did does done drop dropped
duplicated duplicates each either ends enough every exactly exercise failed failure fails few first
for forgets from gave gives goes guarantee guarantees had handed handle handled handler handles has
have he held here how if in into is it its itself jitter just know known last late later least less
link links longer lose loses losing loss losses lost made make makes many may mean means measured
measurement messaging more most must neither network never no nobody nor not nothing number numbers
of once one only onto other others our over own peak per player poison predict queue queueing queues
read receive received receiver receivers remember replies reply requests restart retries retry run
same seconds seen send sender sends sent server servers shall share she should shown shows since
slow small some sooner still such suppressed takes than that the their them then there these they
thing this those though three through throughput time timeout timeouts times to together too twice
two under until up upon used uses waiting waits was wasted way ways we well went were what when
where whether which while who whole whose why will with without word words work works would yes yet
you your
"""
FRENCH = """
afin ainsi alors après attente aucun aucune aussi autant autre autres aux avant avec avoir beaucoup
cela celle celui ces cette chacun chacune chaque chez combien comme dans de déjà délai depuis des
deux doit donc dont du délais échoue elle elles en encore entre envoie envoyé est et être faut fois
gigue ici il ils jamais la laquelle le lequel les leur leurs lien lorsque mais moins même ne ni nos
notre nous nouvelle où par parce pas pendant perd perdu perdus perte pertes peut plusieurs pourquoi
puis quand que quel quelle qui quoi réponse requête réseau sa sans se ses seul seule si soit sont
sous souvent sur tant tentative tentatives toujours tous tout toute toutes travail trois très trop
un une vers vous
"""
ALIKE = """
a accdescr acctitle and as ask b budget c cascade cause chance chances change client clients code
comment communication confirmation continue copies d direct double duplication e figure figures file
files fire forget format http id idempotent impatience impossible instant inverse kit log long m
machine maximum mdbook mermaid message messages minimum minute module ms n node notebook notebooks
notify on p page pages patience pause pauses pigeon pings point points python question questions
quiz rare refuse s second section sections service services silence simple six standard tables
tcp threads topic transmission transmissions vain visible worker workers x xn
"""
"""Words that both languages write alike, names, letters, and the chapter's own loans."""
LOANS = re.compile(r"fire-and-forget|\(hedged request\)")
"""What the French says in English too, for those who look it up."""


def words_of(kit):
    for path, text in texts(kit):
        for word in re.findall(r"[^\W\d_]+", LOANS.sub("", text).lower()):
            yield path.name, word


@pytest.mark.parametrize(("language", "foreign"), [("fr", ENGLISH), ("en", FRENCH)])
def test_no_word_of_the_other_language_is_left(kits, language, foreign):
    read = list(words_of(kits[language]))
    assert len(read) > 8_000
    assert {(name, word) for name, word in read if word in foreign.split()} == set()


def test_what_both_languages_say_is_what_both_write_alike(kits):
    french, english = ({word for _, word in words_of(kits[key])} for key in ("fr", "en"))
    common = {word for word in french & english if word.isascii()}
    assert common <= set(ALIKE.split())


def test_french_punctuation_has_its_spaces(kits):
    for path, text in texts(kits["fr"]):
        if path.suffix in {".md", ".toml"}:
            assert re.findall(r".{20} [:;?!»].{5}|« .{9}", text) == [], path.name
            assert re.findall(r"\d\.\d|\d%", text) == [], path.name


# ------------------------------------------------------------------------------ the command's care


@pytest.fixture
def drawn(monkeypatch):
    """Take the published stories as drawn: what matters here is where a kit is written."""

    def copy(folder, language):
        folder.mkdir()
        for path in (RESULTS / "diagrams").glob(f"*.{language}.*"):
            shutil.copyfile(path, folder / path.name)

    monkeypatch.setattr("experiments.course.book.write_stories", copy)


def run(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["kit", *map(str, arguments)])
    return ended.value.code, capsys.readouterr().err


def test_the_command_says_what_it_wrote(drawn, tmp_path, capsys):
    code, said = run(["--lang", "fr", "--out", tmp_path / "kit", "--results", RESULTS], capsys)
    assert code == 0
    assert f"{len(PAGES)} pages" in said
    assert "a quiz of 12 questions" in said
    assert [path.name for path in tmp_path.iterdir()] == ["kit"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--out", "kit"], ["--lang"]),
        (["--lang", "fr"], ["--out"]),
        (["--lang", "de", "--out", "kit"], ["'de'", "'en'", "'fr'"]),
        (["--lang", "fr", "--out", "kit", "--results", "nowhere"], ["pigeon run", "nowhere"]),
    ],
)
def test_bad_input_gets_one_line_and_nothing_is_written(
    arguments, words, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    code, said = run(arguments, capsys)
    assert code == 2
    *_, error = said.splitlines()
    assert error.startswith("pigeon: error: ")
    for word in words:
        assert word in error
    assert list(tmp_path.iterdir()) == []


def test_a_missing_table_is_named_with_the_command_that_makes_it(tables, tmp_path, capsys):
    shutil.rmtree(tables.results / "idempotency")
    arguments = ["--lang", "fr", "--out", tmp_path / "kit", "--results", tables.results]
    code, said = run(arguments, capsys)
    assert code == 2
    assert "`pigeon run idempotency --results" in said
    assert not (tmp_path / "kit").exists()


def test_only_a_kit_as_it_was_written_is_replaced(kits, drawn, tmp_path, capsys):
    out = tmp_path / "kit"
    shutil.copytree(kits["fr"], out)
    arguments = ["--lang", "en", "--out", out, "--results", RESULTS]
    (out / "errors.md").write_text("mine")
    assert run(arguments, capsys)[0] == 2
    assert (out / "errors.md").read_text() == "mine"
    shutil.copyfile(kits["fr"] / "errors.md", out / "errors.md")
    assert run(arguments, capsys)[0] == 0
    assert "Error handling" in (out / "errors.md").read_text()


def test_what_a_reader_put_beside_the_pages_stays_forced_or_not(kits, drawn, tmp_path, capsys):
    out = tmp_path / "kit"
    shutil.copytree(kits["fr"], out)
    (out / "notes.md").write_text("mine")
    (out / "figures" / "photo.png").write_text("mine")
    arguments = ["--lang", "en", "--out", out, "--results", RESULTS]
    for forced in ([], ["--force"]):
        assert run([*arguments, *forced], capsys)[0] == 0
        assert (out / "notes.md").read_text() == "mine"
        assert (out / "figures" / "photo.png").read_text() == "mine"
        assert not list(out.rglob("*.fr.*"))
        (out / "errors.md").write_text("changed")


@pytest.mark.parametrize("listed", ["{", "[]", '{"files": 3}'])
def test_a_kit_whose_list_is_broken_is_left_alone(listed, tmp_path, capsys):
    (tmp_path / "kit").mkdir()
    (tmp_path / "kit" / "kit.json").write_text(listed)
    arguments = ["--lang", "en", "--out", tmp_path / "kit", "--results", RESULTS]
    code, said = run(arguments, capsys)
    assert (code, "kit.json must be the list that pigeon wrote" in said) == (2, True)
    assert (tmp_path / "kit" / "kit.json").read_text() == listed


@pytest.mark.parametrize("file", ["SUMMARY.md", "thesis.tex"])
def test_a_folder_of_anything_else_is_never_replaced_even_if_forced(file, tmp_path, capsys):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / file).write_text("mine")
    arguments = ["--lang", "en", "--out", tmp_path / "src", "--results", RESULTS, "--force"]
    code, said = run(arguments, capsys)
    assert (code, "--out must be a new folder, or that of a kit" in said) == (2, True)
    assert (tmp_path / "src" / file).read_text() == "mine"
