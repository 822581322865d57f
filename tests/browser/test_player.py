"""The player in Chromium: it plays, and obeys hand, keys and address, in any light."""

import re

import pytest

from simulator import AtLeastOnce, BestEffort, Constant, Crash, Link, Network, Scenario, simulate
from tests.browser.watching import ORDER, PHONE, RANDOM, latest, seconds, stop_the_clock

pytestmark = pytest.mark.browser


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


def test_however_often_it_is_paused_a_frame_is_drawn_once(order):
    stop_the_clock(order)
    order.evaluate(
        """() => {
            const showOnce = show; // a picture that is laid out anew is drawn anew, but no frame
            window.instants = [];
            window.show = () => (instants.push(now), showOnce());
            for (let time = 0; time < 3; time++) (play(), pause());
            play();
            instants.length = 0;
        }"""
    )
    order.clock.run_for(200)
    instants = order.evaluate("instants")
    assert len(instants) > 5
    assert len(set(instants)) == len(instants)


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
        "0.100 s · receiver · arrival: message 0",
        "0.100 s · receiver · handles message 0",
        "0.100 s · receiver · sends the acknowledgement of message 0",
        "0.200 s · sender · arrival: acknowledgement of message 0",
        "0.200 s · sender · acknowledged: message 0",
    ]
    order.get_by_role("button", name="Previous event").click()
    assert latest(order) == steps[-2]
    assert order.inner_text("[aria-current=true]") == steps[-2]


def test_the_time_line_is_scrubbed(order):
    order.get_by_role("slider", name="Time line").fill(str(150_000_000))
    assert seconds(order) == 0.15
    assert latest(order) == "0.100 s · receiver · sends the acknowledgement of message 0"
    assert order.evaluate("inFlight(now).map((j) => [j.subject.kind, along(j, now)])") == [
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
    press("?")
    assert order.locator("#keys dt").count() == order.locator("#keys dd").count() == 9
    press("l")
    assert order.get_attribute("html", "lang") == "fr"
    press("Escape")
    assert not order.locator("#help-page").is_visible()


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


def test_it_speaks_french_down_to_the_comma(opened):
    page = opened(simulate(ORDER, trace=True).trace, language="fr")
    page.keyboard.press("End")
    assert page.inner_text("#clock") == "0,200 / 0,200 s"
    assert latest(page) == "0,200 s · expéditeur · acquittement : message 0"
    assert page.title() == page.inner_text("h1") == "Au moins une fois · aucune perte"
    page.get_by_role("button", name="Aide").click()
    keys = page.locator("#keys kbd").all_inner_texts()
    assert {"Espace", "Début", "Fin", "Échap", "Maj M"} <= set(keys)
    assert page.locator("#counters dt").all_inner_texts() == [
        "envoyés",
        "remis",
        "doublons",
        "perdus",
        "dans le doute",
    ]
    page.get_by_role("button", name="Fermer").click()
    page.get_by_role("button", name="English").click()
    assert page.title() == page.inner_text("h1") == "At least once · no loss"


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
    page.evaluate("location.hash = 'lang=constructor&theme=valueOf&speed=x&t=x&message=x'")
    page.wait_for_function("() => now === start")
    assert page.get_attribute("html", "lang") == "fr"
    page.evaluate("location.hash = 'lang=en&t=0.1'")
    page.wait_for_function("() => document.documentElement.lang === 'en'")
    assert seconds(page) == 0.1


def test_what_the_address_cannot_mean_is_passed_over(opened):
    page = opened(simulate(ORDER, trace=True).trace, "lang=constructor&theme=1&t=x&message=9")
    assert page.get_attribute("html", "lang") == "en"
    assert seconds(page) == 0
    assert page.locator("#ledger tr").count() == 0


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_phone_has_no_horizontal_scrolling_and_room_for_a_finger(opened, language):
    net = Network(seed=1)
    nodes = [net.node(name) for name in ("n" * 200, "a rather long name of a node", "c")]
    net.connect(nodes[0], nodes[1], Link(delay=Constant(0.1), loss=0.5))
    nodes[1].on("order")(lambda message: None)
    nodes[0].send(nodes[1], "order", "x" * 500, guarantee=AtLeastOnce())
    net.run()
    page = opened(net.trace, "message=0", language=language, **PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    for button in page.locator("button:visible, select:visible").all():
        assert button.bounding_box()["height"] >= 44
    page.locator("#help").click()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.locator("#close").bounding_box()["height"] >= 44


def test_in_a_frame_picture_controls_and_time_line_are_seen_at_once(opened):
    page = opened(simulate(RANDOM, trace=True).trace, viewport={"width": 700, "height": 500})
    for part in ("#scene", "#now", "#legend", "#controls", "#time"):
        box = page.locator(part).bounding_box()
        assert box["y"] + box["height"] <= 500
    assert page.locator("#scene").bounding_box()["height"] > 250


def test_the_latest_event_alone_is_read_aloud_and_not_while_it_plays(order):
    live = "output, [aria-live], [role=status], [role=alert], [role=log], [role=timer]"
    assert order.evaluate(f"[...document.querySelectorAll('{live}')].map((e) => e.id)") == ["now"]
    stop_the_clock(order)
    order.get_by_role("button", name="Play").click()
    order.clock.run_for(1500)
    assert order.get_attribute("#now", "aria-live") == "off"
    assert latest(order) == "0.100 s · receiver · sends the acknowledgement of message 0"
    order.get_by_role("button", name="Pause").click()
    assert order.get_attribute("#now", "aria-live") == "polite"


def test_who_wants_no_motion_sees_events_only(opened):
    page = opened(simulate(ORDER, trace=True).trace, reduced_motion="reduce")
    stop_the_clock(page)
    page.get_by_role("button", name="Play").click()
    page.clock.run_for(500)
    assert seconds(page) == 0
    page.clock.run_for(700)
    assert seconds(page) == 0.1
