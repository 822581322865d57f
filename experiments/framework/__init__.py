"""The framework: what an experiment is, and what runs it and keeps its results."""
