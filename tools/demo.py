"""The demo's memory: a day of generated liquidity that ends where the simulated venues begin."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from .analytics.alerts import LiquidityAlert
from .analytics.anomalies import backtest
from .analytics.series import milliseconds, moment
from .analytics.snapshot import Miss, Snapshot
from .feeds.depth_limits import is_all_sent, request_limit
from .feeds.symbols import candidates
from .history import History, RecordedMarket
from .simulator import GeneratedBooks
from .simulator.catalog import PROFILES
from .simulator.past import Recorder, past

INTERVAL_S = 300
_DAY = timedelta(hours=24)
_USUAL = ("BTC", "ETH", "SOL")


class GeneratedHistory(History):
    """A history of simulated venues that is filled, market by market, with what a recorder would have stored since a day ago, when it is first asked for.

    Asked again later, it is filled up to then; what is stored already stays as it is.
    """

    def __init__(self, url: str, books: GeneratedBooks, exchanges: Sequence[str], *, retention_days: float, now: Callable[[], datetime]) -> None:
        super().__init__(url, books.source, retention_days=retention_days, now=now)
        self._books = books
        self._exchanges = exchanges
        self._clock = now
        self._recorder = Recorder(request_limit, is_all_sent, exchanges)
        self._filling = defaultdict[tuple[str, str], asyncio.Lock](asyncio.Lock)

    async def find_market(self, exchange: str, symbol: str) -> str | None:
        """As History's, the market being filled first."""
        await self._fill(exchange, symbol)
        return await super().find_market(exchange, symbol)

    async def markets(self, exchange: str = "", base: str = "") -> list[RecordedMarket]:
        """As History's, the usual markets being filled first."""
        await self._fill_usual()
        return await super().markets(exchange, base)

    async def alerts(
        self, exchange: str = "", symbol: str = "", since: datetime | None = None, until: datetime | None = None, *, open_only: bool = False
    ) -> list[LiquidityAlert]:
        """As History's, the usual markets being filled first where no market is named."""
        if not symbol:
            await self._fill_usual()
        return await super().alerts(exchange, symbol, since, until, open_only=open_only)

    async def _fill_usual(self) -> None:
        for exchange in self._exchanges:
            for asset in _USUAL:
                await self._fill(exchange, asset)

    async def _fill(self, exchange: str, symbol: str) -> None:
        market = self._meant(exchange, symbol)
        if market is None:
            return
        async with self._filling[exchange, market]:
            now = self._clock()
            last = await self._last(exchange, market, now)
            if (now - last).total_seconds() >= INTERVAL_S:
                await self._generate(exchange, market, last, now)

    def _meant(self, exchange: str, symbol: str) -> str | None:
        """The market that a symbol means there, None where the venue lists none."""
        listed = candidates(symbol, {one.symbol for one in self._books.markets(exchange)})
        return max(listed, key=lambda one: PROFILES[exchange, one].depth_usd, default=None)

    async def _last(self, exchange: str, market: str, now: datetime) -> datetime:
        """When the market was last looked at, a day ago at most."""
        series = await self.series(exchange, market, now - _DAY, now)
        looks = [int(times[-1]) for times in (series.time_ms, series.failed_ms) if len(times)]
        return moment(max(looks)) if looks else now - _DAY

    async def _generate(self, exchange: str, market: str, start: datetime, end: datetime) -> None:
        looks = await asyncio.to_thread(list, past(self._books, exchange, market, _next_look(start), end, INTERVAL_S, self._recorder))
        await self.append([one for one in looks if isinstance(one, Snapshot)], [one for one in looks if isinstance(one, Miss)])
        series = await self.series(exchange, market, end - 2 * _DAY, end)
        await self.store_alerts(await asyncio.to_thread(backtest, series))


def _next_look(last: datetime) -> datetime:
    """The first whole interval of the clock after a look, so that whoever fills the history twice finds the same moments."""
    interval_ms = 1_000 * INTERVAL_S
    return moment((milliseconds(last) // interval_ms + 1) * interval_ms)
