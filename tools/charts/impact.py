"""The impact chart: what an order costs by its size, fee included, on one or several exchanges."""

from math import log10
from statistics import median

from ..analytics.curves import ImpactCurve, ImpactCurves
from ..analytics.impact import MarketImpact
from ..units import format_usd, format_value
from . import theme
from .chart import Chart, drawn
from .ticks import log_ticks
from .words import market, missing, missing_lines, sentences

_ROOM = 1.6
_TIMES_MEDIAN = 6.0
_ASKED: theme.Json = {"symbol": "circle", "size": 10}
_END: theme.Json = {"symbol": "x", "size": 10}


def impact(result: ImpactCurves) -> Chart:
    """All-in cost by order size, one line per exchange, cheapest first in the legend."""
    heading = theme.heading(f"All-in cost of a {format_usd(result.order_size_usd)} market {result.side}", result.symbol, list(result.curves), result)
    return drawn("impact", result, result.symbol, list(result.curves), heading, _summary(result), _traces(result), _layout(result, heading))


def _traces(result: ImpactCurves) -> list[theme.Json]:
    looks = theme.looks([*result.curves, *result.failures])
    ranked = [(exchange, result.curves[exchange]) for exchange, _ in result.cheapest_first]
    lines = [_line(exchange, curve, _name(result, exchange, curve), looks[exchange]) for exchange, curve in ranked]
    return [*lines, *_asked(ranked, looks, _highest_bps(result)), *_ends(ranked, looks)]


def _name(result: ImpactCurves, exchange: str, curve: ImpactCurve) -> str:
    order, name = curve.at_order, market(exchange, result.symbol, curve.at_order.symbol_used)
    cost = format_value(_bps(order), "bps") if order.sufficient_liquidity else f"fills only {format_usd(order.filled_usd)}"
    return f"{name}: {cost}, {_fee(order)}"


def _fee(order: MarketImpact) -> str:
    return "fee unknown and left out" if order.taker_fee_pct is None else f"with {format_value(order.taker_fee_pct, 'pct')} fee"


def _bps(order: MarketImpact) -> float:
    """The cost that is drawn: all-in, or where no fee is known the slippage alone."""
    return order.slippage_vs_mid_bps if order.all_in_bps is None else order.all_in_bps


def _points(curve: ImpactCurve) -> list[tuple[float, float]]:
    """Size and cost; a book that ends before the order is drawn to its end, whose cost is that of the order's filled part."""
    costs = [slippage if all_in is None else all_in for slippage, all_in in zip(curve.slippage_bps, curve.all_in_bps, strict=True)]
    points = list(zip(curve.sizes_usd, costs, strict=True))
    return points if curve.at_order.sufficient_liquidity else [*points, (curve.at_order.filled_usd, _bps(curve.at_order))]


def _line(exchange: str, curve: ImpactCurve, name: str, look: theme.Look) -> theme.Json:
    points, fee = _points(curve), _fee(curve.at_order)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": [size for size, _ in points],
        "y": [bps for _, bps in points],
        "line": {"width": 2, "color": look.colour, "dash": look.dash},
        "text": [f"{exchange}<br>{format_usd(size)} costs {format_value(bps, 'bps')}, {fee}" for size, bps in points],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _asked(ranked: list[tuple[str, ImpactCurve]], looks: dict[str, theme.Look], top: float) -> list[theme.Json]:
    """Each exchange's cost of the order asked about; one that is off the scale is a triangle at the top."""
    filled = [(exchange, curve.at_order) for exchange, curve in ranked if curve.at_order.sufficient_liquidity]
    marks = {
        "type": "scatter",
        "mode": "markers",
        "showlegend": False,
        "x": [order.order_size_usd for _, order in filled],
        "y": [min(_bps(order), 0.97 * top) for _, order in filled],
        "customdata": [_bps(order) for _, order in filled],
        "marker": {
            **_ASKED,
            "symbol": ["triangle-up" if _bps(order) > top else "circle" for _, order in filled],
            "color": [looks[exchange].colour for exchange, _ in filled],
        },
        "text": [f"{exchange}<br>{_cost(order)}" for exchange, order in filled],
        "hovertemplate": "%{text}<extra></extra>",
    }
    return [marks, theme.key("the order asked about", _ASKED)] if filled else []


def _ends(ranked: list[tuple[str, ImpactCurve]], looks: dict[str, theme.Look]) -> list[theme.Json]:
    """A mark where a book, as far as the exchange sent it, ends."""
    ended = [(exchange, curve.ends_usd, _points(curve)[-1]) for exchange, curve in ranked if curve.ends_usd is not None and _points(curve)]
    marks = {
        "type": "scatter",
        "mode": "markers",
        "showlegend": False,
        "x": [size for _, _, (size, _) in ended],
        "y": [bps for _, _, (_, bps) in ended],
        "marker": {**_END, "color": [looks[exchange].colour for exchange, *_ in ended]},
        "text": [f"{exchange}<br>its book ends at {format_usd(usd)}" for exchange, usd, _ in ended],
        "hovertemplate": "%{text}<extra></extra>",
    }
    return [marks, theme.key("the book ends", _END)] if ended else []


def _highest_bps(result: ImpactCurves) -> float:
    """The top of the scale: above every exchange's cost of the order, except one far beyond the others'."""
    costs = [_bps(curve.at_order) for curve in result.curves.values() if curve.at_order.sufficient_liquidity]
    costs = costs or [_bps(curve.at_order) for curve in result.curves.values()]
    return max(_ROOM * min(max(costs), _TIMES_MEDIAN * median(costs)), 1.0)


def _lowest_bps(result: ImpactCurves) -> float:
    return min((bps for curve in result.curves.values() for _, bps in _points(curve)), default=0.0)


def _layout(result: ImpactCurves, heading: theme.Heading) -> theme.Json:
    low, high = _sizes(result)
    ticks, failed = log_ticks(low, high), missing_lines(result.failures)
    sizes = {"type": "log", "range": [log10(low), log10(high)], "tickvals": ticks, "ticktext": [format_usd(tick) for tick in ticks]}
    return theme.layout(
        heading,
        xaxis=theme.axis("Order size (USD, logarithmic)", **sizes),
        yaxis=theme.axis("Cost against mid, fee included (bps)", range=[min(0.0, _lowest_bps(result)), _highest_bps(result)]),
        shapes=[theme.line(result.order_size_usd, result.order_size_usd, 0, 1, yref="paper")],
        annotations=[theme.above("<br>".join(failed))] if failed else [],
        lines_above=len(failed),
    )


def _sizes(result: ImpactCurves) -> tuple[float, float]:
    """The order sizes drawn, with a little room."""
    sizes = [size for curve in result.curves.values() for size, _ in _points(curve)]
    return min([*sizes, result.order_size_usd]) / 1.1, max([*sizes, result.order_size_usd]) * 1.1


def _summary(result: ImpactCurves) -> str:
    what = f"A market {result.side} of {format_usd(result.order_size_usd)} in {result.symbol}, cost against mid, cheapest first"
    ranked = [f"{market(exchange, result.symbol, order.symbol_used)} {_cost(order)}" for exchange, order in result.cheapest_first]
    return sentences([f"{what}: {'; '.join(ranked)}", missing(result.failures)])


def _cost(order: MarketImpact) -> str:
    bps = format_value(_bps(order), "bps")
    cost = f"{bps} ({_fee(order)})" if order.all_in_usd is None else f"{bps} all-in ({format_usd(order.all_in_usd)}, {_fee(order)})"
    return cost if order.sufficient_liquidity else f"fills only {format_usd(order.filled_usd)}, that part at {cost}"
