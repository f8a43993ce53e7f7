"""The liquidity heatmap over time: density by distance from mid, with the path of the mid below."""

from datetime import timedelta
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..analytics.timeline import LiquidityTimeline
from . import over_time, panels, theme
from .chart import Chart, drawn
from .timeline_summary import PER_PCT, density, summary

_BRIGHTEST_PERCENTILE = 95
_MAP, _PATH = [0.3, 1.0], [0.0, 0.2]
_MOST_TICKS_A_SIDE = 7
# From fewer distances between snapshots nobody knows what is usual.
_FEWEST_APART = 3
# Snapshots two and a half columns apart are two and three apart by turns; with one missing they are five apart.
_LATE = 1.5


def heatmap_over_time(timeline: LiquidityTimeline, palette: theme.Palette = "RdYlGn") -> Chart:
    """Where liquidity stood by distance from mid on one exchange, over a window."""
    shown = _held(timeline)
    heading = theme.heading(f"Liquidity by price over {over_time.span(timeline.start, timeline.end)}", timeline.symbol_used, [timeline.exchange], timeline)
    data = [_density(shown, palette), *_unknown(shown), *_mids(shown)]
    words = summary(shown, held=shown is not timeline)
    return drawn("heatmap", timeline, timeline.symbol, [timeline.exchange], heading, words, data, _layout(shown, heading))


def _held(timeline: LiquidityTimeline) -> LiquidityTimeline:
    """The timeline with each snapshot kept until the next is due, where they are usually farther apart than columns; as it is where they are not."""
    empty = np.isnan(np.array(timeline.usd, float)).all(axis=0)
    known = ~empty | np.array([mid is not None for mid in timeline.mid_price])
    apart = np.diff(np.flatnonzero(known))
    due = int(_LATE * np.median(apart)) if len(apart) >= _FEWEST_APART else 1
    if due == 1:
        return timeline
    columns = np.arange(len(known))
    newest = np.maximum.accumulate(np.where(known, columns, 0))
    at = np.where(columns - newest < due, newest, columns).tolist()
    usd = [[row[column] for column in at] for row in timeline.usd]
    return timeline.model_copy(update={"usd": usd, "mid_price": [timeline.mid_price[column] for column in at]})


def _density(timeline: LiquidityTimeline, palette: theme.Palette) -> theme.Json:
    """Rows of one height whatever range they stand for: most of what matters stands close to mid."""
    cells = density(timeline)
    brightest = float(np.nanpercentile(cells, _BRIGHTEST_PERCENTILE)) or 1.0
    ranges = [f"{low:+g}% to {high:+g}%" for low, high in zip(timeline.edges_pct, timeline.edges_pct[1:], strict=False)]
    return {
        "type": "heatmap",
        "x": [over_time.stamp(time) for time in [*timeline.times, timeline.times[-1] + timedelta(seconds=timeline.column_seconds)]],
        "y": list(range(len(timeline.edges_pct))),
        "z": [[None if np.isnan(cell) else float(f"{cell:.6g}") for cell in row] for row in cells],
        "text": [[one] * len(timeline.times) for one in ranges],
        "hovertemplate": f"%{{x|%b %-d, %H:%M}} UTC<br>%{{text}} from mid<br>$%{{z:,.0f}} per {PER_PCT:g}% of price<extra></extra>",
        "hoverongaps": False,
        "zmin": 0,
        "zmax": brightest,
        "colorscale": theme.PALETTES[palette],
        "colorbar": theme.colour_bar(
            f"USD per {PER_PCT:g}% of price", brightest, cut=bool(np.nanmax(cells) > brightest), len=_MAP[1] - _MAP[0] + 0.05, y=sum(_MAP) / 2
        ),
    }


class Patch(NamedTuple):
    """Cells of which nothing is known: rows from `low` to `high` in the columns from `first` to before `end`."""

    low: int
    high: int
    first: int
    end: int


def _unknown(timeline: LiquidityTimeline) -> list[theme.Json]:
    """Hatching where nothing is known."""
    patches = _patches(np.isnan(density(timeline)))
    width_ms = 1_000 * timeline.column_seconds
    hatching = {
        "type": "bar",
        "name": "not known: not recorded, or beyond what the exchange sent",
        "hoverinfo": "skip",
        "x": [over_time.stamp(timeline.times[one.first] + timedelta(seconds=timeline.column_seconds * (one.end - one.first) / 2)) for one in patches],
        "width": [width_ms * (one.end - one.first) for one in patches],
        "base": [one.low for one in patches],
        "y": [one.high - one.low for one in patches],
        "marker": theme.HATCHED,
    }
    return [hatching] if patches else []


def _patches(unknown: NDArray[np.bool_]) -> list[Patch]:
    """Runs of rows, over as many neighbouring columns as have just the same."""
    columns = [tuple(_runs(column)) for column in unknown.T.tolist()]
    found: list[Patch] = []
    for runs, group in groupby(enumerate(columns), key=lambda pair: pair[1]):
        at = [index for index, _ in group]
        found += [Patch(low, high, at[0], at[-1] + 1) for low, high in runs]
    return found


def _runs(column: list[bool]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.array([False, *column, False])))
    return [(int(low), int(high)) for low, high in edges.reshape(-1, 2)]


def _mids(timeline: LiquidityTimeline) -> list[theme.Json]:
    half = timedelta(seconds=timeline.column_seconds / 2)
    hovers = [f"{over_time.clock(time)} UTC" for time in timeline.times]
    return panels.traces(_path(timeline), "y2", [over_time.stamp(time + half) for time in timeline.times], hovers, [False] * len(timeline.times))


def _path(timeline: LiquidityTimeline) -> panels.Panel:
    return panels.Panel("mid", f"Mid ({timeline.price_currency})", "price", "free", 1, timeline.mid_price, currency=timeline.price_currency)


def _layout(timeline: LiquidityTimeline, heading: theme.Heading) -> theme.Json:
    last = timeline.times[-1] + timedelta(seconds=timeline.column_seconds)
    rows, middle = len(timeline.edges_pct) - 1, timeline.edges_pct.index(0.0)
    ticks = _ticks(rows, middle)
    captions = [("Distance from mid (%): asks above 0, bids below. Rows are ranges between the distances named.", _MAP), (_path(timeline).caption, _PATH)]
    return theme.layout(
        heading,
        barmode="overlay",
        xaxis=over_time.axis(timeline.times[0], last, anchor="y2", showgrid=False),
        yaxis=theme.axis(
            "",
            domain=_MAP,
            range=[0, rows],
            tickvals=ticks,
            ticktext=[f"{timeline.edges_pct[tick]:+g}" if tick != middle else "mid" for tick in ticks],
            showgrid=False,
        ),
        yaxis2=panels.axis(_path(timeline), _PATH),
        shapes=[theme.line(0, 1, middle, middle, xref="paper", line={"color": theme.TEXT, "width": 1.5, "dash": "dash"})],
        annotations=[theme.note(text, 0, place[1], xref="paper", yref="paper", xanchor="left", yanchor="bottom") for text, place in captions],
        lines_above=1,
    )


def _ticks(rows: int, middle: int) -> list[int]:
    """The edges that are named: mid, both outermost, and between them so many that they do not touch."""
    step = -(-max(middle, rows - middle) // _MOST_TICKS_A_SIDE)
    below, above = range(middle - step, step - 1, -step), range(middle + step, rows - step + 1, step)
    return sorted({0, *below, middle, *above, rows})
