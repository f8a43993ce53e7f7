"""Who records what: a lease for each market, so that several recorders share one database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_

from ..analytics.series import milliseconds
from ..parameters import Source
from .database import Database
from .tables import leases


@dataclass(frozen=True)
class Leases:
    """The leases for one source."""

    database: Database
    source: Source

    async def claim(self, pairs: Sequence[tuple[str, str]], owner: str, now: datetime, lease_s: float) -> list[tuple[str, str]]:
        """Take or renew what is free, expired or the owner's. One statement decides each market, so two who claim at once cannot both have it."""
        if not pairs:
            return []
        insert = self.database.insert(leases)
        statement = insert.on_conflict_do_update(
            index_elements=["source", "exchange", "symbol"],
            set_={"owner": insert.excluded.owner, "expires_ms": insert.excluded.expires_ms},
            where=or_(leases.c.owner == insert.excluded.owner, leases.c.expires_ms <= milliseconds(now)),
        ).returning(leases.c.exchange, leases.c.symbol)
        expires_ms = milliseconds(now + timedelta(seconds=lease_s))
        # In one order everywhere, or two who claim would wait for one another.
        wanted = [{"source": self.source, "exchange": one, "symbol": two, "owner": owner, "expires_ms": expires_ms} for one, two in sorted(set(pairs))]
        held = await self.database.write(lambda connection: {(row.exchange, row.symbol) for row in connection.execute(statement, wanted)})
        return [pair for pair in dict.fromkeys(pairs) if pair in held]

    async def release(self, owner: str) -> None:
        """Give up every lease of an owner."""
        owned = delete(leases).where(leases.c.source == self.source, leases.c.owner == owner)
        await self.database.write(lambda connection: connection.execute(owned).close())
