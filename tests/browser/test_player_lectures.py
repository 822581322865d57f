"""The player in front of a class: titles, counters, words that follow, two runs side by side."""

import dataclasses
from statistics import median

import pytest

from simulator import (
    AtLeastOnce,
    AtMostOnce,
    BestEffort,
    Constant,
    Crash,
    ExactlyOnce,
    Exponential,
    Link,
    Network,
    Periodic,
    Retry,
    Scenario,
    simulate,
)
from tests.browser.test_player_overlaps import SEEN, meet
from tests.browser.watching import PHONE, latest, shown_ledger, stop_the_clock
from tests.simulator.drawing.counting import expected

pytestmark = pytest.mark.browser

POOR = Scenario(
    link=Link(delay=Exponential(mean=0.05), loss=0.3, duplicate=0.1), messages=20, seed=1
)
"""What `pigeon play --set link.loss=0.3` plays."""

RETRY = Retry(timeout=0.1, max_attempts=2)
GUARANTEES = [BestEffort(), AtMostOnce(), AtLeastOnce(retry=RETRY), ExactlyOnce(retry=RETRY)]

NARROW = PHONE | {"viewport": {"width": 390, "height": 844}}

COUNTED = """(run) => Object.fromEntries(
    [...document.querySelectorAll("#runs section")[run].querySelectorAll("[data-counter]")]
        .map((figure) => [figure.dataset.counter, Number(figure.textContent)]))"""


def counted(page, run=0):
    """Return the counters that the page shows of a run."""
    return page.evaluate(COUNTED, run)


@pytest.fixture
def two(open_page, tmp_path):
    """Open at least once and exactly once beside each other: `two(messages=20, viewport=…)`."""

    def make(messages=20, language="en", **settings):
        scenario = POOR.replace("messages", messages)
        first = simulate(scenario, trace=True)
        second = simulate(scenario.replace("guarantee", ExactlyOnce()), trace=True)
        player = first.trace.play(beside=second.trace, language=language)
        page = open_page(player.save(tmp_path / "play.html").as_uri(), **settings)
        return page, (first.ledger, second.ledger)

    return make


@pytest.mark.parametrize("guarantee", GUARANTEES, ids=repr)
@pytest.mark.parametrize("horizon", [None, 0.4])
def test_the_counters_end_where_the_ledger_does_and_begin_anew(opened, guarantee, horizon):
    scenario = dataclasses.replace(POOR, guarantee=guarantee, messages=60, horizon=horizon)
    outcome = simulate(scenario, trace=True)
    page = opened(outcome.trace)
    page.select_option("#speed", "200")
    page.keyboard.press("Space")
    page.wait_for_function("() => !playing")
    assert counted(page) == expected(outcome.ledger)
    page.keyboard.press("Home")
    assert counted(page)["handed_over"] == 0


def test_so_they_do_step_by_step_with_crashes(opened):
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, Link(delay=Constant(0.05), loss=0.2))
    server.on("order")(lambda message: None)
    net.inject(Crash(node="server", at=0.12, lasts=0.3), Crash(node="client", at=0.6, lasts=0.1))
    client.send_each(Periodic(interval=0.04), server, "order", messages=20, guarantee=AtLeastOnce())
    net.run()
    page = opened(net.trace)
    while not page.evaluate("shown === rows.length"):
        page.keyboard.press("ArrowRight")
    assert counted(page) == expected(client.ledger)


def test_with_a_broker_what_a_queue_holds_is_neither_lost_nor_in_doubt(opened):
    net = Network(seed=1)
    shop, broker, kitchen = net.node("shop"), net.broker("broker"), net.node("kitchen")
    for node in (shop, kitchen):
        net.connect(node, broker, Link(delay=Constant(0.01)))
    broker.queue("orders")
    kitchen.subscribe(broker, "orders", lambda message: None)
    shop.publish(broker, "orders", "pizza")
    net.run()
    page = opened(net.trace)
    page.keyboard.press("End")
    assert counted(page) == {"sent": 1, "handed_over": 1, "duplicates": 0}


def test_words_follow_while_it_plays_however_many_events_there_are(opened):
    page = opened(simulate(POOR, trace=True).trace)
    assert page.evaluate("rows.length") > 200
    stop_the_clock(page)
    page.get_by_role("button", name="Play").click()
    page.evaluate(
        """() => {
            window.added = 0;
            new MutationObserver((seen) => {
                for (const { addedNodes } of seen) added += addedNodes.length;
            }).observe(document.getElementById("events"), { childList: true });
        }"""
    )
    seen = set()
    while page.evaluate("playing"):
        page.clock.run_for(500)
        words = page.evaluate("tell(rows[shown - 1])")
        assert latest(page) == words
        assert page.inner_text("#events [aria-current=true]") == words
        listed = page.locator("#events").bounding_box()
        here = page.locator("#events [aria-current=true]").bounding_box()
        assert listed["y"] <= here["y"] + 1
        assert here["y"] + here["height"] <= listed["y"] + listed["height"] + 1
        seen.add(words)
    assert len(seen) > 20
    assert page.evaluate("added") <= page.evaluate("rows.length") + 300


def test_a_title_that_is_asked_for_stands_above_in_both_languages(open_page, tmp_path):
    trace = simulate(POOR, trace=True).trace
    titles = {"en": "A <b>bad</b> day", "fr": "Un mauvais jour"}
    file = trace.play(title=titles).save(tmp_path / "play.html")
    page = open_page(file.as_uri())
    assert page.inner_text("h1") == titles["en"]
    page.keyboard.press("l")
    assert page.inner_text("h1") == titles["fr"]
    assert open_page(trace.play(title="x").save(file).as_uri()).inner_text("h1") == "x"


def test_what_has_no_title_is_called_what_it_is(opened):
    net = Network(seed=1)
    net.node("alone")
    net.inject(Crash(node="alone", at=1.0, lasts=1.0))
    net.run()
    assert opened(net.trace).inner_text("h1") == "Messages over an unreliable network"


def test_two_runs_have_one_clock_and_each_its_own_counters(two):
    page, ledgers = two()
    assert page.locator("h1").all_inner_texts() == [
        "A At least once · 30% loss",
        "B Exactly once · 30% loss",
    ]
    page.keyboard.press("End")
    first, second = (counted(page, run) for run in (0, 1))
    assert [first, second] == [expected(ledger) for ledger in ledgers]
    assert first["duplicates"] > second["duplicates"] == 0
    places = """() => {
        jump(0.3e9);
        return runs.map((_, run) => inFlight(now).filter((j) => runOf[j.from] === run
            && j.subject.kind === "message").map((j) => [j.message, along(j, now)]));
    }"""
    one, other = page.evaluate(places)
    assert one == other != []


def test_a_chosen_message_is_chosen_in_both(two):
    page, ledgers = two()
    page.keyboard.press("End")
    for _ in range(4):
        page.keyboard.press("m")
    assert page.inner_text("#ledger-word") == "Ledger: message 3"
    cells = page.locator("#ledger td[data-column=handovers]").all_inner_texts()
    assert cells == [str(ledger["handovers"][3]) for ledger in ledgers]
    assert page.locator("#ledger td[data-column=run]").all_inner_texts() == ["A", "B"]
    page.locator("#events button", has_text="B receiver · handles message").first.click()
    assert len(shown_ledger(page)) > 5
    assert page.locator("#ledger td[data-column=run]").count() == 2


@pytest.mark.parametrize("settings", [{}, NARROW], ids=["desktop", "phone"])
def test_two_runs_stand_beside_each_other_or_above_on_a_phone(two, settings):
    page, _ = two(language="fr", **settings)
    first, second = page.evaluate("regions")
    if settings:
        assert first["bottom"] < second["top"]
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        box = page.locator("#time").bounding_box()
        assert box["y"] + box["height"] < 844
    else:
        assert first["right"] < second["left"]
    assert page.evaluate("spots.every((spot, node) => isIn(spot, regions[runOf[node]]))")


@pytest.mark.parametrize("settings", [{}, NARROW], ids=["desktop", "phone"])
@pytest.mark.parametrize("several", [False, True])
def test_the_picture_fills_its_canvas(opened, two, settings, several):
    page = two(**settings)[0] if several else opened(simulate(POOR, trace=True).trace, **settings)
    used = "(above + clear + unit * (20 + NOTES * LINE)) / regions[0].height"
    assert 0.7 < page.evaluate(used) <= 1
    assert page.evaluate("spots[0].x - regions[0].left - radius") < 20


def test_two_runs_stay_in_step_and_leave_time_for_50_frames_a_second(two):
    page, _ = two(messages=200)
    frames = page.evaluate(
        """async () => {
            const frames = [];
            const showOnce = show;
            window.show = () => {
                const began = performance.now();
                showOnce();
                frames.push([now, shown, performance.now() - began]);
            };
            play();
            await new Promise((done) => setTimeout(done, 2000));
            pause();
            return frames;
        }"""
    )
    assert len(frames) > 20
    for ns, shown, _ in frames[:20]:
        assert page.evaluate("(ns) => before(ns)", ns) == shown
    assert median(took for *_, took in frames) < 20  # milliseconds


@pytest.mark.parametrize("settings", [{}, NARROW], ids=["desktop", "phone"])
def test_between_two_runs_words_keep_apart_and_below_the_titles(two, settings):
    page, _ = two(language="fr", **settings)
    notes = 0
    for place in range(40):
        page.keyboard.press("m")
        words = page.evaluate(SEEN, place / 40)["words"]
        regions = page.evaluate("regions")
        for index, word in enumerate(words):
            left, top, right, _ = word["box"]
            assert any(
                one["left"] <= left and right <= one["right"] and one["top"] <= top < one["bottom"]
                for one in regions
            ), word
            assert not any(meet(word["box"], later["box"]) for later in words[index + 1 :])
        notes += sum("message" in word["text"] for word in words)
    assert notes > 40
