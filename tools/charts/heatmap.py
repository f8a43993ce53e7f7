"""The liquidity heatmap: density by price, volume bars beside it, mid, walls and empty stretches."""

from statistics import quantiles
from typing import Literal

from ..analytics.heatmap import Bin, LiquidityGrid, Wall
from ..units import format_usd, format_value
from . import labels, theme
from .chart import Chart, drawn
from .words import sentences

# Six walls and the mid, two lines of text each, must fit a figure 450 pixels high.
_LABEL_GAP = 0.115
_BARS_FROM, _BARS_TO = 0.16, 0.66
_LEADER_FROM, _LEADER_TO = 1.03, 1.1


def heatmap(grid: LiquidityGrid, palette: theme.Palette = "RdYlGn") -> Chart:
    """Where liquidity stands by price on one exchange."""
    heading = theme.heading("Liquidity by price", grid.symbol_used, [grid.exchange], grid)
    return drawn("heatmap", grid, grid.symbol, [grid.exchange], heading, _summary(grid), _traces(grid, palette), _layout(grid, heading))


def _traces(grid: LiquidityGrid, palette: theme.Palette) -> list[theme.Json]:
    empty = [one for one in grid.bins if not one.levels]
    return [_density(grid, palette), *([_hatching(grid, empty)] if empty else []), _bars(grid, "bid"), _bars(grid, "ask")]


def _density(grid: LiquidityGrid, palette: theme.Palette) -> theme.Json:
    brightest = _brightest(grid.bins)
    return {
        "type": "heatmap",
        "x": [0, 1],
        "y": [grid.bins[0].low, *(one.high for one in grid.bins)],
        "z": [[one.usd if one.levels else None] for one in grid.bins],
        "text": [[_hover(grid, one)] for one in grid.bins],
        "hovertemplate": "%{text}<extra></extra>",
        "hoverongaps": False,
        "zmin": 0,
        "zmax": brightest,
        "colorscale": theme.PALETTES[palette],
        "colorbar": theme.colour_bar("USD per price range", brightest, cut=any(one.usd > brightest for one in grid.bins), len=1.05),
    }


def _brightest(bins: list[Bin]) -> float:
    """The USD that gets the palette's last colour: the 95th percentile, so that one wall does not wash out the rest."""
    filled = [one.usd for one in bins if one.levels]
    return quantiles(filled, n=20, method="inclusive")[-1] if len(filled) > 1 else max(filled, default=1.0)


def _hatching(grid: LiquidityGrid, empty: list[Bin]) -> theme.Json:
    return {
        "type": "bar",
        "orientation": "h",
        "name": "no orders",
        "y": [(one.low + one.high) / 2 for one in empty],
        "x": [1] * len(empty),
        "width": [one.high - one.low for one in empty],
        "text": [_hover(grid, one) for one in empty],
        "textposition": "none",
        "hovertemplate": "%{text}<extra></extra>",
        "marker": theme.HATCHED,
    }


def _bars(grid: LiquidityGrid, side: Literal["bid", "ask"]) -> theme.Json:
    bins = [one for one in grid.bins if one.side == side and one.levels]
    name, colour, shape = ("bids, below mid", theme.BID, "") if side == "bid" else ("asks, above mid (striped)", theme.ASK, "/")
    return {
        "type": "bar",
        "orientation": "h",
        "name": name,
        "xaxis": "x2",
        "y": [(one.low + one.high) / 2 for one in bins],
        "x": [one.usd for one in bins],
        "width": [0.86 * (one.high - one.low) for one in bins],
        "text": [_hover(grid, one) for one in bins],
        "textposition": "none",
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {
            "color": colour,
            "line": {"width": 0},
            "pattern": {"shape": shape, "fillmode": "overlay", "fgcolor": "rgba(255,255,255,0.7)", "size": 5, "solidity": 0.25},
        },
    }


def _hover(grid: LiquidityGrid, one: Bin) -> str:
    low, high = (format_value(price, "price", grid.price_currency) for price in (one.low, one.high))
    if not one.levels:
        return f"{low} to {high}<br>no {one.side}s"
    size = format_value(one.size, "base", grid.base_currency)
    return f"{low} to {high}<br>{one.levels:,} {one.side} level{'s' if one.levels > 1 else ''}<br>{size}<br>{format_usd(one.usd)}"


def _layout(grid: LiquidityGrid, heading: theme.Heading) -> theme.Json:
    low, high = grid.bins[0].low, grid.bins[-1].high
    top = max(one.usd for one in grid.bins) or 1.0
    leaders = [theme.line(_bar_at(grid, wall), _LEADER_FROM * top, wall.price, wall.price, xref="x2") for wall in grid.walls]
    mid = theme.line(0, _BARS_TO, grid.mid_price, grid.mid_price, xref="paper", line={"color": theme.TEXT, "width": 1.5, "dash": "dash"})
    return theme.layout(
        heading,
        barmode="overlay",
        xaxis=theme.axis("Density", domain=[0, 0.13], range=[0, 1], showticklabels=False, ticks="", showgrid=False, fixedrange=True),
        xaxis2=theme.usd_axis("USD per price range", domain=[_BARS_FROM, _BARS_TO], range=[0, _LEADER_FROM * top], nticks=6),
        yaxis=theme.axis(f"Price ({grid.price_currency})", range=[low, high]),
        shapes=[mid, *leaders],
        annotations=_labels(grid, low, high, top),
    )


def _labels(grid: LiquidityGrid, low: float, high: float, top: float) -> list[theme.Json]:
    """The mid and each wall, named to the right of the bars and led to their price."""
    named = [(grid.mid_price, f"<b>mid {format_value(grid.mid_price, 'price', grid.price_currency)}</b>")]
    named += [(wall.price, _wall_label(grid, wall)) for wall in grid.walls]
    margin = _LABEL_GAP / 2 * (high - low)
    places = labels.spread([price for price, _ in named], 2 * margin, low + margin, high - margin)
    return [_led_label(text, price, place, top) for (price, text), place in zip(named, places, strict=True)]


def _led_label(text: str, price: float, place: float, top: float) -> theme.Json:
    led = {"xref": "x2", "yref": "y", "axref": "x2", "ayref": "y", "arrowhead": 0, "arrowwidth": 1, "arrowcolor": theme.LINE}
    where = {"x": _LEADER_FROM * top, "y": price, "ax": _LEADER_TO * top, "ay": place}
    return {"text": text, "font": {"size": 11}, "align": "left", "xanchor": "left", "yanchor": "middle", "showarrow": True, **led, **where}


def _bar_at(grid: LiquidityGrid, wall: Wall) -> float:
    """How far the bar reaches whose price range holds the wall."""
    return next((one.usd for one in grid.bins if one.side == wall.side and one.low <= wall.price <= one.high), wall.usd)


def _wall_label(grid: LiquidityGrid, wall: Wall) -> str:
    price, away = format_value(wall.price, "price", grid.price_currency), format_value(abs(wall.distance_pct), "pct")
    return f"{wall.side} wall {price}<br>{format_usd(wall.usd)}, {away} from mid"


def _summary(grid: LiquidityGrid) -> str:
    mid, reach = format_value(grid.mid_price, "price", grid.price_currency), format_value(grid.range_pct, "pct")
    empty = sum(not one.levels for one in grid.bins)
    sides = f"{format_usd(grid.bid_usd)} of bids and {format_usd(grid.ask_usd)} of asks"
    whole = sentences(
        [
            f"{grid.exchange} {grid.symbol_used}: within {reach} of mid ({mid}) stand {sides}",
            f"{empty} of {len(grid.bins)} price ranges hold no orders" if empty else "",
            "Walls, largest first" if grid.walls else "No level stands out as a wall",
        ]
    )
    return "\n".join([whole.removesuffix(".") + ":\n" if grid.walls else whole, *(f"- {_wall_words(grid, wall)}" for wall in grid.walls)])


def _wall_words(grid: LiquidityGrid, wall: Wall) -> str:
    price, size = format_value(wall.price, "price", grid.price_currency), format_value(wall.size, "base", grid.base_currency)
    away, where = format_value(abs(wall.distance_pct), "pct"), "below" if wall.side == "bid" else "above"
    return f"{wall.side} at {price}, {size}, {format_usd(wall.usd)}, {away} {where} mid"
