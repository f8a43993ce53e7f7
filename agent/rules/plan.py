"""What to do about a question: the tools to call, all at once, or the words to say instead."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from . import replies
from .conversation import Topic
from .intent import Intent, Size, Subject
from .scanning import once
from .writing import Outcomes, books, orders
from .writing.phrases import paragraphs

_MOST_LEVELS = 100
_SHOWN_LEVELS = 10

Writer = Callable[[Topic, Outcomes], str]


@dataclass(frozen=True)
class Call:
    """One tool call; templates refer to its result as `name`, and an answer that lacks it speaks of `about`."""

    name: str
    tool: str
    arguments: dict[str, Any]
    about: str


@dataclass(frozen=True)
class Plan:
    """Either calls and the writer of the answer over their results, or a reply."""

    calls: tuple[Call, ...] = ()
    write: Writer | None = None
    reply: str = ""


def plan(topic: Topic, intent: Intent, configured: Sequence[str]) -> Plan:
    """The plan for the last question, which is `intent` by itself and `topic` in its conversation; `configured` are the default exchanges."""
    aside = replies.aside(intent, topic)
    question = aside or intent.objection or replies.question_back(topic) or replies.question_on_exchanges(topic, configured)
    if question or topic.kind is None:
        return Plan(reply=question or replies.not_understood())
    left = _without(configured, topic.excluded)
    reduced = _with(topic, _without(topic.exchanges, topic.excluded))
    return _told(_PLANS[topic.kind](reduced, left), _leads(reduced, intent, left), _notes(reduced, intent))


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
    if topic.kind not in {"walls", "book"} or len(at_hand) == 1:
        return ""
    if intent.everywhere or len(topic.exchanges) > 1:
        return f"One exchange is shown at a time; this is {at_hand[0]}."
    return "" if topic.exchanges else f"On {at_hand[0]}, the first {'left' if topic.excluded else 'configured'}:"


def _notes(topic: Topic, intent: Intent) -> str:
    """What of the question the answer could not follow to the letter, or did follow without showing it."""
    left_out = f"Left out: {', '.join(topic.excluded)}." if topic.excluded else ""
    return " ".join(note for note in (left_out, orders.FEES_INCLUDED if intent.fees and topic.sizes else "") if note)


def _order(topic: Topic, configured: Sequence[str]) -> Plan:
    """What an order costs on each exchange meant, with the curve of cost by size; without a size, the exchanges side by side."""
    if not topic.sizes:
        return _compare(topic, configured, write=orders.without_size)
    size, side = topic.sizes[0], topic.sides[0] if topic.sides else "buy"
    meant = _meant(topic, configured)
    amount = {"order_size_usd": size.amount} if size.unit == "usd" else {"order_size_base": size.amount}
    calls = [Call(f"impact_{one}", "calculate_market_impact", {"symbol": _symbol(topic), **amount, "side": side, "exchange": one}, one) for one in meant]
    return Plan((*calls, _order_chart(topic, meant, size, side)), orders.cost)


def _order_chart(topic: Topic, meant: Sequence[str], size: Size, side: str) -> Call:
    """The impact curve; for an order in units of the asset, whose dollars are not known yet, the depth it walks through."""
    if size.unit == "usd":
        return _chart("impact", topic, meant, order_size_usd=size.amount, side=side)
    return _chart("depth", topic, meant)


def _compare(topic: Topic, configured: Sequence[str], write: Writer = books.comparison) -> Plan:
    meant = _meant(topic, configured)
    call = Call("comparison", "compare_exchanges", {"symbol": _symbol(topic), "exchanges": meant}, "the comparison")
    return Plan((call, _chart("comparison", topic, meant)), write)


def _arbitrage(topic: Topic, configured: Sequence[str]) -> Plan:
    if len(topic.exchanges) == 1:
        topic = _with(topic, once([*topic.exchanges, *configured]))
    return _compare(topic, configured, write=books.arbitrage)


def _quote(topic: Topic, configured: Sequence[str]) -> Plan:
    """Price and spread: of the one exchange named, or side by side."""
    if len(topic.exchanges) != 1:
        return _compare(topic, configured)
    return _book_plan(topic, topic.exchanges[0], books.quote)


def _book(topic: Topic, configured: Sequence[str]) -> Plan:
    return _book_plan(topic, (topic.exchanges or tuple(configured))[0], books.ladder)


def _book_plan(topic: Topic, exchange: str, write: Writer) -> Plan:
    return Plan((_order_book(topic, exchange), _chart("depth", topic, [exchange])), write)


def _depth(topic: Topic, configured: Sequence[str]) -> Plan:
    meant = _meant(topic, configured)
    return Plan((*(_order_book(topic, one) for one in meant), _chart("depth", topic, meant)), books.depth)


def _walls(topic: Topic, configured: Sequence[str]) -> Plan:
    exchange = (topic.exchanges or tuple(configured))[0]
    heatmap = Call("heatmap", "liquidity_heatmap", {"symbol": _symbol(topic), "exchange": exchange}, "the heatmap")
    return Plan((heatmap, _order_book(topic, exchange)), books.walls)


def _comparison(topic: Topic, configured: Sequence[str]) -> Plan:
    """Side by side takes two: one exchange alone is compared with the configured ones."""
    if len(topic.exchanges) == 1:
        topic = _with(topic, once([*topic.exchanges, *configured]))
    return _compare(topic, configured)


def _cheapest(topic: Topic, configured: Sequence[str]) -> Plan:
    """Cheapest is a question about several exchanges: one that is named is ranked among the configured ones."""
    if len(topic.exchanges) == 1:
        topic = _with(topic, once([*topic.exchanges, *configured]))
    return _order(topic, configured)


_PLANS: Mapping[Subject, Callable[[Topic, Sequence[str]], Plan]] = {
    "cheapest": _cheapest,
    "impact": _order,
    "compare": _comparison,
    "arbitrage": _arbitrage,
    "quote": _quote,
    "book": _book,
    "depth": _depth,
    "walls": _walls,
    "chart": _depth,
}


def _order_book(topic: Topic, exchange: str) -> Call:
    levels = min(topic.levels or _SHOWN_LEVELS, _MOST_LEVELS)
    return Call(f"book_{exchange}", "get_order_book", {"symbol": _symbol(topic), "exchange": exchange, "levels": levels}, exchange)


def _chart(kind: str, topic: Topic, meant: Sequence[str], **more: Any) -> Call:
    return Call("chart", "liquidity_chart", {"kind": kind, "symbol": _symbol(topic), "exchanges": list(meant), **more}, "the chart")


def _meant(topic: Topic, configured: Sequence[str]) -> list[str]:
    return list(topic.exchanges or configured)


def _symbol(topic: Topic) -> str:
    return topic.symbols[0]


def _without(exchanges: Sequence[str], excluded: Sequence[str]) -> tuple[str, ...]:
    return tuple(one for one in exchanges if one not in excluded)


def _with(topic: Topic, exchanges: tuple[str, ...]) -> Topic:
    return replace(topic, exchanges=exchanges)
