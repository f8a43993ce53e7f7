"""The demo's memory: a day of generated liquidity that ends where the simulated venues begin."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from .analytics.alerts import LiquidityAlert
from .analytics.anomalies import backtest
from .analytics.series import Series, milliseconds, moment
from .analytics.snapshot import Miss, Snapshot
from .feeds.depth_limits import is_all_sent, request_limit
from .history import History, RecordedMarket
from .simulator import GeneratedBooks
from .simulator.catalog import PROFILES
from .simulator.past import Recorder, look
from .symbols import candidates

INTERVAL_S = 300
_DAY = timedelta(hours=24)
_USUAL = ("BTC", "ETH", "SOL")


class GeneratedHistory(History):
    """A history of simulated venues that is filled, market by market, with what a recorder would have stored in the last day, whenever it is asked for.

    What is stored already stays as it is.
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

    async def series(self, exchange: str, symbol: str, start: datetime, end: datetime) -> Series:
        """As History's, the market being filled first."""
        await self._fill(exchange, symbol)
        return await super().series(exchange, symbol, start, end)

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
            missing = _unseen(await super().series(exchange, market, now - _DAY, now))
            if missing:
                await self._generate(exchange, market, missing)
                whole = await super().series(exchange, market, now - 2 * _DAY, now)
                await self.store_alerts(await asyncio.to_thread(backtest, whole))

    def _meant(self, exchange: str, symbol: str) -> str | None:
        """The market that a symbol means there, None where the venue lists none."""
        listed = candidates(symbol, {one.symbol for one in self._books.markets(exchange)})
        return max(listed, key=lambda one: PROFILES[exchange, one].depth_usd, default=None)

    async def _generate(self, exchange: str, market: str, moments: Sequence[datetime]) -> None:
        looks = await asyncio.to_thread(lambda: [look(self._books, exchange, market, moment, self._recorder) for moment in moments])
        await self.append([one for one in looks if isinstance(one, Snapshot)], [one for one in looks if isinstance(one, Miss)])


def _unseen(day: Series) -> list[datetime]:
    """The whole intervals of the clock within a window at whose end nobody had looked for an interval; the same for whoever asks."""
    interval_ms = 1_000 * INTERVAL_S
    seen = {int(time) // -interval_ms * -interval_ms for times in (day.time_ms, day.failed_ms) for time in times}
    first, last = (milliseconds(edge) // interval_ms for edge in (day.start, day.end))
    return [moment(step * interval_ms) for step in range(first + 1, last + 1) if step * interval_ms not in seen]
