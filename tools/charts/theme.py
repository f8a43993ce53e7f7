"""What all charts share: colours that read on white and on near-black pages, axes, legend and the title with its provenance."""

from collections.abc import Iterable, Sequence
from datetime import UTC
from textwrap import wrap
from typing import Any, Literal, NamedTuple

from ..analytics.result import Result
from ..errors import outside_text
from ..units import format_usd

Json = dict[str, Any]
"""A part of a Plotly figure."""
Palette = Literal["RdYlGn", "Cividis"]
"""Colours from low to high: red over yellow to green, or blue to yellow for eyes that confuse red and green."""

# A contrast of about 4.3 to 1 on white as well as on #111111; an image, whose background is known, gets stronger text.
TEXT = "#797b80"
GRID = "rgba(128,128,128,0.25)"
LINE = "rgba(128,128,128,0.7)"
BID = "#2f8fc4"
ASK = "#dd7a1f"
NONE = "rgba(0,0,0,0)"
HATCHED: Json = {"color": NONE, "line": {"width": 0}, "pattern": {"shape": "x", "fgcolor": LINE, "size": 6, "solidity": 0.2}}

PALETTES: dict[Palette, list[tuple[float, str]]] = {
    "RdYlGn": [(0, "#d73027"), (0.25, "#fc8d59"), (0.5, "#fee08b"), (0.75, "#91cf60"), (1, "#1a9850")],
    "Cividis": [(0, "#00224e"), (0.25, "#434e6c"), (0.5, "#7d7c78"), (0.75, "#bcae6c"), (1, "#fee838")],
}
_EXCHANGE_COLOURS = ("#3b82f6", "#ea7317", "#14a37f", "#c24fa0", "#a3860a", "#8b6bd9", "#e0484d", "#3aa0b5", "#8a8f2a", "#b0714a")
_DASHES = ("solid", "dash", "dot", "dashdot")
_TITLE_CHARACTERS = 80
_SUBTITLE_CHARACTERS = 100
_LARGE_PX, _SMALL_PX = 22, 20
_TOP_PX, _BELOW_PX, _NOTE_PX = 26, 4, 17


class Look(NamedTuple):
    """How one exchange is drawn throughout a chart."""

    colour: str
    dash: str


class Heading(NamedTuple):
    """A chart's title as one plain line, and as Plotly markup over as many lines as it needs, which take `pixels`."""

    plain: str
    markup: str
    pixels: int


def looks(exchanges: Iterable[str]) -> dict[str, Look]:
    """A look for each exchange, the same for the same set of names in whatever order they come."""
    return {
        exchange: Look(_EXCHANGE_COLOURS[index % len(_EXCHANGE_COLOURS)], _DASHES[index // len(_EXCHANGE_COLOURS) % len(_DASHES)])
        for index, exchange in enumerate(sorted(exchanges))
    }


def heading(what: str, symbol: str, exchanges: Sequence[str], result: Result) -> Heading:
    """The title: what is drawn of which symbol, then exchanges, time and source; books that are not live are named first."""
    lead = "" if result.source == "live" else f"{result.source.upper()}: "
    main = f"{lead}{what}, {outside_text(symbol)}"
    where = ", ".join(exchanges)
    when = f"{result.as_of.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC · source: {result.source}"
    one_line = f"{where} · {when}"
    large = wrap(main, _TITLE_CHARACTERS)
    small = [one_line] if len(one_line) <= _SUBTITLE_CHARACTERS else [*wrap(where, _SUBTITLE_CHARACTERS), when]
    return Heading(f"{main} · {one_line}", f"<b>{'<br>'.join(large)}</b>{''.join(map(_small, small))}", _LARGE_PX * len(large) + _SMALL_PX * len(small))


def _small(line: str) -> str:
    return f"<br><span style='font-size:12px'>{line}</span>"


def layout(title: Heading, *, lines_above: int = 0, **parts: Any) -> Json:
    """A layout whose title, lines above the plot and legend take room of their own; no text in it sets a colour."""
    return {
        # Not empty, since plotly.py puts its own in the place of an empty template.
        "template": {"layout": {"hovermode": "closest"}},
        "title": {"text": title.markup, "x": 0, "xanchor": "left", "y": 1, "yanchor": "top", "pad": {"l": 12, "t": _TOP_PX}, "font": {"size": 16}},
        "paper_bgcolor": NONE,
        "plot_bgcolor": NONE,
        "font": {"color": TEXT, "size": 12, "family": "Inter, Helvetica, Arial, sans-serif"},
        "margin": {"l": 12, "r": 16, "t": _TOP_PX + title.pixels + _BELOW_PX + _NOTE_PX * lines_above, "b": 12},
        "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": 0.01, "yanchor": "bottom", "yref": "container", "font": {"size": 11}},
        "hoverlabel": {"align": "left", "namelength": -1},
        # Plotly makes its buttons' ground of the paper, which without a colour is black to it.
        "modebar": {"bgcolor": NONE, "color": LINE, "activecolor": TEXT},
        **parts,
    }


def axis(title: str, **parts: Any) -> Json:
    """An axis with its unit in the title, thousands set apart, and never an exponent."""
    return {
        "title": {"text": title, "font": {"size": 12}, "standoff": 8},
        "automargin": True,
        "gridcolor": GRID,
        "zeroline": False,
        "linecolor": LINE,
        "ticks": "outside",
        "ticklen": 4,
        "tickcolor": LINE,
        "tickfont": {"size": 11},
        "exponentformat": "none",
        "separatethousands": True,
        **parts,
    }


def usd_axis(title: str, **parts: Any) -> Json:
    """An axis of dollars: $50k, $1.5M, $2B."""
    return axis(title, tickprefix="$", **{"exponentformat": "B", "minexponent": 3, **parts})


def colour_bar(what: str, brightest: float, *, cut: bool, **parts: Any) -> Json:
    """A bar that says what the colours mean, and from where on the last one stands for more."""
    last = f" (last colour: {format_usd(brightest)} or more)" if cut else ""
    return {
        "title": {"text": f"{what}{last}", "side": "right", "font": {"size": 11}},
        "tickprefix": "$",
        # Room between the numbers and the title, which Plotly leaves none.
        "ticksuffix": "  ",
        "exponentformat": "B",
        "minexponent": 3,
        "nticks": 6,
        "tickfont": {"size": 10},
        "thickness": 12,
        "outlinewidth": 0,
        "x": 1.01,
        **parts,
    }


def line(x0: float, x1: float, y0: float, y1: float, **parts: Any) -> Json:
    """A thin straight line for orientation."""
    return {"type": "line", "x0": x0, "x1": x1, "y0": y0, "y1": y1, "line": {"color": LINE, "width": 1, "dash": "dot"}, **parts}


def note(text: str, x: float | str, y: float, **parts: Any) -> Json:
    """Words at a place in the figure, without an arrow."""
    return {"text": text, "x": x, "y": y, "showarrow": False, "font": {"size": 11}, **parts}


def above(text: str, x: float = 0, anchor: str = "left", *, line: int = 0) -> Json:
    """Words above the plot, in the room that `lines_above` makes; line 0 is the lowest."""
    return note(text, x, 1, xref="paper", yref="paper", xanchor=anchor, yanchor="bottom", align="left", yshift=_NOTE_PX * line)


def key(name: str, marker: Json, kind: str = "scatter", **parts: Any) -> Json:
    """A legend entry without data, which explains a mark in no exchange's colour."""
    mode = {"mode": "markers"} if kind == "scatter" else {}
    return {"type": kind, "name": name, "x": [None], "y": [None], "hoverinfo": "skip", "marker": {"color": TEXT, **marker}, **mode, **parts}
