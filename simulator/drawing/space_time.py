"""Space-time diagrams: a line per node, time downwards, a slanted arrow per copy.

An arrow spans the delay of its copy. A lost copy ends in a cross, drawn halfway, since how far it
came is unknown; a copy still on its way at the end of the trace is drawn as far as the usual delay
would take it. Retries are numbered, crashes and cut links shaded.

Source: L. Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System",
Communications of the ACM 21(7), 1978.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any, Final

from simulator.drawing.description import describe
from simulator.drawing.journeys import Journey, usual_ns
from simulator.drawing.selection import choose, names_of, nodes_of
from simulator.drawing.themes import Theme, theme_of
from simulator.drawing.words import Words
from simulator.event import TraceRow

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simulator.drawing.canvas import Canvas

MOST: Final = 400
"""Most arrows and marks in a readable diagram."""

COLORS: Final = {
    "data": "blue",
    "release": "blue",
    "acknowledgement": "vermilion",
    "refusal": "ink",
}
"""Names of a theme's colors. Answers are dashed as well."""

MARKS: Final = {
    "handed_over": ("o", "green"),
    "suppressed": ("o", "green"),
    "timed_out": ("D", "pink"),
    "gave_up": ("X", "ink"),
    "dead_lettered": ("s", "ink"),
    "expired": ("P", "ink"),
    "unrouted": ("v", "ink"),
}
"""Marker and color of each event at a node: distinct in shape, not in color alone."""

ENDINGS: Final = {"lost": "x", "dropped": "x", "travelling": "."}
"""Marker at the end of a copy that did not arrive."""

ENDS: Final = {"crashed": "restarted", "partitioned": "healed"}
"""The event that ends each fault."""

NAME_WIDTH: Final = 24
"""Characters per line of a node's name."""


def space_time_diagram(
    rows: Sequence[TraceRow],
    *,
    messages: Collection[int] | None = None,
    between: tuple[float, float] | None = None,
    language: str = "en",
    theme: str = "light",
) -> Figure:
    """Return the diagram, as a figure.

    Args:
        rows: The events.
        messages: Numbers of the messages to show. None: all.
        between: Start and end, in seconds; a journey belongs to the instant at which it ends. None:
            the whole trace.
        language: "en" or "fr".
        theme: "light" or "dark".

    Raises:
        ValueError: If there is nothing to show, or more than `MOST` arrows and marks.
    """
    from matplotlib import rc_context  # noqa: PLC0415 - only where something is drawn

    words, colors = Words(language), theme_of(theme)
    parts = choose(rows, "space_time_diagram", messages=messages, between=between, most=MOST)
    with rc_context(colors.rc):
        figure = _draw(parts, rows, words, colors)
    figure.description = describe(rows, messages=messages, between=between, language=language)
    return figure


def _draw(
    parts: Sequence[Journey | TraceRow], rows: Sequence[TraceRow], words: Words, theme: Theme
) -> Canvas:
    from matplotlib.ticker import FuncFormatter  # noqa: PLC0415 - only where something is drawn

    from simulator.drawing.canvas import Canvas  # noqa: PLC0415 - as above

    names = names_of(parts)
    places = {name: place for place, name in enumerate(names)}
    figure = Canvas(figsize=(2.2 + 2.2 * len(names), 6.0), layout="constrained")
    axes = figure.add_subplot()
    for name, place in places.items():
        axes.axvline(place, color=theme["grey"], linewidth=1.0, zorder=1)
        axes.annotate(
            fill(words.node(name), NAME_WIDTH),
            (place, 1.0),
            (0, 6),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha="center",
            fontweight="bold",
            parse_math=False,  # a name may have dollars
        )
    journeys = [part for part in parts if isinstance(part, Journey)]
    start_ns = min(part.sent_ns if isinstance(part, Journey) else part.time_ns for part in parts)
    end_ns = max(part.ended_ns if isinstance(part, Journey) else part.time_ns for part in parts)
    usual = usual_ns(parts) or end_ns / 20  # unknown: slanted all the same
    for journey in journeys:
        _draw_journey(axes, journey, places, usual, theme)
    _number(axes, journeys, places)
    last = max(axes.dataLim.y1, end_ns / 1e9)  # a lost copy is drawn beyond its end
    _shade(axes, _spans(rows, start_ns / 1e9, last), places, words, theme)
    for event in parts:
        if not isinstance(event, Journey) and event.event in MARKS and event.node:
            marker, color = MARKS[event.event]
            hollow = event.event == "suppressed"
            axes.plot(
                [places[event.node]],
                [event.time_s],
                linestyle="",
                marker=marker,
                color=theme[color],
                markerfacecolor=theme.paper if hollow else theme[color],
                markersize=11 if event.event == "gave_up" else 7,  # visible behind its timeout
                zorder=3,
                label=words.kind(event.event),
            )
    axes.set_xlim(-0.5, len(names) - 0.5)
    axes.invert_yaxis()
    axes.set_xticks([])
    axes.tick_params(colors=theme.ink)  # for ticks made later, too
    axes.set_ylabel(words("time"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: words.number(value)))
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    _explain(axes, journeys, words, theme)
    return figure


def _draw_journey(
    axes: Axes, journey: Journey, places: dict[str, int], usual: float, theme: Theme
) -> None:
    start, end = float(places[journey.start]), float(places[journey.end])
    sent, ended = journey.sent_ns / 1e9, journey.ended_ns / 1e9
    style = _style(journey, theme)
    if journey.fate == "lost" or (journey.fate == "dropped" and ended == sent):
        end, ended = (start + end) / 2, sent + usual / 2e9
    elif journey.fate == "travelling":
        came = (journey.ended_ns - journey.sent_ns) / (usual or 1)
        end = start + (end - start) * min(max(came, 0.1), 0.9)
    if journey.fate == "arrived":
        axes.annotate(
            "",
            (end, ended),
            (start, sent),
            zorder=2,
            arrowprops={"arrowstyle": "-|>", "shrinkA": 0, "shrinkB": 0, **style},
        )
    else:
        axes.plot([start, end], [sent, ended], zorder=2, linewidth=1.2, **style)
        axes.plot(
            [end],
            [ended],
            marker=ENDINGS[journey.fate],
            markersize=9,
            markeredgewidth=2.0,
            zorder=3,
            color=style["color"],
        )
    # The arrow alone does not stretch the axes.
    axes.update_datalim([(start, sent), (end, ended)])
    axes.autoscale_view()


def _style(journey: Journey, theme: Theme) -> dict[str, Any]:
    dashes = "-" if journey.kind in {"data", "release"} else (0, (4, 2))
    return {"color": theme[COLORS[journey.kind]], "linestyle": dashes}


def _number(axes: Axes, journeys: Sequence[Journey], places: dict[str, int]) -> None:
    """Label each sending with the number of its message, and of its attempt if it is a retry."""
    labels: dict[tuple[int, float, int], dict[str, None]] = {}
    for journey in journeys:
        if journey.kind == "data":
            start, end = places[journey.start], places[journey.end]
            attempt = f" ({journey.attempt})" if journey.attempt > 1 else ""
            where = (start, journey.sent_ns / 1e9, -1 if end > start else 1)
            labels.setdefault(where, {})[f"{journey.message}{attempt}"] = None
    for (start, sent, side), numbers in labels.items():
        axes.annotate(
            ", ".join(numbers),
            (start, sent),
            (6 * side, 0),
            textcoords="offset points",
            fontsize=8,
            ha="right" if side < 0 else "left",
            va="center",
        )


def _shade(
    axes: Axes,
    spans: Iterable[tuple[TraceRow, float, float]],
    places: dict[str, int],
    words: Words,
    theme: Theme,
) -> None:
    """Shade crashes along the line of a node, and cuts between two lines."""
    for fault, start, end in spans:
        where = [float(places[name]) for name in nodes_of(fault) if name in places]
        if len(where) < len(nodes_of(fault)):
            continue  # a node that is not shown
        left, right = min(where), max(where)
        if fault.event == "crashed":
            left, right = left - 0.06, right + 0.06
        axes.fill_betweenx(
            [start, end],
            left,
            right,
            color=theme["grey"],
            alpha=0.4,
            linewidth=0,
            zorder=0,
            label=words.kind(fault.event),
        )


def _spans(
    rows: Sequence[TraceRow], start: float, end: float
) -> Iterator[tuple[TraceRow, float, float]]:
    """Yield each crash and cut with its start and its end, clipped to two instants."""
    faults = [row for row in rows if row.event in {*ENDS, *ENDS.values()}]
    seen: set[tuple[str, int, frozenset[str]]] = set()
    for place, fault in enumerate(faults):
        what = fault.event, fault.time_ns, frozenset(nodes_of(fault))
        if fault.event not in ENDS or what in seen:
            continue  # a partition cuts both directions, and is shaded once
        seen.add(what)
        ends = (
            later.time_s
            for later in faults[place:]
            if later.event == ENDS[fault.event] and nodes_of(later) == nodes_of(fault)
        )
        until = next(ends, end)
        if fault.time_s <= end and until >= start:
            yield fault, max(fault.time_s, start), min(until, end)


def _explain(axes: Axes, journeys: Sequence[Journey], words: Words, theme: Theme) -> None:
    """Add a legend below, with each kind of arrow and mark once."""
    from matplotlib.lines import Line2D  # noqa: PLC0415 - only where something is drawn

    handles: dict[str, Any] = {}
    for journey in journeys:
        label = words.kind(journey.kind)
        handles[label] = Line2D([], [], **_style(journey, theme))
        if journey.fate != "arrived":
            label = words.kind(journey.fate)
            handles[label] = Line2D(
                [], [], color=theme.quiet, marker=ENDINGS[journey.fate], linestyle=""
            )
    for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
        handles.setdefault(label, handle)
    axes.legend(
        handles.values(),
        handles.keys(),
        loc="upper center",
        bbox_to_anchor=(0.5, -0.02),
        ncols=2,
        fontsize=8,
        frameon=False,
    )
