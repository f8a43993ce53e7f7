"""The heatmap over time in words: where the most liquidity stood, how it changed, how far it is known and when it is not."""

from datetime import timedelta
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from ..analytics.timeline import LiquidityTimeline
from ..book import Column
from ..units import format_usd, format_value
from . import over_time
from .words import counted, sentences

PER_PCT = 0.1
"""Density is US dollars per this much of price, in per cent of mid, so that wide ranges do not look deeper than narrow ones."""

_MOST_GAPS = 5
_QUARTER = 4

Known = NDArray[np.bool_]


def density(timeline: LiquidityTimeline) -> Column:
    """Shape (bins, times): US dollars per PER_PCT of price, NaN where unknown."""
    widths: Column = np.diff(timeline.edges_pct) / PER_PCT
    return np.array(timeline.usd, float) / widths[:, None]


def summary(timeline: LiquidityTimeline, *, held: bool = False) -> str:
    """One paragraph; times are UTC. `held` says that snapshots are drawn until the next is due."""
    when = f"{over_time.window(timeline.start, timeline.end)}, {counted(timeline.sample_count, 'snapshot')}, times in UTC"
    columns = f"each column shows the first snapshot of its {over_time.span(timeline.start, timeline.start + timedelta(seconds=timeline.column_seconds))}"
    until = ", and a snapshot is drawn until the next is due" if held else ""
    reach = f"Drawn from {-timeline.edges_pct[0]:g}% below mid to {timeline.edges_pct[-1]:g}% above; {columns}{until}"
    return sentences([f"{timeline.exchange} {timeline.symbol_used}, {when}", reach, *_most(timeline), *_changes(timeline), _mid(timeline), _gaps(timeline)])


def _most(timeline: LiquidityTimeline) -> list[str]:
    """The densest range over all columns, and the densest cell of one: between the snapshots drawn there may have been more."""
    cells = density(timeline)
    known = ~np.isnan(cells)
    means = np.where(known.any(axis=1), np.nansum(cells, axis=1) / np.maximum(known.sum(axis=1), 1), -1.0)
    row = int(means.argmax())
    peak_row, peak_column = (int(one) for one in np.unravel_index(np.nanargmax(cells), cells.shape))
    peak = f"{format_usd(float(cells[peak_row, peak_column]))} at {over_time.clock(timeline.times[peak_column])}, {_range(timeline, peak_row)}"
    dense = f"{format_usd(float(means[row]))} per {PER_PCT:g}% of price on average over the columns"
    return [f"The most liquidity for its width stood {_range(timeline, row)}: {dense}", f"The most in any column was {peak}"]


def _range(timeline: LiquidityTimeline, row: int) -> str:
    low, high = sorted((abs(timeline.edges_pct[row]), abs(timeline.edges_pct[row + 1])))
    return f"{low:g}% to {high:g}% {'above mid (asks)' if timeline.edges_pct[row] >= 0 else 'below mid (bids)'}"


def _changes(timeline: LiquidityTimeline) -> list[str]:
    """Bids and asks in the first and the last quarter of the columns, over the ranges that every recorded column knows."""
    usd = np.array(timeline.usd, float)
    usd = usd[:, ~np.isnan(usd).all(axis=0)]
    quarter = usd.shape[1] // _QUARTER
    if not quarter:
        return []
    middle = timeline.edges_pct.index(0.0)
    known: Known = np.asarray(~np.isnan(usd).any(axis=1))
    rows = {"Bids": np.flatnonzero(known[:middle]), "Asks": middle + np.flatnonzero(known[middle:])}
    return [_change(timeline, side, usd[of_side], of_side.tolist(), quarter) for side, of_side in rows.items() if len(of_side)]


def _change(timeline: LiquidityTimeline, side: str, usd: Column, rows: list[int], quarter: int) -> str:
    reach = max(abs(edge) for row in rows for edge in timeline.edges_pct[row : row + 2])
    first, last = (float(part.sum(axis=0).mean()) for part in (usd[:, :quarter], usd[:, -quarter:]))
    change = f" ({'up' if last > first else 'down'} {format_value(abs(100 * (last / first - 1)), 'pct')})" if first > 0 else ""
    return f"{side} within {reach:g}% of mid held {format_usd(first)} on average in the first quarter of the columns and {format_usd(last)} in the last{change}"


def _mid(timeline: LiquidityTimeline) -> str:
    known = [mid for mid in timeline.mid_price if mid is not None]
    first, last, low, high = (format_value(value, "price", timeline.price_currency) for value in (known[0], known[-1], min(known), max(known)))
    return f"Mid went from {first} to {last} (in the columns lowest {low}, highest {high})"


def _gaps(timeline: LiquidityTimeline) -> str:
    """Stretches of columns without any snapshot."""
    empty: list[bool] = [all(cell is None for cell in column) for column in zip(*timeline.usd, strict=True)]
    runs = [[index for index, _ in group] for is_empty, group in groupby(enumerate(empty), key=lambda pair: pair[1]) if is_empty]
    length = timedelta(seconds=timeline.column_seconds)
    told = [f"{over_time.clock(timeline.times[run[0]])} to {over_time.clock(timeline.times[run[-1]] + length)}" for run in runs[:_MOST_GAPS]]
    more = f" and {len(runs) - _MOST_GAPS:,} more" if len(runs) > _MOST_GAPS else ""
    return f"Nothing is known from {', '.join(told)}{more}" if runs else ""
