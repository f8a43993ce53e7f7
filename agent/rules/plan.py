"""What to do about a question: the tools to call, all at once, or the words to say instead."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from . import memory, over_time, replies, several
from .calls import Call, Place, Plan, Writer, chart, meant, symbol
from .conversation import Topic
from .intent import Intent, Size, Subject
from .scanning import once
from .windows import LONGEST_HOURS, span
from .writing import Outcomes, asked, books, missing, orders
from .writing.phrases import paragraphs

_MOST_LEVELS = 100
_SHOWN_LEVELS = 10
_EACH = frozenset({"rules", "snapshot"})
"""Subjects that go to the first exchange unless others, or all, are named."""


def plan(topic: Topic, intent: Intent, place: Place) -> Plan:
    """The plan for the last question, which is `intent` by itself and `topic` in its conversation."""
    aside = replies.aside(intent, topic)
    question = aside or intent.objection or replies.question_back(topic) or replies.question_on_exchanges(topic, place.exchanges)
    if question or topic.kind is None:
        return Plan(reply=question or replies.not_understood())
    left = _without(place.exchanges, topic.excluded)
    reduced = _with(topic, left if intent.everywhere and topic.kind in _EACH else _without(topic.exchanges, topic.excluded))
    leads = paragraphs(replies.not_followed(topic, intent), _leads(reduced, intent, left))
    notes = " ".join(note for note in (_notes(reduced, intent), replies.assumed(reduced, place.exchanges)) if note)
    return _told(several.each(partial(_answered, topic.kind), reduced, place._replace(exchanges=left)), leads, notes)


def _answered(kind: Subject, topic: Topic, place: Place) -> Plan:
    """The plan for one asset: what its question asks for by name is said first, and what is missing once."""
    made = _PLANS[kind](topic, place)
    write, until, time = made.write, span(topic.window, place.now, LONGEST_HOURS).until, over_time.time_meant(topic, place)
    if write is None:
        return made

    def told(of: Topic, outcomes: Outcomes) -> str:
        known = replace(missing.told_once(outcomes, until), time=time)
        return paragraphs(asked.first(of, known), write(of, known))

    return replace(made, write=told)


def _told(made: Plan, leads: str, notes: str) -> Plan:
    """The plan with these words before and after its answer, where it has one."""
    write = made.write
    if write is None:
        return made

    def told(topic: Topic, outcomes: Outcomes) -> str:
        return paragraphs(leads, write(topic, outcomes), notes) if outcomes.tells else write(topic, outcomes)

    return replace(made, write=told)


def _leads(topic: Topic, intent: Intent, left: Sequence[str]) -> str:
    """What has to be known before the figures: that there is no choice of exchanges, or which one was chosen."""
    at_hand = once([*topic.exchanges, *left])
    if topic.kind in {"cheapest", "compare"} and len(at_hand) == 1:
        return f"Only {at_hand[0]} is {'left' if topic.excluded else 'at hand'}, so there is nothing to compare it with."
    if topic.kind in memory.OVER_TIME and topic.symbols and len(at_hand if not topic.exchanges else topic.exchanges) > over_time.MOST_EXCHANGES:
        return f"Of so many exchanges I look back at the first {over_time.MOST_EXCHANGES}."
    if topic.kind not in {"walls", "book", "snapshot"} or len(at_hand) == 1:
        return ""
    if topic.kind != "snapshot" and (intent.everywhere or len(topic.exchanges) > 1):
        return f"One exchange is shown at a time; this is {at_hand[0]}."
    return "" if topic.exchanges else f"On {at_hand[0]}, the first {'left' if topic.excluded else 'configured'}:"


def _notes(topic: Topic, intent: Intent) -> str:
    """What of the question the answer could not follow to the letter, or did follow without showing it."""
    left_out = f"Left out: {', '.join(topic.excluded)}." if topic.excluded else ""
    of_every_kind = f"These are alerts of every kind, not of {intent.metric} alone." if topic.kind == "alerts" and intent.metric else ""
    return " ".join(note for note in (left_out, orders.FEES_INCLUDED if intent.fees and topic.sizes else "", of_every_kind) if note)


def _order(topic: Topic, place: Place) -> Plan:
    """What an order costs on each exchange meant, with the curve of cost by size; without a size, the exchanges side by side."""
    if not topic.sizes:
        return _compare(topic, place, write=orders.without_size)
    size, side = topic.sizes[0], topic.sides[0] if topic.sides else "buy"
    venues = meant(topic, place)
    amount = {"order_size_usd": size.amount} if size.unit == "usd" else {"order_size_base": size.amount}
    calls = [Call(f"impact_{one}", "calculate_market_impact", {"symbol": symbol(topic), **amount, "side": side, "exchange": one}, one) for one in venues]
    return Plan((*calls, _order_chart(topic, venues, size, side)), orders.cost)


def _order_chart(topic: Topic, venues: Sequence[str], size: Size, side: str) -> Call:
    """The impact curve; for an order in units of the asset, whose dollars are not known yet, the depth it walks through."""
    if size.unit == "usd":
        return chart("impact", topic, venues, order_size_usd=size.amount, side=side)
    return chart("depth", topic, venues)


def _compare(topic: Topic, place: Place, write: Writer = books.comparison) -> Plan:
    venues = meant(topic, place)
    call = Call("comparison", "compare_exchanges", {"symbol": symbol(topic), "exchanges": venues}, "the comparison")
    return Plan((call, chart("comparison", topic, venues)), write)


def _arbitrage(topic: Topic, place: Place) -> Plan:
    if len(topic.exchanges) == 1:
        topic = _with(topic, once([*topic.exchanges, *place.exchanges]))
    return _compare(topic, place, write=books.arbitrage)


def _quote(topic: Topic, place: Place) -> Plan:
    """Price and spread: of the one exchange named, or side by side."""
    if len(topic.exchanges) != 1:
        return _compare(topic, place)
    return _book_plan(topic, topic.exchanges[0], books.quote)


def _book(topic: Topic, place: Place) -> Plan:
    return _book_plan(topic, meant(topic, place)[0], books.ladder)


def _book_plan(topic: Topic, exchange: str, write: Writer) -> Plan:
    return Plan((_order_book(topic, exchange), chart("depth", topic, [exchange])), write)


def _depth(topic: Topic, place: Place) -> Plan:
    venues = meant(topic, place)
    return Plan((*(_order_book(topic, one) for one in venues), chart("depth", topic, venues)), books.depth)


def _walls(topic: Topic, place: Place) -> Plan:
    exchange = meant(topic, place)[0]
    if topic.window:
        return over_time.heatmap(topic, place)
    heatmap = Call("heatmap", "liquidity_heatmap", {"symbol": symbol(topic), "exchange": exchange}, "the heatmap")
    return Plan((heatmap, _order_book(topic, exchange)), books.walls)


def _comparison(topic: Topic, place: Place) -> Plan:
    """Side by side takes two: one exchange alone is compared with the configured ones."""
    if len(topic.exchanges) == 1:
        topic = _with(topic, once([*topic.exchanges, *place.exchanges]))
    return _compare(topic, place)


def _cheapest(topic: Topic, place: Place) -> Plan:
    """Cheapest is a question about several exchanges: one that is named is ranked among the configured ones."""
    if len(topic.exchanges) == 1:
        topic = _with(topic, once([*topic.exchanges, *place.exchanges]))
    return _order(topic, place)


_PLANS: Mapping[Subject, Callable[[Topic, Place], Plan]] = {
    "cheapest": _cheapest,
    "impact": _order,
    "compare": _comparison,
    "arbitrage": _arbitrage,
    "quote": _quote,
    "book": _book,
    "depth": _depth,
    "walls": _walls,
    "chart": _depth,
    **over_time.PLANS,
}


def _order_book(topic: Topic, exchange: str) -> Call:
    levels = min(topic.levels or _SHOWN_LEVELS, _MOST_LEVELS)
    return Call(f"book_{exchange}", "get_order_book", {"symbol": symbol(topic), "exchange": exchange, "levels": levels}, exchange)


def _without(exchanges: Sequence[str], excluded: Sequence[str]) -> tuple[str, ...]:
    return tuple(one for one in exchanges if one not in excluded)


def _with(topic: Topic, exchanges: tuple[str, ...]) -> Topic:
    return replace(topic, exchanges=exchanges)
