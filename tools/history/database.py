"""One database behind one set of statements, whichever engine it is.

Statements are SQLAlchemy's. Reads hand them to the driver itself, whose rows become numpy columns at once: SQLAlchemy's row objects would cost more
than the query (24 h of one market: 7.2 ms, the bare statement 2.9).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import CompoundSelect, Connection, Dialect, Select, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Compiled
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement

CONNECT_S = 5.0
"""How long a connection may take to come."""
POOL = {"pool_use_lifo": True, "max_overflow": 0, "pool_timeout": CONNECT_S, "pool_reset_on_return": None}
"""Giving a connection back must not wait for anything, so none is closed then, and one that ended its transaction is not asked to end it again."""

Row = Sequence[Any]
Reading = Select[Any] | CompoundSelect[Any]
"""A SELECT, or several of which all rows are wanted (UNION ALL)."""
T = TypeVar("T")


class Database(ABC):
    """An open database. Every way to use it raises HistoryUnavailable where it does not answer, and NotStorable where it refuses for good."""

    on_sqlite: bool

    def __init__(self, url: URL, dialect: Dialect, insert: Callable[[Table], sqlite.Insert | postgresql.Insert]) -> None:
        """Both engines have INSERT ... ON CONFLICT, each in an `insert` of its own."""
        self._url = url
        self._dialect = dialect
        self.insert = insert
        self._compiled: dict[ClauseElement, Compiled] = {}
        self._noted: tuple[int, int] | None = None

    @property
    def name(self) -> str:
        """Its address, without a password."""
        return self._url.render_as_string(hide_password=True)

    def note_file(self) -> None:
        """Have the file that is at the address now be the one that `is_gone` goes by."""
        self._noted = self._found()

    def is_gone(self) -> bool:
        """Whether the file is no longer at its address: what is written to it now would never be found."""
        return self._noted is not None and self._noted != self._found()

    def _found(self) -> tuple[int, int] | None:
        """What tells the file from any other, None where there is none; some microseconds."""
        return None

    async def fetch(self, statement: ClauseElement, **values: Any) -> Sequence[Row]:
        """The rows of a reading statement, as the driver gives them. The statement's text is kept: give one that lives as long as the program."""
        return await self._read(list, statement, values)

    @abstractmethod
    async def columns(self, statement: Reading, **values: Any) -> NDArray[np.float64]:
        """The rows of a statement that reads numbers, the first of them a time, as shape (rows, columns) with NaN for null, in any order."""

    @abstractmethod
    async def write(self, work: Callable[[Connection], T], *, alone: bool = False) -> T:
        """What `work` gives, done in a transaction of its own: of those that are `alone` there is one at a time, over all processes.

        Once begun it is done, committed or undone, before a caller who is cancelled hears of it.
        """

    @abstractmethod
    async def close(self) -> None:
        """Close every connection."""

    @abstractmethod
    async def _read(self, take: Callable[[Iterable[Row]], T], statement: ClauseElement, values: dict[str, Any]) -> T:
        """What `take` makes of the rows of a statement."""

    def _text(self, statement: ClauseElement, values: dict[str, Any]) -> tuple[str, list[Any]]:
        """A statement in the engine's own words, and its values in order."""
        compiled = self._compiled.get(statement)
        if compiled is None:
            compiled = self._compiled[statement] = statement.compile(dialect=self._dialect)
        parameters: Any = compiled.construct_params(values)
        return compiled.string, [parameters[name] for name in cast("SQLCompiler", compiled).positiontup or ()]
