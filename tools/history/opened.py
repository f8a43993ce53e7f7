"""What stands behind History once its database is open; with it SQLAlchemy is imported."""

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
from .store import Facts
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

    async def facts(self) -> Facts:
        """What there is to say about it."""
        size = (await self.database.fetch(_SIZE_SQLITE if self.database.on_sqlite else _SIZE_POSTGRESQL))[0][0]
        kept, folded, *times = (await self.database.fetch(_COUNTS))[0]
        oldest, newest = (None if time is None else moment(time) for time in times)
        return Facts(self.database.name, await version(self.database) or "none", size, kept, folded, oldest, newest)


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
