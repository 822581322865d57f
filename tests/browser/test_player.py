"""The player in Chromium: it plays, obeys hand and keys, and nothing in a trace gets out of it."""

import html
import math
import re
import subprocess
from pathlib import Path

import pytest

from simulator import (
    AtLeastOnce,
    AtMostOnce,
    BestEffort,
    Constant,
    Crash,
    ExactlyOnce,
    Exponential,
    Handshake,
    Link,
    Network,
    Partition,
    Retry,
    Scenario,
    simulate,
)

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
RANDOM = Scenario(
    guarantee=ExactlyOnce(retry=Retry(timeout=0.2, max_attempts=3)),
    link=Link(delay=Exponential(mean=0.05), loss=0.25, duplicate=0.2),
    messages=40,
    seed=4,
)
ORDER = Scenario(link=Link(delay=Constant(0.1)), messages=1)
"""One message: sent at 0 s, handled and acknowledged at 0.1 s, known at 0.2 s; timeout 0.2 s."""


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


def seconds(page):
    """Return the time that the page shows."""
    return float(page.inner_text("#clock").split("/")[0].replace(",", "."))


def stop_the_clock(page):
    """Let time pass in the page only when it is told to."""
    page.clock.install(time=0)
    page.clock.pause_at(1000)


def latest(page):
    """Return the latest event, in the page's words."""
    return page.inner_text("#now")


# ------------------------------------------------------------------------------- playing


def test_play_goes_on_and_pause_stops(opened):
    page = opened(simulate(RANDOM, trace=True).trace)
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("() => now > 0")
    page.get_by_role("button", name="Pause").click()
    there = page.evaluate("now")
    page.evaluate("() => new Promise((done) => setTimeout(done, 100))")
    assert page.evaluate("now") == there > 0
    assert page.get_by_role("button", name="Play").is_visible()


@pytest.mark.parametrize(("speed", "lasts"), [("1", 0.1), ("0.5", 0.05), ("2", 0.2)])
def test_at_speed_1_a_usual_delay_lasts_a_second(order, speed, lasts):
    stop_the_clock(order)
    order.select_option("#speed", speed)
    order.get_by_role("button", name="Play").click()
    order.clock.run_for(1000)
    frame = lasts / 50  # at 60 a second, and not to the millisecond
    assert order.evaluate("now / 1e9") == pytest.approx(lasts, abs=frame)


def test_at_the_end_it_stops_and_starts_over(order):
    order.select_option("#speed", "1000")
    order.keyboard.press("Space")
    order.wait_for_function("() => now === end && !playing")
    assert seconds(order) == 0.2
    order.select_option("#speed", "0.1")
    order.get_by_role("button", name="Play").click()
    order.wait_for_function("() => now < end")


def test_steps_go_from_event_to_event_and_back(order):
    steps = [latest(order)]
    while not order.evaluate("shown === rows.length"):
        order.get_by_role("button", name="Next event").click()
        steps.append(latest(order))
    assert steps == [
        "0.000 s · sender · sends message 0",
        "0.100 s · receiver · message 0: arrival",
        "0.100 s · receiver · handles message 0",
        "0.100 s · receiver · acknowledges message 0",
        "0.200 s · sender · message 0: arrival",
        "0.200 s · sender · message 0 is acknowledged",
    ]
    order.get_by_role("button", name="Previous event").click()
    assert latest(order) == steps[-2]
    assert order.inner_text("[aria-current=true]") == steps[-2]


def test_the_time_line_is_scrubbed(order):
    order.get_by_role("slider", name="Time line").fill(str(150_000_000))
    assert seconds(order) == 0.15
    assert latest(order) == "0.100 s · receiver · acknowledges message 0"
    assert order.evaluate("inFlight(now).map((j) => [j.kind, along(j, now)])") == [
        ["acknowledgement", 0.5]
    ]


def test_keys_do_what_the_page_says_they_do(order):
    press = order.keyboard.press
    press("End")
    assert seconds(order) == 0.2
    press("Home")
    assert seconds(order) == 0
    press("ArrowRight")
    assert seconds(order) == 0.1
    press("ArrowLeft")
    assert latest(order) == "0.000 s · sender · sends message 0"
    press("+")
    assert order.input_value("#speed") == "2"
    press("-")
    press("-")
    assert order.input_value("#speed") == "0.5"
    press("m")
    assert order.inner_text("#ledger-word") == "Ledger: message 0"
    press("Escape")
    assert order.locator("#ledger tr").count() == 0
    press("l")
    assert order.get_attribute("html", "lang") == "fr"
    press("d")
    assert order.get_attribute("html", "data-theme") == "dark"
    press("Space")
    assert order.evaluate("playing")
    press("Space")
    assert not order.evaluate("playing")
    order.locator("summary").click()
    assert order.locator("#keys dt").count() == order.locator("#keys dd").count() == 8


def test_tab_comes_to_the_latest_event_alone_and_arrows_go_on(order):
    stops = order.locator("#events button[tabindex='0']")
    assert stops.count() == 1
    stops.focus()
    order.keyboard.press("ArrowDown")
    assert order.evaluate("document.activeElement.textContent").startswith("0.100 s")
    order.keyboard.press("Enter")
    assert order.inner_text("#ledger-word") == "Ledger: message 0"


def test_the_smallest_traces_play_too(opened):
    crash = Network(seed=1)
    crash.node("alone")
    crash.inject(Crash(node="alone", at=1.0, lasts=1.0))
    crash.run()
    at_once = simulate(Scenario(guarantee=BestEffort(), messages=1), trace=True)
    for trace, last in ((crash.trace, "2.000 s · alone · restart"), (at_once.trace, "handles")):
        page = opened(trace)
        page.keyboard.press("m")
        page.keyboard.press("Space")
        page.wait_for_function("() => !playing")
        assert last in latest(page)


# ------------------------------------------------------------------------------- looks


def test_it_speaks_french_down_to_the_comma(opened):
    page = opened(simulate(ORDER, trace=True).trace, language="fr")
    page.keyboard.press("End")
    assert page.inner_text("#clock") == "0,200 / 0,200 s"
    assert latest(page) == "0,200 s · expéditeur · le message 0 est acquitté"
    assert page.title() == "Des messages sur un réseau peu fiable"
    page.get_by_role("button", name="English").click()
    assert page.title() == "Messages over an unreliable network"


def test_both_languages_say_everything(order):
    assert order.evaluate("Object.keys(words.en).join() === Object.keys(words.fr).join()")
    used = set(re.findall(r'say\("(\w+)"\)', order.content()))
    assert used <= set(order.evaluate("Object.keys(words.en)"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_as_dark_as_the_reader_s_other_pages_until_told(opened, theme):
    page = opened(simulate(ORDER, trace=True).trace, color_scheme=theme)
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper) == "rgb(255, 255, 255)"
    assert light == (theme == "light")
    page.locator("#theme").click()
    assert (page.evaluate(paper) == "rgb(255, 255, 255)") != light


def test_the_address_says_what_to_show(opened):
    page = opened(simulate(RANDOM, trace=True).trace, "lang=fr&theme=dark&t=0.25&speed=5&message=3")
    assert page.inner_text("#ledger-word") == "Registre : message 3"
    assert seconds(page) == 0.25
    assert page.input_value("#speed") == "5"
    assert page.get_attribute("html", "data-theme") == "dark"
    page.evaluate("location.hash = 'lang=en&t=0.1'")
    page.wait_for_function("() => document.documentElement.lang === 'en'")
    assert seconds(page) == 0.1


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_phone_has_no_horizontal_scrolling_and_room_for_a_finger(opened, language):
    net = Network(seed=1)
    nodes = [net.node(name) for name in ("n" * 200, "a rather long name of a node", "c")]
    net.connect(nodes[0], nodes[1], Link(delay=Constant(0.1), loss=0.5))
    nodes[1].on("order")(lambda message: None)
    nodes[0].send(nodes[1], "order", "x" * 500, guarantee=AtLeastOnce())
    net.run()
    page = opened(net.trace, "message=0", language=language, **PHONE)
    page.locator("summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    for button in page.locator("button:visible, select:visible").all():
        assert button.bounding_box()["height"] >= 44


def test_in_a_frame_picture_controls_and_time_line_are_seen_at_once(opened):
    page = opened(simulate(RANDOM, trace=True).trace, viewport={"width": 700, "height": 500})
    for part in ("#scene", "#now", "#legend", "#controls", "#time"):
        box = page.locator(part).bounding_box()
        assert box["y"] + box["height"] <= 500
    assert page.locator("#scene").bounding_box()["height"] > 250


def test_who_wants_no_motion_sees_events_only(opened):
    page = opened(simulate(ORDER, trace=True).trace, reduced_motion="reduce")
    stop_the_clock(page)
    page.get_by_role("button", name="Play").click()
    page.clock.run_for(500)
    assert seconds(page) == 0
    page.clock.run_for(700)
    assert seconds(page) == 0.1


# ------------------------------------------------------------------------------- what it tells


def shown_ledger(page):
    cells = page.locator("#ledger td").all()
    return {cell.get_attribute("data-column"): cell.inner_text() for cell in cells}


def expected(ledger, message, columns):
    def write(name):
        value = ledger[name][message]
        if not name.endswith("_s"):
            return str(value)
        return "–" if math.isnan(value) else f"{value:.3f} s"

    return {name: write(name) for name in columns}


def test_the_row_of_a_message_is_the_simulator_s(opened):
    outcome = simulate(RANDOM, trace=True)
    page = opened(outcome.trace)
    page.keyboard.press("End")
    for message in range(RANDOM.messages):
        page.keyboard.press("m")
        row = shown_ledger(page)
        assert row.pop("link") == "sender→receiver"
        assert row == expected(outcome.ledger, message, row)
    assert outcome.ledger["gave_up_s"].size > len(row) == 10


def test_so_it_is_with_a_handshake_and_between_peers(opened):
    net = Network(seed=3)
    nodes = {name: net.node(name) for name in "AB"}
    net.connect(*nodes.values(), Link(delay=Exponential(mean=0.05), loss=0.2, duplicate=0.2))
    for node in nodes.values():
        node.on("order")(lambda message: None)
    for guarantee in (AtLeastOnce(), AtMostOnce(), Handshake()):
        nodes["A"].send(nodes["B"], "order", guarantee=guarantee)
        nodes["B"].send(nodes["A"], "order", guarantee=guarantee)
    net.run()
    page = opened(net.trace)
    page.keyboard.press("End")
    for _ in range(6):
        page.keyboard.press("m")
        row = shown_ledger(page)
        sender, _ = row.pop("link").split("→")
        assert row == expected(nodes[sender].ledger, int(row["message"]), row)


def test_a_click_on_a_message_shows_its_row(order):
    order.get_by_role("slider").fill(str(50_000_000))
    (target,) = order.evaluate("targets")
    order.locator("#scene").click(position={"x": target["x"], "y": target["y"]})
    assert order.inner_text("#ledger-word") == "Ledger: message 0"
    assert shown_ledger(order)["arrivals"] == "0"
    order.keyboard.press("End")
    assert shown_ledger(order)["acknowledged_s"] == "0.200 s"
    order.locator("#scene").click(position={"x": 5, "y": 5})
    assert order.locator("#ledger tr").count() == 0


def test_each_kind_of_copy_has_a_shape_of_its_own(order):
    """Drawn in one colour, they still differ."""
    pictures = order.evaluate(
        """() => {
            for (const name in colors) if (name !== "paper") colors[name] = "#000000";
            const copies = [["data", 1, 0], ["data", 2, 0], ["data", 1, 1], ["release", 1, 0],
                ["acknowledgement", 1, 0], ["acknowledgement", 1, 1], ["refusal", 1, 0]];
            return copies.map(([kind, attempt, copy]) => {
                const canvas = document.createElement("canvas");
                pen = canvas.getContext("2d");
                drawCopy({ kind, attempt, copy }, 50, 50, 9);
                return canvas.toDataURL();
            });
        }"""
    )
    assert len(set(pictures)) == len(pictures) == 7


def test_what_is_lost_falls(opened):
    link = Link(delay=Constant(0.1), loss=1.0)
    scenario = Scenario(guarantee=BestEffort(), link=link, messages=1)
    page = opened(simulate(scenario, trace=True).trace)
    heights = page.evaluate("[0, 0.5, 0.75, 1].map((part) => placeOf(journeys[0], part * end).y)")
    assert heights[0] == pytest.approx(heights[1])
    assert heights[1] < heights[2] < heights[3]


def test_nodes_crash_links_are_cut_and_queues_fill(opened):
    net = Network(seed=1)
    producer, broker, worker = net.node("producer"), net.broker("broker"), net.node("worker")
    for node in (producer, worker):
        net.connect(node, broker, Link(delay=Constant(0.01)))
    broker.queue("jobs")

    def work(message):
        yield worker.work(0.1)

    worker.subscribe(broker, "jobs", work)
    for job in range(4):
        producer.publish(broker, "jobs", job)
    net.inject(
        Crash(node="worker", at=1.0, lasts=1.0),
        Partition(groups=(("producer",), ("broker", "worker")), at=3.0, lasts=1.0),
    )
    net.run()
    page = opened(net.trace)
    known = """(ns) => {
        jump(ns * 1e9);
        const { down, cut, queues } = stateAfter(shown), named = (node) => nodes[node];
        return [[...down].map(named), cut.size, Object.fromEntries(
            [...queues].map(([node, waiting]) => [named(node), waiting.size]))];
    }"""
    assert page.evaluate(known, 0.015) == [[], 0, {"broker": 3}]
    assert page.evaluate(known, 1.5) == [["worker"], 0, {"broker": 0}]
    assert page.evaluate(known, 3.5) == [[], 2, {"broker": 0}]
    assert page.evaluate(known, 4.5) == [[], 0, {"broker": 0}]
    assert page.evaluate(known, 0.015) == [[], 0, {"broker": 3}]
    last = page.evaluate("targets.find((target) => target.message === 3)")
    page.locator("#scene").click(position={"x": last["x"], "y": last["y"]})
    assert shown_ledger(page)["contents"] == "3"


# ------------------------------------------------------------------------------- what stays in

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
    assert inside.locator("#now").inner_text() == "0.100 s · receiver · message 0: arrival"


def test_a_notebook_shows_it(page):
    page.set_content(simulate(ORDER, trace=True).trace.play()._repr_html_())
    inside = page.frame_locator("iframe")
    inside.get_by_role("button", name="Next event").click()
    assert inside.locator("#now").inner_text().startswith("0.100 s")


@pytest.mark.parametrize("script", sorted(Path("simulator/drawing/page").glob("*.js")), ids=str)
def test_each_script_is_javascript_as_it_stands(script):
    subprocess.run(["node", "--check", script], check=True)  # noqa: S607 - npm brings it
