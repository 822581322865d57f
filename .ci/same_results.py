"""Check that a table made again says what the published one says.

To 6 digits: the last bits of a logarithm may differ from one kind of machine to another.
"""

import sys
from pathlib import Path

import pandas as pd

made, published = (Path(folder) / "summary.csv" for folder in sys.argv[1:3])
pd.testing.assert_frame_equal(pd.read_csv(made), pd.read_csv(published), rtol=1e-6, atol=1e-9)
print(f"{made} says what {published} says")
