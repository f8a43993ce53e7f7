"""What `step` is given and what it remembers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from ..alerts import LiquidityAlert
from ..look import Look
from ..rules import Rule
from .norms import Norm

THRESHOLD_PCT = 30.0
LONGEST_UNSEEN = 10
"""For so many looks in a row an alert stands whose figure cannot be told; then, and after a gap, it stands only where it still deviates."""


@dataclass(frozen=True, kw_only=True)
class Observation(Look):
    """A look with what it is judged by: `norm`, None where history is too short to have one.

    `interval_s` is how often the market is looked at: what "two in a row" and "an interval" mean.
    """

    interval_s: float
    norm: Norm | None


class Track(NamedTuple):
    """One kind of incident: observations in a row beyond its limit, the alert that stands, and calm observations in a row since, from `calm_at` on.

    `unseen` is for how many books in a row the figure of the alert that stands could not be told.
    """

    beyond: int = 0
    calm: int = 0
    calm_at: datetime | None = None
    alert: LiquidityAlert | None = None
    unseen: int = 0

    @property
    def doubtful(self) -> bool:
        """Whether nothing is known of what stands: one look decides whether it still does."""
        return self.unseen >= LONGEST_UNSEEN


@dataclass(frozen=True)
class AlertState:
    """What `step` remembers of one market between observations. A new one is quiet. All but the first two fields are step's own business.

    `rules` are those that concern the market (`rules.concerns`). `tracks` is keyed by alert type or, for a rule, its text; what
    else is there ends with the next valid book.
    `last_at` is the newest observation, `mid` the mid of the newest valid book and `mid_at` its time, `failing_since` from when there was none.
    """

    threshold_pct: float = THRESHOLD_PCT
    rules: tuple[Rule, ...] = ()
    tracks: Mapping[str, Track] = field(default_factory=dict[str, Track])
    last_at: datetime | None = None
    mid: float | None = None
    mid_at: datetime | None = None
    failing_since: datetime | None = None

    @property
    def open_alerts(self) -> tuple[LiquidityAlert, ...]:
        """The alerts that stand."""
        return tuple(track.alert for track in self.tracks.values() if track.alert)


def observe(look: Look, norm: Norm | None, interval_s: float) -> Observation:
    """The observation that a look at a market, taken every `interval_s`, is."""
    return Observation(**vars(look), norm=norm, interval_s=interval_s)


def resume(open_alerts: Iterable[LiquidityAlert], rules: Sequence[Rule] = (), threshold_pct: float = THRESHOLD_PCT) -> AlertState:
    """The state of a watch that starts anew while these alerts stand; how long nobody looked is not known, so the first look decides whether they still do.

    Of several of one kind the oldest is taken up, and the others end with the next valid book.
    """
    tracks = dict[str, Track]()
    for alert in sorted(open_alerts, key=lambda one: one.timestamp):
        key = kind(alert)
        tracks[alert.alert_id if key in tracks else key] = Track(alert=alert, unseen=LONGEST_UNSEEN)
    return AlertState(threshold_pct, tuple(rules), tracks)


def kind(alert: LiquidityAlert) -> str:
    """What an alert is of, of which one market has one alert at a time: its type, or a person's rule."""
    return alert.rule or alert.alert_type
