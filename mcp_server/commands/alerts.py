"""`liquidity alerts`: what was raised, and when a rule would have fired."""

from datetime import timedelta
from pathlib import Path

from tools import open_market
from tools.analytics.alerts import LiquidityAlert
from tools.analytics.anomalies import backtest
from tools.analytics.rules import concerns, parse
from tools.capabilities.remembering import place
from tools.errors import InvalidArgument
from tools.parameters import normal_symbol, normal_word

from .running import ANSWERED, say, settings_from

_MINUTES = "%Y-%m-%d %H:%M"


async def list_alerts(symbol: str, exchange: str, hours: float, *, standing: bool, as_json: bool, demo: bool, replay: Path | None) -> int:
    """Print the stored alerts of the last hours, newest first."""
    async with open_market(settings_from(demo=demo, replay=replay)) as market:
        # A recording's alerts are dated by its own clock.
        since = None if market.source == "replay" else market.now() - timedelta(hours=hours)
        stored = await market.history.alerts(str(normal_word(exchange)), "", since, open_only=standing)
    found = [alert for alert in stored if _is_of(alert, str(normal_symbol(symbol)))]
    _print(found, as_json=as_json)
    if not found:
        say("No alerts in that time; they are raised while `liquidity record` watches. `liquidity alerts backtest` tries rules on what is stored.")
    return ANSWERED


async def acknowledge(alert_id: str, *, demo: bool, replay: Path | None) -> int:
    """Mark an alert as seen."""
    async with open_market(settings_from(demo=demo, replay=replay)) as market:
        alert = await market.history.acknowledge(alert_id, market.now())
    if alert is None:
        raise InvalidArgument(f"There is no alert {alert_id!r}; `liquidity alerts list` shows their ids.")
    say(f"{alert.alert_id} is acknowledged: {alert.message}")
    return ANSWERED


async def try_out(symbol: str, exchange: str, hours: float, threshold_pct: float, rule: str, *, as_json: bool, demo: bool, replay: Path | None) -> int:
    """Print when the default rules, and one's own, would have fired over the stored history."""
    async with open_market(settings_from(demo=demo, replay=replay)) as market:
        named = str(normal_word(exchange)) or market.exchanges[0]
        own = [parse(rule, named)] if rule else []
        meant = await place(market, own[0].exchange if own and not exchange else named, str(normal_symbol(symbol)), hours, "")
        if own and not concerns(own[0], meant.exchange, meant.symbol):
            raise InvalidArgument(f"`{own[0].text}` is not about {meant.symbol} on {meant.exchange}: name the rule's own market and exchange.")
        # What lies before the window serves as the usual of its beginning.
        series = await market.history.series(meant.exchange, meant.symbol, meant.start - timedelta(hours=24), meant.end)
        fired = backtest(series, threshold_pct=threshold_pct, rules=own, first=meant.start)
    shown = [one for one in reversed(fired) if one.rule or not own]
    _print(shown, as_json=as_json)
    say(f"Tried on {len(series):,} snapshots of {meant.symbol} on {meant.exchange} ({market.source}); {len(shown)} would have been raised.")
    return ANSWERED


def _is_of(alert: LiquidityAlert, symbol: str) -> bool:
    """Whether an alert is of a market, or of any market of an asset; of all where none is named."""
    return symbol in {"", alert.symbol, alert.symbol.partition("/")[0]}


def _print(alerts: list[LiquidityAlert], *, as_json: bool) -> None:
    for alert in alerts:
        print(alert.model_dump_json() if as_json else _in_words(alert))


def _in_words(alert: LiquidityAlert) -> str:
    until = f"to {alert.cleared_at:{_MINUTES}}" if alert.cleared_at else "and stands"
    seen = ", acknowledged" if alert.acknowledged_at else ""
    where = f"{alert.exchange} {alert.symbol}"
    return f"{alert.timestamp:{_MINUTES}} {until} UTC  {alert.severity}  {where}{seen}\n  {alert.message}\n  {alert.alert_id}"
