"""Results over time, made by hand: a day with an incident, a gap and a standing alert, and its opposites."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import sin
from typing import Any

import numpy as np
from make_books import NOON

from tools.analytics.alerts import LiquidityAlert
from tools.analytics.baseline import Baseline
from tools.analytics.dispersion import DepthDistribution, ImbalanceDistribution, SpreadDistribution
from tools.analytics.gaps import Gap
from tools.analytics.points import Points
from tools.analytics.same_hour import HourOfWeek
from tools.analytics.timeline import LiquidityTimeline
from tools.analytics.trend import Change, DepthChange, ImbalanceCourse, LiquidityHistory, PriceChange, SpreadChange

START = NOON - timedelta(hours=24)
POINT_S = 432
INCIDENT = (120, 128)
GAP = (60, 75)
RAISED, CLEARED = START + timedelta(seconds=POINT_S * INCIDENT[0]), START + timedelta(seconds=POINT_S * INCIDENT[1])


def a_day(count: int = 200) -> tuple[list[datetime], np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Times, spread, depth, imbalance and mid of a day with an incident and without the points of the gap."""
    noise = np.random.default_rng(7)
    index = np.array([one for one in range(count) if not GAP[0] <= one < GAP[1]])
    incident = (index >= INCIDENT[0]) & (index < INCIDENT[1])
    spread = 0.012 * np.exp(0.15 * noise.standard_normal(len(index))) * np.where(incident, 7, 1)
    depth = 4.2e6 * (1 + 0.25 * np.sin(index / 30)) * np.exp(0.06 * noise.standard_normal(len(index))) * np.where(incident, 0.15, 1)
    imbalance = 12 * noise.standard_normal(len(index)) + np.where(incident, -45, 0)
    mid = 65_000 * np.exp(np.cumsum(0.0006 * noise.standard_normal(len(index))))
    return [START + timedelta(seconds=POINT_S * int(one)) for one in index], spread, depth, imbalance, mid


def points_of(times: Sequence[datetime], spread: Any, depth: Any, imbalance: Any, mid: Any, wide: float = 1.35, samples: int = 7) -> Points:
    """Columns whose extremes lie `wide` times above and below the mean."""
    known = depth is not None
    middle, lean = np.asarray(mid, float), np.asarray(imbalance, float)
    return Points(
        timestamp=list(times),
        samples=[samples] * len(times),
        mid_price=middle.tolist(),
        mid_min_price=(middle * (1 - (wide - 1) / 1_000)).tolist(),
        mid_max_price=(middle * (1 + (wide - 1) / 1_000)).tolist(),
        spread_pct=np.asarray(spread, float).tolist(),
        spread_min_pct=(np.asarray(spread, float) / wide).tolist(),
        spread_max_pct=(np.asarray(spread, float) * wide).tolist(),
        depth_usd=np.asarray(depth, float).tolist() if known else [None] * len(times),
        depth_min_usd=(np.asarray(depth, float) / wide).tolist() if known else [None] * len(times),
        depth_max_usd=(np.asarray(depth, float) * wide).tolist() if known else [None] * len(times),
        imbalance_pct=lean.tolist() if known else [None] * len(times),
        imbalance_min_pct=(lean - 10 * (wide - 1)).tolist() if known else [None] * len(times),
        imbalance_max_pct=(lean + 10 * (wide - 1)).tolist() if known else [None] * len(times),
    )


def change(kind: Any, times: Sequence[datetime], values: Any) -> Any:
    column = np.asarray(values, float)
    low, high = int(column.argmin()), int(column.argmax())
    changed = {"change_pct": 100 * (column[-1] / column[0] - 1)} if issubclass(kind, Change) else {}
    return kind(
        **changed,
        first=column[0],
        last=column[-1],
        lowest=column[low],
        lowest_at=times[low],
        highest=column[high],
        highest_at=times[high],
    )


def history_of(points: Points, *, gaps: Sequence[Gap] = (), point_seconds: int = POINT_S, **parts: Any) -> LiquidityHistory:
    times = points.timestamp
    made = {
        "symbol": "BTC/USD",
        "symbol_used": "BTC/USD",
        "exchange": "kraken",
        "price_currency": "USD",
        "base_currency": "BTC",
        "start": START,
        "end": NOON,
        "sample_count": sum(points.samples),
        "point_seconds": point_seconds,
        "depth_band_pct": None if points.depth_usd[0] is None else 0.5,
        "spread": change(SpreadChange, times, points.spread_pct),
        "depth": None if points.depth_usd[0] is None else change(DepthChange, times, points.depth_usd),
        "imbalance": None if points.imbalance_pct[0] is None else change(ImbalanceCourse, times, points.imbalance_pct),
        "mid": change(PriceChange, times, points.mid_price),
        "gap_count": len(gaps),
        "gaps": list(gaps),
        "series": points,
        "source": "live",
        "as_of": NOON,
        "age_ms": 1_000,
        "warnings": [],
    }
    return LiquidityHistory(**{**made, **parts})


def day(**parts: Any) -> LiquidityHistory:
    """A day at 200 points, with an incident, and a gap of 108 minutes."""
    gap = Gap(start=START + timedelta(seconds=POINT_S * GAP[0] - 60), end=START + timedelta(seconds=POINT_S * GAP[1]), cause="not recorded")
    return history_of(points_of(*a_day()), **{"gaps": [gap], "gap_count": 1, **parts})


def distribution(kind: Any, p5: float, median: float, p95: float, now: float | None, percentile: float | None) -> Any:
    return kind(mean=median, std=(p95 - p5) / 3, median=median, mad=(p95 - p5) / 5, p5=p5, p95=p95, now=now, percentile=percentile, z_score=None)


def usual(**parts: Any) -> Baseline:
    """What is usual on that day."""
    made = {
        "symbol": "BTC/USD",
        "symbol_used": "BTC/USD",
        "exchange": "kraken",
        "base_currency": "BTC",
        "hours": 24.0,
        "start": START,
        "end": NOON,
        "sample_count": 1_332,
        "avg_spread_pct": 0.0151,
        "avg_volume": 22.0,
        "avg_liquidity_1pct_usd": 7.1e6,
        "avg_liquidity_1pct_complete": True,
        "depth_band_pct": 0.5,
        "spread": distribution(SpreadDistribution, 0.0094, 0.0121, 0.0162, 0.0172, 96.5),
        "depth": distribution(DepthDistribution, 3.1e6, 4.2e6, 5.3e6, 3.05e6, 4.2),
        "imbalance": distribution(ImbalanceDistribution, -19.0, 0.4, 20.0, -8.0, 25.0),
        "verdict": "worse than usual",
        "hour_of_week": HourOfWeek(
            weekday=6, hour=12, sample_count=120, spread_median_pct=0.011, spread_percentile=98.0, depth_median_usd=4.4e6, depth_percentile=3.0
        ),
        "forecast": None,
        "forecast_missing_days": None,
        "source": "live",
        "as_of": NOON,
        "age_ms": 1_000,
        "warnings": [],
    }
    return Baseline(**{**made, **parts})


def alert(kind: str = "SPREAD_WIDENING", raised: datetime = RAISED, cleared: datetime | None = CLEARED, **parts: Any) -> LiquidityAlert:
    made = {
        "alert_id": f"{kind}-{raised:%d%H%M}",
        "timestamp": raised,
        "severity": "HIGH",
        "symbol": "BTC/USD",
        "exchange": "kraken",
        "source": "live",
        "alert_type": kind,
        "unit": "pct",
        "current_value": 0.087,
        "baseline_value": 0.05,
        "deviation_percentage": 75.3,
        "z_score": 9.1,
        "sample_count": 1_332,
        "message": "Spread widened by 75.3% (current: 0.087%, baseline: 0.050%)",
        "suggested_action": "Wait for a tighter spread.",
        "requires_action": True,
        "state": "raised" if cleared is None else "cleared",
        "cleared_at": cleared,
    }
    return LiquidityAlert(**{**made, **parts})


def alerts_of_the_day() -> list[LiquidityAlert]:
    """An incident that raised three, and an imbalance that stands."""
    late = NOON - timedelta(minutes=50)
    drop = {"severity": "MEDIUM", "unit": "usd", "message": "Depth within 0.5% fell by 85.0% (current: $630,000, baseline: $4.20 million)"}
    lean = {"severity": "LOW", "message": "Imbalance moved by 31.2 points (current: -30.8%, baseline: 0.400%)"}
    jump = {"severity": "LOW", "message": "Price moved by 0.450% within a minute"}
    return [
        alert("IMBALANCE", late, None, **lean, requires_action=False, suggested_action="Trade on the heavier side in parts."),
        alert("DEPTH_DROP", RAISED + timedelta(minutes=1), CLEARED - timedelta(minutes=4), **drop, suggested_action="Reduce the order or split it."),
        alert(),
        alert("PRICE_ANOMALY", RAISED - timedelta(hours=6), RAISED - timedelta(hours=6) + timedelta(minutes=2), **jump, suggested_action="Check the price."),
    ]


EDGES = (-1.0, -0.75, -0.5, -0.4, -0.3, -0.25, -0.2, -0.15, -0.1, -0.075, -0.05, -0.03, -0.02, -0.01)
EDGES_PCT = [*EDGES, 0.0, *(-edge for edge in reversed(EDGES))]


def timeline_of(usd: Any, edges_pct: Sequence[float] = EDGES_PCT, *, column_seconds: int = 300, mid: Any = None, **parts: Any) -> LiquidityTimeline:
    """A timeline that ends at NOON; NaN in `usd` (rows, columns) is unknown."""
    cells = np.asarray(usd, float)
    columns = cells.shape[1]
    mids = np.full(columns, 65_000.0) if mid is None else np.asarray(mid, float)
    start = NOON - timedelta(seconds=column_seconds * columns)
    made = {
        "symbol": "BTC/USD",
        "symbol_used": "BTC/USD",
        "exchange": "kraken",
        "price_currency": "USD",
        "base_currency": "BTC",
        "start": start,
        "end": NOON,
        "sample_count": 5 * columns,
        "column_seconds": column_seconds,
        "edges_pct": list(edges_pct),
        "times": [start + timedelta(seconds=column_seconds * one) for one in range(columns)],
        "mid_price": [None if np.isnan(one) else float(one) for one in mids],
        "usd": [[None if np.isnan(one) else float(one) for one in row] for row in cells],
        "source": "live",
        "as_of": NOON,
        "age_ms": 1_000,
        "warnings": [],
    }
    return LiquidityTimeline(**{**made, **parts})


def six_hours(columns: int = 72, **parts: Any) -> LiquidityTimeline:
    """Six hours with walls that come and go, an incident, asks that are not always sent to the end, and a gap."""
    noise = np.random.default_rng(5)
    widths = np.diff(EDGES_PCT)
    centres = np.abs((np.array(EDGES_PCT[1:]) + EDGES_PCT[:-1]) / 2)
    usd = 5e5 * widths[:, None] / 0.1 * np.exp(-centres[:, None] * 1.5) * np.exp(0.35 * noise.standard_normal((len(widths), columns)))
    usd *= 1 + 0.5 * np.array([sin(one / 12) for one in range(columns)])
    usd[20, 10:50] *= 6
    usd[6, 30:] *= 4
    usd[:, 55:59] *= 0.15
    usd[-1, 20:34] = np.nan
    usd[0, 60:] = np.nan
    usd[:, 40:45] = np.nan
    mid = 65_000 * np.exp(np.cumsum(0.0004 * noise.standard_normal(columns)))
    mid[40:45] = np.nan
    return timeline_of(usd, mid=mid, **parts)
