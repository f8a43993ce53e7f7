"""One database behind one set of statements: SQLite through its synchronous driver in threads, PostgreSQL through asyncpg.

Statements are SQLAlchemy's. Reads hand them to the driver itself, whose rows become numpy columns at once: SQLAlchemy's row objects would cost more
than the query (24 h of one market: 7.2 ms, the bare statement 2.9). SQLite is read by the synchronous driver in a thread, so that a row becomes
numbers where it was fetched (3.8 ms; 4.6 where all rows wait for another thread to do it), and snapshots are written so: 900 a second one by one, not 400.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache, reduce
from itertools import chain
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import CompoundSelect, Connection, Engine, Float, LargeBinary, Select, create_engine, event, func, text, union_all
from sqlalchemy import cast as cast_to
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.engine import URL, AdaptedConnection, Compiled, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement

from ..errors import HistoryUnavailable, NotConfigured
from .uncut import uncut

DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}
CONNECT_S, STATEMENT_S, BUSY_S = 5.0, 10.0, 5.0
"""How long a server may take to let us in and to answer, and another process to finish its write to the same file."""
_LOCK = 0x4C69_7155
"""The advisory lock of migrations and down-sampling on PostgreSQL; any number that nobody else uses."""

# Giving a connection back must not wait for anything, so none is closed then, and one that ended its transaction is not asked to end it again.
_POOL = {"pool_size": 10, "pool_use_lifo": True, "max_overflow": 0, "pool_timeout": CONNECT_S, "pool_reset_on_return": None}

Row = Sequence[Any]
Reading = Select[Any] | CompoundSelect[Any]
"""A SELECT, or several of which all rows are wanted (UNION ALL)."""
P = ParamSpec("P")
T = TypeVar("T")


class Database:
    """An open database. Every way to use it raises HistoryUnavailable where the database does not answer."""

    def __init__(self, url: URL, engine: AsyncEngine | Engine) -> None:
        """A synchronous engine opens a file of SQLite for the thread that asks; a server's is asynchronous."""
        self._url = url
        self._engine = engine
        # Threads that may have to wait for another's transaction are not those that everybody else's work needs, or it might need them to end.
        self._writers = ThreadPoolExecutor(10, "history")
        self.on_sqlite = engine.dialect.name == "sqlite"
        self._file: tuple[int, int] | None = None
        self._compiled: dict[ClauseElement, Compiled] = {}
        # Both have INSERT ... ON CONFLICT, each in a class of its own.
        self.insert = sqlite.insert if self.on_sqlite else postgresql.insert

    @property
    def name(self) -> str:
        """Its address, without a password."""
        return self._url.render_as_string(hide_password=True)

    def note_file(self) -> None:
        """Have the file that is at the address now be the one that `is_gone` goes by."""
        self._file = self._found_file()

    def is_gone(self) -> bool:
        """Whether the file is no longer at its address: what is written to it now would never be found."""
        return self._file is not None and self._file != self._found_file()

    def _found_file(self) -> tuple[int, int] | None:
        """What tells the file from any other, None where there is none; some microseconds."""
        if not self.on_sqlite:
            return None
        try:
            found = Path(str(self._url.database).removeprefix("file:")).stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    async def fetch(self, statement: ClauseElement, **values: Any) -> Sequence[Row]:
        """The rows of a reading statement, as the driver gives them. The statement's text is kept: give one that lives as long as the program."""
        return await self._read(list, statement, values)

    async def columns(self, statement: Reading, **values: Any) -> NDArray[np.float64]:
        """The rows of a statement that reads numbers, as shape (rows, columns) with NaN for null; otherwise as `fetch`."""
        unpacked = None
        if not self.on_sqlite:
            unpacked = _unpacked(await self.fetch(_packed(statement), **values), len(statement.selected_columns))
        return await self._read(_numbers, statement, values) if unpacked is None else unpacked

    async def _read(self, take: Callable[[Iterable[Row]], T], statement: ClauseElement, values: dict[str, Any]) -> T:
        sql, arguments = self._text(statement, values)
        with _errors():
            if isinstance(self._engine, Engine):
                return await asyncio.to_thread(_read_file, self._engine, sql, arguments, take)
            connection = await self._engine.raw_connection()
            try:
                driver: Any = connection.driver_connection
                return take(await driver.fetch(sql, *arguments))
            except (OSError, TimeoutError):
                # What SQLAlchemy did not see fail it would hand out again.
                connection.invalidate()
                raise
            finally:
                connection.close()

    async def write(self, work: Callable[[Connection], T], *, alone: bool = False) -> T:
        """What `work` gives, done in a transaction of its own: of those that are `alone` there is one at a time, over all processes.

        Once begun it is done, committed or undone, before a caller who is cancelled hears of it.
        """
        with _errors():
            if isinstance(self._engine, Engine):
                return await uncut(asyncio.get_running_loop().run_in_executor(self._writers, _write_file, self._engine, work))
            return await uncut(asyncio.create_task(_write_server(self._engine, work, alone=alone)))

    async def close(self) -> None:
        """Close every connection."""
        with _errors():
            if isinstance(self._engine, Engine):
                self._engine.dispose()
                return
            async with asyncio.timeout(CONNECT_S):
                await self._engine.dispose()

    def _text(self, statement: ClauseElement, values: dict[str, Any]) -> tuple[str, list[Any]]:
        """A statement in the engine's own words, and its values in order."""
        compiled = self._compiled.get(statement)
        if compiled is None:
            compiled = self._compiled[statement] = statement.compile(dialect=self._engine.dialect)
        parameters: Any = compiled.construct_params(values)
        return compiled.string, [parameters[name] for name in cast("SQLCompiler", compiled).positiontup or ()]


def connect(url: str) -> Database:
    """A database by its URL; nothing is opened before its first use. Raises NotConfigured for a URL that cannot be."""
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        file = create_engine(parsed.set(drivername="sqlite"), **_sqlite(parsed))
        event.listen(file, "connect", _prepare)
        event.listen(file, "begin", _begin)
        return Database(parsed, file)
    try:
        server = create_async_engine(parsed, **_postgresql())
    except ModuleNotFoundError as error:
        raise NotConfigured("A postgresql database needs its driver: pip install 'market-liquidity-monitor[postgres]'.") from error
    event.listen(server.sync_engine, "connect", _plan_once)
    event.listen(server.sync_engine, "checkout", _refuse_closed)
    return Database(parsed, server)


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


_EXAMPLES = "write sqlite+aiosqlite:////folder/history.db or postgresql+asyncpg://user@host/database."


def _sqlite(url: URL) -> dict[str, Any]:
    with _errors():
        if not str(url.database).startswith("file:"):
            Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    # Transactions are begun by us: the driver's own would begin as readers, and fail where they come to write.
    return {**_POOL, "connect_args": {"timeout": BUSY_S, "isolation_level": None}}


def _postgresql() -> dict[str, Any]:
    return {**_POOL, "connect_args": {"timeout": CONNECT_S, "command_timeout": STATEMENT_S}}


def _prepare(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _plan_once(connection: Any, _record: object) -> None:
    """Have a statement planned the first time only: every plan goes by the market and its time, and making one takes longer than finding a row by it."""
    cursor = connection.cursor()
    cursor.execute("SET plan_cache_mode = force_generic_plan")
    cursor.close()
    connection.commit()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _refuse_closed(connection: Any, _record: object, _proxy: object) -> None:
    """Have the pool open another in place of a connection that the server has closed, which costs nothing to see; a ping costs three round trips."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _read_file(engine: Engine, sql: str, arguments: list[Any], take: Callable[[Iterable[Row]], T]) -> T:
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(sql, arguments)
        return take(cast("Iterable[Row]", cursor))
    finally:
        connection.close()


def _write_file(engine: Engine, work: Callable[[Connection], T]) -> T:
    with engine.begin() as connection:
        return work(connection)


async def _write_server(engine: AsyncEngine, work: Callable[[Connection], T], *, alone: bool) -> T:
    async with engine.begin() as connection:
        if alone:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        return await connection.run_sync(work)


def beside(connection: Connection, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
    """What `work` gives, which takes long and no connection: for use within a transaction, where a server's must not keep the event loop from others."""
    if connection.dialect.name == "sqlite":
        # It has a thread already.
        return work(*given, **named)
    driver = cast("AdaptedConnection", connection.connection.dbapi_connection)
    return driver.run_async(lambda _: asyncio.to_thread(work, *given, **named))


def _numbers(rows: Iterable[Row]) -> NDArray[np.float64]:
    """Each row is taken apart while it is fresh: with SQLite that costs half of what it does once all have been fetched."""
    iterator = iter(rows)
    first = next(iterator, None)
    if first is None:
        return np.empty((0, 0))
    return np.fromiter(chain(first, chain.from_iterable(iterator)), float).reshape(-1, len(first))


@cache
def _packed(statement: Reading) -> Reading:
    """The statement with each row as the bytes that a server sends of its numbers; packed where it is found, not once more where all come together."""
    if isinstance(statement, CompoundSelect):
        return union_all(*(_packed(cast("Select[Any]", one)) for one in statement.selects))
    sent = (func.float8send(cast_to(column, Float(53)), type_=LargeBinary) for column in statement.selected_columns)
    return statement.with_only_columns(reduce(lambda before, number: before.op("||")(number), sent))


def _unpacked(rows: Sequence[Row], width: int) -> NDArray[np.float64] | None:
    """The rows of `_packed` as shape (n, width); None where a row holds a null, which has no bytes.

    Nothing is done number by number, here or in the driver, so the event loop is soon free again.
    """
    sent = [row[0] for row in rows]
    return None if None in sent else np.frombuffer(b"".join(sent), ">f8").reshape(-1, width).astype(float)


@contextmanager
def _errors() -> Generator[None]:
    """Speak of a database's failure in one sentence of ours."""
    try:
        yield
    except TimeoutError as error:
        raise HistoryUnavailable("its database did not answer in time") from error
    except (SQLAlchemyError, AsyncAdapt_asyncpg_dbapi.Error, sqlite3.Error, OSError) as error:
        raise HistoryUnavailable(_said(error)) from error
    except Exception as error:
        # The driver's errors have no root that can be named where it is not installed.
        if type(error).__module__.partition(".")[0] != "asyncpg":
            raise
        raise HistoryUnavailable(_said(error)) from error


def _said(error: BaseException) -> str:
    """What the driver said, without the statement and its values."""
    original = getattr(error, "orig", None) or error
    if isinstance(original.__cause__, TimeoutError):
        return "its database did not answer in time"
    return str(original.__cause__ or original) or type(original).__name__
