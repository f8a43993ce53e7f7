"""People's rules in and out of the database."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from ..analytics.rules import Rule
from ..analytics.series import milliseconds, moment
from ..errors import InvalidArgument
from ..parameters import Source
from .database import Database
from .store import StoredRule
from .tables import rules

_FIELDS = tuple(field.name for field in fields(Rule))
_COLUMNS = (rules.c.created_ms, *(rules.c[name] for name in _FIELDS))
_STORED = select(*_COLUMNS).where(rules.c.source == bindparam("source")).order_by(rules.c.created_ms, rules.c.rule_id)
MOST_RULES = 50
"""Every look at a market is judged by all of its rules."""


@dataclass(frozen=True)
class Rules:
    """The rules for one source."""

    database: Database
    source: Source

    async def stored(self) -> list[StoredRule]:
        """All of them, oldest first."""
        return [_rule(row) for row in await self.database.fetch(_STORED, source=self.source)]

    async def add(self, rule: Rule, at: datetime) -> bool:
        """Whether it was new; raises InvalidArgument where there are as many as there may be."""
        # Two that count at once would both find room.
        return await self.database.write(lambda connection: self._added(connection, rule, at), alone=True)

    def _added(self, connection: Connection, rule: Rule, at: datetime) -> bool:
        known = {row.rule_id for row in connection.execute(select(rules.c.rule_id).where(rules.c.source == self.source))}
        if rule.rule_id in known:
            return False
        if len(known) >= MOST_RULES:
            raise InvalidArgument(f"{MOST_RULES} rules are stored, which is the most there may be: remove one first.")
        connection.execute(insert(rules).values(source=self.source, created_ms=milliseconds(at), **asdict(rule)))
        return True

    async def remove(self, rule_id: str) -> Rule | None:
        """The rule that was removed, None where there was none."""
        statement = delete(rules).where(rules.c.source == self.source, rules.c.rule_id == rule_id).returning(*_COLUMNS)
        row = await self.database.write(lambda connection: connection.execute(statement).one_or_none())
        return None if row is None else _rule(row).rule


def _rule(row: Sequence[Any]) -> StoredRule:
    values: dict[str, Any] = dict(zip(_FIELDS, row[1:], strict=True))
    values["above"] = bool(values["above"])
    return StoredRule(Rule(**values), moment(row[0]))
