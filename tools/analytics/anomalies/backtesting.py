"""When alerts would have been raised over stored history."""

from collections.abc import Sequence
from datetime import datetime

from ..alerts import LiquidityAlert
from ..rules import Rule
from ..series import Series
from .watching import THRESHOLD_PCT


def backtest(
    series: Series, *, lookback_hours: float = 24, threshold_pct: float = THRESHOLD_PCT, rules: Sequence[Rule] = (), first: datetime | None = None
) -> list[LiquidityAlert]:
    """Every alert that `step` would have raised over the series, oldest first, as it stood at the end (cleared or still raised).

    The norm at each moment is that of the `lookback_hours` before it. Observations before `first` only serve as history.
    """
    raise NotImplementedError
