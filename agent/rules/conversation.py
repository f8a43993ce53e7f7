"""What a conversation is about by now: every question folded over those before it, read from the message history alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import get_args

from pydantic_ai.messages import ModelMessage, ModelRequest, RetryFeedbackPart, RetryInfo, UserContent, UserPromptPart

from tools.analytics.impact import TakerSide

from . import alert_rules, memory
from .intent import Asks, Intent, Metric, RuleWords, Size, Subject, Unit, Window
from .scanning import once

_SUBJECTS: frozenset[str] = frozenset(get_args(Subject))
_OF_ALL: frozenset[str] = frozenset({"cheapest", "compare", "arbitrage"})
"""Subjects that ask about every exchange unless they name some."""
_OF_BANDS: frozenset[str] = frozenset({"depth", "compare", "walls"})
_MEASURED: frozenset[str | None] = frozenset({"normal", "history"})
"""Subjects under which "and the spread?" asks after another figure of the same."""
_OF_ORDERS: frozenset[str | None] = frozenset({"cheapest", "impact"})
# Feedback on an answer reaches a model as a user prompt that opens with this line; it is not a question.
_FEEDBACK = RetryFeedbackPart("", retry=RetryInfo(cause="model_retry")).model_response().partition("\n")[0]
_FRAMES = (_FEEDBACK, "<system>", "<pyai:")


@dataclass(frozen=True)
class Topic:
    """The slots as they stand after the last question; what was never said is empty or None."""

    kind: Subject | None = None
    symbols: tuple[str, ...] = ()
    exchanges: tuple[str, ...] = ()
    sizes: tuple[Size, ...] = ()
    sides: tuple[TakerSide, ...] = ()
    band_pct: float | None = None
    levels: int | None = None
    excluded: tuple[str, ...] = ()
    window: Window | None = None
    metric: Metric | None = None
    rule: RuleWords | None = None
    asks: tuple[Asks, ...] = ()
    threshold_pct: float | None = None


def questions(messages: Iterable[ModelMessage]) -> list[str]:
    """Everything the user asked, in order; feedback and notes of the framework left out."""
    return [text for message in messages for text in _asked(message)]


def last_question(messages: Sequence[ModelMessage]) -> int:
    """The position of the message that asked last, 0 where none did."""
    return max((index for index, message in enumerate(messages) if _asked(message)), default=0)


def _asked(message: ModelMessage) -> list[str]:
    if not isinstance(message, ModelRequest):
        return []
    texts = [_text(part.content) for part in message.parts if isinstance(part, UserPromptPart)]
    return [text for text in texts if text.strip() and not text.startswith(_FRAMES)]


def _text(content: str | Sequence[UserContent]) -> str:
    return content if isinstance(content, str) else " ".join(one for one in content if isinstance(one, str))


def topic_of(intents: Iterable[Intent]) -> Topic:
    """The topic after these questions."""
    return reduce(fold, intents, Topic())


def fold(topic: Topic, intent: Intent) -> Topic:
    """The topic after one more question: what it says replaces, what it leaves open stays.

    A question with a subject and an asset of its own that does not open like a follow-up starts afresh; only a size in dollars outlives it.
    """
    if intent.kind in {"help", "about", "unknown"}:
        return topic
    fresh = intent.kind in _SUBJECTS and bool(intent.symbols) and not (intent.continues or intent.adds or _is_removal(intent))
    base = Topic(sizes=topic.sizes) if fresh else topic
    kind = _kind(topic, intent)
    symbols = intent.symbols or (() if _widens(intent, kind) else base.symbols)
    return Topic(
        kind=kind,
        symbols=symbols,
        exchanges=_exchanges(base, intent),
        sizes=topic.sizes if kind == "rules" else _sizes(topic, intent, same_asset=_asset(topic.symbols) in {"", _asset(symbols)}),
        sides=intent.sides or base.sides,
        band_pct=base.band_pct if intent.band_pct is None or kind == "alerts" else intent.band_pct,
        levels=intent.levels or base.levels,
        excluded=() if _is_removal(intent) else once([*_still_excluded(base, intent), *intent.excluded]),
        window=_window(base, intent, kind),
        metric=_metric(topic, base, intent) if kind in memory.OVER_TIME else None,
        rule=_rule(topic, intent, kind),
        asks=_asks(base, intent) if kind in memory.OVER_TIME else (),
        threshold_pct=_threshold(base, intent) if kind == "alerts" else None,
    )


def _kind(topic: Topic, intent: Intent) -> Subject | None:
    if intent.kind == "unsupported":
        return topic.kind
    if topic.kind in _MEASURED and intent.continues and intent.kind in {"quote", "depth"} and not intent.now:
        return topic.kind
    if intent.kind is not None:
        return intent.kind  # pyright: ignore[reportReturnType]
    return _opening(intent) if topic.kind is None else _continued(topic.kind, intent)


def _widens(intent: Intent, kind: Subject | None) -> bool:
    """Whether a question leaves the asset spoken of for all of them; of all markets only alerts can be told."""
    return intent.all_of == "assets" or (intent.all_of == "markets" and kind == "alerts")


def _continued(kind: Subject, intent: Intent) -> Subject:
    """The subject under a follow-up: mostly that of before, unless what it adds belongs to another."""
    if kind == "rules":
        return kind
    if intent.asks and "why" not in intent.asks and kind not in _OF_ORDERS:
        return "normal" if {"average", "median"} & {*intent.asks} else "history"
    if intent.window and (kind == "forecast" or kind not in {*memory.OVER_TIME, "walls"}):
        return "history"
    if intent.band_pct is not None and kind not in {*_OF_BANDS, "alerts"}:
        return "depth"
    if (intent.sizes or intent.sides) and kind not in _OF_ORDERS:
        return "impact"
    return "impact" if kind == "cheapest" and len(intent.exchanges) == 1 and not intent.adds else kind


def _opening(intent: Intent) -> Subject:
    """What a first question without a subject ("BTC on kraken", "$50k of ETH") is after."""
    if intent.sizes or intent.sides:
        return "impact"
    if intent.band_pct is not None:
        return "depth"
    if intent.window:
        return "history"
    return "quote" if intent.exchanges else "compare"


def _exchanges(base: Topic, intent: Intent) -> tuple[str, ...]:
    if intent.exchanges:
        return once([*base.exchanges, *intent.exchanges]) if intent.adds else intent.exchanges
    return () if intent.everywhere or intent.kind in _OF_ALL else base.exchanges


def _window(base: Topic, intent: Intent, kind: Subject | None) -> Window | None:
    """The window asked about; a follow-up keeps it, and so does another question of how it went."""
    keeps = kind in {*memory.OVER_TIME, "walls"} if intent.kind is None or kind != intent.kind else kind in {"history", "alerts"}
    over_time = kind in {*memory.OVER_TIME, "walls", "rules"}
    return (intent.window if over_time and intent.window else None) or (base.window if keeps else None)


def _metric(topic: Topic, base: Topic, intent: Intent) -> Metric | None:
    """The figure asked after; an extreme that names none is that of the spread after a quote, and of depth after anything else."""
    extreme = {"highest", "lowest"} & {*intent.asks}
    return intent.metric or base.metric or (("spread" if topic.kind == "quote" else "depth") if extreme else None)


def _threshold(base: Topic, intent: Intent) -> float | None:
    """From what deviation on; a bare distance ("and at 10%?") is one too."""
    said = intent.threshold_pct if intent.threshold_pct is not None else intent.band_pct
    return base.threshold_pct if said is None else said


def _asks(base: Topic, intent: Intent) -> tuple[Asks, ...]:
    """What is to be said first; a follow-up asks the same of what it names, but for reasons, which are of the answer before."""
    kept: tuple[Asks, ...] = tuple(one for one in base.asks if one != "why") if intent.kind is None or intent.continues else ()
    return intent.asks or kept


def _rule(topic: Topic, intent: Intent, kind: Subject | None) -> RuleWords | None:
    """The rule spoken of: "remove that" means the one before, and a follow-up fills in what it lacks.

    What is said of a removal that is not plainly asked for, and what was said of many rules, no later question goes by.
    """
    said, before = intent.rule, topic.rule
    if said is None:
        return alert_rules.follow_up(before, intent) if before and kind == "rules" else before
    if said.action == "remove" and not said.plain:
        return RuleWords("remove")
    if said.action == "remove":
        said = replace(said, symbols=intent.symbols, exchanges=intent.exchanges)
    if said.action == "add" or before is None or before.every or said.value or said.rule_id or said.every:
        return said
    same = said.action in {"list", "test"} or (said.metric in {None, before.metric} and not _names_another(topic, intent, before))
    return replace(before, action=said.action, plain=said.plain) if same else said


def _names_another(topic: Topic, intent: Intent, before: RuleWords) -> bool:
    """Whether a question names an asset or an exchange that was not spoken of, or any where the rule of before is removed already."""
    if before.action == "remove":
        return bool(intent.symbols or intent.exchanges)
    return bool({*intent.symbols} - {*topic.symbols} or {*intent.exchanges} - {*topic.exchanges})


def _is_removal(intent: Intent) -> bool:
    return intent.rule is not None and intent.rule.action == "remove" and not intent.rule.value


def _still_excluded(base: Topic, intent: Intent) -> tuple[str, ...]:
    """Exchanges left out before, until all are asked for or some are named."""
    if intent.everywhere:
        return ()
    return tuple(one for one in base.excluded if intent.adds and one not in intent.exchanges) if intent.exchanges else base.excluded


def _sizes(topic: Topic, intent: Intent, *, same_asset: bool) -> tuple[Size, ...]:
    """The order size: a bare number means the unit spoken of before; units of one asset mean nothing of another."""
    if unit := _unit_meant(topic, intent):
        return tuple(replace(size, unit=unit) if size.unit == "unclear" else size for size in topic.sizes)
    if not intent.sizes:
        return topic.sizes if same_asset else tuple(size for size in topic.sizes if size.unit != "base")
    known = topic.sizes[0].unit if len(topic.sizes) == 1 else "unclear"
    return tuple(replace(size, unit=known) if size.unit == "unclear" and known in {"usd", "base"} else size for size in intent.sizes)


def _unit_meant(topic: Topic, intent: Intent) -> Unit | None:
    """The answer to "dollars or units?": the unit's name, or the asset's again."""
    if intent.unit:
        return intent.unit
    asset_again = intent == Intent(kind=None, symbols=topic.symbols) and any(size.unit == "unclear" for size in topic.sizes)
    return "base" if asset_again else None


def _asset(symbols: Sequence[str]) -> str:
    return symbols[0].partition("/")[0] if symbols else ""
