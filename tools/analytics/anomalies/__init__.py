"""When liquidity is not as usual: one pure step from observation to observation, behind the point check, the recorder, the live monitor and the backtest.

Deviations are from the median of a window. What counts, with the default threshold T of 30 %:

- SPREAD_WIDENING: spread at least T % above its median.
- DEPTH_DROP: depth in the widest band complete in every sample at least T % below its median.
- IMBALANCE: imbalance of that band at least T percentage points from its median.
- PRICE_ANOMALY: log return over one interval beyond JUMP_SIGMAS * T / 30 robust sigmas of at least FEWEST_MOVES returns, and at least 0.2 %.
- VENUE_OUTAGE: no valid book for two intervals.

Two observations in a row raise an alert (a price jump needs one). It keeps the values of the worst, and ends with five calm ones in a row, as of the
first of them: an incident that pauses or grows is one alert.
"""

from .backtesting import LOOKBACK_HOURS, backtest, backtest_rules, resumed, standing_rules
from .checking import AnomalyReport, Check, report
from .norms import Norm, norm
from .standing import as_stood
from .stepping import step
from .telling import as_known
from .watching import THRESHOLD_PCT, AlertState, Observation, observe, resume
from .wording import cleared, undated

__all__ = [
    "LOOKBACK_HOURS",
    "THRESHOLD_PCT",
    "AlertState",
    "AnomalyReport",
    "Check",
    "Norm",
    "Observation",
    "as_known",
    "as_stood",
    "backtest",
    "backtest_rules",
    "cleared",
    "norm",
    "observe",
    "report",
    "resume",
    "resumed",
    "standing_rules",
    "step",
    "undated",
]
