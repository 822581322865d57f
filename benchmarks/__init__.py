"""Benchmarks: how quick, beside what; `python -m benchmarks` runs them all."""
