"""The course kit in a book: mdBook builds it without a word, and Chromium shows all of it.

The book has what the course's has: the chapter's own diagrams, and mdbook-mermaid's conventions.
"""

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from experiments.course.book import build
from experiments.course.pages import PAGES
from tests.browser.mermaid_preprocessor import draw
from tests.browser.prepare import MERMAID

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
PREPROCESSOR = Path(__file__).parent / "mermaid_preprocessor.py"
CHAPTER = """# Passage de messages

```mermaid
sequenceDiagram
    participant C as Client
    participant S as Serveur

    C->>S: Requête
    S-->>C: Réponse
```
"""
BOOK = """
[book]
title = "Systèmes distribués"
language = "fr"

[preprocessor.mermaid]
command = '"{python}" "{preprocessor}"'

[output.html]
additional-js = ["mermaid.min.js", "mermaid-init.js"]
"""
START = """
const { classList } = document.documentElement;
const dark = ["ayu", "navy", "coal"].some((name) => classList.contains(name));
mermaid.initialize({ startOnLoad: true, theme: dark ? "dark" : "default" });
"""
DRAWN = "[...document.querySelectorAll('pre.mermaid')].every(one => one.querySelector('svg'))"
PHONE = {"width": 360, "height": 740}


class Addresses(HTMLParser):
    """What a page asks for, and what it links to."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if name in {"src", "href", "data-src"}]


@pytest.fixture(scope="session")
def book(tmp_path_factory):
    """A book with the French kit in it, and what mdBook said when it built it."""
    root = tmp_path_factory.mktemp("book")
    kit = root / "src" / "pigeon"
    build("fr", results=ROOT / "results", out=kit)
    (root / "src" / "chapter.md").write_text(CHAPTER, encoding="utf-8")
    summary = "# Sommaire\n\n- [Passage de messages](chapter.md)\n" + (
        kit / "SUMMARY.md"
    ).read_text(encoding="utf-8")
    (root / "src" / "SUMMARY.md").write_text(summary, encoding="utf-8")
    settings = BOOK.format(python=sys.executable, preprocessor=PREPROCESSOR)
    (root / "book.toml").write_text(settings, encoding="utf-8")
    shutil.copyfile(MERMAID, root / "mermaid.min.js")
    (root / "mermaid-init.js").write_text(START, encoding="utf-8")
    mdbook = Path(sys.executable).with_name("mdbook")
    done = subprocess.run(
        [mdbook, "build", root], capture_output=True, text=True, check=False, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return root / "book" / "pigeon", done.stdout + done.stderr


def test_a_fence_becomes_what_mdbook_mermaid_makes_of_it():
    # Source: its own tests, in src/lib.rs: <pre class="mermaid">, four characters escaped, and
    # a line break before and two after; other fences stay.
    fence = '```mermaid\nA->>B: "<1> & 2"\n```'
    made = draw(f"Text\n\n{fence}\n\n```sh\nls\n```\n")
    drawn = '\n<pre class="mermaid">A-&gt;&gt;B: &quot;&lt;1&gt; &amp; 2&quot;\n</pre>\n\n'
    assert made == f"Text\n\n{drawn}\n\n```sh\nls\n```\n"


def test_mdbook_builds_it_without_a_warning(book):
    _, said = book
    assert "INFO" in said
    assert not re.search("warn|error", said, re.IGNORECASE), said


def test_every_address_in_the_book_leads_somewhere(book):
    folder, _ = book
    for page in PAGES:
        text = (folder / f"{page}.html").read_text(encoding="utf-8")
        assert "#include" not in text
        addresses = [re.split("[#?]", address)[0] for address in Addresses(text).found]
        assert len(addresses) > 20
        for address in addresses:
            if not address.startswith(("http", "data:")):
                assert (folder / address).exists(), (page, address)


@pytest.mark.parametrize(("theme", "names"), [("light", PAGES[4:6]), ("navy", PAGES)])
def test_figures_and_players_are_as_dark_as_the_book_and_every_diagram_is_drawn(
    book, open_page, theme, names
):
    folder, _ = book
    page = open_page((folder / "index.html").as_uri())
    page.evaluate("theme => localStorage.setItem('mdbook-theme', theme)", theme)
    fits, other = ("light", "dark") if theme == "light" else ("dark", "light")
    for name in names:
        page.goto((folder / f"{name}.html").as_uri())
        page.wait_for_function(DRAWN)
        assert page.locator("pre.mermaid [aria-roledescription=error]").count() == 0
        for kind, shown in ((fits, True), (other, False)):
            links = page.locator(f"a.pigeon-{kind}").all()
            assert [link.is_visible() for link in links] == [shown] * len(links)
        for source in page.eval_on_selector_all(".pigeon-player", "all => all.map(one => one.src)"):
            assert source.endswith(f"#lang=fr&theme={fits}")
    page.goto((folder / "two_generals.html").as_uri())
    figure = page.locator(f"a.pigeon-{fits} img").first
    figure.scroll_into_view_if_needed()
    page.wait_for_function("image => image.naturalWidth > 500", arg=figure.element_handle())
    assert len(figure.get_attribute("alt")) > 100
    page.locator(".pigeon-player").last.scroll_into_view_if_needed()
    player = page.frame_locator(".pigeon-player").last
    player.locator(f"html[data-theme={fits}]").wait_for(state="attached")


def test_a_player_plays_in_its_page_and_follows_the_books_theme(book, open_page):
    folder, _ = book
    page = open_page((folder / "message_passing.html").as_uri())
    page.locator(".pigeon-player").last.scroll_into_view_if_needed()
    player = page.frame_locator(".pigeon-player").last
    assert player.locator("#play").inner_text().endswith("Lecture")
    player.locator("#play").click()
    player.get_by_text("perte en route : message 0").first.wait_for()
    assert player.locator("html").get_attribute("data-theme") == "light"
    page.evaluate("document.documentElement.classList.replace('light', 'navy')")
    player.locator("html[data-theme=dark]").wait_for(state="attached")


def test_the_whole_book_on_one_page_shows_every_figure_light_on_paper_and_no_player(
    book, open_page
):
    folder, _ = book
    page = open_page((folder / "index.html").as_uri())
    page.evaluate("localStorage.setItem('mdbook-theme', 'navy')")
    page.add_init_script("window.print = () => {}")
    page.goto((folder.parent / "print.html").as_uri())
    page.emulate_media(media="print")
    pictures = page.locator("a.pigeon-light img")
    assert pictures.count() >= 18
    for address in Addresses(page.locator("main").inner_html()).found:
        assert address.startswith(("#", "http")) or (folder.parent / address).exists(), address
    assert page.locator("a.pigeon-light").first.is_visible()
    assert not page.locator("a.pigeon-dark").first.is_visible()
    assert page.locator("iframe").count() == 0


def test_an_answer_opens_at_a_touch(book, open_page):
    folder, _ = book
    page = open_page((folder / "synchronous.html").as_uri())
    answer = page.get_by_text("Mesuré : 25 requêtes par seconde")
    assert not answer.is_visible()
    page.get_by_text("Réponse", exact=True).click()
    assert answer.is_visible()


def test_on_a_phone_no_page_is_wider_than_the_screen(book, open_page):
    folder, _ = book
    page = open_page(viewport=PHONE)
    for name in ("index", "three_guarantees", "patterns", "retries"):
        page.goto((folder / f"{name}.html").as_uri())
        page.wait_for_function(DRAWN)
        assert page.evaluate("document.querySelector('main').scrollWidth") <= PHONE["width"], name
