"""The pictures of liquidity_chart that look back: trend and alerts."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from .. import charts
from ..analytics.alerts import LiquidityAlert
from ..analytics.baseline import FEWEST_SAMPLES, baseline
from ..analytics.board import board
from ..analytics.series import Series
from ..analytics.trend import trend as trend_of
from ..charts.chart import Chart
from ..errors import ExchangeError, InsufficientHistory, LiquidityError, UnknownSymbol
from ..market import Market
from .remembering import Place, place, seen


async def trend(market: Market, symbol: str, exchanges: Sequence[str], hours: float) -> Chart:
    """How one exchange's liquidity went, with what is usual and the alerts; of several exchanges the first."""
    meant = await place(market, next(iter(exchanges), ""), symbol, hours, "")
    series, last, _ = await seen(market, meant, "")
    alerts = await market.history.alerts(meant.exchange, meant.symbol, meant.start, meant.end)
    usual = baseline(series, symbol, hours, last, meant.now) if len(series) >= FEWEST_SAMPLES else None
    chart = charts.trend(trend_of(series, symbol, meant.now), usual, alerts)
    others = [f"A trend is drawn of one exchange; {', '.join(exchanges[1:])} can be asked for one by one."] if len(exchanges) > 1 else []
    return chart.model_copy(update={"warnings": [*chart.warnings, *others]}) if others else chart


async def alerts(market: Market, symbol: str, exchanges: Sequence[str], hours: float) -> Chart:
    """The stored alerts of one symbol on the exchanges that it is recorded on; raises why there is none where it is recorded on none."""
    asked = list(dict.fromkeys(exchanges or market.exchanges))
    answers = dict(zip(asked, await asyncio.gather(*(_watched(market, exchange, symbol, hours) for exchange in asked)), strict=True))
    watched = [answer for answer in answers.values() if not isinstance(answer, LiquidityError)]
    failures = {exchange: answer for exchange, answer in answers.items() if isinstance(answer, LiquidityError)}
    if not watched:
        raise next(iter(failures.values()))
    found = [alert for one in watched for alert in one.alerts]
    reasons = {exchange: str(error) for exchange, error in failures.items()}
    return charts.alerts(board(found, [one.series for one in watched], symbol, max(one.place.now for one in watched), reasons))


class _Watched(NamedTuple):
    """What is stored of one exchange's market within the window."""

    place: Place
    series: Series
    alerts: list[LiquidityAlert]


async def _watched(market: Market, exchange: str, symbol: str, hours: float) -> _Watched | InsufficientHistory | ExchangeError | UnknownSymbol:
    """What was recorded of one exchange and the alerts of it, or what about this one stands in the way."""
    try:
        meant = await place(market, exchange, symbol, hours, "")
    except (InsufficientHistory, ExchangeError, UnknownSymbol) as error:
        return error
    stored = await market.history.alerts(meant.exchange, meant.symbol, meant.start, meant.end)
    return _Watched(meant, await market.history.series(*meant.window), stored)
