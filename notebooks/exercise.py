"""Exercises: an answer is checked against what the simulator measures, not against a key."""

WORDS = {
    "en": ("Put your answer in place of `...`, and run the cell again.", "Right: {}", "Not yet."),
    "fr": (
        "Mettez votre réponse à la place de `...`, et relancez la cellule.",
        "Juste : {}",
        "Pas encore.",
    ),
}


def check(answer, measured, language, within=0.1):
    """Compare an answer with a measurement: equal, or for numbers within a share of it."""
    unanswered, right, wrong = WORDS[language]
    if answer is ...:
        print(unanswered)
    elif answer == measured or (
        isinstance(measured, float)
        and isinstance(answer, int | float)
        and abs(answer - measured) <= within * abs(measured)
    ):
        shown = f"{measured:.4g}" if isinstance(measured, float) else measured
        print(right.format(shown))
    else:
        print(wrong)
