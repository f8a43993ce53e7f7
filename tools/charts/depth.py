"""The depth chart: how much stands within which distance of mid, bids to the left, asks to the right."""

from typing import Literal

from ..analytics.curves import DepthCurve, DepthCurves
from ..analytics.depth import DepthBand
from ..units import format_usd, format_value
from . import theme
from .chart import Chart, drawn
from .words import at_least, market, missing, missing_lines, sentences

_SUMMARY_PCT = 1.0
_ROOM = 1.06
_END: theme.Json = {"symbol": "diamond-open", "size": 11, "line": {"width": 2.5}}

Side = Literal["bid", "ask"]
_SIDES: tuple[Side, Side] = ("bid", "ask")


def depth(result: DepthCurves) -> Chart:
    """Cumulative depth by distance from mid on one or several exchanges."""
    heading = theme.heading("Cumulative order book depth", result.symbol, list(result.curves), result)
    return drawn("depth", result, result.symbol, list(result.curves), heading, _summary(result), _traces(result), _layout(result, heading))


def _reach_pct(result: DepthCurves) -> float:
    """How far from mid any exchange's levels are drawn."""
    farthest = [max([*curve.bid_distance_pct, *curve.ask_distance_pct], default=0.0) for curve in result.curves.values()]
    return min(result.range_pct, max(farthest, default=0.0)) or result.range_pct


def _traces(result: DepthCurves) -> list[theme.Json]:
    reach, looks = _reach_pct(result), theme.looks([*result.curves, *result.failures])
    lines = [_curve(curve, side, _name(result, exchange, curve), looks[exchange], reach) for exchange, curve in result.curves.items() for side in _SIDES]
    ends = _ends(result, looks)
    return [*lines, *([ends, theme.key("exchange sent no more: at least this much", _END)] if ends["x"] else [])]


def _name(result: DepthCurves, exchange: str, curve: DepthCurve) -> str:
    name = market(exchange, result.symbol, curve.symbol_used)
    if not curve.bid_usd and not curve.ask_usd:
        return f"{name} (no orders within {format_value(result.range_pct, 'pct')})"
    return name if curve.bid_complete and curve.ask_complete else f"{name} (at least)"


def _curve(curve: DepthCurve, side: Side, name: str, look: theme.Look, reach: float) -> theme.Json:
    """One side as steps from nothing at mid outward; a complete side goes on level to the edge of the chart."""
    distance, usd, complete = _side(curve, side)
    distance, usd = [0.0, *distance], [0.0, *usd]
    if complete and distance[-1] < reach:
        distance, usd = [*distance, reach], [*usd, usd[-1]]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "legendgroup": name,
        "showlegend": side == "bid",
        "x": [_signed(away, side) for away in distance],
        "y": usd,
        "line": {"shape": "hv", "width": 2, "color": look.colour, "dash": look.dash},
        "text": [f"{name}<br>{at_least(value, True)} of {side}s within {format_value(away, 'pct')} of mid" for away, value in zip(distance, usd, strict=True)],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _ends(result: DepthCurves, looks: dict[str, theme.Look]) -> theme.Json:
    """A mark where an exchange's answer ended before its book did."""
    ended: list[tuple[str, Side, float, float]] = [
        (exchange, side, distance[-1], usd[-1])
        for exchange, curve in result.curves.items()
        for side in _SIDES
        for distance, usd, complete in [_side(curve, side)]
        if usd and not complete
    ]
    return {
        "type": "scatter",
        "mode": "markers",
        "showlegend": False,
        "x": [_signed(distance, side) for _, side, distance, _ in ended],
        "y": [usd for _, _, _, usd in ended],
        "marker": {**_END, "color": [looks[exchange].colour for exchange, *_ in ended]},
        "text": [
            f"{exchange} sent {side}s to {format_value(distance, 'pct')} from mid<br>at least {format_usd(usd)}" for exchange, side, distance, usd in ended
        ],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _side(curve: DepthCurve, side: Side) -> tuple[list[float], list[float], bool]:
    return (curve.bid_distance_pct, curve.bid_usd, curve.bid_complete) if side == "bid" else (curve.ask_distance_pct, curve.ask_usd, curve.ask_complete)


def _signed(distance: float, side: Side) -> float:
    return -distance if side == "bid" else distance


def _layout(result: DepthCurves, heading: theme.Heading) -> theme.Json:
    reach = _ROOM * _reach_pct(result)
    sides = [theme.above("◀ bids", 0, "left"), theme.above("mid", 0.5, "center"), theme.above("asks ▶", 1, "right")]
    failed = missing_lines(result.failures)
    return theme.layout(
        heading,
        xaxis=theme.axis("Distance from mid (%)", range=[-reach, reach]),
        yaxis=theme.usd_axis("Cumulative depth (USD)", rangemode="tozero"),
        shapes=[theme.line(0, 0, 0, 1, yref="paper")],
        annotations=[*sides, *([theme.above("<br>".join(failed), line=1)] if failed else [])],
        lines_above=1 + len(failed),
    )


def _summary(result: DepthCurves) -> str:
    depths = [f"{market(exchange, result.symbol, curve.symbol_used)} {_depth_words(curve)}" for exchange, curve in result.curves.items()]
    return sentences([f"Depth of {result.symbol} within {_SUMMARY_PCT:g}% of mid: {'; '.join(depths)}", missing(result.failures)])


def _depth_words(curve: DepthCurve) -> str:
    band = _band(curve)
    return f"bids {at_least(band.bid_usd, band.bid_complete)}, asks {at_least(band.ask_usd, band.ask_complete)}"


def _band(curve: DepthCurve) -> DepthBand:
    return next(band for band in curve.depth if band.width_pct == _SUMMARY_PCT)
