"""The tool alert_rules."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from ..analytics.anomalies import backtest
from ..analytics.rules import AlertRules, Rule, RuleStatus, measure, parse
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
        rules=[await _status(market, one) for one in kept],
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


async def _status(market: Market, stored: StoredRule) -> RuleStatus:
    rule = stored.rule
    found = await market.history.find_market(rule.exchange, rule.symbol)
    tried = _Tried() if found is None else await _tried(market, rule, found)
    return RuleStatus(
        rule_id=rule.rule_id,
        rule=rule.text,
        symbol=rule.symbol,
        exchange=rule.exchange,
        metric=rule.metric,
        value=rule.value,
        unit=rule.unit,
        created_at=stored.created_at,
        state=tried.state,
        current_value=tried.value,
        would_have_fired=None if tried.fired is None else len(tried.fired),
        last_fired_at=max(tried.fired) if tried.fired else None,
    )


@dataclass(frozen=True)
class _Tried:
    """How a rule stands: by the newest snapshot, by its standing alert, and when it would have fired (None where nothing is stored to try it on)."""

    state: Literal["quiet", "raised", "no data"] = "no data"
    value: float | None = None
    fired: list[datetime] | None = None


async def _tried(market: Market, rule: Rule, symbol: str) -> _Tried:
    end = await present(market, rule.exchange, symbol)
    newest = await market.history.latest(rule.exchange, symbol, end)
    series = await market.history.series(rule.exchange, symbol, end - timedelta(hours=TESTED_HOURS), end)
    if newest is None or not len(series):
        return _Tried()
    fired = [alert.timestamp for alert in backtest(series, rules=[rule]) if alert.rule == rule.text]
    standing = any(alert.rule == rule.text for alert in await market.history.alerts(rule.exchange, symbol, open_only=True))
    return _Tried("raised" if standing else "quiet", measure(rule, newest), fired)
