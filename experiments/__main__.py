"""`python -m experiments` is `pigeon`."""

from experiments.cli.program import main

main()
