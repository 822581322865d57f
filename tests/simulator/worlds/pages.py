"""What a page of worlds is given, read back."""

import json


def given_page(player):
    """Return what the page is given."""
    data = player.page.split('<script type="application/json" id="trace">')[1]
    return json.loads(data.split("</script>")[0])


def recorded_in(given):
    """Return the indices of each world's rows, journeys, spans and choices, by its key."""
    recorded, before = {}, [[]] * 4
    for key, *_, rows, journeys, spans, choices in given["worlds"]:
        lists = (rows, journeys, spans, choices)
        before = [old[: new[0]] + new[1:] for old, new in zip(before, lists, strict=True)]
        recorded[key] = before
    return recorded
