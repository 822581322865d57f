"""A hand on the slider: a view and its controls, in a notebook.

A view is a function from values to a picture; each of its arguments gets a control:

    from experiments.interactive.chart import chart
    from experiments.interactive.explore import explore

    def view(loss=0.2, attempts=3):
        figure, axes = chart("en", "Messages lost")
        axes.bar(["sent once", "with retries"], [loss, loss**attempts])
        return figure

    explore(view, "en", loss=(0.0, 0.9, 0.1), attempts=(1, 8))

The controls are those of `ipywidgets.interactive`. Where no kernel runs, on a forge or on a page,
a reader sees the picture at the values where the controls start.
"""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature
from typing import Any, Final, Protocol

import ipywidgets
import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from traitlets import TraitError

from experiments.figures.labels import labels
from experiments.interactive.places import Places
from simulator.languages.numbers import numbers
from simulator.languages.texts import Texts
from simulator.validation import number, refuse

DECIMALS: Final = 9
"""Of a slider's values: 3 × 0.1 is not 0.30000000000000004."""
LETTER: Final = 0.6
SLIDER: Final = 24
"""Widths, in em: of a letter of a control's name, and of what is beside its name."""


class Picture(Protocol):
    """What shows itself as PNG."""

    def _repr_png_(self) -> bytes: ...


class Explored:
    """A view under controls. A notebook shows it.

    Attributes:
        widget: The controls, and the picture under them.
        shown: In words, which values the picture was drawn for at the start.
    """

    def __init__(self, widget: Any, picture: bytes, shown: str) -> None:
        """Keep the picture for those who only read."""
        self.widget = widget
        self.shown = shown
        self._picture = picture

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        live: dict[str, Any] = self.widget._repr_mimebundle_()
        return live | {
            "image/png": b64encode(self._picture).decode("ascii"),
            "text/markdown": f"*{self.shown}*",
            "text/plain": self.shown,
        }


def explore(
    view: Callable[..., Picture | Figure], language: str = "en", **controls: Any
) -> Explored:
    """Put a view under controls, and draw it again as they move.

    Args:
        view: From values to a picture. Controls start at the defaults of its arguments.
        language: "en" or "fr". A control is named by the label of its argument, if it has one.
        controls: For each argument a range, (low, high) or (low, high, step), by 1 or by 0.1 if
            it does not say; a list, which makes a menu, of labels where it is of names; or a
            widget.

    Raises:
        ValueError: If an argument has no control or no default, a control no argument, a control is
            none of these, or the view returns no picture.
    """
    text = labels(language)
    if not callable(view):
        refuse("explore.view", view, "a function from values to a picture")
    arguments = {name: one.default for name, one in signature(view).parameters.items()}
    if set(controls) != set(arguments):
        refuse("explore.controls", sorted(controls), f"the view's arguments: {sorted(arguments)}")
    for name, default in arguments.items():
        if default is Parameter.empty:
            refuse("explore.view", view, f"a function whose argument {name} has a default")
    places = Places()
    picture = ipywidgets.Image(value=_png(view(**arguments), places), format="png")
    # As large as it was drawn, where there is room: stretched, it is blurred.
    picture.layout.align_self, picture.layout.max_width = "flex-start", "100%"

    @wraps(view)
    def move(**values: Any) -> None:
        picture.value = _png(view(**values), places)

    offered = {
        name: _offered(name, control, arguments[name], text) for name, control in controls.items()
    }
    panel = ipywidgets.interactive(move, **offered)
    named = {}
    for control in panel.kwargs_widgets:
        name = control._kwarg  # noqa: SLF001 - ipywidgets has no other way
        if control.value != arguments[name]:
            refuse(f"explore.{name}", arguments[name], "a start within its control")
        control.description = text("controls", name, name)
        named[control.description] = _said(control, text)
    beside = max(map(len, named)) * LETTER
    for control in panel.kwargs_widgets:
        control.style.description_width = f"{beside:.1f}em"
        control.layout.width = f"{beside + SLIDER:.1f}em"
        control.layout.max_width = "100%"
    values = text("controls", "and").join(
        text("controls", "value").format(name=name, value=value) for name, value in named.items()
    )
    shown = text("controls", "shown").format(values=values)
    return Explored(ipywidgets.VBox([panel, picture]), bytes(picture.value), shown)


def _offered(name: str, control: Any, start: Any, text: Texts) -> Any:
    """Return the widget of a control, at its start if that is within.

    A slider of ipywidgets writes 0.20 in every language: one over labels writes 0,2.
    """
    if isinstance(control, list):
        control = [(_label(value, text), value) for value in control]
    try:
        if isinstance(control, tuple) and any(isinstance(end, float) for end in control):
            values = _steps(*control)
            options = [(numbers(text.language).short(value), value) for value in values]
            within = start if start in values else values[0]
            widget = ipywidgets.SelectionSlider(options=options, value=within)
        else:
            widget = ipywidgets.interactive.widget_from_abbrev(control, start)
    except (TypeError, ValueError, TraitError):
        widget = None
    if widget is None:
        allowed = "(low, high), (low, high, step), a list or a widget, low below high, step above 0"
        refuse(f"explore.{name}", control, allowed)
    return widget


def _steps(low: float, high: float, step: float = 0.1) -> list[float]:
    """Return the values from low to high; none of them is 0.30000000000000004."""
    number("low", low)
    number("high", high, low=low, open_low=True)
    number("step", step, low=0, open_low=True)
    count = math.floor(round((high - low) / step, DECIMALS)) + 1
    return [round(low + place * step, DECIMALS) for place in range(count)]


def _label(value: Any, text: Texts) -> str:
    return text("values", value, value) if isinstance(value, str) else str(value)


def _said(control: Any, text: Texts) -> str:
    """Return a control's value in words."""
    value = getattr(control, "label", None) or control.value
    return numbers(text.language).short(value) if isinstance(value, float) else str(value)


def _png(picture: Picture | Figure, places: Places) -> bytes:
    if not isinstance(picture, Figure):
        if not hasattr(picture, "_repr_png_"):
            refuse("explore.view", picture, "a function that returns a picture, as a figure")
        return picture._repr_png_()
    plt.close(picture)  # one that pyplot made would be shown a second time
    return places.png(picture)
