"""Which markets have snapshots, and which of them a symbol means."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ScalarSelect, Table, bindparam, func, or_, select

from ..analytics.series import moment
from ..parameters import Source
from ..symbols import candidates
from .database import Database
from .store import RecordedMarket
from .tables import hours, series, snapshots


def _of(table: Table, figure: Any) -> ScalarSelect[Any]:
    return select(figure).where(table.c.series_id == series.c.id).scalar_subquery()


def _newest(table: Table) -> ScalarSelect[Any]:
    of_market = table.c.series_id == series.c.id
    return select(table.c.liquidity_1pct_usd).where(of_market).order_by(table.c.time_ms.desc()).limit(1).scalar_subquery()


# What is down-sampled is older than every snapshot but those that a file brought late.
_MARKETS = (
    select(
        series.c.exchange,
        series.c.symbol,
        func.coalesce(_of(hours, func.min(hours.c.time_ms)), _of(snapshots, func.min(snapshots.c.time_ms))).label("first_ms"),
        func.coalesce(_of(snapshots, func.max(snapshots.c.time_ms)), _of(hours, func.max(hours.c.time_ms))).label("last_ms"),
        func.coalesce(_newest(snapshots), _newest(hours)),
    )
    .where(series.c.source == bindparam("source"))
    .where(or_(bindparam("exchange") == "", series.c.exchange == bindparam("exchange")))
    .order_by(series.c.exchange, series.c.symbol)
)


@dataclass(frozen=True)
class Markets:
    """The recorded markets of one source."""

    database: Database
    source: Source
    # Markets that have snapshots: they keep them, so no one need ask again.
    _known: set[tuple[str, str]] = field(default_factory=set)

    async def recorded(self, exchange: str, base: str) -> list[RecordedMarket]:
        """The markets that have snapshots, of one exchange and one base asset where given."""
        rows = await self.database.fetch(_MARKETS, source=self.source, exchange=exchange)
        return [
            RecordedMarket(venue, symbol, moment(first), moment(last), liquidity)
            for venue, symbol, first, last, liquidity in rows
            if first is not None and base in {"", symbol.partition("/")[0]}
        ]

    async def find(self, exchange: str, symbol: str) -> str | None:
        """The stored market that a symbol means: of a bare asset the deepest of its dollar markets, else the market itself or its nearest quote."""
        if (exchange, symbol) in self._known:
            return symbol
        stored = {one.symbol: one.liquidity_1pct_usd for one in await self.recorded(exchange, "")}
        self._known.update((exchange, one) for one in stored)
        return max(candidates(symbol, stored), key=stored.__getitem__, default=None)
