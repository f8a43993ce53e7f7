"""Watches of one market by hand: looks a minute apart, stepped over one by one, for tests."""

from collections.abc import Iterable, Sequence

from make_books import NOON
from make_snapshots import miss, snapshot

from tools.analytics.alerts import LiquidityAlert
from tools.analytics.anomalies import AlertState, Norm, observe, step
from tools.analytics.anomalies.stepping import CALM_LOOKS
from tools.analytics.look import look
from tools.analytics.snapshot import Miss, Snapshot

MINUTE = 60.0
USUAL = Norm(
    sample_count=1_440,
    spread_median_pct=0.05,
    spread_mad_pct=0.005,
    depth_band_pct=5.0,
    depth_median_usd=1e6,
    depth_mad_usd=5e4,
    imbalance_median_pct=0.0,
    imbalance_mad_pct=4.0,
    return_sigma_pct=0.05,
    interval_s=MINUTE,
)
Event = tuple[float, str, str]
"""The minute, the type and the state of an alert."""


def calm(minute: float, *, mid: float = 100.0, spread_pct: float = 0.05, depth_usd: float = 1e6, imbalance_pct: float = 0.0) -> Snapshot:
    """A snapshot as usual, but for what is given."""
    half = mid * spread_pct / 200
    return snapshot(after_s=60 * minute, best_bid=mid - half, best_ask=mid + half, depth_usd=depth_usd, imbalance_pct=imbalance_pct)


def calms(first: float) -> list[Snapshot]:
    """As many as it takes to end an alert, from a minute on."""
    return [calm(first + after) for after in range(CALM_LOOKS)]


def down(minute: float) -> Miss:
    """A look that failed."""
    return miss(after_s=60 * minute)


def watch(looks: Iterable[Snapshot | Miss], state: AlertState = AlertState(), usual: Norm | None = USUAL) -> tuple[AlertState, list[LiquidityAlert]]:
    """The state after the looks, and every event."""
    events = list[LiquidityAlert]()
    for seen in looks:
        state, new = step(state, observe(look(seen), usual, MINUTE))
        events += new
    return state, events


def brief(events: Sequence[LiquidityAlert]) -> list[Event]:
    """When each event was, of what, and which."""
    return [(((one.cleared_at or one.timestamp) - NOON).total_seconds() / 60, one.alert_type, one.state) for one in events]


def spreads(*values: float) -> list[Snapshot]:
    """A minute each."""
    return [calm(minute, spread_pct=value) for minute, value in enumerate(values)]
