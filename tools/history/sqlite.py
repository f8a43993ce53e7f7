"""A file of SQLite, through the synchronous driver in threads.

A row becomes numbers in the thread that fetches it (24 h of one market: 3.8 ms; 4.6 where all rows wait for another thread to do it), and snapshots are
stored in one thread from begin to commit: 900 a second one by one, not 400.
"""

import asyncio
from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import URL
from sqlalchemy.sql.elements import ClauseElement

from .database import POOL, Database, Reading, Row
from .faults import told
from .uncut import uncut

BUSY_S = 5.0
"""How long a write waits for those of this program, and then for that of another process to the same file."""
T = TypeVar("T")


class File(Database):
    """The database in a file. Readers wait for nobody; of writers one is let near the file at a time, so that the others hold neither thread nor connection."""

    on_sqlite = True

    def __init__(self, url: URL) -> None:
        with told(url):
            if not str(url.database).startswith("file:"):
                Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
        # Transactions are begun by us: the driver's own would begin as readers, and fail where they come to write.
        # There are as many connections as threads that read, of which Python has a bound.
        self._engine = create_engine(url.set(drivername="sqlite"), **POOL, pool_size=0, connect_args={"timeout": BUSY_S, "isolation_level": None})
        event.listen(self._engine, "connect", _prepare)
        event.listen(self._engine, "begin", _begin)
        super().__init__(url, self._engine.dialect, sqlite.insert)
        self._turn = asyncio.Lock()

    def _found(self) -> tuple[int, int] | None:
        try:
            found = Path(str(self._url.database).removeprefix("file:")).stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    async def columns(self, statement: Reading, **values: Any) -> NDArray[np.float64]:
        return await self._read(_numbers, statement, values)

    async def _read(self, take: Callable[[Iterable[Row]], T], statement: ClauseElement, values: dict[str, Any]) -> T:
        with told(self._url):
            return await asyncio.to_thread(_read, self._engine, *self._text(statement, values), take)

    async def write(self, work: Callable[[Connection], T], *, alone: bool = False) -> T:  # noqa: ARG002 - every transaction is, here
        with told(self._url):
            async with asyncio.timeout(BUSY_S):
                await self._turn.acquire()
            try:
                return await uncut(asyncio.get_running_loop().run_in_executor(None, _write, self._engine, work))
            finally:
                self._turn.release()

    async def close(self) -> None:
        async with self._turn:
            self._engine.dispose()


def _prepare(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _read(engine: Engine, sql: str, arguments: list[Any], take: Callable[[Iterable[Row]], T]) -> T:
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(sql, arguments)
        return take(cast("Iterable[Row]", cursor))
    finally:
        connection.close()


def _write(engine: Engine, work: Callable[[Connection], T]) -> T:
    with engine.begin() as connection:
        return work(connection)


def _numbers(rows: Iterable[Row]) -> NDArray[np.float64]:
    """Each row is taken apart while it is fresh, which costs half of what it does once all have been fetched."""
    iterator = iter(rows)
    first = next(iterator, None)
    if first is None:
        return np.empty((0, 0))
    return np.fromiter(chain(first, chain.from_iterable(iterator)), float).reshape(-1, len(first))
