"""A database by its address."""

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from ..errors import NotConfigured
from .database import Database
from .postgresql import Server
from .sqlite import File

DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}
_EXAMPLES = "write sqlite+aiosqlite:////folder/history.db or postgresql+asyncpg://user@host/database."


def connect(url: str) -> Database:
    """A database by its URL; nothing is opened before its first use. Raises NotConfigured for a URL that cannot be."""
    parsed = _parsed(url)
    try:
        return File(parsed) if parsed.get_backend_name() == "sqlite" else Server(parsed)
    except (ValueError, ArgumentError):
        # An option's value that ought to be a number.
        raise NotConfigured(f"LIQUIDITY_DATABASE_URL has an option that is no number; {_EXAMPLES}") from None


def _parsed(url: str) -> URL:
    """The URL with the driver that we use, named or not."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError, NoSuchModuleError):
        raise NotConfigured(f"LIQUIDITY_DATABASE_URL is not a database's address; {_EXAMPLES}") from None
    driver = DRIVERS.get(parsed.drivername)
    if driver is None or parsed.database in {None, "", ":memory:"} or "database" in parsed.query:
        raise NotConfigured(f"LIQUIDITY_DATABASE_URL names no file of SQLite and no database of PostgreSQL; {_EXAMPLES}")
    return parsed.set(drivername=driver)
