"""Experiments: questions asked of the simulator, and the command line that answers them.

- `catalogue`: the questions, one file each.
- `framework`: what an experiment is; what runs it, keeps its results and writes its tables.
- `figures`: what draws the tables, in two languages and for light and dark pages.
- `course`: the kit for the course's book, and its stories.
- `interactive`: charts, and views under sliders, for notebooks.
- `cli`: the program `pigeon`, one file a command.
"""
