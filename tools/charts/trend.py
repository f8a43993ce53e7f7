"""The trend chart: spread, depth, imbalance and mid of one market over a window, beside what is usual and the alerts of that time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from ..analytics.alerts import LiquidityAlert
from ..analytics.baseline import Baseline
from ..analytics.dispersion import Distribution
from ..analytics.gaps import Gap
from ..analytics.trend import LiquidityHistory
from . import over_time, panels, theme
from .chart import Chart, drawn
from .panels import Panel, Usual
from .strip import Strip
from .trend_summary import comparable, summary
from .words import counted

_BETWEEN = 0.075
_GAP_LABEL_SHARE = 0.02
_LONG_GAP = 3
_GAP_COLOUR = "rgba(128,128,128,0.22)"


def trend(history: LiquidityHistory, baseline: Baseline | None, alerts: Sequence[LiquidityAlert]) -> Chart:
    """Liquidity of one market over time; `baseline` is of that market up to the same end, `alerts` those that stood at some time of the window."""
    heading = theme.heading(f"Liquidity over {over_time.span(history.start, history.end)}", history.symbol_used, [history.exchange], history)
    shown, strip = _panels(history, baseline), Strip(alerts, *_window(history), history.end)
    words = summary(history, baseline, alerts)
    return drawn("trend", history, history.symbol, [history.exchange], heading, words, _traces(history, shown, strip), _layout(history, shown, strip, heading))


def _window(history: LiquidityHistory) -> tuple[datetime, datetime]:
    """What of the window is drawn: from the first snapshot, so that a young history is not a sliver, with a little room."""
    first = max(history.start, history.series.timestamp[0])
    room = max((history.end - first) / 80, timedelta(seconds=max(1, history.point_seconds)))
    return first - room, history.end + room


def _panels(history: LiquidityHistory, baseline: Baseline | None) -> list[Panel]:
    """Spread, depth and imbalance where they are known, and mid, from the top down."""
    points, of_band = history.series, f"within {history.depth_band_pct or 0:g}% of mid"
    of_depth = baseline if baseline and comparable(history, baseline) else None
    spread = Panel("spread", "Spread (%)", "pct", "from zero", 1, points.spread_pct, points.spread_min_pct, points.spread_max_pct)
    depth = Panel("depth", f"Depth {of_band}, both sides (USD)", "usd", "from zero", 1, points.depth_usd, points.depth_min_usd, points.depth_max_usd)
    imbalance = Panel(
        "imbalance",
        "Imbalance of that depth (%; above zero: more bids)",
        "pct",
        "around zero",
        0.65,
        points.imbalance_pct,
        points.imbalance_min_pct,
        points.imbalance_max_pct,
    )
    mid = Panel(
        "mid",
        f"Mid ({history.price_currency})",
        "price",
        "free",
        0.6,
        points.mid_price,
        points.mid_min_price,
        points.mid_max_price,
        currency=history.price_currency,
    )
    every = [
        spread._replace(usual=_usual(baseline and baseline.spread)),
        depth._replace(usual=_usual(of_depth and of_depth.depth)),
        imbalance._replace(usual=_usual(of_depth and of_depth.imbalance)),
        mid,
    ]
    return [panel for panel in every if any(value is not None for value in panel.mean)]


def _usual(distribution: Distribution[float] | None) -> Usual | None:
    return None if distribution is None else Usual(distribution.p5, distribution.median, distribution.p95)


def _traces(history: LiquidityHistory, shown: Sequence[Panel], strip: Strip) -> list[theme.Json]:
    points = history.series
    half = timedelta(seconds=history.point_seconds / 2)
    stamps = [over_time.stamp(min(max(time + half, history.start), history.end)) for time in points.timestamp]
    hovers = [f"{over_time.clock(time)} UTC, {counted(count, 'snapshot')}" for time, count in zip(points.timestamp, points.samples, strict=True)]
    drawn_panels = [trace for index, panel in enumerate(shown) for trace in panels.traces(panel, _axis_name(index), stamps, hovers, _broken(history))]
    return [*drawn_panels, *strip.traces(_axis_name(len(shown))), *_keys(history, shown)]


def _axis_name(index: int) -> str:
    return f"y{index + 1}" if index else "y"


def _axis_key(index: int) -> str:
    return f"yaxis{index + 1}" if index else "yaxis"


def _broken(history: LiquidityHistory) -> list[bool]:
    """Whether a gap lies between each point and the one before, a listed one or a long one; what fits into one point's stretch breaks nothing."""
    length = timedelta(seconds=history.point_seconds)
    return [
        False,
        *(
            later - earlier > _LONG_GAP * length or any(gap.start < later and gap.end > min(earlier + length, later) for gap in history.gaps)
            for earlier, later in pairwise(history.series.timestamp)
        ),
    ]


def _keys(history: LiquidityHistory, shown: Sequence[Panel]) -> list[theme.Json]:
    """What the shadings mean."""
    meanings = {
        "lowest to highest": (panels.RIBBON, True),
        "usual (5th to 95th percentile, dashed: median)": (panels.USUAL, any(panel.usual for panel in shown)),
        f"no snapshots{_which(history)}": (_GAP_COLOUR, bool(history.gaps)),
    }
    return [theme.key(name, {"symbol": "square", "size": 12, "color": colour}) for name, (colour, is_there) in meanings.items() if is_there]


def _which(history: LiquidityHistory) -> str:
    return f" (the {len(history.gaps)} longest stretches)" if history.gap_count > len(history.gaps) else ""


def _layout(history: LiquidityHistory, shown: Sequence[Panel], strip: Strip, heading: theme.Heading) -> theme.Json:
    start, end = _window(history)
    places = _stacked([*([strip.weight] if strip.alerts else []), *(panel.weight for panel in shown)])
    of_panels = places[-len(shown) :]
    axes = {_axis_key(index): panels.axis(panel, place) for index, (panel, place) in enumerate(zip(shown, of_panels, strict=True))}
    if strip.alerts:
        axes[_axis_key(len(shown))] = strip.axis(places[0])
    return theme.layout(
        heading,
        xaxis=over_time.axis(start, end, anchor=_axis_name(len(shown) - 1)),
        **axes,
        shapes=[
            *(shape for index, panel in enumerate(shown) for shape in panels.usual_shapes(panel, _axis_name(index))),
            *(_gap(gap) for gap in history.gaps),
            *(strip.shades()),
        ],
        annotations=[
            *(
                theme.note(panel.caption, 0, place[1], xref="paper", yref="paper", xanchor="left", yanchor="bottom")
                for panel, place in zip(shown, of_panels, strict=True)
            ),
            *(_gap_label(gap, of_panels[0]) for gap in history.gaps if (gap.end - gap.start) / (end - start) >= _GAP_LABEL_SHARE),
            *strip.labels(),
        ],
        lines_above=1,
    )


def _stacked(weights: Sequence[float]) -> list[list[float]]:
    """Where panels stand, from the top down, with room for a caption between them."""
    unit = (1 - _BETWEEN * (len(weights) - 1)) / sum(weights)
    tops = [1 - sum(weights[:index]) * unit - index * _BETWEEN for index in range(len(weights))]
    return [[max(0.0, top - weight * unit), top] for top, weight in zip(tops, weights, strict=True)]


def _gap(gap: Gap) -> theme.Json:
    across = {"yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
    return {"type": "rect", "x0": over_time.stamp(gap.start), "x1": over_time.stamp(gap.end), "fillcolor": _GAP_COLOUR, "line": {"width": 0}, **across}


def _gap_label(gap: Gap, place: list[float]) -> theme.Json:
    middle = over_time.stamp(gap.start + (gap.end - gap.start) / 2)
    return theme.note(gap.cause, middle, sum(place) / 2, yref="paper", textangle=-90, yanchor="middle", font={"size": 9})
