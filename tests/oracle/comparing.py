"""Fingerprints of outcomes, and where two outcomes first differ."""

import hashlib
import json
from typing import Any

NOTHING = "nothing"
"""What stands for a value that only the other outcome has."""


def canonical(facts: Any) -> Any:
    """Return facts as they come back from a file of JSON."""
    return json.loads(json.dumps(facts))


def fingerprint(facts: Any) -> str:
    """Return a short hash of facts: equal facts, equal hash."""
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def first_difference(before: Any, after: Any, path: str = "") -> tuple[str, Any, Any] | None:
    """Find the first place where two outcomes differ: its path and both values; None if nowhere.

    Of two dictionaries, names are gone through in the order of the first.
    """
    if isinstance(before, dict) and isinstance(after, dict):
        for name in [*before, *(name for name in after if name not in before)]:
            found = first_difference(
                before.get(name, NOTHING), after.get(name, NOTHING), f"{path}/{name}"
            )
            if found is not None:
                return found
        return None
    if isinstance(before, list) and isinstance(after, list):
        for place in range(max(len(before), len(after))):
            first, second = (
                side[place] if place < len(side) else NOTHING for side in (before, after)
            )
            found = first_difference(first, second, f"{path}/{place}")
            if found is not None:
                return found
        return None
    same = type(before) is type(after) and before == after
    return None if same else (path or "/", before, after)
