"""Nothing in a trace gets out of the player's page, and the page plays in any frame."""

import html
import subprocess
from pathlib import Path

import pytest

from simulator import AtLeastOnce, Constant, Link, Network, simulate
from tests.browser.watching import ORDER, shown_ledger

pytestmark = pytest.mark.browser

PAYLOAD = (
    '<img src=x onerror="window.broken=1;alert(1)"></script><script>window.broken=1</script>'
    "<!-- <svg onload=alert(1)> @TRACE@ $& \u2028 \ud800"
)


def test_a_hostile_payload_is_shown_as_text_and_does_nothing(opened):
    net = Network(seed=1)
    client, server = net.node("<img src=y onerror=alert(2)>"), net.node("</script><b>server")
    net.connect(client, server, Link(delay=Constant(0.1)))
    server.on("order")(lambda message: None)
    client.send(server, "order", PAYLOAD, guarantee=AtLeastOnce())
    net.run()
    page = opened(net.trace, "message=0")
    elements = page.evaluate("document.querySelectorAll('*').length")
    page.keyboard.press("End")
    page.keyboard.press("l")
    assert shown_ledger(page)["contents"] == PAYLOAD
    assert "</script><b>server" in page.inner_text("#events")
    assert page.evaluate("window.broken") is None
    assert page.locator("img, svg, b, iframe").count() == 0
    assert page.evaluate("document.querySelectorAll('*').length") == elements


def test_no_script_but_its_own_runs_in_it_and_nothing_is_fetched(order, errors):
    order.evaluate(
        """async () => {
            const script = document.createElement("script");
            script.textContent = "window.broken = 1";
            document.body.append(script);
            document.body.insertAdjacentHTML("beforeend", "<p onclick='window.broken = 1'>");
            document.body.lastChild.click();
            await fetch("https://example.org/").catch(() => 0);
        }"""
    )
    assert order.evaluate("window.broken") is None
    assert any("Content Security Policy" in error for error in errors)
    errors.clear()


@pytest.mark.parametrize("how", ["src", "srcdoc"])
def test_it_plays_in_a_sandboxed_frame(open_page, tmp_path, how):
    player = simulate(ORDER, trace=True).trace.play()
    file = player.save(tmp_path / "play.html")
    what = file.as_uri() if how == "src" else html.escape(player.page)
    book = tmp_path / "book.html"
    frame = f'<iframe sandbox="allow-scripts" width="700" height="500" {how}="{what}"></iframe>'
    book.write_text(f"<!DOCTYPE html><meta charset=utf-8>{frame}", encoding="utf-8")
    inside = open_page(book.as_uri()).frame_locator("iframe")
    inside.get_by_role("button", name="Next event").click()
    assert inside.locator("#now").inner_text() == "0.100 s · receiver · arrival: message 0"


def test_a_frame_that_gets_its_width_late_shows_the_first_events(page):
    page.set_content(simulate(ORDER.replace("messages", 20), trace=True).trace.play()._repr_html_())
    page.locator("iframe").evaluate("frame => { frame.style.width = '0'; }")
    inside = page.frame_locator("iframe")
    inside.get_by_role("button", name="Next event").dispatch_event("click")
    page.locator("iframe").evaluate("frame => { frame.style.width = '600px'; }")
    first = inside.locator("#events button").first
    page.wait_for_function("document.querySelector('iframe').clientWidth > 500")
    first.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    assert inside.locator("#events").evaluate("list => list.scrollTop") == 0


def test_a_frame_that_gets_its_size_without_an_event_shows_the_picture(page):
    page.add_init_script("addEventListener('resize', (e) => e.stopImmediatePropagation(), true)")
    frame = simulate(ORDER, trace=True).trace.play()._repr_html_()
    page.set_content(f"<div style='display: none'>{frame}</div>")
    scene = page.frame_locator("iframe").locator("#scene")
    assert scene.evaluate("scene => scene.width") == 0
    page.locator("div").evaluate("cell => { cell.style.display = 'block'; }")
    width = page.locator("iframe").evaluate("frame => frame.clientWidth")
    wide = "([scene, width]) => scene.width > width / 2"
    page.frames[1].wait_for_function(wide, arg=[scene.element_handle(), width], timeout=5_000)


def test_a_notebook_shows_it(page):
    page.set_content(simulate(ORDER, trace=True).trace.play()._repr_html_())
    inside = page.frame_locator("iframe")
    inside.get_by_role("button", name="Next event").click()
    assert inside.locator("#now").inner_text().startswith("0.100 s")


@pytest.mark.parametrize("script", sorted(Path("simulator/drawing/page").glob("*.js")), ids=str)
def test_each_script_is_javascript_as_it_stands(script):
    subprocess.run(["node", "--check", script], check=True)  # noqa: S607 - npm brings it
