"""The command line: `pigeon`, and `python -m experiments`, are one program."""
