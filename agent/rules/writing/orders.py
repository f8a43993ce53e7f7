"""Answers about the cost of an order."""

from collections.abc import Sequence

from tools.analytics.comparison import ExchangeComparison
from tools.analytics.impact import MarketImpact, rank_all_in

from ..conversation import Topic
from . import books
from .phrases import Outcomes, failed, nothing_to_tell, paragraphs, rates, table, warnings

FEES_INCLUDED = "The figures include the taker fees stated; set LIQUIDITY_TAKER_FEES to change them. Slippage is without fees."
_SIDE_ASSUMED = "I took it as a buy; say “selling?” for the other side."


def cost(topic: Topic, outcomes: Outcomes) -> str:
    """What the order costs on each exchange, cheapest first."""
    ranked = sorted(outcomes.of(MarketImpact).items(), key=lambda pair: rank_all_in(pair[1]))
    if not ranked:
        return nothing_to_tell(outcomes)
    body = _single(*ranked[0]) if len(ranked) == 1 else _ranking(ranked)
    notes = [_rates(ranked), _default_fees([impact for _name, impact in ranked]), "" if topic.sides else _SIDE_ASSUMED]
    return paragraphs(body, failed(outcomes), " ".join(note for note in notes if note), warnings(outcomes))


def _default_fees(impacts: Sequence[MarketImpact]) -> str:
    """For which exchanges the fees are not the asker's own."""
    default = [impact.exchange for impact in impacts if impact.taker_fee_origin == "default schedule"]
    if not default:
        return ""
    whose = "Fees are the exchanges' default taker schedules" if len(default) == len(impacts) else f"Fees of {', '.join(default)} are default taker schedules"
    return f"{whose}; set LIQUIDITY_TAKER_FEES to your own."


def _rates(ranked: Sequence[tuple[str, MarketImpact]]) -> str:
    return rates({name: (impact.exchange, impact) for name, impact in ranked}) if len(ranked) > 1 else ""


def without_size(topic: Topic, outcomes: Outcomes) -> str:
    """Cheapest, asked without a size: the best price of each exchange, and what is missing for more."""
    if not outcomes.of(ExchangeComparison):
        return nothing_to_tell(outcomes)
    example = f"“for $50k of {topic.symbols[0].partition('/')[0]}”"
    lead = f"Which exchange is cheapest depends on the size of the order: tell me one ({example}). At the top of the book, before fees:"
    return paragraphs(lead, books.comparison(topic, outcomes))


def _single(name: str, impact: MarketImpact) -> str:
    if not impact.sufficient_liquidity:
        return _short_fill(name, impact)
    return paragraphs(
        f"A {_order(name, impact)} on {{{name}.exchange}} ({{{name}.symbol_used}}) slips **{{{name}.slippage_vs_mid_bps}} against mid**"
        f" over {_levels(name, impact)}.",
        _all_in(name, impact),
        f"It takes {{{name}.total_base_amount}}: average price {{{name}.average_execution_price}}, best {{{name}.best_price}},"
        f" worst touched {{{name}.limit_price}}; mid {{{name}.mid_price}}.",
    )


def _all_in(name: str, impact: MarketImpact) -> str:
    if impact.all_in_usd is None:
        return "What it costs all-in is not available: no taker fee of this exchange is known."
    return (
        f"All-in with the {{{name}.taker_fee_pct}} taker fee it costs **{{{name}.all_in_usd}}** ({{{name}.all_in_bps}} against mid,"
        f" of which {{{name}.fee_usd}} fee): {{{name}.all_in_price_usd}} per {{{name}.base_currency}}."
    )


def _short_fill(name: str, impact: MarketImpact) -> str:
    return paragraphs(
        f"{{{name}.exchange}} ({{{name}.symbol_used}}) **cannot fill** a {_order(name, impact)}: {_filled(name, impact)}.",
        f"The filled part slips {{{name}.slippage_vs_mid_bps}} against mid over {_levels(name, impact)}, at {{{name}.average_execution_price}} on average.",
        _all_in(name, impact),
    )


def _ranking(ranked: list[tuple[str, MarketImpact]]) -> str:
    order = "Ranked by all-in price in USD, the walk of the book plus the taker fee, best first; exchanges that cannot fill the order come last."
    headings = ("Exchange (market)", "All-in price", "All-in cost", "Slippage", "Fee")
    return paragraphs(_winner(*ranked[0]), order, table(headings, [_row(*one) for one in ranked]))


def _winner(name: str, best: MarketImpact) -> str:
    if not best.sufficient_liquidity:
        return f"**No exchange can fill** a {_order(name, best)}; {{{name}.exchange}} fills the most."
    if best.all_in_usd is None:
        return f"Which exchange is cheapest for a {_order(name, best)} cannot be said: no taker fee is known of those that can fill it."
    verb = "pay" if best.side == "buy" else "receive"
    return (
        f"**{{{name}.exchange}}** is cheapest for a {_order(name, best)}: all-in you {verb} {{{name}.all_in_price_usd}} per {{{name}.base_currency}},"
        f" which costs {{{name}.all_in_usd}} ({{{name}.all_in_bps}}) against mid."
    )


def _row(name: str, impact: MarketImpact) -> list[str]:
    cost = f"{{{name}.all_in_bps}}, {{{name}.all_in_usd}}" if impact.all_in_usd is not None else f"{{{name}.all_in_usd}}"
    return [
        f"{{{name}.exchange}} ({{{name}.symbol_used}})",
        f"{{{name}.all_in_price_usd}}",
        cost if impact.sufficient_liquidity else _filled(name, impact),
        f"{{{name}.slippage_vs_mid_bps}}",
        f"{{{name}.fee_usd}} ({{{name}.taker_fee_pct}})" if impact.fee_usd is not None else f"{{{name}.fee_usd}}",
    ]


def _filled(name: str, impact: MarketImpact) -> str:
    may_hold_more = "; it may hold more than it sent" if impact.book_truncated else ""
    return f"fills only {{{name}.filled_usd}}, {{{name}.unfilled_usd}} short{may_hold_more}"


def _levels(name: str, impact: MarketImpact) -> str:
    return f"{{{name}.levels_consumed}} level{'' if impact.levels_consumed == 1 else 's'}"


def _order(name: str, impact: MarketImpact) -> str:
    """`$250,000 market buy of BTC`, or `10.00 BTC market sell` for an order in units of the asset."""
    if impact.order_size_base is None:
        return f"{{{name}.order_size_usd}} market {impact.side} of {{{name}.base_currency}}"
    return f"{{{name}.order_size_base}} market {impact.side}"
