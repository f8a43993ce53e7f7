"""The one store of snapshots, alerts and rules: SQLite by default, PostgreSQL by URL."""

from collections.abc import AsyncGenerator, AsyncIterable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ..analytics.alerts import LiquidityAlert
from ..analytics.rules import Rule
from ..analytics.series import Profiles, Series
from ..analytics.snapshot import Miss, Snapshot
from ..parameters import Source
from .opening import Opening

if TYPE_CHECKING:
    from .opened import Opened

Pair = tuple[str, str]
"""An exchange and a market."""
LONGEST_LEASE_S = 60.0
"""A lease that ends later than this from now was taken by a clock that went wrong, and holds nothing."""


@dataclass(frozen=True)
class RecordedMarket:
    """A market with stored snapshots; `liquidity_1pct_usd` is that of the newest."""

    exchange: str
    symbol: str
    first: datetime
    last: datetime
    liquidity_1pct_usd: float


@dataclass(frozen=True)
class StoredRule:
    """A person's rule and when it was stored."""

    rule: Rule
    created_at: datetime


@dataclass(frozen=True)
class Facts:
    """What there is to say about a database: its address without a password, the schema's version, and what it holds of all sources."""

    database: str
    schema: str
    size_bytes: int
    snapshots: int
    hours: int
    oldest: datetime | None
    newest: datetime | None


@dataclass(frozen=True)
class Appended:
    """What became of snapshots: how many were `new`, and which were `refused`, being of hours that were down-sampled before and take no more."""

    new: int
    refused: tuple[Snapshot, ...] = ()


class History:
    """Stored liquidity of one source; opens (and migrates) its database with the first use.

    Every method raises HistoryUnavailable where the database does not answer.
    """

    def __init__(self, url: str, source: Source, *, retention_days: float = 90, now: Callable[[], datetime]) -> None:
        """`url` is SQLAlchemy's, asynchronous; snapshots of another source are refused by ValueError."""
        self._source: Source = source
        self._retention_days = retention_days
        self._now = now
        self._opening = Opening(url, source)

    async def append(self, snapshots: Sequence[Snapshot], misses: Sequence[Miss] = ()) -> Appended:
        """Store them; durable when it returns, but for those that it returns as refused.

        One of a market and millisecond that is stored already is left as it is, and neither new nor refused.
        """
        return await (await self._opened()).snapshots.append(snapshots, misses)

    async def append_all(self, batches: AsyncIterable[Sequence[Snapshot]]) -> tuple[int, int]:
        """As `append`, all batches together or, where one of them raises, none; how many snapshots were new, and how many refused."""
        return await (await self._opened()).snapshots.append_all(batches)

    async def markets(self, exchange: str = "", base: str = "") -> list[RecordedMarket]:
        """The markets that have snapshots, of one exchange and one base asset where given."""
        return await (await self._opened()).markets.recorded(exchange, base)

    async def find_market(self, exchange: str, symbol: str) -> str | None:
        """The stored market that a symbol means, None where none is.

        A bare asset means the deepest of its dollar markets by their newest snapshots, a market itself or else its nearest quote in dollars.
        """
        return await (await self._opened()).markets.find(exchange, symbol)

    async def series(self, exchange: str, symbol: str, start: datetime, end: datetime) -> Series:
        """The snapshots of a market from `start` (exclusive) to `end` (inclusive)."""
        return await (await self._opened()).snapshots.series(exchange, symbol, start, end)

    async def profiles(self, exchange: str, symbol: str, start: datetime, end: datetime, columns: int) -> Profiles:
        """The depth profiles of the same window in at most `columns` stretches of time."""
        return await (await self._opened()).profiles.within(exchange, symbol, start, end, columns)

    async def pages(self, exchange: str, symbol: str, start: datetime | None, end: datetime) -> AsyncGenerator[list[Snapshot]]:
        """Every snapshot of a market from `start` to `end`, both inclusive, with its profile, oldest first and some at a time."""
        opened = await self._opened()
        async for page in opened.snapshots.pages(exchange, symbol, start, end):
            yield page

    async def latest(self, exchange: str, symbol: str, until: datetime) -> Snapshot | None:
        """The newest snapshot at or before `until`, with its profile.

        None also where there is nothing left but hours: what has been down-sampled is no snapshot.
        """
        return await (await self._opened()).snapshots.latest(exchange, symbol, until)

    async def failure(self, exchange: str, symbol: str, at: datetime) -> str:
        """Why the look at that moment gave no book, an error's kind; empty where none failed then."""
        return await (await self._opened()).snapshots.failure(exchange, symbol, at)

    async def store_alerts(self, alerts: Sequence[LiquidityAlert]) -> None:
        """Store alerts as raised or cleared; one that is stored already is updated, never raised twice."""
        await (await self._opened()).alerts.store(alerts)

    async def alerts(
        self, exchange: str = "", symbol: str = "", since: datetime | None = None, until: datetime | None = None, *, open_only: bool = False
    ) -> list[LiquidityAlert]:
        """Stored alerts, newest first: of one exchange and one market where given, that stood at some time of the window where given.

        If `open_only` those that stood at `until`, or without it stand now.
        """
        return await (await self._opened()).alerts.find(exchange, symbol, since, until, open_only=open_only)

    async def acknowledge(self, alert_id: str, at: datetime) -> LiquidityAlert | None:
        """Mark an alert as seen; None where there is none of that id."""
        return await (await self._opened()).alerts.acknowledge(alert_id, at)

    async def rules(self) -> list[StoredRule]:
        """People's rules, oldest first."""
        return await (await self._opened()).rules.stored()

    async def add_rule(self, rule: Rule, at: datetime) -> bool:
        """Store a rule; False where it is stored already. Raises InvalidArgument where there are as many as there may be."""
        return await (await self._opened()).rules.add(rule, at)

    async def remove_rule(self, rule_id: str) -> Rule | None:
        """Remove a rule, which is returned; None where there is none of that id."""
        return await (await self._opened()).rules.remove(rule_id)

    async def claim(self, pairs: Sequence[Pair], owner: str, lease_s: float) -> list[Pair]:
        """Take or renew the lease of as many of `pairs` as are free, expired or owned by `owner`, until `lease_s` from now; those that `owner` holds.

        No lease may be longer than LONGEST_LEASE_S.
        """
        return await (await self._opened()).leases.claim(pairs, owner, self._now, lease_s)

    async def leased(self) -> set[Pair]:
        """The markets that a recorder holds the lease of now."""
        return await (await self._opened()).leases.held(self._now())

    async def owner(self, pair: Pair) -> str | None:
        """Who took a market's lease last, whether or not it has run out; None where nobody has, or gave it up."""
        return await (await self._opened()).leases.owner(pair)

    async def release(self, owner: str) -> None:
        """Give up every lease of an owner."""
        await (await self._opened()).leases.release(owner)

    async def prune(self) -> int:
        """Down-sample whole hours older than the retention time to one row each; how many snapshots were folded.

        Of the failed looks of that time each hour's first is kept, which says why nothing was recorded there.
        A replay's history is kept whole: it is old from its first moment on, and grows no longer than its recording.
        """
        if self._source == "replay":
            return 0
        return await (await self._opened()).retention.prune(self._now() - timedelta(days=self._retention_days))

    async def check(self) -> Facts:
        """Whether the database can be used, and what it holds."""
        return await (await self._opened()).facts()

    async def close(self) -> None:
        """Close the database's connections."""
        await self._opening.close()

    async def _opened(self) -> "Opened":
        return await self._opening.opened()
