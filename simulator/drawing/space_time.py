"""Space-time diagrams: a line per node, time downwards, a slanted arrow per copy.

An arrow spans the delay of its copy. A lost copy ends in a cross, drawn halfway, since how far it
came is unknown; a copy still on its way at the end of the trace is drawn as far as the usual delay
would take it. Each sending is named; waiting and handling are bars, as long as they last; crashes
and cut links are shaded.

Source: L. Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System",
Communications of the ACM 21(7), 1978.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any, Final

from simulator.drawing.bars import draw_bar
from simulator.drawing.departures import label_departures
from simulator.drawing.description import describe
from simulator.drawing.journeys import Journey
from simulator.drawing.parts import Part, extent_of, start_of, usual_ns
from simulator.drawing.selection import choose, names_of, nodes_of
from simulator.drawing.shades import faults_of, shade
from simulator.drawing.spans import Span
from simulator.drawing.subjects import Subjects
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
    **dict.fromkeys(("message", "request", "task", "event", "release"), "blue"),
    **dict.fromkeys(("acknowledgement", "reply", "result"), "vermilion"),
    "refusal": "ink",
}
"""Names of a theme's colors, by kind."""

DASHES: Final = {
    **dict.fromkeys(("reply", "result"), (0, (6, 2))),
    **dict.fromkeys(("acknowledgement", "refusal"), (0, (2, 2))),
}
"""Lengths of dashes and gaps of what comes back: long for what the sender wanted."""

MARKS: Final = {
    "handed_over": ("o", "green"),
    "unfinished": ("p", "green"),
    "failed": ("X", "pink"),
    "suppressed": ("o", "green"),
    "timed_out": ("D", "pink"),
    "gave_up": ("X", "ink"),
    "dead_lettered": ("s", "ink"),
    "expired": ("P", "ink"),
    "unrouted": ("v", "ink"),
}
"""Marker and color of each event at a node: distinct in shape, not in color alone."""

HOLLOW: Final = {"suppressed", "unfinished"}
"""Marks that are not filled: what had no effect."""

ENDINGS: Final = {"lost": "x", "dropped": "x", "travelling": "."}
"""Marker at the end of a copy that did not arrive."""

NAME_WIDTH: Final = 24
"""Characters per line of a node's name."""


def space_time_diagram(
    rows: Sequence[TraceRow],
    *,
    messages: Collection[int] | None = None,
    between: tuple[float, float] | None = None,
    language: str = "en",
    theme: str = "light",
    title: str = "",
) -> Figure:
    """Return the diagram, as a figure.

    Args:
        rows: The events.
        messages: Numbers of the messages to show. None: all.
        between: Start and end, in seconds; a journey belongs to the instant at which it ends. None:
            the whole trace.
        language: "en" or "fr".
        theme: "light" or "dark".
        title: What stands above the diagram. "": between which nodes messages travel.

    Raises:
        ValueError: If there is nothing to show, or more than `MOST` arrows and marks.
    """
    from matplotlib import rc_context  # noqa: PLC0415 - only where something is drawn

    words, colors = Words(language), theme_of(theme)
    parts = choose(rows, "space_time_diagram", messages=messages, between=between, most=MOST)
    with rc_context(colors.rc):
        extent_ns = extent_of(parts, between)
        figure = _draw(parts, rows, words, colors, title=title, extent_ns=extent_ns)
    figure.description = describe(rows, messages=messages, between=between, language=language)
    return figure


def _draw(
    parts: Sequence[Part],
    rows: Sequence[TraceRow],
    words: Words,
    theme: Theme,
    *,
    title: str,
    extent_ns: tuple[int, int],
) -> Canvas:
    from matplotlib.ticker import FuncFormatter  # noqa: PLC0415 - only where something is drawn

    from simulator.drawing.canvas import Canvas  # noqa: PLC0415 - as above

    names = names_of(parts)
    places = {name: place for place, name in enumerate(names)}
    figure = Canvas(figsize=(2.8 + 2.2 * len(names), 6.0), layout="constrained")
    title = title or words.between(names)
    figure.suptitle(title, fontsize="medium", color=theme.ink, wrap=True, parse_math=False)
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
    start_ns, end_ns = extent_ns
    usual = usual_ns(parts) or end_ns / 20  # unknown: slanted all the same
    for journey in journeys:
        _draw_journey(axes, journey, places, usual, theme)
    subjects = Subjects(rows)
    numbers = label_departures(axes, journeys, places, subjects=subjects, words=words, theme=theme)
    last = max(axes.dataLim.y1, end_ns / 1e9)  # a lost copy is drawn beyond its end
    shade(axes, faults_of(rows, start_ns / 1e9, last), places, words, theme)
    kinds = _kinds_of(parts)
    for part in parts:
        if isinstance(part, Journey):
            continue
        if isinstance(part, Span) and part.takes_time:
            within = start_ns / 1e9, last
            draw_bar(axes, part, places[part.row.node], within=within, words=words, theme=theme)
        elif part.event in MARKS:
            alone = subjects.of(part) if len(kinds[part.event]) == 1 else None
            about = words.legend(part.event, alone)
            _mark(axes, part, places, about, theme)
    axes.set_xlim(-0.65, len(names) - 0.35)  # names of what leaves have room
    axes.invert_yaxis()
    axes.set_xticks([])
    axes.tick_params(colors=theme.ink)  # for ticks made later, too
    axes.set_ylabel(words("time"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: words.number(value)))
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    _explain(axes, journeys, numbers, words, theme)
    return figure


def _kinds_of(parts: Iterable[Part]) -> Mapping[str, set[str]]:
    """Return the kinds of what each event is about: if they are several, a legend names none."""
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    for part in parts:
        if not isinstance(part, Journey):
            kinds[part.event].add(part.row.kind if isinstance(part, Span) else part.kind)
    return kinds


def _mark(
    axes: Axes,
    part: Span | TraceRow,
    places: dict[str, int],
    label: str,
    theme: Theme,
) -> None:
    """Mark an instant at a node."""
    (node,) = nodes_of(part)
    marker, color = MARKS[part.event]
    axes.plot(
        [places[node]],
        [start_of(part) / 1e9],
        linestyle="",
        marker=marker,
        color=theme[color],
        markerfacecolor=theme.paper if part.event in HOLLOW else theme[color],
        markersize=11 if part.event == "gave_up" else 7,  # visible behind its timeout
        zorder=3,
        label=label,
    )


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
    return {"color": theme[COLORS[journey.kind]], "linestyle": DASHES.get(journey.kind, "-")}


def _explain(
    axes: Axes, journeys: Sequence[Journey], numbers: str, words: Words, theme: Theme
) -> None:
    """Add a legend below, with each kind of arrow, mark and bar once, and how to read numbers."""
    from matplotlib.lines import Line2D  # noqa: PLC0415 - only where something is drawn

    handles: dict[str, Any] = {}
    for journey in journeys:
        label = words.kind(journey.kind)
        handles[label] = Line2D([], [], **_style(journey, theme))
        if journey.fate != "arrived":
            label = words.legend(journey.fate)
            handles[label] = Line2D(
                [], [], color=theme.quiet, marker=ENDINGS[journey.fate], linestyle=""
            )
    for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
        handles.setdefault(label, handle)
    if numbers:
        handles[numbers] = Line2D([], [], linestyle="")
    axes.legend(
        handles.values(),
        handles.keys(),
        loc="upper center",
        bbox_to_anchor=(0.5, -0.02),
        ncols=2,
        fontsize=8,
        frameon=False,
    )
