"""`liquidity alerts`: what was raised, and when a rule would have fired."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

from tools import open_market
from tools.analytics.alerts import LiquidityAlert
from tools.analytics.anomalies import backtest
from tools.analytics.dispersion import FEWEST_SAMPLES
from tools.analytics.rules import Rule, concerns, parse
from tools.analytics.series import Series, moment, too_few
from tools.capabilities.past_alerts import as_of
from tools.capabilities.remembering import Place, knowing_what_is_stored, place
from tools.errors import InvalidArgument
from tools.parameters import normal_symbol, normal_word

from .asked import read_time, recorded, window
from .running import ANSWERED, results, say, settings_from

_MINUTES = "%Y-%m-%d %H:%M"
# What lies before the window serves as the usual of its beginning.
_BEFORE = timedelta(hours=24)


async def list_alerts(symbol: str, exchange: str, hours: float, until: str, *, standing: bool, as_json: bool, demo: bool, replay: Path | None) -> int:
    """Print the stored alerts of the hours up to `until` as they stood then, newest first; if `standing` those that stood then."""
    async with open_market(settings_from(demo=demo, replay=replay)) as market:
        markets = await recorded(market, symbol, exchange)
        start, end = window(market, markets, hours, until=until)
        # A recording may be over long before it is asked about.
        since = None if market.source == "replay" and not until else start
        stored = await market.history.alerts(str(normal_word(exchange)), "", since, end, open_only=standing)
        found = [alert for alert in stored if _is_of(alert, str(normal_symbol(symbol)))]
        if until:
            found = await as_of(market, found, end)
    _print(found, as_json=as_json)
    if not found:
        standing_now = "" if not standing else " that stood then" if until else " that stand now"
        when = f"from {since:{_MINUTES}} to" if since else "up to"
        say(
            f"No alerts{standing_now} {when} {end:{_MINUTES}} UTC; they are raised while `liquidity record` watches."
            " `liquidity alerts backtest` tries rules on what is stored."
        )
    return ANSWERED


async def acknowledge(alert_id: str, *, demo: bool, replay: Path | None) -> int:
    """Mark an alert as seen."""
    async with open_market(settings_from(demo=demo, replay=replay)) as market:
        alert = await market.history.acknowledge(alert_id, market.now())
    if alert is None:
        raise InvalidArgument(f"There is no alert {alert_id!r}; `liquidity alerts list` shows their ids.")
    say(f"{alert.alert_id} is acknowledged: {alert.message}")
    return ANSWERED


async def try_out(
    symbol: str, exchange: str, hours: float, until: str, threshold_pct: float, rule: str, *, as_json: bool, demo: bool, replay: Path | None
) -> int:
    """Print when the default rules, or one of one's own, would have fired over the stored history."""
    if not symbol and not rule:
        raise InvalidArgument("Name an asset or market, such as `liquidity alerts backtest BTC`, or a --rule that names one.")
    end = read_time("--until", until)
    async with open_market(settings_from(demo=demo, replay=replay)) as market:
        named = str(normal_word(exchange)) or market.exchanges[0]
        own = [_own(rule, symbol, named)] if rule else []
        asked = str(normal_symbol(symbol)) or own[0].symbol
        meant = await place(market, own[0].exchange if own and not exchange else named, asked, hours, end.isoformat() if end else "")
        if own and not concerns(own[0], meant.exchange, meant.symbol):
            raise InvalidArgument(f"`{own[0].text}` is not about {meant.symbol} on {meant.exchange}: name the rule's own market and exchange.")
        series = await market.history.series(meant.exchange, meant.symbol, meant.start - _BEFORE, meant.end)
        tried = series.since(meant.start)
        if len(tried) < FEWEST_SAMPLES:
            raise await knowing_what_is_stored(market, too_few(tried, meant.symbol, len(tried), FEWEST_SAMPLES))
    fired = [one for one in reversed(backtest(series, threshold_pct=threshold_pct, rules=own, first=meant.start)) if one.rule or not own]
    _print(fired, as_json=as_json)
    say(_summary(fired, tried, meant))
    return ANSWERED


def _own(rule: str, symbol: str, exchange: str) -> Rule:
    """A rule as it stands, or about the symbol that was given beside it."""
    try:
        return parse(rule, exchange)
    except InvalidArgument:
        if not symbol:
            raise
    return parse(f"{symbol} {rule}", exchange)


def _summary(fired: list[LiquidityAlert], tried: Series, meant: Place) -> str:
    """What was tried, and how many alerts of each kind would have stood for how long in all."""
    # An outage goes on where the last book was long ago.
    last = moment(max(int(times[-1]) for times in (tried.time_ms, tried.failed_ms) if len(times)))
    looks = f"{len(tried):,} snapshots of {meant.symbol} on {meant.exchange} ({tried.source})"
    stood = sum(((one.cleared_at or last) - one.timestamp for one in fired), timedelta())
    kinds = Counter(one.rule or one.alert_type for one in fired)
    counts = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
    told = f"{len(fired)} would have been raised"
    details = f" and stood for {stood.total_seconds() / 60:,.0f} minutes in all: {counts}" if fired else ""
    return f"Tried on {looks}, {moment(int(tried.time_ms[0])):{_MINUTES}} to {last:{_MINUTES}} UTC; {told}{details}."


def _is_of(alert: LiquidityAlert, symbol: str) -> bool:
    """Whether an alert is of a market, or of any market of an asset; of all where none is named."""
    return symbol in {"", alert.symbol, alert.symbol.partition("/")[0]}


def _print(alerts: list[LiquidityAlert], *, as_json: bool) -> None:
    with results():
        for alert in alerts:
            print(alert.model_dump_json() if as_json else _in_words(alert))


def _in_words(alert: LiquidityAlert) -> str:
    when = f"{alert.timestamp:{_MINUTES}} UTC, stands" if alert.cleared_at is None else f"{alert.timestamp:{_MINUTES}} to {alert.cleared_at:{_MINUTES}} UTC"
    seen = ", acknowledged" if alert.acknowledged_at else ""
    todo = [alert.suggested_action] if alert.requires_action and alert.cleared_at is None else []
    return "\n  ".join([f"{when}  {alert.severity}  {alert.exchange} {alert.symbol}{seen}", alert.message, *todo, alert.alert_id])
