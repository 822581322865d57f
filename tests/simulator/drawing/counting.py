"""What the counters of a player must show."""

import numpy as np

from simulator.ledger import NEVER


def expected(ledger):
    """Return the counters of a ledger."""
    came = ledger["handovers"] > 0
    return {
        "sent": len(ledger),
        "handed_over": np.count_nonzero(came),
        "duplicates": int(ledger["handovers"].sum()) - np.count_nonzero(came),
        "lost": np.count_nonzero(~came & ~ledger["undecided"]),
        "in_doubt": np.count_nonzero(came & (ledger["gave_up_ns"] != NEVER)),
    }
