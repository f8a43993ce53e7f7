"""People's own alert rules: `BTC spread on kraken > 5 bps`."""

from .grammar import parse
from .rule import Metric, Rule, concerns, identified, measure, measured, measured_over
from .status import AlertRules, OwnRule, RuleState, RuleStatus

__all__ = ["AlertRules", "Metric", "OwnRule", "Rule", "RuleState", "RuleStatus", "concerns", "identified", "measure", "measured", "measured_over", "parse"]
