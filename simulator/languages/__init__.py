"""Languages: the texts of English and of French, and how each writes numbers.

A text stands in a TOML file: the simulator's own in this folder, by what shows them; others in
files of those who show them, read by the same `Texts`.
"""

from typing import Final

LANGUAGES: Final = ("en", "fr")
