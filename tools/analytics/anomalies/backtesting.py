"""When alerts would have been raised over stored history."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from ..alerts import LiquidityAlert
from ..rules import OwnRule, Rule
from ..series import HOUR_MS, Series, milliseconds, priced
from .looks import Looks
from .norms import norm
from .skipping import joined, through_rules
from .stepping import step
from .watching import THRESHOLD_PCT, AlertState, Observation

LOOKBACK_HOURS = 24.0
"""What is usual is that of so many hours before a look, as whoever watches judges it."""
REFRESHES = 96
"""How often within the lookback what is usual is worked out anew: every 15 minutes of a day."""


def backtest(
    series: Series, *, lookback_hours: float = LOOKBACK_HOURS, threshold_pct: float = THRESHOLD_PCT, rules: Sequence[Rule] = (), first: datetime | None = None
) -> list[LiquidityAlert]:
    """Every alert that `step` would have raised over the series, oldest first, as it stood at the end (cleared or still raised).

    The norm at each moment is that of the `lookback_hours` before it, worked out anew REFRESHES times in that time. Observations before
    `first` only serve as history.
    """
    return resumed(AlertState(threshold_pct, tuple(rules)), series, lookback_hours=lookback_hours, first=first)[1]


def resumed(
    state: AlertState, series: Series, *, lookback_hours: float = LOOKBACK_HOURS, first: datetime | None = None
) -> tuple[AlertState, list[LiquidityAlert]]:
    """As `backtest`, from a state on that was left before `first`: the state afterwards, and beside the alerts raised meanwhile those that stood in it."""
    return run(state, observations(priced(series), lookback_hours, first))


def backtest_rules(series: Series, rules: Sequence[Rule]) -> list[LiquidityAlert]:
    """Of `backtest`, the alerts of the rules alone, without what it takes to say what is usual; the rules are of the series' market."""
    state, cleared = through_rules(AlertState(rules=tuple(rules)), Looks.of(priced(series)))
    return sorted((alert for alert in (*cleared, *state.open_alerts) if alert.rule), key=lambda alert: alert.timestamp)


def standing_rules(series: Series, rules: Sequence[OwnRule]) -> list[LiquidityAlert]:
    """The alerts of rules that stand after a series, each judged by the looks since it is there."""
    state, _ = joined(AlertState(), rules, Looks.of(priced(series)), through_rules)
    return [alert for alert in state.open_alerts if alert.rule]


def run(state: AlertState, observations: Iterable[Observation]) -> tuple[AlertState, list[LiquidityAlert]]:
    """The state after all the observations, and every alert that was raised meanwhile or stood before, oldest first, as it is then."""
    found = {alert.alert_id: alert for alert in state.open_alerts}
    for observation in observations:
        state, events = step(state, observation)
        found |= {alert.alert_id: alert for alert in events}
    found |= {alert.alert_id: alert for alert in state.open_alerts}
    return state, sorted(found.values(), key=lambda alert: alert.timestamp)


def observations(series: Series, lookback_hours: float, first: datetime | None) -> Iterator[Observation]:
    """Every look of a series of known prices from `first` on, with what was usual before it."""
    seen, lookback_ms, first_ms = Looks.of(series), round(HOUR_MS * lookback_hours), milliseconds(first) if first else 0
    usual, due_ms = None, 0
    for index, time_ms in enumerate(seen.time_ms.tolist()):
        if time_ms < first_ms:
            continue
        if usual is None or time_ms >= due_ms:
            usual, due_ms = norm(_window(series, time_ms - lookback_ms, time_ms)), time_ms + lookback_ms // REFRESHES
        yield seen.observation(index, usual)


def _window(series: Series, start_ms: int, end_ms: int) -> Series:
    """The snapshots after start and before end, as a watch reads them."""
    return series.where((series.time_ms > start_ms) & (series.time_ms < end_ms))
