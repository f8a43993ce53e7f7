"""Who records what: a lease for each market, so that several recorders share one database."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, Connection, bindparam, cast, delete, extract, func, literal, or_, select

from ..analytics.series import milliseconds
from ..parameters import Source
from .database import Database
from .store import LONGEST_LEASE_S, Pair
from .tables import leases

_SERVER_TIME = cast(1_000 * extract("epoch", func.clock_timestamp()), BigInteger)


def _is_held(present: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a lease has not ended, nor ends later than any that was taken by a clock that was right."""
    return leases.c.expires_ms.between(present + 1, present + round(1_000 * LONGEST_LEASE_S))


_OF_SOURCE = select(leases.c.exchange, leases.c.symbol).where(leases.c.source == bindparam("source"))
_HELD_ON_SQLITE, _HELD_ON_POSTGRESQL = (_OF_SOURCE.where(_is_held(present)) for present in (bindparam("now_ms", type_=BigInteger), _SERVER_TIME))

_OWNER = select(leases.c.owner).where(
    leases.c.source == bindparam("source"), leases.c.exchange == bindparam("exchange"), leases.c.symbol == bindparam("symbol")
)


@dataclass(frozen=True)
class Leases:
    """The leases for one source. Time is the server's, so that machines need not agree on it; of a file, which has one machine, the caller's."""

    database: Database
    source: Source

    async def claim(self, pairs: Sequence[Pair], owner: str, now: Callable[[], datetime], lease_s: float) -> list[Pair]:
        """Take or renew what is free, expired, the owner's, or of a clock that was wrong: no lease ends later than LONGEST_LEASE_S from now.

        One statement decides each market, so two who claim at once cannot both have it.
        """
        if not pairs:
            return []
        held = await self.database.write(lambda connection: self._take(connection, sorted(set(pairs)), owner, now, round(1_000 * lease_s)))
        return [pair for pair in dict.fromkeys(pairs) if pair in held]

    def _take(self, connection: Connection, pairs: Sequence[Pair], owner: str, now: Callable[[], datetime], lease_ms: int) -> set[Pair]:
        """In one order everywhere, or two who claim would wait for one another."""
        # Told the time once it is our turn, of each market at a server: by an earlier one, a lease just taken by another would seem to end too late.
        present = literal(milliseconds(now()), BigInteger) if self.database.on_sqlite else _SERVER_TIME
        expires_ms = connection.execute(select(present + lease_ms)).scalar_one()
        insert = self.database.insert(leases)
        statement = insert.on_conflict_do_update(
            index_elements=["source", "exchange", "symbol"],
            set_={"owner": insert.excluded.owner, "expires_ms": insert.excluded.expires_ms},
            where=or_(leases.c.owner == insert.excluded.owner, ~_is_held(present)),
        ).returning(leases.c.exchange, leases.c.symbol)
        wanted = [{"source": self.source, "exchange": one, "symbol": two, "owner": owner, "expires_ms": expires_ms} for one, two in pairs]
        return {(row.exchange, row.symbol) for row in connection.execute(statement, wanted)}

    async def held(self, now: datetime) -> set[Pair]:
        """The markets that somebody holds the lease of."""
        if self.database.on_sqlite:
            rows = await self.database.fetch(_HELD_ON_SQLITE, source=self.source, now_ms=milliseconds(now))
        else:
            rows = await self.database.fetch(_HELD_ON_POSTGRESQL, source=self.source)
        return {(exchange, symbol) for exchange, symbol in rows}

    async def owner(self, pair: Pair) -> str | None:
        """Who took a market's lease last, whether or not it has run out; None where nobody has, or gave it up."""
        rows = await self.database.fetch(_OWNER, source=self.source, exchange=pair[0], symbol=pair[1])
        return rows[0][0] if rows else None

    async def release(self, owner: str) -> None:
        """Give up every lease of an owner."""
        owned = delete(leases).where(leases.c.source == self.source, leases.c.owner == owner)
        await self.database.write(lambda connection: connection.execute(owned).close())
