"""The demo's memory: a day of generated liquidity that ends where the simulated venues begin."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from .analytics.alerts import LiquidityAlert
from .analytics.anomalies import AlertState, resume, resumed
from .analytics.series import Series, milliseconds, moment
from .analytics.snapshot import Miss, Snapshot
from .feeds.depth_limits import is_all_sent, request_limit
from .history import History, RecordedMarket
from .history.store import LONGEST_LEASE_S, Pair
from .simulator import GeneratedBooks
from .simulator.catalog import PROFILES
from .simulator.incidents import demo_incidents
from .simulator.past import Recorder, look
from .symbols import candidates

if TYPE_CHECKING:
    from .history.opened import Opened

INTERVAL_S = 300
_INTERVAL_MS = 1_000 * INTERVAL_S
_DAY = timedelta(hours=24)
_USUAL = ("BTC", "ETH", "SOL")
# A lease that nobody renews: its owner is the time of the opening, and of those who open before anything is stored one gets it.
_OPENING = ("demo", "opening")


class _Filled(NamedTuple):
    """Until when a market has been filled, and in which state that left whoever watches it."""

    until: datetime
    state: AlertState


class GeneratedHistory(History):
    """A history of simulated venues that is filled, market by market, with what a recorder would have stored in the last day, whenever it is asked for.

    What is stored already stays as it is, and all who open one database have one past: the incidents are placed by the opening that it remembers.
    """

    def __init__(self, url: str, books: GeneratedBooks, exchanges: Sequence[str], *, retention_days: float, now: Callable[[], datetime]) -> None:
        super().__init__(url, books.source, retention_days=retention_days, now=now)
        self._books = books
        self._exchanges = exchanges
        self._clock = now
        self._opened_at = now()
        self._shared: Opened | None = None
        self._sharing = asyncio.Lock()
        self._recorder = Recorder(request_limit, is_all_sent, exchanges)
        self._filling = defaultdict[tuple[str, str], asyncio.Lock](asyncio.Lock)
        self._filled = dict[tuple[str, str], _Filled]()

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

    async def leased(self) -> set[Pair]:
        """As History's, without what remembers the opening."""
        return await super().leased() - {_OPENING}

    async def _opened(self) -> "Opened":
        opened = await super()._opened()
        async with self._sharing:
            if self._shared is not opened:
                self._opened_at = await self._remembered(opened)
                self._books.place(demo_incidents(self._opened_at, self._clock()))
                self._shared = opened
        return opened

    async def _remembered(self, opened: "Opened") -> datetime:
        """The opening that incidents are placed by: this one, where the database knows of none or holds nothing of the last day."""
        newest = max((one.last for one in await opened.markets.recorded("", "")), default=None)
        if newest is None or newest < self._clock() - _DAY or await opened.leases.owner(_OPENING) is None:
            await opened.leases.claim([_OPENING], self._opened_at.isoformat(), self._clock, LONGEST_LEASE_S)
        return datetime.fromisoformat(await opened.leases.owner(_OPENING) or self._opened_at.isoformat())

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
            filled = self._filled.get((exchange, market), _Filled(now - _DAY, AlertState()))
            until = moment(milliseconds(now) // _INTERVAL_MS * _INTERVAL_MS)
            if until <= filled.until:
                return
            state, missing = filled.state, _unseen(await super().series(exchange, market, max(filled.until, now - _DAY), now))
            if missing:
                await self._generate(exchange, market, missing)
                state = await self._watched(exchange, market, missing[0], now, state)
            self._filled[exchange, market] = _Filled(until, state)

    def _meant(self, exchange: str, symbol: str) -> str | None:
        """The market that a symbol means there, None where the venue lists none."""
        listed = candidates(symbol, {one.symbol for one in self._books.markets(exchange)})
        return max(listed, key=lambda one: PROFILES[exchange, one].depth_usd, default=None)

    async def _generate(self, exchange: str, market: str, moments: Sequence[datetime]) -> None:
        looks = await asyncio.to_thread(lambda: [look(self._books, exchange, market, moment, self._recorder) for moment in moments])
        await self.append([one for one in looks if isinstance(one, Snapshot)], [one for one in looks if isinstance(one, Miss)])

    async def _watched(self, exchange: str, market: str, first: datetime, now: datetime, state: AlertState) -> AlertState:
        """Store the alerts of whoever had watched from `first` on, in that state or, where others have watched since it was left, with what they left."""
        series = await super().series(exchange, market, first - _DAY, now)
        newest_ms = max(int(times[times < milliseconds(first)].max(initial=0)) for times in (series.time_ms, series.failed_ms))
        if state.last_at != moment(newest_ms):
            state = resume(await super().alerts(exchange, market, until=first, open_only=True))
        state, found = await asyncio.to_thread(resumed, state, series, first=first)
        await self.store_alerts(found)
        return state


def _unseen(window: Series) -> list[datetime]:
    """The whole intervals of the clock within a window at whose end nobody had looked for an interval; the same for whoever asks."""
    seen = {int(time) // -_INTERVAL_MS * -_INTERVAL_MS for times in (window.time_ms, window.failed_ms) for time in times}
    first, last = (milliseconds(edge) // _INTERVAL_MS for edge in (window.start, window.end))
    return [moment(step * _INTERVAL_MS) for step in range(first + 1, last + 1) if step * _INTERVAL_MS not in seen]
