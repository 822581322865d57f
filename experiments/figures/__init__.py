"""Figures: from the tables of an experiment to what a reader sees, in two languages and themes."""
