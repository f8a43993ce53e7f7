"""What stands behind History once its database is open; with it SQLAlchemy is imported."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select, text

from ..analytics.series import moment
from ..parameters import Source
from .alerts import Alerts
from .connecting import connect
from .database import Database
from .leases import Leases
from .markets import Markets
from .migrate import migrate, version
from .profiles import StoredProfiles
from .retention import Retention
from .rules import Rules
from .snapshots import Snapshots
from .tables import hours, snapshots

_SIZE_SQLITE = text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
_SIZE_POSTGRESQL = text("SELECT pg_database_size(current_database())")
_COUNTS = select(
    select(func.count()).select_from(snapshots).scalar_subquery(),
    select(func.count()).select_from(hours).scalar_subquery(),
    select(func.min(snapshots.c.time_ms)).scalar_subquery(),
    select(func.max(snapshots.c.time_ms)).scalar_subquery(),
)


@dataclass(frozen=True)
class Opened:
    """An open database and what it keeps of one source."""

    database: Database
    snapshots: Snapshots
    profiles: StoredProfiles
    markets: Markets
    alerts: Alerts
    rules: Rules
    leases: Leases
    retention: Retention

    async def facts(self) -> Mapping[str, str]:
        """What there is to say about it, for people."""
        size = (await self.database.fetch(_SIZE_SQLITE if self.database.on_sqlite else _SIZE_POSTGRESQL))[0][0]
        kept, folded, oldest, newest = (await self.database.fetch(_COUNTS))[0]
        return {
            "database": self.database.name,
            "schema": await version(self.database) or "none",
            "size": f"{size / 1e6:,.1f} MB",
            "snapshots": f"{kept:,}",
            "hours": f"{folded:,}",
            "oldest": "none" if oldest is None else f"{moment(oldest):%Y-%m-%d %H:%M} UTC",
            "newest": "none" if newest is None else f"{moment(newest):%Y-%m-%d %H:%M} UTC",
        }


async def open_database(url: str, source: Source) -> Opened:
    """Connect, bring the schema up to date, and put together what works on it."""
    database = connect(url)
    try:
        await migrate(database)
        database.note_file()
    except BaseException:
        await database.close()
        raise
    parts = (part(database, source) for part in (Snapshots, StoredProfiles, Markets, Alerts, Rules, Leases, Retention))
    return Opened(database, *parts)  # pyright: ignore[reportArgumentType]
