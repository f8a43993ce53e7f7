"""The comparison chart: spread and depth of several exchanges in two panels."""

from statistics import median
from typing import Literal

from ..analytics.comparison import ExchangeComparison, VenueLiquidity
from ..analytics.depth import DepthBand
from ..units import format_value
from . import theme
from .chart import Chart, drawn
from .words import at_least, market, missing, reason, sentences

_USUAL_BAND_PCT = 0.5
_ABSURD_SPREAD_BPS = 500.0
_TIMES_MEDIAN = 3.0
_SPREAD_ROOM = 1.45
_DEPTH_ROOM = 1.75
_BAR = 0.34
# Fewer exchanges get no thicker bars.
_FEWEST_ROWS = 5


def comparison(result: ExchangeComparison) -> Chart:
    """Exchanges side by side, tightest spread first, with those that failed below."""
    heading = theme.heading("Spread and depth by exchange", result.symbol, list(result.venues), result)
    data = [_spreads(result), _depths(result, "bid"), _depths(result, "ask"), *_legend(result)]
    return drawn("comparison", result, result.symbol, list(result.venues), heading, _summary(result), data, _layout(result, heading))


def _tightest_first(result: ExchangeComparison) -> list[tuple[str, VenueLiquidity]]:
    return sorted(result.venues.items(), key=lambda pair: pair[1].spread_bps)


def _row(result: ExchangeComparison, exchange: str) -> str:
    venue = result.venues.get(exchange)
    return exchange if venue is None else market(exchange, result.symbol, venue.symbol_used).replace(" ", "<br>", 1)


def _band_pct(result: ExchangeComparison) -> float:
    """The band whose depth is drawn: the widest that every exchange covers, else half a per cent."""
    return result.deepest_band_pct or _USUAL_BAND_PCT


def _band(result: ExchangeComparison, venue: VenueLiquidity) -> DepthBand:
    return next(band for band in venue.depth if band.width_pct == _band_pct(result))


def _longest_spread(result: ExchangeComparison) -> float:
    """Where spread bars end: one absurd spread must not flatten the others."""
    spreads = [venue.spread_bps for venue in result.venues.values()]
    return min(max(spreads), max(_ABSURD_SPREAD_BPS, _TIMES_MEDIAN * median(spreads)))


def _spreads(result: ExchangeComparison) -> theme.Json:
    venues, longest = _tightest_first(result), _longest_spread(result)
    words = [format_value(venue.spread_bps, "bps") for _, venue in venues]
    return {
        "type": "bar",
        "orientation": "h",
        "name": "spread",
        "showlegend": False,
        "width": _BAR,
        "y": [_row(result, exchange) for exchange, _ in venues],
        "x": [min(venue.spread_bps, longest) for _, venue in venues],
        "customdata": [venue.spread_bps for _, venue in venues],
        "text": [f"{text} (bar cut)" if venue.spread_bps > longest else text for text, (_, venue) in zip(words, venues, strict=True)],
        "textposition": "outside",
        "cliponaxis": False,
        "textfont": {"size": 11},
        "marker": {"color": "#8b8fa3"},
        "hovertext": [f"{exchange} {venue.symbol_used}<br>spread {text}" for text, (exchange, venue) in zip(words, venues, strict=True)],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _depths(result: ExchangeComparison, side: Literal["bid", "ask"]) -> theme.Json:
    venues = _tightest_first(result)
    depths = [_of_side(_band(result, venue), side) for _, venue in venues]
    return {
        "type": "bar",
        "orientation": "h",
        "name": f"{side}s",
        "showlegend": False,
        "width": _BAR,
        "offset": 0.02 if side == "bid" else -_BAR - 0.02,
        "xaxis": "x2",
        "y": [_row(result, exchange) for exchange, _ in venues],
        "x": [usd for usd, _ in depths],
        "text": [at_least(usd, complete) for usd, complete in depths],
        "textposition": "outside",
        "cliponaxis": False,
        "textfont": {"size": 11},
        "marker": {"color": theme.BID if side == "bid" else theme.ASK, "pattern": _hatch(["" if complete else "/" for _, complete in depths])},
        "hovertext": [
            f"{exchange} {venue.symbol_used}<br>{side}s within {_band_pct(result):g}% of mid: {at_least(usd, complete)}"
            for (exchange, venue), (usd, complete) in zip(venues, depths, strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _hatch(shapes: list[str]) -> theme.Json:
    return {"shape": shapes, "fillmode": "replace", "size": 7, "solidity": 0.35}


def _of_side(band: DepthBand, side: Literal["bid", "ask"]) -> tuple[float, bool]:
    return (band.bid_usd, band.bid_complete) if side == "bid" else (band.ask_usd, band.ask_complete)


def _legend(result: ExchangeComparison) -> list[theme.Json]:
    """What the colours mean, and hatching where there is any."""
    keys: list[tuple[str, theme.Json]] = [("bids", {"color": theme.BID}), ("asks", {"color": theme.ASK})]
    if not all(_band(result, venue).complete for venue in result.venues.values()):
        keys.append(("hatched: at least (exchange sent no more)", {"pattern": _hatch(["/"])}))
    return [theme.key(name, marker, "bar", xaxis="x2") for name, marker in keys]


def _layout(result: ExchangeComparison, heading: theme.Heading) -> theme.Json:
    rows = [*(exchange for exchange, _ in _tightest_first(result)), *result.failures]
    spare = max(0.0, _FEWEST_ROWS - len(rows)) / 2
    most = max(max(_band(result, venue).bid_usd, _band(result, venue).ask_usd) for venue in result.venues.values()) or 1.0
    return theme.layout(
        heading,
        barmode="overlay",
        xaxis=theme.axis("Spread (bps)", domain=[0, 0.4], range=[0, _SPREAD_ROOM * (_longest_spread(result) or 1.0)], nticks=5),
        xaxis2=theme.usd_axis(f"Depth within {_band_pct(result):g}% of mid (USD)", domain=[0.45, 1], range=[0, _DEPTH_ROOM * most], nticks=6),
        yaxis=theme.axis(
            "",
            categoryorder="array",
            categoryarray=[_row(result, name) for name in reversed(rows)],
            range=[-0.5 - spare, len(rows) - 0.5 + spare],
            showgrid=False,
        ),
        annotations=[_failed(exchange, failure, row) for row, (exchange, failure) in enumerate(reversed(result.failures.items()))],
    )


def _failed(exchange: str, failure: str, row: int) -> theme.Json:
    return theme.note(f"<i>failed: {reason(exchange, failure)}</i>", 0, row, xref="paper", xanchor="left", xshift=6)


def _summary(result: ExchangeComparison) -> str:
    venues = [f"{market(exchange, result.symbol, venue.symbol_used)} {_venue_words(result, venue)}" for exchange, venue in _tightest_first(result)]
    what = f"{result.symbol}, spread and depth within {_band_pct(result):g}% of mid, tightest first"
    return sentences([f"{what}: {'; '.join(venues)}", _deepest(result), missing(result.failures)])


def _venue_words(result: ExchangeComparison, venue: VenueLiquidity) -> str:
    band = _band(result, venue)
    depths = f"bids {at_least(band.bid_usd, band.bid_complete)}, asks {at_least(band.ask_usd, band.ask_complete)}"
    return f"spread {format_value(venue.spread_bps, 'bps')}, {depths}"


def _deepest(result: ExchangeComparison) -> str:
    if result.deepest_liquidity_exchange is None:
        return "Which is deepest cannot be told: no depth band is covered by every exchange"
    return f"Deepest is {result.deepest_liquidity_exchange}"
