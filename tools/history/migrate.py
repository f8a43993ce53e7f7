"""Brings a database to the schema that this program knows, safely when several processes open it at once."""

from pathlib import Path

import stamina
from sqlalchemy import Connection, text

from ..errors import HistoryUnavailable
from .database import Database
from .sqlite import BUSY_S

VERSION = "0003"
"""The newest migration's revision; revisions count up."""
_SCRIPTS = Path(__file__).with_name("migrations")
_HAS_SCHEMA_SQLITE = text("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'")
_HAS_SCHEMA_POSTGRESQL = text("SELECT 1 WHERE to_regclass('alembic_version') IS NOT NULL")
_VERSION = text("SELECT version_num FROM alembic_version")
_JOURNAL = text("PRAGMA journal_mode")
_WRITE_AHEAD = text("PRAGMA journal_mode=WAL")


async def migrate(database: Database) -> None:
    """Create or upgrade the schema; raises HistoryUnavailable where it is newer than this program."""
    if database.on_sqlite:
        await _write_ahead(database)
    if await version(database) == VERSION:
        return
    await database.write(_upgrade, alone=True)


async def version(database: Database) -> str | None:
    """The revision that the database is at, None where it has no schema of ours."""
    if not await database.fetch(_HAS_SCHEMA_SQLITE if database.on_sqlite else _HAS_SCHEMA_POSTGRESQL):
        return None
    rows = await database.fetch(_VERSION)
    return str(rows[0][0]) if rows else None


async def _write_ahead(database: Database) -> None:
    """Have readers and the writer leave each other alone. The change needs the file for itself, and SQLite does not wait for that by itself."""
    async for attempt in stamina.retry_context(on=_locked, attempts=None, timeout=BUSY_S, wait_initial=0.01, wait_max=0.2, wait_jitter=0.05):
        with attempt:
            if (await database.fetch(_JOURNAL))[0][0] != "wal":
                await database.fetch(_WRITE_AHEAD)


def _locked(error: Exception) -> bool:
    return isinstance(error, HistoryUnavailable) and "locked" in str(error)


def _upgrade(connection: Connection) -> None:
    # Alembic takes a third of a second to import, and most opens need no migration.
    from alembic.command import upgrade  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415

    # Another process may have been here while we waited for the lock.
    found = MigrationContext.configure(connection).get_current_revision()
    if found is not None and found > VERSION:
        raise HistoryUnavailable(f"its schema is version {found}, this program knows {VERSION}: update the program")
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    upgrade(config, "head")
