"""Reality: the same things done by real programs, measured beside their simulation."""
