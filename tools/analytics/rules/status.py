"""What is told of people's rules: each with its state, and how often it would have fired."""

from datetime import datetime
from typing import Literal

from ...units import ByUnit, Count
from ..alerts import ValueUnit
from ..result import Record, Result
from .rule import Metric


class RuleStatus(Record):
    """A stored rule: its state by the newest snapshot, and how often it would have fired over stored history (null where there is none)."""

    rule_id: str
    rule: str
    symbol: str
    exchange: str
    metric: Metric
    value: ByUnit
    unit: ValueUnit
    created_at: datetime
    state: Literal["quiet", "raised", "no data"]
    current_value: ByUnit | None
    would_have_fired: Count | None
    last_fired_at: datetime | None


class AlertRules(Result):
    """The caller's alert rules. `message` says what was done; each rule was tried on the last `tested_hours` of stored history."""

    message: str
    tested_hours: Count
    rules: list[RuleStatus]
