"""What must stay as it was, in files: identities of scenarios, and the sentences of errors.

    python -m tests.golden      writes them anew; the diff says what changed

Results are stored and published under identities, and a course quotes the sentences. Whoever
changes one on purpose records it here, and says so in the changelog.
"""

import json
from pathlib import Path

from experiments import catalogue
from tests.golden.identities import identities, scenarios
from tests.golden.sentences import sentences, together

HERE = Path(__file__).parent


def recorded(name):
    """Return what a file holds."""
    return json.loads((HERE / f"{name}.json").read_text("utf-8"))


def record():
    """Write the files anew."""
    found = {
        "identities": {name: identities(name) for name in catalogue.names()},
        "scenarios": [scenario.identity for scenario in scenarios()],
        "sentences": sentences(),
        "together": together(),
    }
    for name, facts in found.items():
        text = json.dumps(facts, indent=1, ensure_ascii=False)
        (HERE / f"{name}.json").write_text(f"{text}\n", "utf-8")
