"""What is usual: how spread, depth and imbalance of one market were distributed over a window, and where now stands in it."""

from datetime import UTC, datetime
from typing import Any

import numpy as np

from ..book import Column
from ..units import BandPct, Base, Count, Hours, Pct, Usd
from . import gaps
from .bands_over_time import DepthColumn, depth_column, depth_now
from .depth import BAND_WIDTHS_PCT
from .dispersion import FEWEST_SAMPLES, DepthDistribution, ImbalanceDistribution, SpreadDistribution, dispersion, fields
from .figures import Figures
from .forecast import Forecast, Outlook
from .look import Look
from .result import Result
from .same_hour import HourOfWeek, same_hour
from .series import Series, hourly_warnings, origin, priced, too_few, unpriced_warnings
from .verdict import Verdict, verdict

_ONE_PCT = BAND_WIDTHS_PCT.index(1.0)


class Baseline(Result):
    """What is usual for one market over `hours` up to `end`, and whether now is.

    `depth_band_pct` is the widest band that every sample covers (1 with a warning where some came without bands), null where there is none.
    `verdict` is null where now is unknown; unusual is a spread or depth among the outermost 5 % of its samples and at least 10 % from their median.
    `forecast_missing_days` is how many days of history a forecast lacks, 0 where there are enough but it is no better than a naive one.
    """

    symbol: str
    symbol_used: str
    exchange: str
    base_currency: str
    hours: Hours
    start: datetime
    end: datetime
    sample_count: Count
    avg_spread_pct: Pct
    avg_volume: Base | None
    avg_liquidity_1pct_usd: Usd | None
    avg_liquidity_1pct_complete: bool
    depth_band_pct: BandPct | None
    spread: SpreadDistribution
    depth: DepthDistribution | None
    imbalance: ImbalanceDistribution | None
    verdict: Verdict | None
    hour_of_week: HourOfWeek | None
    forecast: Forecast | None
    forecast_missing_days: Count | None


def baseline(
    series: Series, asked: str, hours: float, current: Look | None, now: datetime, past: Series | None = None, outlook: Outlook | None = None
) -> Baseline:
    """The baseline over `series`, with `current` placed in it, unless that look failed or there is none.

    `past` is a longer series up to the same end for the hour of the week, if any. `outlook` is what forecast to tell with it: what it stands on
    changes slowly, so that whoever asks often keeps one. `asked` is the symbol as the caller gave it. `as_of` is current's time, or the newest
    snapshot's.

    Raises InsufficientHistory under FEWEST_SAMPLES.
    """
    known = priced(series)
    spread = dispersion(known.spread_pct)
    if spread is None:
        raise too_few(series, asked, len(known), FEWEST_SAMPLES)
    _refuse_mixed(series, current, past)
    band = depth_column(known)
    here = None if current is None else current.figures
    spread_now = None if here is None else here.spread_pct
    depth_usd_now, imbalance_now = (None, None) if here is None else depth_now(here, band)
    spread_placed = SpreadDistribution(**fields(spread, spread_now))
    depth_fields, imbalance_fields = _fields_of(band.usd, depth_usd_now), _fields_of(band.imbalance_pct, imbalance_now)
    depth_placed = None if depth_fields is None else DepthDistribution(**depth_fields)
    as_of = known.as_of if current is None or here is None else current.at
    at_this_hour = same_hour(series if past is None else past, asked_at(series, current).astimezone(UTC), spread_now, depth_usd_now, band)
    return Baseline(
        **origin((series.source, series.exchange, series.symbol), asked, (series.start, series.end), as_of, now),
        warnings=[
            *_now_warnings(here, band, depth_usd_now),
            *gaps.edge_warnings(known),
            *unpriced_warnings(series, known),
            *hourly_warnings(known),
            *band.warnings,
            *_unknown_warnings(known, band),
            *_lower_bound_warnings(known),
            *([at_this_hour] if isinstance(at_this_hour, str) else []),
        ],
        hours=hours,
        sample_count=len(known),
        avg_spread_pct=spread.mean,
        avg_volume=_mean(known.total_volume_20),
        avg_liquidity_1pct_usd=_mean(known.liquidity_1pct_usd),
        avg_liquidity_1pct_complete=bool(known.complete[:, _ONE_PCT].all()),
        depth_band_pct=band.band_pct,
        spread=spread_placed,
        depth=depth_placed,
        imbalance=None if imbalance_fields is None else ImbalanceDistribution(**imbalance_fields),
        verdict=verdict(spread_placed, depth_placed),
        hour_of_week=None if isinstance(at_this_hour, str) else at_this_hour,
        forecast=None if outlook is None else outlook.forecast,
        forecast_missing_days=None if outlook is None or outlook.forecast else outlook.missing_days,
    )


def asked_at(series: Series, current: Look | None) -> datetime:
    """The moment that a baseline is about: that of the look, also where it failed, and without one the window's end."""
    return series.end if current is None else current.at


def _refuse_mixed(series: Series, current: Look | None, past: Series | None) -> None:
    """Raises ValueError for sources that differ: that is a fault of the program, never shown as a number."""
    others = [one.source for one in (current, past) if one is not None]
    if any(other != series.source for other in others):
        raise ValueError(f"a baseline of different sources: {[series.source, *others]}")


def _fields_of(column: Column | None, now: float | None) -> dict[str, Any] | None:
    known = None if column is None else dispersion(column)
    return None if known is None else fields(known, now)


def _mean(column: Column) -> float | None:
    known = column[~np.isnan(column)]
    return float(known.mean()) if len(known) else None


def _now_warnings(current: Figures | None, band: DepthColumn, depth_usd_now: float | None) -> list[str]:
    if current is None:
        return ["Now is not known, so nothing is compared with the baseline."]
    if band.band_pct is None or depth_usd_now is not None:
        return []
    return [f"The book of now does not cover {band.band_pct:g}% from mid on both sides, so its depth and imbalance are not compared."]


def _unknown_warnings(known: Series, band: DepthColumn) -> list[str]:
    """A sentence for each figure that some snapshots do not know."""
    columns = {"Depth": band.usd, "Imbalance": band.imbalance_pct, "Volume": known.total_volume_20, "Liquidity within 1%": known.liquidity_1pct_usd}
    unknown = {name: int(np.isnan(column).sum()) for name, column in columns.items() if column is not None}
    return [f"{name} is unknown in {count:,} of {len(known):,} snapshots, which are left out of it." for name, count in unknown.items() if count]


def _lower_bound_warnings(known: Series) -> list[str]:
    """One sentence where some books ended within 1 %; of those that came without bands nobody knows."""
    cut = int((~known.complete[:, _ONE_PCT] & ~np.isnan(known.bid_usd[:, _ONE_PCT])).sum())
    within = "depth within 1% and wider is a lower bound"
    return [f"In {cut:,} of {len(known):,} snapshots {within}: on average liquidity within 1% is at least what is given."] if cut else []
