"""The one store of snapshots, alerts and rules: SQLite by default, PostgreSQL by URL."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..analytics.alerts import LiquidityAlert
from ..analytics.rules import Rule
from ..analytics.series import Profiles, Series
from ..analytics.snapshot import Miss, Snapshot
from ..parameters import Source

Pair = tuple[str, str]
"""An exchange and a market."""


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


class History:
    """Stored liquidity of one source; opens (and migrates) its database with the first use.

    Every method raises HistoryUnavailable where the database does not answer.
    """

    def __init__(self, url: str, source: Source, *, retention_days: float = 90, now: Callable[[], datetime]) -> None:
        """`url` is SQLAlchemy's, asynchronous; snapshots of another source are refused by ValueError."""
        raise NotImplementedError

    async def append(self, snapshots: Sequence[Snapshot], misses: Sequence[Miss] = ()) -> int:
        """Store them; durable when it returns. One of a market and millisecond that is stored already is left as it is.

        Returns how many snapshots were new.
        """
        raise NotImplementedError

    async def markets(self, exchange: str = "", base: str = "") -> list[RecordedMarket]:
        """The markets that have snapshots, of one exchange and one base asset where given."""
        raise NotImplementedError

    async def find_market(self, exchange: str, symbol: str) -> str | None:
        """The stored market that a symbol means, None where none is.

        A bare asset means the deepest of its dollar markets by their newest snapshots, a market itself or else its nearest quote.
        """
        raise NotImplementedError

    async def series(self, exchange: str, symbol: str, start: datetime, end: datetime) -> Series:
        """The snapshots of a market from `start` (exclusive) to `end` (inclusive)."""
        raise NotImplementedError

    async def profiles(self, exchange: str, symbol: str, start: datetime, end: datetime, columns: int) -> Profiles:
        """The depth profiles of the same window in at most `columns` stretches of time."""
        raise NotImplementedError

    async def latest(self, exchange: str, symbol: str, until: datetime) -> Snapshot | None:
        """The newest snapshot at or before `until`, with its profile."""
        raise NotImplementedError

    async def store_alerts(self, alerts: Sequence[LiquidityAlert]) -> None:
        """Store alerts as raised or cleared; one that is stored already is updated, never raised twice."""
        raise NotImplementedError

    async def alerts(
        self, exchange: str = "", symbol: str = "", since: datetime | None = None, until: datetime | None = None, *, open_only: bool = False
    ) -> list[LiquidityAlert]:
        """Stored alerts, newest first: of one exchange and one market where given, that stood at some time of the window where given."""
        raise NotImplementedError

    async def acknowledge(self, alert_id: str, at: datetime) -> LiquidityAlert | None:
        """Mark an alert as seen; None where there is none of that id."""
        raise NotImplementedError

    async def rules(self) -> list[StoredRule]:
        """People's rules, oldest first."""
        raise NotImplementedError

    async def add_rule(self, rule: Rule, at: datetime) -> bool:
        """Store a rule; False where it is stored already."""
        raise NotImplementedError

    async def remove_rule(self, rule_id: str) -> bool:
        """Remove a rule; False where there is none of that id."""
        raise NotImplementedError

    async def claim(self, pairs: Sequence[Pair], owner: str, lease_s: float) -> list[Pair]:
        """Take or renew the lease of as many of `pairs` as are free, expired or owned by `owner`, until `lease_s` from now; those that `owner` holds."""
        raise NotImplementedError

    async def release(self, owner: str) -> None:
        """Give up every lease of an owner."""
        raise NotImplementedError

    async def prune(self) -> int:
        """Down-sample whole hours older than the retention time to one row each; how many snapshots were folded."""
        raise NotImplementedError

    async def check(self) -> Mapping[str, str]:
        """Facts for `liquidity doctor`: database, schema version, size, snapshots, oldest and newest."""
        raise NotImplementedError

    async def close(self) -> None:
        """Close the database's connections."""
        raise NotImplementedError
