"""What the tests of the player watch: two runs, and what the page shows of them."""

import math

from simulator import Constant, ExactlyOnce, Exponential, Link, Retry, Scenario

RANDOM = Scenario(
    guarantee=ExactlyOnce(retry=Retry(timeout=0.2, max_attempts=3)),
    link=Link(delay=Exponential(mean=0.05), loss=0.25, duplicate=0.2),
    messages=40,
    seed=4,
)
ORDER = Scenario(link=Link(delay=Constant(0.1)), messages=1)
"""One message: sent at 0 s, handled and acknowledged at 0.1 s, known at 0.2 s; timeout 0.2 s."""
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


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


def shown_ledger(page):
    """Return the row of the ledger that the page shows: values by their columns."""
    cells = page.locator("#ledger td").all()
    return {cell.get_attribute("data-column"): cell.inner_text() for cell in cells}


KNOWN = {"acknowledged": "acknowledged", "gave_up": "gave up"}
"""What the page says of what a sender thinks; of all else, that it is not acknowledged."""


def rows_of(page, ns=None):
    """Return the page's rows of the ledger, by link and message, at an instant; None: the end."""
    rows = """(ns) => {
        jump(ns ?? end);
        const named = (row) => ({ ...ledgerOf(row, shown, now), link: linkName(row.link) });
        return created.map(named);
    }"""
    return {(row.pop("link"), row["message"]): row for row in page.evaluate(rows, ns)}


def expected(ledger, message, columns):
    """Return the row of a ledger as the page writes it."""

    def write(name):
        value = ledger[name][message]
        if name == "belief":
            return KNOWN.get(str(value), "not acknowledged")
        if not name.endswith("_s"):
            return str(value)
        return "–" if math.isnan(value) else f"{value:.3f} s"

    return {name: write(name) for name in columns}
