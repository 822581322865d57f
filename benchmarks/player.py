"""How smoothly the player plays: frames a second in Chromium, and the script's part of each."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

import pandas as pd

from simulator import ExactlyOnce, Exponential, Link, Poisson, Retry, Scenario, simulate

WATCH = """
window.frames = [];
const ask = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (draw) => ask((time) => {
    const began = performance.now();
    draw(time);
    window.frames.push([time, performance.now() - began]);
});
"""
"""Notes when each frame was drawn, and how many milliseconds its script took."""

PLAY = """async ([speed, seconds]) => {
    document.getElementById("speed").value = speed;
    jump(rows[rows.length >> 2].ns);
    window.frames = [];
    let most = 0;
    play();
    const began = performance.now();
    while (playing && performance.now() - began < 1000 * seconds) {
        await new Promise((done) => setTimeout(done, 50));
        most = Math.max(most, inFlight(now).length);
    }
    pause();
    return [window.frames, most];
}"""
"""Plays from a quarter of the events on, for some seconds; returns the frames, and the most copies
that were in flight."""

COLUMNS = ["events", "in_flight", "speed", "fps", "script_ms", "p99_ms", "open_s"]
CASES = (
    (10_000, 10, 1),
    (10_000, 100, 1),
    (10_000, 100, 10),
    (10_000, 1_000, 0.25),
    (100_000, 100, 10),
)
"""About how many events, how many copies in flight at a time, and at what speed they are played."""

DELAY_S = 0.05


def trace(events: int, in_flight: int):
    """Return a trace of about so many events, with about so many copies in flight at a time."""
    scenario = Scenario(
        guarantee=ExactlyOnce(retry=Retry(timeout=0.5, max_attempts=4)),
        link=Link(delay=Exponential(mean=DELAY_S), loss=0.1, duplicate=0.05),
        workload=Poisson(rate=in_flight / (2.2 * DELAY_S)),  # its data, its answers, and again
        messages=round(events / 8.3),  # events a message, at that loss
        seed=1,
    )
    recorded = simulate(scenario, trace=True).trace
    assert recorded is not None
    return recorded


def measure(*, quick: bool) -> pd.DataFrame:
    """Return a row a trace and speed: events, in_flight, speed, fps, script_ms, p99_ms, open_s.

    Raises:
        ImportError: If Playwright is not there.
        FileNotFoundError: If Chromium is not.
    """
    from playwright.sync_api import sync_playwright

    from tests.browser import chromium

    rows = []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = chromium.launch(playwright)
        for events, in_flight, speed in CASES:
            recorded = trace(events // 10 if quick else events, in_flight)
            file = recorded.play().save(Path(folder) / "play.html")
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.add_init_script(WATCH)
            began = perf_counter()
            page.goto(file.as_uri())
            opened = perf_counter() - began
            frames, most = page.evaluate(PLAY, [str(speed), 0.5 if quick else 10])
            page.close()
            fps = 1e3 * (len(frames) - 1) / (frames[-1][0] - frames[0][0])
            scripts = sorted(script for _, script in frames)
            p99 = scripts[len(scripts) * 99 // 100]
            rows.append((len(recorded), most, speed, fps, median(scripts), p99, opened))
        browser.close()
    return pd.DataFrame(rows, columns=COLUMNS)
