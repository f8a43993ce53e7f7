"""Answers about books: prices, spreads, depth, walls, and exchanges side by side."""

from collections.abc import Sequence

from tools.analytics.comparison import ExchangeComparison
from tools.analytics.depth import BAND_WIDTHS_PCT, OrderBookView

from ..conversation import Topic
from .phrases import Outcomes, failed, nothing_to_tell, paragraphs, rates, table, warnings

_COMPARED_BAND_PCT = 1.0
_TIED = 1.01
_PAIR = 2


def comparison(topic: Topic, outcomes: Outcomes) -> str:
    """Exchanges side by side."""
    found = outcomes.of(ExchangeComparison)
    if not found:
        return nothing_to_tell(outcomes)
    name, result = next(iter(found.items()))
    deepest = (
        f"deepest within {{{name}.deepest_band_pct}} of mid: **{{{name}.deepest_liquidity_exchange}}**"
        if result.deepest_liquidity_exchange
        else "which is deepest cannot be said: the books share no depth band that all of them cover"
    )
    bands = _compared_bands(topic, result)
    lead = (
        f"{{{name}.base_currency}} side by side: best bid {{{name}.best_bid_price}} on **{{{name}.best_bid_exchange}}**,"
        f" best ask {{{name}.best_ask_price}} on **{{{name}.best_ask_exchange}}**;"
        f" {_tightest(name, result)}; {deepest}."
    )
    first = f"{name}.venues.{next(iter(result.venues))}"
    notes = paragraphs(_rates(name, result), _other_bands(topic, first))
    return paragraphs(lead, _venues(bands, name, result), notes, failed(outcomes), warnings(outcomes, _widest(bands)))


def _tightest(name: str, result: ExchangeComparison) -> str:
    """The tightest spread; spreads that differ by less than one part in a hundred are equally tight."""
    tied = [exchange for exchange, venue in result.venues.items() if venue.spread_pct < result.tightest_spread_pct * _TIED]
    spread = f"tightest spread {{{name}.venues.{result.tightest_spread_exchange}.spread_bps}}"
    if len(tied) < _PAIR:
        return f"{spread} on **{{{name}.tightest_spread_exchange}}**"
    return f"{spread}, equally tight on {' and '.join(f'**{exchange}**' for exchange in tied)}"


def _rates(name: str, result: ExchangeComparison) -> str:
    if result.price_currency != "USD":
        return ""
    return rates({f"{name}.venues.{exchange}": (exchange, venue) for exchange, venue in result.venues.items()})


def _compared_bands(topic: Topic, result: ExchangeComparison) -> list[int]:
    """The bands of a comparison's table: the one that the headline names, and those asked for."""
    named = [BAND_WIDTHS_PCT.index(result.deepest_band_pct)] if result.deepest_band_pct is not None else []
    asked = _bands(topic) if topic.band_pct is not None or not named else []
    return sorted({*named, *asked})


def _venues(bands: Sequence[int], name: str, result: ExchangeComparison) -> str:
    widths = [f"{{{name}.venues.{next(iter(result.venues))}.depth.{index}.width_pct}}" for index in bands]
    depths = [heading for width in widths for heading in (f"Bids within {width}", "Asks")]
    headings = ("Exchange (market)", "Best bid", "Best ask", "Spread", *depths, "Taker fee")
    rows: list[list[str]] = []
    for exchange in result.venues:
        at = f"{name}.venues.{exchange}"
        rows.append(
            [
                f"{exchange} ({{{at}.symbol_used}})",
                f"{{{at}.best_bid}}",
                f"{{{at}.best_ask}}",
                f"{{{at}.spread_bps}}",
                *(f"{{{at}.depth.{index}.{side}_usd}}" for index in bands for side in ("bid", "ask")),
                f"{{{at}.taker_fee_pct}}",
            ]
        )
    return table(headings, rows)


def arbitrage(topic: Topic, outcomes: Outcomes) -> str:
    """The gap between exchanges, before and after costs."""
    found = outcomes.of(ExchangeComparison)
    if not found:
        return nothing_to_tell(outcomes)
    name, result = next(iter(found.items()))
    return paragraphs(_gross(name, result), _net(name, result), comparison(topic, outcomes))


def _gross(name: str, result: ExchangeComparison) -> str:
    if result.arbitrage_opportunity_pct is None:
        return "It takes two exchanges for arbitrage, and only one gave a usable book."
    if result.arbitrage_route is None:
        return f"No gross gain: the best bid stands {{{name}.arbitrage_opportunity_pct}} from the best ask elsewhere."
    return f"Gross gap {{{name}.arbitrage_opportunity_pct}}: {{{name}.arbitrage_route}}."


def _net(name: str, result: ExchangeComparison) -> str:
    if result.arbitrage_net_pct is None:
        return "No gain is known to be left after both taker fees and conversion: **no opportunity**."
    verdict = "**an opportunity**" if result.arbitrage_is_opportunity else "not an opportunity, as the books were not taken together"
    return (
        f"After both taker fees and conversion {{{name}.arbitrage_net_pct}} is left ({{{name}.arbitrage_net_route}}), {verdict}:"
        f" the books bear {{{name}.arbitrage_executable_usd}}, which earns {{{name}.arbitrage_profit_usd}}."
    )


def quote(_topic: Topic, outcomes: Outcomes) -> str:
    """Price and spread on one exchange."""
    found = outcomes.of(OrderBookView)
    if not found:
        return nothing_to_tell(outcomes)
    return paragraphs(*(_quote(name) for name in found), failed(outcomes), warnings(outcomes))


def _quote(name: str) -> str:
    return (
        f"{{{name}.symbol_used}} on {{{name}.exchange}}: bid {{{name}.best_bid}}, ask {{{name}.best_ask}}, mid {{{name}.mid_price}},"
        f" **spread {{{name}.spread_bps}}** ({{{name}.spread}})."
    )


def ladder(_topic: Topic, outcomes: Outcomes) -> str:
    """The best levels of one book."""
    found = outcomes.of(OrderBookView)
    if not found:
        return nothing_to_tell(outcomes)
    name, view = next(iter(found.items()))
    rows = [
        [*_level(name, "bids", index, view.bids), *reversed(_level(name, "asks", index, view.asks))] for index in range(max(len(view.bids), len(view.asks)))
    ]
    return paragraphs(_quote(name), table(("Bid size", "Bid", "Ask", "Ask size"), rows), failed(outcomes), warnings(outcomes))


def _level(name: str, side: str, index: int, levels: Sequence[object]) -> list[str]:
    """Size and price of one level, blank beyond the last."""
    return [f"{{{name}.{side}.{index}.{field}}}" if index < len(levels) else "" for field in ("usd", "price")]


def depth(topic: Topic, outcomes: Outcomes) -> str:
    """The dollars within a distance of mid, per side."""
    found = outcomes.of(OrderBookView)
    if not found:
        return nothing_to_tell(outcomes)
    if len(found) == 1:
        body = _depth_of_one(topic, *next(iter(found.items())))
    else:
        rows = [_depth_row(name, index) for index in _bands(topic) for name in found]
        body = paragraphs("Depth in USD by distance from mid:", table(("Exchange (market)", "Within", "Bids", "Asks", "Spread"), rows))
    return paragraphs(body, _other_bands(topic, next(iter(found))), failed(outcomes), warnings(outcomes, _widest(_bands(topic))))


def _depth_of_one(topic: Topic, name: str, _view: OrderBookView) -> str:
    lines = [
        f"Within **{{{name}.depth.{index}.width_pct}}** of mid, {{{name}.exchange}} ({{{name}.symbol_used}}) holds **{{{name}.depth.{index}.bid_usd}}** of bids"
        f" and **{{{name}.depth.{index}.ask_usd}}** of asks."
        for index in _bands(topic)
    ]
    return paragraphs(*lines, _quote(name))


def _depth_row(name: str, index: int) -> list[str]:
    at = f"{name}.depth.{index}"
    return [f"{{{name}.exchange}} ({{{name}.symbol_used}})", f"{{{at}.width_pct}}", f"{{{at}.bid_usd}}", f"{{{at}.ask_usd}}", f"{{{name}.spread_bps}}"]


def walls(topic: Topic, outcomes: Outcomes) -> str:
    """Where large orders stand, in the heatmap's own words, beside the depth."""
    if not outcomes.results:
        return nothing_to_tell(outcomes)
    summary = "{heatmap.summary}" if "heatmap" in outcomes.results else ""
    books = [_depth_of_one(topic, name, view) for name, view in outcomes.of(OrderBookView).items()]
    others = [_other_bands(topic, name) for name in outcomes.of(OrderBookView)]
    return paragraphs(summary, *books, *others, failed(outcomes), warnings(outcomes, _widest(_bands(topic))))


def _other_bands(topic: Topic, at: str) -> str:
    """Said where the distance asked for is none of those that can be told."""
    if topic.band_pct is None or topic.band_pct in BAND_WIDTHS_PCT:
        return ""
    *most, last = (f"{width:g}" for width in BAND_WIDTHS_PCT)
    shown = " and ".join(f"{{{at}.depth.{index}.width_pct}}" for index in _bands(topic))
    return f"I can say {', '.join(most)} and {last} %; this is {shown}."


def _widest(bands: Sequence[int]) -> float:
    return BAND_WIDTHS_PCT[max(bands)]


def _bands(topic: Topic) -> list[int]:
    """The positions of the bands to show: the one asked for, else its neighbours on both sides, 1 % where none is named."""
    wanted = topic.band_pct if topic.band_pct is not None else _COMPARED_BAND_PCT
    if wanted in BAND_WIDTHS_PCT:
        return [BAND_WIDTHS_PCT.index(wanted)]
    narrower = [index for index, width in enumerate(BAND_WIDTHS_PCT) if width < wanted]
    wider = [index for index, width in enumerate(BAND_WIDTHS_PCT) if width > wanted]
    return [*narrower[-1:], *wider[:1]]
