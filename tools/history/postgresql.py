"""A database of a PostgreSQL server, through asyncpg."""

import asyncio
import inspect
from collections.abc import Callable, Iterable, Iterator
from functools import cache, reduce
from importlib import import_module
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, ColumnElement, CompoundSelect, Connection, Float, LargeBinary, Select, event, func, literal_column, select, text, union_all
from sqlalchemy import cast as cast_to
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import URL, AdaptedConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.sql.elements import ClauseElement

from ..analytics.series import DAY_MS
from ..errors import NotConfigured, outside_text
from .database import CONNECT_S, POOL, Database, Reading, Row
from .faults import told
from .uncut import uncut

STATEMENT_S = 10.0
"""How long a server may take to answer."""
_LOCK = text(f"SELECT pg_advisory_xact_lock({0x4C69_7155})")
"""Of migrations and down-sampling; any number that nobody else uses."""
_NUMBERS: dict[str, type[int] | type[float]] = {
    "statement_cache_size": int,
    "max_cached_statement_lifetime": int,
    "max_cacheable_statement_size": int,
    "timeout": float,
    "command_timeout": float,
}
# SQLAlchemy's own option, which it takes out of the address.
_DIALECT_S = {"prepared_statement_cache_size"}
P = ParamSpec("P")
T = TypeVar("T")


class Server(Database):
    """The database of a server."""

    on_sqlite = False

    def __init__(self, url: URL) -> None:
        try:
            given = {"timeout": CONNECT_S, "command_timeout": STATEMENT_S, **_numbers(url)}
            self._engine = create_async_engine(url, **POOL, pool_size=10, connect_args=given)
        except ModuleNotFoundError as error:
            raise NotConfigured("A postgresql database needs its driver: pip install 'market-liquidity-monitor[postgres]'.") from error
        event.listen(self._engine.sync_engine, "connect", _plan_once)
        event.listen(self._engine.sync_engine, "checkout", _refuse_closed)
        super().__init__(url, self._engine.dialect, postgresql.insert)

    async def columns(self, statement: Reading, **values: Any) -> NDArray[np.float64]:
        days = await self.fetch(_packed(statement), **values)
        return np.frombuffer(b"".join(row[0] for row in days), ">f8").reshape(-1, len(statement.selected_columns)).astype(float, order="F")

    async def _read(self, take: Callable[[Iterable[Row]], T], statement: ClauseElement, values: dict[str, Any]) -> T:
        sql, arguments = self._text(statement, values)
        with told(self._url):
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
        with told(self._url):
            return await uncut(asyncio.create_task(self._write(work, alone=alone)))

    async def _write(self, work: Callable[[Connection], T], *, alone: bool) -> T:
        async with self._engine.begin() as connection:
            if alone:
                await connection.execute(_LOCK)
            return await connection.run_sync(work)

    async def close(self) -> None:
        with told(self._url):
            async with asyncio.timeout(CONNECT_S):
                await self._engine.dispose()


def _numbers(url: URL) -> dict[str, float]:
    """The address's options of which the driver expects numbers, which they are texts in.

    Raises NotConfigured for an option that the driver does not know, which it would call a mistake of the program, and ValueError for what is no number.
    """
    known = inspect.signature(import_module("asyncpg").connect).parameters
    unknown = sorted(set(url.query) - set(known) - _DIALECT_S)
    if unknown:
        hint = "write ssl=require in place of sslmode=require" if "sslmode" in unknown else "leave it out"
        raise NotConfigured(f"LIQUIDITY_DATABASE_URL has the option {outside_text(unknown[0])}, which asyncpg does not know: {hint}.")
    return {name: kind(str(url.query[name])) for name, kind in _NUMBERS.items() if name in url.query}


def beside(connection: Connection, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
    """What `work` gives, which takes long and no connection: for use within a transaction, where a server's must not keep the event loop from others."""
    if connection.dialect.name == "sqlite":
        # It has a thread already.
        return work(*given, **named)
    driver = cast("AdaptedConnection", connection.connection.dbapi_connection)
    return driver.run_async(lambda _: asyncio.to_thread(work, *given, **named))


def _plan_once(connection: Any, _record: object) -> None:
    """Have a statement planned the first time only: every plan goes by the market and its time, and making one takes longer than finding a row by it."""
    cursor = connection.cursor()
    cursor.execute("SET plan_cache_mode = force_generic_plan")
    cursor.close()
    connection.commit()


def _refuse_closed(connection: Any, _record: object, _proxy: object) -> None:
    """Have the pool open another in place of a connection that the server has closed, which costs nothing to see; a ping costs three round trips."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


@cache
def _packed(statement: Reading) -> Reading:
    """The statement's rows as the bytes that a server sends of their numbers, those of each day in one value.

    Nothing is done number by number or row by row, here or in the driver, so the event loop is soon free again; a day of seconds is 12 MB of the
    1 GB that a value may have.
    """
    rows = _sent(statement).subquery()
    day = rows.c.time_ms // literal_column(str(DAY_MS), BigInteger)
    return cast("Reading", select(func.string_agg(rows.c.sent, literal_column("''::bytea"))).group_by(day))


def _sent(statement: Reading) -> Reading:
    """The statement with the time of each row and its numbers' bytes; made where a row is found, not once more where all come together."""
    if isinstance(statement, CompoundSelect):
        return union_all(*(_sent(cast("Select[Any]", one)) for one in statement.selects))
    sent = reduce(lambda before, number: before.op("||")(number), _bytes(statement.selected_columns))
    return cast("Reading", statement.with_only_columns(statement.selected_columns[0].label("time_ms"), sent.label("sent")))


def _bytes(columns: Iterable[ColumnElement[Any]]) -> Iterator[ColumnElement[Any]]:
    """The bytes that a server sends of some numbers: of four as of a line segment, which takes two thirds of the time of four alone (24 h: 1.4 ms, 2.0)."""
    # A null has no bytes, and would leave none of its row.
    numbers = [func.coalesce(cast_to(column, Float(53)), literal_column("'NaN'::float8")) for column in columns]
    while len(numbers) >= 4:
        x1, y1, x2, y2, *numbers = numbers
        yield func.lseg_send(func.lseg(func.point(x1, y1), func.point(x2, y2)), type_=LargeBinary)
    yield from (func.float8send(number, type_=LargeBinary) for number in numbers)
