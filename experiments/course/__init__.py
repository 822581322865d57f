"""The course kit: pages, figures, diagrams, players and a quiz, to merge into the course's book.

Words are in `pages/`, one file a page and language. Their numbers come from `facts/`, one file a
page, which takes them from the tables of the experiments: no page has a number of its own.
"""
