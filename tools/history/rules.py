"""People's rules in and out of the database."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select

from ..analytics.rules import Rule
from ..analytics.series import milliseconds, moment
from ..parameters import Source
from .database import Database
from .store import StoredRule
from .tables import rules

_FIELDS = tuple(field.name for field in fields(Rule))
_STORED = (
    select(rules.c.created_ms, *(rules.c[name] for name in _FIELDS)).where(rules.c.source == bindparam("source")).order_by(rules.c.created_ms, rules.c.rule_id)
)


@dataclass(frozen=True)
class Rules:
    """The rules for one source."""

    database: Database
    source: Source

    async def stored(self) -> list[StoredRule]:
        """All of them, oldest first."""
        return [_rule(row) for row in await self.database.fetch(_STORED, source=self.source)]

    async def add(self, rule: Rule, at: datetime) -> bool:
        """Whether it was new."""
        statement = self.database.insert(rules).values(source=self.source, created_ms=milliseconds(at), **asdict(rule)).on_conflict_do_nothing()
        return bool(await self.database.write(lambda connection: connection.execute(statement).rowcount))

    async def remove(self, rule_id: str) -> bool:
        """Whether there was one."""
        statement = delete(rules).where(rules.c.source == self.source, rules.c.rule_id == rule_id)
        return bool(await self.database.write(lambda connection: connection.execute(statement).rowcount))


def _rule(row: Sequence[Any]) -> StoredRule:
    values: dict[str, Any] = dict(zip(_FIELDS, row[1:], strict=True))
    values["above"] = bool(values["above"])
    return StoredRule(Rule(**values), moment(row[0]))
