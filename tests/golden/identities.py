"""The identities of all scenarios of the catalogue: stored results are found by them."""

from hashlib import sha256

from experiments import catalogue

SMOKE = 30
"""Messages of a scenario at smoke size."""


def identities(name):
    """Return digests of the scenarios of an experiment: as published, and at smoke size."""
    experiment = catalogue.load(name)
    smoke = experiment.replace(base=experiment.base.replace("messages", SMOKE))
    return {
        "base": experiment.base.identity,
        "cells": _digest(experiment),
        "smoke": smoke.base.identity,
        "smoke cells": _digest(smoke),
    }


def _digest(experiment):
    """Digest the identities of all cells, in their order."""
    cells = [cell.scenario.identity for cell in experiment.cells()]
    return f"{len(cells)}: {sha256(' '.join(cells).encode()).hexdigest()}"
