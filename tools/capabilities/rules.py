"""The tool alert_rules."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from ..analytics.rule_board import Recent, newest_looks, statuses
from ..analytics.rules import AlertRules, OwnRule, Rule, RuleStatus, concerns, identified, parse
from ..analytics.series import HOURS_A_WEEK, Series
from ..analytics.snapshot import Snapshot
from ..errors import ExchangeError, InvalidArgument, record_command
from ..history.store import Pair
from ..market import Market
from ..parameters import RuleAction, RuleText, Source
from .remembering import own_rules, present
from .tool import tool, writes

TESTED_HOURS = HOURS_A_WEEK
MOST_TRIED = 20_000
"""On so many looks, the newest of that time, a rule is tried at most: one whose figure stays about its value takes 20 us for each."""
MOST_JUDGED = 100
"""So many of the newest looks say how a rule stands, as a few in a row raise and clear an alert, but not how it would have done."""
_FIRST_READ = timedelta(hours=1)
_MORE = 1.25
"""By how much more than it seems to take is read, so that the next reading is the last where looks are evenly spread."""
# Our own messages show rules between them.
_QUOTES = " `'\""


@writes(destructive=True)
@tool
async def alert_rules(market: Market, action: RuleAction, rule: RuleText = "") -> AlertRules:
    """List, add or remove the caller's own alert rules, and say how often each would have fired lately. Use for requests to be told when something happens."""
    done = await _ACTIONS[action](market, rule.strip(_QUOTES))
    own = await own_rules(market)
    # Of many removals at once each would try again what the others leave, and nobody asked for that.
    told = await _statuses(market, own, is_trial=action != "remove")
    as_of, age_ms = min(((one.as_of, one.age_ms) for one in told if one.as_of and one.age_ms is not None), default=(market.now(), 0))
    return AlertRules(
        source=market.source,
        as_of=as_of,
        age_ms=age_ms,
        warnings=_unwatched(own, told, await market.history.leased(), market.source),
        message=done or _counted(len(told)),
        tested_hours=TESTED_HOURS,
        rules=told,
    )


def _counted(rules: int) -> str:
    if not rules:
        return "No rules are stored; add one such as `BTC spread on kraken > 5 bps`."
    return "1 rule is stored." if rules == 1 else f"{rules} rules are stored."


async def _list(market: Market, text: str) -> str:  # noqa: ARG001 - one of three alike
    if text:
        raise InvalidArgument("rule is for add and remove; leave it empty to list the rules.")
    return ""


async def _add(market: Market, text: str) -> str:
    rule = _parsed(market, text)
    with suppress(ExchangeError):
        # Says so where there is no such exchange or market.
        book = await market.books.fetch(rule.exchange, rule.symbol)
        if "/" in rule.symbol:
            # Of a market that the exchange lacks its nearest is recorded, and that is what a rule can be about.
            rule = identified(replace(rule, symbol=book.symbol))
    new = await market.history.add_rule(rule, market.now())
    return f"`{rule.text}` {'is stored' if new else 'was stored already,'} as {rule.rule_id}."


async def _remove(market: Market, text: str) -> str:
    # Without a space it can only be meant as an id.
    wanted = text if text and " " not in text else _parsed(market, text).rule_id
    removed = await market.history.remove_rule(wanted)
    if removed is None:
        stored = ", ".join(f"{one.rule.rule_id} ({one.rule.text})" for one in await market.history.rules())
        raise InvalidArgument(f"There is no such rule to remove: {f'the stored ones are {stored}' if stored else 'none are stored'}.")
    return f"`{removed.text}` is removed."


_ACTIONS = {"list": _list, "add": _add, "remove": _remove}


def _parsed(market: Market, text: str) -> Rule:
    if not text:
        raise InvalidArgument("rule is required to add or remove one, such as `BTC spread on kraken > 5 bps`.")
    return parse(text, market.exchanges[0])


async def _statuses(market: Market, own: Sequence[OwnRule], *, is_trial: bool) -> list[RuleStatus]:
    """How each rule stands, oldest first, and in a trial how it would have done; the rules of one market are tried together."""
    meant = {pair: await market.history.find_market(*pair) for pair in dict.fromkeys((one.rule.exchange, one.rule.symbol) for one in own)}
    by_market = defaultdict[tuple[str, str | None], list[OwnRule]](list)
    for one in own:
        by_market[one.rule.exchange, meant[one.rule.exchange, one.rule.symbol]].append(one)
    told = [status for place, rules in by_market.items() for status in await _of_market(market, *place, rules, is_trial=is_trial)]
    return sorted(told, key=lambda status: (status.created_at, status.rule_id))


async def _of_market(market: Market, exchange: str, symbol: str | None, rules: Sequence[OwnRule], *, is_trial: bool) -> list[RuleStatus]:
    recent = None if symbol is None else await _recent(market, exchange, symbol, MOST_TRIED if is_trial else MOST_JUDGED)
    return await asyncio.to_thread(statuses, rules, recent, is_trial=is_trial)


async def _recent(market: Market, exchange: str, symbol: str, most: int) -> Recent | None:
    """What is stored of a market at its present, with at most the `most` newest looks of the tested time."""
    now = await present(market, exchange, symbol)
    newest = await market.history.latest(exchange, symbol, now)
    if newest is None:
        return None
    series = await _newest_looks(market, newest, now, most)
    return Recent(newest, series, await market.history.alerts(exchange, symbol, open_only=True), now)


async def _newest_looks(market: Market, newest: Snapshot, now: datetime, most: int) -> Series:
    """The newest looks up to `now`, reading further back until there are `most` or the tested time is over: a week may hold thirty times as many."""
    earliest, back = now - timedelta(hours=TESTED_HOURS), _FIRST_READ
    while True:
        start = max(earliest, newest.timestamp - back)
        series = await market.history.series(newest.exchange, newest.symbol, start, now)
        looks = len(series) + len(series.failed_ms)
        if looks >= most or start == earliest:
            return newest_looks(series, most)
        back *= max(2.0, _MORE * most / max(looks, 1))


def _unwatched(own: Sequence[OwnRule], told: Sequence[RuleStatus], leased: Iterable[Pair], source: Source) -> list[str]:
    """A sentence for each exchange on which rules are about markets that nobody watches."""
    silent = {one.rule_id for one in told if one.state == "not watched"}
    symbols = defaultdict[str, dict[str, None]](dict)
    for rule in (one.rule for one in own):
        if rule.rule_id in silent or not any(concerns(rule, *pair) for pair in leased):
            symbols[rule.exchange][rule.symbol] = None
    return [
        f"No recorder watches {', '.join(of)} on {exchange}, so nobody would be told: `{record_command(list(of), [exchange], source)}` does."
        for exchange, of in symbols.items()
    ]
