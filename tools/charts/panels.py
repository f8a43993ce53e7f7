"""Panels stacked over one time axis: a mean line with the extremes behind it, broken where nothing is known, and what is usual."""

from collections.abc import Sequence
from math import floor, isclose, log10
from statistics import median
from typing import Literal, NamedTuple

from ..units import format_value
from . import over_time, theme
from .ticks import log_ticks

LINE = theme.BID
RIBBON = "rgba(47,143,196,0.3)"
USUAL = "rgba(20,163,127,0.2)"
USUAL_MEDIAN: theme.Json = {"color": "#14a37f", "width": 1.5, "dash": "dash"}

_LOGARITHMIC_FROM = 20.0
_ROOM = 1.08
_FLAT_SHARE = 0.001
_LEAST_REACH = 5.0
_MOST_TICKS = 4


Scale = Literal["from zero", "around zero", "free"]
"""Zero is the least there can be, or the middle, or of no meaning."""


class Usual(NamedTuple):
    """The 5th and 95th percentile and the median of a baseline, as a panel shows them."""

    p5: float
    median: float
    p95: float


class Panel(NamedTuple):
    """One figure over time; `low` and `high` are the extremes behind each mean where they are had. `weight` is its share of the height."""

    name: str
    caption: str
    unit: str
    scale: Scale
    weight: float
    mean: Sequence[float | None]
    low: Sequence[float | None] | None = None
    high: Sequence[float | None] | None = None
    usual: Usual | None = None
    currency: str = ""


def traces(panel: Panel, yaxis: str, stamps: Sequence[str], hovers: Sequence[str], broken: Sequence[bool]) -> list[theme.Json]:
    """The panel's ribbon, where it has one, and its line."""
    runs = over_time.stretches([value is not None for value in panel.mean], broken)
    return [*_ribbon(panel, yaxis, stamps, runs), _line(panel, yaxis, stamps, hovers, runs), *_dots(panel, yaxis, stamps, hovers, runs)]


def _line(panel: Panel, yaxis: str, stamps: Sequence[str], hovers: Sequence[str], runs: list[list[int]]) -> theme.Json:
    """A null after each run breaks the line."""
    return {
        **_trace(panel, yaxis, "lines"),
        "connectgaps": False,
        "x": [stamps[index] for run in runs for index in (*run, run[-1])],
        "y": [value for run in runs for value in (*(panel.mean[index] for index in run), None)],
        "line": {"width": 1.5, "color": LINE},
        "text": [f"{hovers[index]}<br>{_value(panel, index)}" for run in runs for index in (*run, run[-1])],
    }


def _dots(panel: Panel, yaxis: str, stamps: Sequence[str], hovers: Sequence[str], runs: list[list[int]]) -> list[theme.Json]:
    """Values that stand alone, of which a line would show nothing."""
    alone = [run[0] for run in runs if len(run) == 1]
    dots = {
        **_trace(panel, yaxis, "markers"),
        "x": [stamps[index] for index in alone],
        "y": [panel.mean[index] for index in alone],
        "marker": {"color": LINE, "size": 6},
        "text": [f"{hovers[index]}<br>{_value(panel, index)}" for index in alone],
    }
    return [dots] if alone else []


def _trace(panel: Panel, yaxis: str, mode: str) -> theme.Json:
    return {"type": "scatter", "mode": mode, "name": panel.name, "showlegend": False, "yaxis": yaxis, "hovertemplate": "%{text}<extra></extra>"}


def _value(panel: Panel, index: int) -> str:
    mean, low, high = (None if column is None else column[index] for column in (panel.mean, panel.low, panel.high))
    words = [format_value(value, panel.unit, panel.currency) for value in (mean, low, high)]
    return f"{panel.name} {words[0]}" if low is None or high is None else f"{panel.name} {words[0]} ({words[1]} to {words[2]})"


def _ribbon(panel: Panel, yaxis: str, stamps: Sequence[str], runs: list[list[int]]) -> list[theme.Json]:
    """One closed outline for each run: filling towards another line would fill across gaps."""
    low, high = panel.low, panel.high
    if low is None or high is None:
        return []
    outlines = [[*((index, high) for index in run), *((index, low) for index in reversed(run)), (run[0], high)] for run in runs]
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": f"{panel.name}, lowest to highest",
            "showlegend": False,
            "yaxis": yaxis,
            "hoverinfo": "skip",
            "fill": "toself",
            "fillcolor": RIBBON,
            "line": {"width": 1, "color": RIBBON},
            "x": [value for outline in outlines for value in (*(stamps[index] for index, _ in outline), None)],
            "y": [value for outline in outlines for value in (*(column[index] for index, column in outline), None)],
        }
    ]


def usual_shapes(panel: Panel, yref: str) -> list[theme.Json]:
    """The band and the median of the baseline."""
    if panel.usual is None:
        return []
    across = {"xref": "paper", "x0": 0, "x1": 1, "yref": yref, "layer": "below"}
    band = {"type": "rect", "y0": panel.usual.p5, "y1": panel.usual.p95, "fillcolor": USUAL, "line": {"width": 0}, **across}
    return [band, {"type": "line", "y0": panel.usual.median, "y1": panel.usual.median, "line": USUAL_MEDIAN, **across}]


def axis(panel: Panel, domain: list[float]) -> theme.Json:
    """The panel's value axis: from zero, around zero or close around the values; logarithmic where a few values dwarf the rest."""
    make, low, high = theme.usd_axis if panel.unit == "usd" else theme.axis, min(_values(panel)), max(_values(panel))
    if logarithmic(panel):
        return make("", type="log", domain=domain, **_log_scale(panel, low / _ROOM, high * _ROOM))
    return make("", domain=domain, **_scale(panel, low, high))


def logarithmic(panel: Panel) -> bool:
    """Whether the highest value would press the usual ones flat."""
    values = _values(panel)
    return panel.scale == "from zero" and min(values) > 0 and max(values) > _LOGARITHMIC_FROM * median(value for value in panel.mean if value is not None)


def _values(panel: Panel) -> list[float]:
    columns = [panel.mean, panel.low or [], panel.high or [], panel.usual or []]
    return [value for column in columns for value in column if value is not None]


def _log_scale(panel: Panel, low: float, high: float) -> theme.Json:
    ticks = log_ticks(low, high, _MOST_TICKS)
    words = {} if panel.unit == "usd" else {"ticktext": [format_value(tick, panel.unit) for tick in ticks]}
    return {"range": [log10(low), log10(high)], "tickvals": ticks, **words}


def _scale(panel: Panel, low: float, high: float) -> theme.Json:
    if panel.scale == "from zero":
        return {"range": [0.0, _ROOM * high or 1.0], "nticks": _MOST_TICKS}
    if panel.scale == "around zero":
        reach = _ROOM * max(abs(low), abs(high), _LEAST_REACH)
        tick = _round_below(reach)
        return {"range": [-reach, reach], "tickvals": [-tick, 0, tick], "zeroline": True, "zerolinecolor": theme.LINE, "zerolinewidth": 1}
    ends = [low] if isclose(low, high, rel_tol=1e-9) else [low, high]
    room = _FLAT_SHARE * abs(high) if len(ends) == 1 else 0.1 * (high - low)
    return {"range": [low - room, high + room], "tickvals": ends, "ticktext": [format_value(end, panel.unit) for end in ends]}


def _round_below(value: float) -> float:
    """The largest of 1, 2, 5, 10, 20, ... up to a value: left to choose, Plotly names nothing but zero on a low panel."""
    power = 10 ** floor(log10(value))
    return max(step * power for step in (1, 2, 5) if step * power <= value)
