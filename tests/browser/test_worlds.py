"""The page that one can break, in Chromium: a click loses a copy, and time goes on without it."""

import html
from fractions import Fraction

import pytest

from simulator import (
    AtLeastOnce,
    Constant,
    ExactlyOnce,
    Link,
    Periodic,
    Retry,
    Scenario,
    worlds,
)
from tests.browser.watching import latest, seconds
from tests.simulator.worlds.pages import given_page, recorded_in

pytestmark = pytest.mark.browser

LINK = Link(delay=Constant(0.05))
TWO = Scenario(link=LINK, guarantee=AtLeastOnce(retry=Retry(max_attempts=3)), messages=2)
ONE = TWO.replace("messages", 1)
BROKEN = Scenario(
    link=LINK, guarantee=ExactlyOnce(window=1, retry=Retry(max_attempts=2)), messages=2
)
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
SECOND = "acknowledgement of message 1"


@pytest.fixture
def breakable(open_page, tmp_path):
    """Open the page of some worlds: `breakable(worlds(…), "t=0.4")`; nothing moves by itself."""

    def make(found, asked="", language="en", *, broken=False, **settings):
        file = found.page(language, broken=broken).save(tmp_path / "worlds.html")
        return open_page(f"{file.as_uri()}#{asked}", **{"reduced_motion": "reduce"} | settings)

    return make


def touch(page, copy):
    """Click a copy in the picture, by its name."""
    place = page.evaluate(
        """(name) => {
            const { x, y } = targets.find(({ copy }) => copy && nameOf(copy.subject) === name);
            return { x, y };
        }""",
        copy,
    )
    page.locator("#scene").click(position=place)


def events(page):
    """Return what happens in the world that is shown."""
    return page.evaluate("rows.map(tell)")


def deeds(page):
    return page.locator("#deeds li").all_inner_texts()


def test_a_click_on_the_second_acknowledgement_brings_the_second_handling(breakable):
    page = breakable(worlds(TWO), "t=0.08")
    assert "0.260 s · receiver · handles message 1, attempt 2" not in events(page)
    touch(page, SECOND)
    assert seconds(page) == 0.08
    assert deeds(page) == [f"Lose: {SECOND}"]
    assert page.inner_text("#chance") == "Chance of this world: p (1 − p)⁵ = 0.065536"
    page.evaluate("jump(0.26e9)")
    assert "handles message 1, attempt 2" in page.inner_text("#events")
    page.keyboard.press("m")
    page.keyboard.press("m")
    assert page.inner_text("[data-column=handovers]") == "2"
    assert page.inner_text("[data-column=belief]") == "not acknowledged"
    page.keyboard.press("End")
    assert latest(page) == "0.310 s · sender · acknowledged: message 1, attempt 2"


def chain(net, _):
    """The generals' chain: worlds of it have other rows at one instant."""
    one, two = net.node("one"), net.node("two")
    net.connect(one, two, LINK)
    two.on("x")(lambda message: two.notify(one, "x", message.data))
    one.on("x")(lambda message: None)
    one.notify(two, "x", 0)
    net.run()


def test_it_opens_at_the_first_events_of_its_world(breakable):
    page = breakable(worlds(chain, workload=Periodic(interval=1.0)))
    assert (seconds(page), latest(page)) == (0.0, "0.000 s · one · sends message one-0")


def test_what_is_lost_falls_from_where_it_was_clicked(breakable):
    page = breakable(worlds(ONE), "t=0.04")
    place = "(({ x, y }) => [x, y])(placeOf(inFlight(now)[0], now))"
    before = page.evaluate(place)
    touch(page, "message 0")
    assert page.evaluate(place) == pytest.approx(before)
    page.evaluate("jump(0.045e9)")
    assert page.evaluate("placeOf(inFlight(now)[0], now).fallen") == pytest.approx(0.2)
    assert latest(page) == "… · sender→receiver · lost on the way: message 0"
    page.evaluate("jump(0.02e9)")
    assert page.evaluate("along(inFlight(now)[0], now)") == pytest.approx(0.4)


def test_what_has_been_done_stays_and_what_was_to_come_is_calm_again(breakable):
    page = breakable(worlds(ONE), "t=0.02")
    touch(page, "message 0")
    page.evaluate("jump(0.28e9)")
    touch(page, "acknowledgement of message 0, attempt 2")
    assert deeds(page) == ["Lose: message 0", "Lose: acknowledgement of message 0, attempt 2"]
    page.evaluate("jump(0.22e9)")
    touch(page, "message 0, attempt 2")
    assert deeds(page) == ["Lose: message 0", "Lose: message 0, attempt 2"]
    page = breakable(worlds(TWO), "t=0.08")
    touch(page, SECOND)
    page.evaluate("jump(0.02e9)")
    touch(page, "message 0")
    assert deeds(page) == ["Lose: message 0"]


def test_undo_goes_back_step_by_step_to_the_instant_of_each(breakable):
    page = breakable(worlds(TWO), "t=0.03")
    calm = events(page)
    assert page.get_by_role("button", name="Back", exact=True).is_disabled()
    touch(page, "message 0")
    page.evaluate("jump(0.08e9)")
    once = events(page)
    touch(page, SECOND)
    assert events(page) != once
    page.evaluate("jump(end)")
    page.get_by_role("button", name="Back", exact=True).click()
    assert events(page) == once
    assert seconds(page) == 0.08
    page.keyboard.press("u")
    assert events(page) == calm
    assert seconds(page) == 0.03
    assert page.get_by_role("button", name="Back", exact=True).is_disabled()


def test_a_link_opens_the_world_and_the_browser_goes_back_too(breakable, open_page):
    page = breakable(worlds(TWO), "lang=en&t=0.08")
    touch(page, SECOND)
    assert page.evaluate("location.hash") == "#lang=en&world=0.01"
    told = events(page)
    other = open_page(page.url)
    assert [each for each in events(other) if "lost" not in each] == [
        each for each in told if "lost" not in each
    ]
    assert deeds(other) == deeds(page)
    page.go_back()
    page.wait_for_function("() => deeds.length === 0")
    page.go_forward()
    page.wait_for_function("() => deeds.length === 1")


@pytest.mark.parametrize("world", ["01", "0.0.0", "9.9", "constructor.0", "", ".", "%00.<b>"])
def test_a_world_that_is_not_there_is_passed_over(breakable, world):
    page = breakable(worlds(TWO), f"world={world}")
    assert deeds(page) == ["Nothing: the network is calm"]


@pytest.mark.parametrize("p", ["0", "0.07", "0.5", "0.93", "1"])
def test_the_slider_shows_exact_probabilities_to_12_digits(breakable, p):
    found = worlds(TWO)
    page = breakable(found)
    page.locator("#rate").fill(p)
    shown = {
        cell.get_attribute("data-event"): cell.inner_text()
        for cell in page.locator("#odds td").all()
    }
    assert set(shown) == {"lost", "duplicated", "in_doubt", "gave_up", "violated"}
    for event, text in shown.items():
        exact = found.probability(event, Fraction(p))
        assert float(text) == float(f"{float(exact):.12g}")
    assert f"p = {p}" in page.inner_text("#rate-word")
    assert "2p³ − p⁶" in page.inner_text("#odds")


def test_the_chances_of_all_worlds_sum_to_one(breakable):
    page = breakable(worlds(TWO))
    sums = """(p) => {
        const each = [...recorded.values()].map(({ lost, kept }) => weigh(lost, kept, p));
        return each.reduce((sum, one) => sum + one, 0);
    }"""
    assert page.evaluate(sums, 0.3) == pytest.approx(1)


def test_every_world_can_be_reached_by_hand_and_is_told_whole(breakable):
    found = worlds(ONE)
    page = breakable(found)
    lengths = page.evaluate(
        """() => {
            const seen = {};
            const look = () => {
                const name = nameOfWorld(paths);
                if (name in seen) return;
                seen[name] = rows.length;
                const all = [...offers].flatMap(([j, them]) => them.map((each) => [j, each]));
                const here = { paths, fallen };
                for (const [j, offer] of all) {
                    visit(here);
                    go(j.sent);
                    act(offer, [...offers.keys()].find((one) => one.sent === j.sent));
                    look();
                }
            };
            look();
            return seen;
        }"""
    )
    assert set(lengths) == {key or "0" for key in recorded_in(given_page(found.page()))}
    assert len(lengths) == 15


def test_the_promise_is_judged_and_the_counterexample_shown(breakable):
    page = breakable(worlds(BROKEN))
    assert page.inner_text("#promise") == "The promise holds."
    page.get_by_role("button", name="Shortest counterexample").click()
    assert page.inner_text("#promise") == "Promise broken. A message is handed over twice."
    assert deeds(page) == ["Lose: acknowledgement of message 0"]
    page.get_by_role("button", name="Back", exact=True).click()
    assert page.inner_text("#promise") == "The promise holds."
    opened = breakable(worlds(BROKEN), broken=True)
    assert opened.inner_text("#promise") == "Promise broken. A message is handed over twice."


def test_duplicates_holds_and_crashes_have_their_buttons_and_no_chance(breakable):
    page = breakable(worlds(ONE, losses=1, duplicates=1, hold=0.3, crashes=1), "t=0.02")
    assert "no probability" in page.inner_text("#chance")
    assert page.locator("#odds, #rate").evaluate_all("all => all.every((e) => !e.offsetParent)")
    page.get_by_role("button", name="Duplicate: message 0", exact=True).click()
    page.keyboard.press("End")
    page.keyboard.press("m")
    assert page.inner_text("[data-column=handovers]") == "2"
    page.keyboard.press("u")
    page.get_by_role("button", name="Hold back: message 0", exact=True).click()
    assert "0.300 s · receiver · arrival: message 0" in events(page)
    page.keyboard.press("u")
    page.get_by_role("button", name="Receiver crashes before the arrival: message 0").click()
    assert "0.050 s · receiver · crash" in events(page)


def test_it_is_done_with_the_keyboard_alone(breakable):
    page = breakable(worlds(ONE), "t=0.02")
    page.keyboard.press("Tab")
    while not page.evaluate("document.activeElement.closest('#way')"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert deeds(page) == ["Lose: message 0"]
    assert page.evaluate("document.activeElement.id") == "way"
    page.evaluate("jump(0.22e9)")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert deeds(page) == ["Lose: message 0", "Lose: message 0, attempt 2"]
    page.locator("#rate").focus()
    page.keyboard.press("ArrowRight")
    assert page.input_value("#rate") == "0.21"
    assert seconds(page) == 0.22


def test_time_goes_on_after_a_click_unless_motion_is_unwanted(breakable):
    page = breakable(worlds(ONE), "t=0.02", reduced_motion="no-preference")
    touch(page, "message 0")
    page.wait_for_function("() => now > 0.03e9")
    assert not page.evaluate("playing") or seconds(page) > 0.02
    still = breakable(worlds(ONE), "t=0.02")
    touch(still, "message 0")
    assert not still.evaluate("playing")


def test_it_speaks_french_down_to_the_comma(breakable):
    page = breakable(worlds(TWO), "t=0.08", language="fr")
    touch(page, "accusé de réception du message 1")
    panel = page.inner_text("#world")
    for words in (
        "Un monde parmi 225",
        "La promesse est tenue.",
        "Probabilité de ce monde\u00a0: p (1 − p)⁵ = 0,065536",
        "Annuler",
        "Perdre\u00a0: accusé de réception du message 1",
        "un message est remis deux fois",
        "0,32628736",
    ):
        assert words in panel
    page.get_by_role("button", name="English").click()
    assert "One of 225 worlds" in page.inner_text("#world")


def test_both_languages_say_everything(breakable):
    page = breakable(worlds(ONE, duplicates=1, hold=0.1, holds=2, losses=1))
    assert page.evaluate("Object.keys(words.en).join() === Object.keys(words.fr).join()")
    named = "given.choices.flatMap((one) => one.at(-1)).flatMap((deed) => deed.split(' '))"
    assert page.evaluate(f"[...new Set({named})].every((each) => 'do_' + each in words.fr)")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_phone_has_no_horizontal_scrolling_and_room_for_a_finger(breakable, language):
    page = breakable(worlds(TWO), "t=0.08", language=language, **PHONE)
    page.locator("#way button").first.tap()
    assert len(page.evaluate("deeds")) == 1
    page.evaluate("jump(0.02e9)")
    page.locator("#help").click()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    for button in page.locator("button:visible, select:visible").all():
        assert button.bounding_box()["height"] >= 44
    chance = page.locator("#chance").bounding_box()
    assert chance["y"] + chance["height"] < 844


@pytest.mark.parametrize("how", ["in a notebook", "in a book"])
def test_it_works_in_a_frame_and_leaves_the_history_of_its_page_alone(open_page, tmp_path, how):
    player = worlds(ONE).page()
    file = player.save(tmp_path / "worlds.html")
    frame = f'<iframe sandbox="allow-scripts" src="{file.as_uri()}"></iframe>'
    if how == "in a notebook":
        frame = player._repr_html_()
    book = tmp_path / "book.html"
    book.write_text(f"<!DOCTYPE html><meta charset='utf-8'>{frame}", encoding="utf-8")
    page = open_page(book.as_uri(), reduced_motion="reduce")
    before = page.evaluate("history.length")
    inside = page.frames[1]
    inside.locator("#way button").first.click()
    assert inside.locator("#deeds").inner_text() == "Lose: message 0"
    assert page.evaluate("history.length") == before
    inside.locator("#undo").click()
    assert inside.locator("#deeds").inner_text() == "Nothing: the network is calm"


@pytest.mark.parametrize("said", ["constructor", "<b>never</b>"])
def test_a_hostile_payload_is_text(breakable, said):
    hostile = '<img src=x onerror="window.broken=1"></script><script>window.broken=1</script>'

    def program(net, times):
        client, server = net.node("<b>client"), net.node("</script><b>server")
        net.connect(client, server, LINK)
        server.on("order")(lambda message: None)
        client.send(server, "order", hostile, guarantee=AtLeastOnce(retry=Retry(max_attempts=2)))
        net.run()
        return said

    page = breakable(worlds(program, workload=Periodic(interval=1.0)), "t=0.02&message=0")
    page.locator("#way button").first.click()
    assert page.inner_text("#promise") == f"Promise broken. {said}"
    assert page.inner_text("[data-column=contents]") == hostile
    assert page.evaluate("window.broken") is None
    assert page.locator("img, svg, b, iframe").count() == 0
    assert html.escape("<b>client") in page.inner_html("#events")
