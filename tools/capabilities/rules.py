"""The tool alert_rules."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from ..analytics.alerts import LiquidityAlert
from ..analytics.anomalies import backtest_rules
from ..analytics.rules import AlertRules, Rule, RuleStatus, measure, parse
from ..analytics.series import Series
from ..analytics.snapshot import Snapshot
from ..errors import ExchangeError, InvalidArgument
from ..history import StoredRule
from ..market import Market
from ..parameters import RuleAction, RuleText
from .remembering import present
from .tool import tool, writes

TESTED_HOURS = 24
MOST_RULES = 50


@writes(destructive=True)
@tool
async def alert_rules(market: Market, action: RuleAction, rule: RuleText = "") -> AlertRules:
    """List, add or remove the caller's own alert rules, and say how often each would have fired lately. Use for requests to be told when something happens."""
    done = await _ACTIONS[action](market, rule.strip())
    kept = await market.history.rules()
    now = market.now()
    return AlertRules(
        source=market.source,
        as_of=now,
        age_ms=0,
        warnings=[],
        message=done or _counted(len(kept)),
        tested_hours=TESTED_HOURS,
        rules=await _statuses(market, kept),
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
    if len(await market.history.rules()) >= MOST_RULES:
        raise InvalidArgument(f"{MOST_RULES} rules are stored, which is the most there may be: remove one first.")
    with suppress(ExchangeError):
        # Says so where there is no such exchange or market.
        await market.books.fetch(rule.exchange, rule.symbol)
    if not await market.history.add_rule(rule, market.now()):
        return f"`{rule.text}` was stored already, as {rule.rule_id}."
    watched = f"It is watched whenever that market is recorded: `liquidity record {rule.symbol} --exchanges {rule.exchange}`."
    return f"`{rule.text}` is stored as {rule.rule_id}. {watched}"


async def _remove(market: Market, text: str) -> str:
    stored = {one.rule.rule_id: one.rule for one in await market.history.rules()}
    # Without a space it can only be meant as an id.
    wanted = text if text in stored or (text and " " not in text) else _parsed(market, text).rule_id
    if not await market.history.remove_rule(wanted):
        among = f"the stored ones are {', '.join(f'{rule_id} ({rule.text})' for rule_id, rule in stored.items())}" if stored else "none are stored"
        raise InvalidArgument(f"There is no such rule to remove: {among}.")
    return f"`{stored[wanted].text}` is removed."


_ACTIONS = {"list": _list, "add": _add, "remove": _remove}


def _parsed(market: Market, text: str) -> Rule:
    if not text:
        raise InvalidArgument("rule is required to add or remove one, such as `BTC spread on kraken > 5 bps`.")
    return parse(text, market.exchanges[0])


async def _statuses(market: Market, kept: Sequence[StoredRule]) -> list[RuleStatus]:
    """How each rule stands, in their order; the rules of one market are tried together."""
    places = [await market.history.find_market(one.rule.exchange, one.rule.symbol) for one in kept]
    tried = {place: await _tried(market, *place) for place in {(one.rule.exchange, found) for one, found in zip(kept, places, strict=True) if found}}
    fired = await asyncio.to_thread(_fired, kept, places, tried)
    return [_status(one, None if found is None else tried[one.rule.exchange, found], times) for one, found, times in zip(kept, places, fired, strict=True)]


class _Tried(NamedTuple):
    """What rules of one market are tried on: its newest snapshot, None where nothing is stored, the last hours, and the alerts that stand."""

    newest: Snapshot | None
    series: Series
    standing: list[LiquidityAlert]


async def _tried(market: Market, exchange: str, symbol: str) -> _Tried:
    end = await present(market, exchange, symbol)
    newest = await market.history.latest(exchange, symbol, end)
    series = await market.history.series(exchange, symbol, end - timedelta(hours=TESTED_HOURS), end)
    return _Tried(newest, series, await market.history.alerts(exchange, symbol, open_only=True))


def _fired(kept: Sequence[StoredRule], places: Sequence[str | None], tried: Mapping[tuple[str, str], _Tried]) -> list[list[datetime] | None]:
    """When each rule would have fired over the stored hours, None where there are none."""
    rules = {place: [one.rule for one, found in zip(kept, places, strict=True) if (one.rule.exchange, found) == place] for place in tried}
    alerts = {place: backtest_rules(one.series, rules[place]) for place, one in tried.items() if len(one.series)}
    found = [alerts.get((one.rule.exchange, place or "")) for one, place in zip(kept, places, strict=True)]
    return [None if of is None else [alert.timestamp for alert in of if alert.rule == one.rule.text] for one, of in zip(kept, found, strict=True)]


def _status(stored: StoredRule, tried: _Tried | None, fired: list[datetime] | None) -> RuleStatus:
    rule = stored.rule
    newest = None if tried is None else tried.newest
    raised = tried is not None and any(alert.rule == rule.text for alert in tried.standing)
    return RuleStatus(
        rule_id=rule.rule_id,
        rule=rule.text,
        symbol=rule.symbol,
        exchange=rule.exchange,
        metric=rule.metric,
        value=rule.value,
        unit=rule.unit,
        created_at=stored.created_at,
        state="no data" if newest is None else "raised" if raised else "quiet",
        current_value=None if newest is None else measure(rule, newest),
        would_have_fired=None if fired is None else len(fired),
        last_fired_at=max(fired) if fired else None,
    )
