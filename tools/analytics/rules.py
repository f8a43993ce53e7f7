"""People's own alert rules: `BTC spread on kraken > 5 bps`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ..units import Count
from .alerts import ByUnit, ValueUnit
from .figures import Figures, figures
from .result import Record, Result
from .snapshot import Snapshot

Metric = Literal["spread", "depth", "bid depth", "ask depth", "imbalance", "price"]


@dataclass(frozen=True)
class Rule:
    """An alert is due when `metric` of the market stands beyond `value` (in `unit`) in two observations in a row.

    `symbol` is an asset or a market as the person gave it; `within_pct` is the band that depth and imbalance are measured in.
    """

    rule_id: str
    symbol: str
    exchange: str
    metric: Metric
    above: bool
    value: float
    unit: ValueUnit
    within_pct: float

    @property
    def text(self) -> str:
        """The rule as it is shown and read back by `parse`."""
        raise NotImplementedError


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


def parse(text: str, default_exchange: str) -> Rule:
    """The rule that a text such as `BTC spread on kraken > 5 bps`, `ETH/USD depth within 1% on coinbase below $2m` or `SOL imbalance > 40%` means.

    Raises InvalidArgument with one sentence that says what is not understood and what would be.
    """
    raise NotImplementedError


def concerns(rule: Rule, exchange: str, symbol: str) -> bool:
    """Whether a rule is about this market: the one it names, or one of the asset it names."""
    return rule.exchange == exchange and rule.symbol in {symbol, symbol.partition("/")[0]}


def measure(rule: Rule, snapshot: Snapshot) -> float | None:
    """The rule's figure in the rule's unit, None where the snapshot does not know it."""
    return measured(rule, figures(snapshot))


def measured(rule: Rule, seen: Figures) -> float | None:
    """The rule's figure in the rule's unit, None where these figures do not know it."""
    raise NotImplementedError
