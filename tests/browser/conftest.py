"""What the browser's tests share: Chromium, pages that tell what leaves them, and Mermaid itself.

`make test-browser` installs what is needed, and runs them; `make test` does without. Each module
has `pytestmark = pytest.mark.browser`.
"""

import pytest

from simulator import simulate
from tests.browser import chromium
from tests.browser.prepare import MERMAID
from tests.browser.watching import ORDER

DESKTOP = {"width": 1024, "height": 768}
INSIDE = ("file:", "data:", "about:", "blob:")


@pytest.fixture(scope="session")
def browser():
    """One Chromium for all tests of a process."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - `make test` needs none

    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def requests():
    """The addresses that pages asked for."""
    return []


@pytest.fixture
def errors():
    """What went wrong in pages: errors raised or written to the console, and dialogs."""
    return []


@pytest.fixture
def open_page(browser, requests, errors):
    """Make pages, in a context of their own: `open_page("file:///…", viewport=…)`.

    Afterwards, no error may have been raised in them, and no request have left them.
    """
    contexts = []

    def make(address="about:blank", *, viewport=DESKTOP, **settings):
        context = browser.new_context(viewport=viewport, **settings)
        contexts.append(context)
        context.on("request", lambda request: requests.append(request.url))
        context.on("weberror", lambda error: errors.append(str(error.error)))
        context.on("dialog", lambda dialog: errors.append(f"dialog: {dialog.message}"))
        context.on(
            "console", lambda said: errors.append(said.text) if said.type == "error" else None
        )
        page = context.new_page()
        page.goto(address)
        return page

    yield make
    for context in contexts:
        context.close()
    assert not errors
    assert [address for address in requests if not address.startswith(INSIDE)] == []


@pytest.fixture
def page(open_page):
    """An empty page: desktop-sized, light, in English."""
    return open_page()


@pytest.fixture
def opened(open_page, tmp_path):
    """Open the player of a trace: `opened(trace, "t=0.4")`."""

    def make(trace, asked="", language="en", **settings):
        file = trace.play(language=language).save(tmp_path / "play.html")
        return open_page(f"{file.as_uri()}#{asked}", **settings)

    return make


@pytest.fixture
def order(opened):
    """The player of one message."""
    return opened(simulate(ORDER, trace=True).trace)


@pytest.fixture(scope="session")
def mermaid_page(browser):
    """A page with Mermaid in it, as strict as it can be."""
    page = browser.new_page(viewport=DESKTOP)
    page.set_content('<!DOCTYPE html><meta charset="utf-8"><body id="body"></body>')
    page.add_script_tag(path=MERMAID)
    page.evaluate("mermaid.initialize({ startOnLoad: false, securityLevel: 'strict' })")
    yield page
    page.close()


@pytest.fixture
def mermaid(mermaid_page):
    """Render Mermaid text: `mermaid(text)` returns the SVG, or raises with Mermaid's own words."""
    return lambda text: mermaid_page.evaluate(
        "async (text) => (await mermaid.render('diagram', text)).svg", text
    )
