"""Write what must stay as it is anew: `python -m tests.golden`."""

from tests.golden.golden import record

record()
