"""What the tools said during an answer, and the closing line that says where and when its numbers were true."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic_ai.messages import ModelMessage, ModelRequest, ToolReturnPart

from tools.analytics.result import Result
from tools.analytics.rules import AlertRules, RuleStatus
from tools.parameters import Source

from .answers import result_day

_SOURCE_WORDS: Mapping[Source, str] = {"live": "live", "simulated": "simulated (not live)", "replay": "replay of recorded books (not live)"}

# `BTC spread on kraken > 5 bps`
_QUOTED_RULE = re.compile(r"`[^`]+ on \S+ [<>] [^`]+`")


@dataclass(frozen=True)
class ToolFacts:
    """One tool call that answered: what was asked, what came back, and how long it took."""

    tool: str
    arguments: dict[str, Any]
    result: Result
    elapsed_ms: float


@dataclass(frozen=True)
class _Origin:
    """One market on one exchange at one moment."""

    exchange: str
    market: str
    as_of: datetime
    source: Source
    dated: bool
    """Whether its day has to be said: a recording's, which may be any, and that of the past."""


def tool_returns(messages: Iterable[ModelMessage]) -> Iterator[ToolReturnPart]:
    """Every tool return among `messages`, in order."""
    for message in messages:
        if isinstance(message, ModelRequest):
            yield from (part for part in message.parts if isinstance(part, ToolReturnPart))


def in_words(part: ToolReturnPart) -> str:
    """What a tool that gave no result said, as a plain sentence."""
    return part.content if isinstance(part.content, str) else part.model_response_str()


def facts_of(messages: Iterable[ModelMessage]) -> list[ToolFacts]:
    """The facts of every successful tool call among `messages`, in order."""
    return [part.metadata for part in tool_returns(messages) if isinstance(part.metadata, ToolFacts)]


def provenance(facts: Sequence[ToolFacts], text: str | None = None) -> str:
    """The closing line of every answer: exchange, market, time (UTC) and source of its numbers; empty where no tool answered.

    Of alert rules only those count whose asset and exchange the `text` of the answer names, in whatever case; all do where it names none of
    them and quotes no other rule.
    `Source: coinbase BTC/USD, kraken BTC/USD at 10:21:07 UTC, simulated (not live).`
    """
    origins = list(dict.fromkeys(one for fact in _exact_first(facts) for one in _origins(fact.result, text)))
    named = _without_echoes(origins)
    by_source = [(words, group) for source, words in _SOURCE_WORDS.items() if (group := [one for one in named if one.source == source])]
    lines = [f"{_markets(group)} {_when(group)}, {words}" for words, group in by_source]
    return f"Source: {'; '.join(lines)}." if lines else ""


def _exact_first(facts: Sequence[ToolFacts]) -> list[ToolFacts]:
    """Results that name the market they used before those (charts) that only name what was asked for."""
    return sorted(facts, key=lambda fact: hasattr(fact.result, "exchanges"))


def _origins(result: Result, text: str | None) -> list[_Origin]:
    venues: Mapping[str, Any] = getattr(result, "venues", {})
    if venues:
        return [_origin(result, exchange, venue.symbol_used, venue.as_of) for exchange, venue in venues.items()]
    if isinstance(result, AlertRules):
        # Where the message is about one rule, it names it by its id.
        about = [rule for rule in result.rules if rule.rule_id in result.message] or result.rules
        quotes = bool(text and _QUOTED_RULE.search(text))
        told = [rule for rule in about if _names(text or "", rule)] or ([] if quotes else about)
        return [_origin(result, rule.exchange, rule.symbol, rule.as_of or result.as_of) for rule in told]
    symbol: str = getattr(result, "symbol_used", getattr(result, "symbol", ""))
    exchanges: Sequence[str] = getattr(result, "exchanges", [getattr(result, "exchange", "")])
    return [_origin(result, exchange, symbol, result.as_of) for exchange in exchanges]


def _names(text: str, rule: RuleStatus) -> bool:
    asset = rule.symbol.partition("/")[0]
    return all(name.casefold() in text.casefold() for name in (rule.exchange, asset))


def _origin(result: Result, exchange: str, market: str, as_of: datetime) -> _Origin:
    return _Origin(exchange, market, as_of, result.source, result.source == "replay" or as_of.date() != result_day(result))


def _without_echoes(origins: Sequence[_Origin]) -> list[_Origin]:
    """Leave out `kraken BTC` where `kraken BTC/USD` stands: a chart names the asset, the numbers beside it the market."""
    exact = {(one.exchange, one.market.partition("/")[0]) for one in origins if "/" in one.market}
    return [one for one in origins if "/" in one.market or (one.exchange, one.market) not in exact]


def _markets(group: Sequence[_Origin]) -> str:
    return ", ".join(dict.fromkeys(f"{one.exchange} {one.market}".strip() for one in group))


def _when(group: Sequence[_Origin]) -> str:
    """The moment, or the span of moments, with the date where it has to be said."""
    form = "%Y-%m-%d %H:%M:%S" if any(one.dated for one in group) else "%H:%M:%S"
    first, last = (pick(one.as_of for one in group).strftime(form) for pick in (min, max))
    return f"at {first} UTC" if first == last else f"between {first} and {last} UTC"
