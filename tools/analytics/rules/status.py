"""What is told of people's rules: each with its state, and how often it would have fired."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ...units import ByUnit, Count, Milliseconds
from ..alerts import ValueUnit
from ..result import Record, Result
from .rule import Metric, Rule

RuleState = Literal["raised", "beyond", "quiet", "not watched", "no data"]
"""raised: its alert stands; beyond: its condition holds, without an alert yet; not watched: nobody looks any more; no data: its figure is not known."""


@dataclass(frozen=True)
class OwnRule:
    """A stored rule: what was seen after `since` counts towards its alert, which is when it was stored unless the books are of another time."""

    rule: Rule
    created_at: datetime
    since: datetime


class RuleStatus(Record):
    """A stored rule: its state by the newest look, with the value of `as_of`, and how it would have done over stored history since `tested_since`.

    What is not known or was not tried is null. `true_throughout` is whether its condition held in every snapshot tested.
    """

    rule_id: str
    rule: str
    symbol: str
    exchange: str
    metric: Metric
    value: ByUnit
    unit: ValueUnit
    created_at: datetime
    state: RuleState
    current_value: ByUnit | None
    as_of: datetime | None = None
    age_ms: Milliseconds | None = None
    tested_since: datetime | None = None
    would_have_fired: Count | None
    last_fired_at: datetime | None
    true_throughout: bool | None = None


class AlertRules(Result):
    """The caller's alert rules. `message` says what was done; each rule was tried on the newest looks of the last `tested_hours`, 20,000 at most.

    `as_of` is that of the oldest value.
    """

    message: str
    tested_hours: Count
    rules: list[RuleStatus]
