"""The tool get_baseline_metrics."""

from datetime import datetime, timedelta

from ..analytics.baseline import Baseline, asked_at, baseline
from ..analytics.forecast import Outlook, outlook
from ..analytics.same_hour import of_same_hour
from ..analytics.series import HOUR_MS, Series, milliseconds
from ..market import Market
from ..parameters import Exchange, Hours, Symbol, Until
from .remembering import Place, place, seen
from .tool import tool

_OUTLOOK_DAYS = 28
# What a month says of an hour of the week changes slowly, and takes many rows to know.
_OUTLOOK_TTL_S = 3_600
# Where there is none to tell, more may be imported soon.
_NO_OUTLOOK_TTL_S = 60


@tool
async def get_baseline_metrics(market: Market, symbol: Symbol, exchange: Exchange = "", hours: Hours = 24, until: Until = "") -> Baseline:
    """Say what is usual for one exchange's liquidity, and where now stands in it, as percentiles. Use for whether spread or depth is normal, or a forecast."""
    meant = await place(market, exchange, symbol, hours, until)
    series, last, failure = await seen(market, meant, until)
    past, ahead = await _outlook(market, meant, asked_at(series, last))
    found = baseline(series, symbol, hours, last, meant.now, past, ahead)
    return found.model_copy(update={"warnings": [*found.warnings, failure]}) if failure else found


async def _outlook(market: Market, meant: Place, at: datetime) -> tuple[Series, Outlook]:
    """What past weeks hold of the hour of the week of `at`, and what they say of the next day; worked out once an hour."""
    hours = (milliseconds(at) // HOUR_MS, milliseconds(meant.end) // HOUR_MS)
    key = (market.source, "outlook", meant.exchange, meant.symbol, *hours)
    kept = market.cache.get(key)
    if kept is None:
        past = await market.history.series(meant.exchange, meant.symbol, meant.end - timedelta(days=_OUTLOOK_DAYS), meant.end)
        kept = (of_same_hour(past, at), outlook(past, meant.end))
        market.cache.set(key, kept, _OUTLOOK_TTL_S if kept[1].forecast else _NO_OUTLOOK_TTL_S)
    return kept
