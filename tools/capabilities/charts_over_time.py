"""The pictures of liquidity_chart that look back: trend and alerts."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from .. import charts
from ..analytics.alerts import LiquidityAlert
from ..analytics.baseline import baseline
from ..analytics.board import board, market_of, watch
from ..analytics.dispersion import FEWEST_SAMPLES
from ..analytics.trend import trend as trend_of
from ..charts.chart import Chart
from ..errors import ExchangeError, InsufficientHistory, LiquidityError, NothingRecorded, UnknownSymbol
from ..market import Market
from .past_alerts import as_of
from .remembering import Place, end_of, place, seen

_ANY_ASSET = "BTC"
_DAY_HOURS = 24


async def trend(market: Market, symbol: str, exchanges: Sequence[str], hours: float, until: str) -> Chart:
    """How one exchange's liquidity went, with what is usual and the alerts; of several exchanges the first.

    What is usual is that of a day at least: an incident would be a large part of a few hours, and so be usual.
    """
    meant = await place(market, next(iter(exchanges), ""), symbol, hours, until)
    day = meant.reaching(max(hours, _DAY_HOURS))
    series, last, _ = await seen(market, day, until)
    stored = await market.history.alerts(meant.exchange, meant.symbol, meant.start, meant.end)
    alerts = await as_of(market, stored, meant.end) if until else stored
    usual = baseline(series, symbol, max(hours, _DAY_HOURS), last, meant.now) if len(series) >= FEWEST_SAMPLES else None
    chart = charts.trend(trend_of(series.since(meant.start), symbol, meant.now), usual, alerts)
    others = [f"A trend is drawn of one exchange; {', '.join(exchanges[1:])} can be asked for one by one."] if len(exchanges) > 1 else []
    return chart.model_copy(update={"warnings": [*chart.warnings, *others]}) if others else chart


async def alerts(market: Market, symbol: str, exchanges: Sequence[str], hours: float, until: str) -> Chart:
    """The stored alerts of one symbol on the exchanges that it is recorded on, or without a symbol of every recorded market, of `exchanges` where given.

    Raises why there is none where nothing is recorded.
    """
    meant = await (_of_symbol(market, symbol, exchanges, hours, until) if symbol else _recorded(market, exchanges, hours, until))
    if until:
        meant = meant._replace(alerts=await as_of(market, meant.alerts, meant.end))
    window = meant.end - timedelta(hours=hours), meant.end
    found = {one: [alert for alert in meant.alerts if market_of(alert) == one] for one in meant.markets}
    # One after the other, of which only what was watched is kept: together they may be more than memory takes.
    watched = [watch(await market.history.series(*one, *window), own) for one, own in found.items()]
    return charts.alerts(board(symbol, market.source, window, meant.now, watched, meant.alerts, meant.failures))


class _Meant(NamedTuple):
    """The recorded markets that a board is about, by exchange and symbol, its end and their present, their alerts, and of other exchanges why they are not."""

    markets: list[tuple[str, str]]
    end: datetime
    now: datetime
    alerts: list[LiquidityAlert]
    failures: Mapping[str, str]


async def _of_symbol(market: Market, symbol: str, exchanges: Sequence[str], hours: float, until: str) -> _Meant:
    asked = list(dict.fromkeys(exchanges or market.exchanges))
    answers = dict(zip(asked, await asyncio.gather(*(_place(market, exchange, symbol, hours, until) for exchange in asked)), strict=True))
    places = [answer for answer in answers.values() if isinstance(answer, Place)]
    failures = {exchange: answer for exchange, answer in answers.items() if isinstance(answer, LiquidityError)}
    if not places:
        raise next(iter(failures.values()))
    end, now = max(one.end for one in places), max(one.now for one in places)
    stored = [await market.history.alerts(one.exchange, one.symbol, end - timedelta(hours=hours), end) for one in places]
    reasons = {exchange: str(error) for exchange, error in failures.items()}
    return _Meant([(one.exchange, one.symbol) for one in places], end, now, [alert for own in stored for alert in own], reasons)


async def _place(market: Market, exchange: str, symbol: str, hours: float, until: str) -> Place | InsufficientHistory | ExchangeError | UnknownSymbol:
    """The recorded market, or what about this one exchange stands in the way."""
    try:
        return await place(market, exchange, symbol, hours, until)
    except (InsufficientHistory, ExchangeError, UnknownSymbol) as error:
        return error


async def _recorded(market: Market, exchanges: Sequence[str], hours: float, until: str) -> _Meant:
    """Every market that is recorded, and those that never gave a book and so have nothing but alerts."""
    stored = [one for one in await market.history.markets() if not exchanges or one.exchange in exchanges]
    # A recording's books are dated by its own clock.
    now = max((one.last for one in stored), default=market.now()) if market.source == "replay" else market.now()
    end = end_of(until, market.now()) if until else now
    alerts = [one for one in await market.history.alerts(since=end - timedelta(hours=hours), until=end) if not exchanges or one.exchange in exchanges]
    markets = sorted({*((one.exchange, one.symbol) for one in stored), *map(market_of, alerts)})
    unrecorded = [one for one in dict.fromkeys(exchanges) if one not in {exchange for exchange, _ in markets}]
    for exchange in unrecorded:
        with suppress(ExchangeError, UnknownSymbol):
            # Says so where there is no such exchange.
            await market.books.fetch(exchange, _ANY_ASSET)
    if not markets:
        raise NothingRecorded(unrecorded or market.exchanges, market.source, on=unrecorded)
    return _Meant(markets, end, max(end, now), alerts, dict.fromkeys(unrecorded, "no market of it is recorded"))
