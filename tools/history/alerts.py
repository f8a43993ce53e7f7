"""Alerts in and out of the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, bindparam, func, or_, select, update

from ..analytics.alerts import LiquidityAlert
from ..analytics.series import milliseconds, moment
from ..parameters import Source
from .database import Database
from .rows import refuse_foreign
from .tables import alerts

_TIMES = {"timestamp": "raised_ms", "worst_at": "worst_ms", "cleared_at": "cleared_ms", "acknowledged_at": "acknowledged_ms"}
_ID = (alerts.c.source == bindparam("of_source"), alerts.c.alert_id == bindparam("of_id"))
_SINCE, _UNTIL = (bindparam(name, type_=BigInteger) for name in ("since_ms", "until_ms"))
_FOUND = (
    select(alerts)
    .where(alerts.c.source == bindparam("source"))
    .where(or_(bindparam("exchange") == "", alerts.c.exchange == bindparam("exchange")))
    .where(or_(bindparam("symbol") == "", alerts.c.symbol == bindparam("symbol")))
    .where(or_(alerts.c.cleared_ms.is_(None), alerts.c.cleared_ms >= _SINCE))
    .where(alerts.c.raised_ms <= _UNTIL)
    .order_by(alerts.c.raised_ms.desc(), alerts.c.alert_id)
)
_ONE = select(alerts).where(*_ID)
_ACKNOWLEDGE = update(alerts).where(*_ID).values(acknowledged_ms=func.coalesce(alerts.c.acknowledged_ms, bindparam("at_ms", type_=BigInteger)))
_NAMES = tuple(alerts.c.keys())
_FOREVER_MS = 2**62


@dataclass(frozen=True)
class Alerts:
    """The alerts of one source."""

    database: Database
    source: Source

    async def store(self, given: Sequence[LiquidityAlert]) -> None:
        """Insert or update them by id. When it was raised and acknowledged stays, and what is cleared is not raised again by a write that comes late."""
        if not given:
            return
        insert = self.database.insert(alerts)
        changed: dict[str, Any] = {name: insert.excluded[name] for name in _NAMES if name not in {"source", "alert_id", "raised_ms", "acknowledged_ms"}}
        changed["acknowledged_ms"] = func.coalesce(alerts.c.acknowledged_ms, insert.excluded.acknowledged_ms)
        statement = insert.on_conflict_do_update(
            index_elements=["source", "alert_id"], set_=changed, where=or_(alerts.c.state == "raised", insert.excluded.state == "cleared")
        )
        refuse_foreign(given, self.source)
        rows = [_row(one) for one in given]
        await self.database.write(lambda connection: connection.execute(statement, rows).close())

    async def find(self, exchange: str, symbol: str, since: datetime | None, until: datetime | None, *, open_only: bool) -> list[LiquidityAlert]:
        """Those that stood at some time of the window, newest first; if `open_only` those that stood at its end, or without one stand now."""
        until_ms = _FOREVER_MS if until is None else milliseconds(until)
        # What has a later all-clear, or none, stood.
        since_ms = until_ms + 1 if open_only else -_FOREVER_MS if since is None else milliseconds(since)
        rows = await self.database.fetch(
            _FOUND,
            source=self.source,
            exchange=exchange,
            symbol=symbol,
            since_ms=since_ms,
            until_ms=until_ms,
        )
        return [_alert(row) for row in rows]

    async def acknowledge(self, alert_id: str, at: datetime) -> LiquidityAlert | None:
        """Mark as seen, unless it was before."""
        key = {"of_source": self.source, "of_id": alert_id}
        await self.database.write(lambda connection: connection.execute(_ACKNOWLEDGE, {**key, "at_ms": milliseconds(at)}).close())
        rows = await self.database.fetch(_ONE, **key)
        return _alert(rows[0]) if rows else None


def _row(alert: LiquidityAlert) -> dict[str, Any]:
    values = alert.model_dump()
    times = {column: None if values[name] is None else milliseconds(values[name]) for name, column in _TIMES.items()}
    return {**{name: value for name, value in values.items() if name not in _TIMES}, **times}


def _alert(row: Sequence[Any]) -> LiquidityAlert:
    stored: Mapping[str, Any] = dict(zip(_NAMES, row, strict=True))
    times: dict[str, Any] = {name: None if stored[column] is None else moment(stored[column]) for name, column in _TIMES.items()}
    return LiquidityAlert(**{name: value for name, value in stored.items() if name not in _TIMES.values()}, **times)
