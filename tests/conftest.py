"""What every test shares: how Hypothesis looks for counter-examples.

Under continuous integration the examples are the same on every run, so that a red run is about the
change and can be repeated. At a desk they are new each time, and the failing ones are remembered.
`--hypothesis-profile=deep` looks much longer. `mutants` is for mutation tests, which run the same
tests a thousand times: fewer examples, and one that fails need not be made small.
"""

import os

from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "default",
    deadline=None,  # no test times anything
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("ci", settings.get_profile("default"), derandomize=True, database=None)
settings.register_profile("deep", settings.get_profile("default"), max_examples=2_000)
settings.register_profile(
    "mutants",
    settings.get_profile("ci"),
    max_examples=25,
    phases=(Phase.explicit, Phase.generate),
)
settings.load_profile("ci" if os.environ.get("CI") else "default")
