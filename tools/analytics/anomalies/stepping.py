"""The one step behind every alert: from state and observation to state and what was raised or cleared."""

from dataclasses import replace
from datetime import datetime, timedelta

from ..alerts import AlertType, LiquidityAlert
from ..figures import Figures
from .deviations import Deviation, Judged, judge
from .norms import GAP_INTERVALS
from .watching import LONGEST_UNSEEN, AlertState, Observation, Track
from .wording import cleared, raised, worsened

OUTAGE: AlertType = "VENUE_OUTAGE"
CALM_LOOKS = 5
"""An alert ends once its figure has been calm for so many looks in a row: what deviates again before is the same incident, which may get worse."""
_IN_A_ROW = 2
# Without a valid book since the last one: two intervals, less half of one for a look that came early.
_OUTAGE_INTERVALS = 1.5
_RANKS = {"LOW": 0, "MEDIUM": 1, "HIGH": 2}

Followed = tuple[Track, list[LiquidityAlert]]
"""A track after one more observation, and the news of it."""


def step(state: AlertState, observation: Observation) -> tuple[AlertState, list[LiquidityAlert]]:
    """The state after an observation, and its news: alerts raised or become more severe (state "raised"), and all-clears (state "cleared"), each by one id.

    An alert that stands keeps the values of the strongest deviation seen meanwhile; where that is no more severe it shows in `open_alerts` alone.
    It is cleared with the last of CALM_LOOKS calm looks, as of the first of them. An observation that is not newer than the last is passed over.
    After a gap between observations, counting starts anew, and an alert ends with the first look that is calm: what stood in between, nobody saw.
    """
    if state.last_at is not None and observation.at <= state.last_at:
        return state, []
    if observation.figures is None:
        return _without_book(ready(state, observation), observation)
    return _with_book(ready(state, observation), observation, observation.figures)


def ready(state: AlertState, observation: Observation) -> AlertState:
    """The state that an observation is judged by: after a gap, nothing that came before it counts as in a row with it."""
    return _doubted(_restarted(state)) if follows_gap(state, observation) else state


def follows_gap(state: AlertState, observation: Observation) -> bool:
    """Whether nobody looked for so long before an observation that what stood may have ended unseen."""
    return state.last_at is not None and _intervals(observation, state.last_at) > GAP_INTERVALS


def _doubted(state: AlertState) -> AlertState:
    """The state in which nothing is known of what stands: one look decides whether it still does."""
    return replace(state, tracks={key: track._replace(unseen=LONGEST_UNSEEN if track.alert else 0) for key, track in state.tracks.items()})


def _intervals(observation: Observation, since: datetime) -> float:
    return (observation.at - since).total_seconds() / observation.interval_s


def _restarted(state: AlertState) -> AlertState:
    """Nothing counts as in a row any more; what stands still stands."""
    tracks = {key: Track(alert=track.alert, unseen=track.unseen) for key, track in state.tracks.items()}
    return replace(state, tracks=tracks, mid=None, mid_at=None, failing_since=None)


def _without_book(state: AlertState, observation: Observation) -> tuple[AlertState, list[LiquidityAlert]]:
    """A look that failed says nothing of spread, depth or price; once it is an outage, they start anew after it."""
    since = state.failing_since or state.mid_at or observation.at - timedelta(seconds=observation.interval_s)
    before = state.tracks.get(OUTAGE, Track())
    failed = before.beyond + 1
    out = failed >= _IN_A_ROW and _intervals(observation, since) >= _OUTAGE_INTERVALS
    track, events = _deviating(before, outage(failed), observation, due=out)
    kept = _restarted(state) if out else state
    return replace(kept, tracks={**kept.tracks, OUTAGE: track}, last_at=observation.at, failing_since=since), events


def outage(looks: int) -> Deviation:
    """So many failed looks in a row. No book at all is a depth drop of 100 %, so it is as severe."""
    return Deviation(OUTAGE, "count", looks, None, None, None, None, beyond=looks > 0, calm=not looks, severity="HIGH")


def _with_book(state: AlertState, observation: Observation, seen: Figures) -> tuple[AlertState, list[LiquidityAlert]]:
    judged = {**judge(state, observation, seen), OUTAGE: outage(0)}
    followed = {key: _followed(state.tracks.get(key, Track()), one, observation) for key, one in judged.items()}
    # Of a rule that is no longer there nothing is left to wait for.
    followed |= {key: _ended(track, observation.at) for key, track in state.tracks.items() if key not in judged}
    tracks = {key: track for key, (track, _) in followed.items() if track != Track()}
    events = [event for _, own in followed.values() for event in own]
    return replace(state, tracks=tracks, last_at=observation.at, mid=seen.mid, mid_at=observation.at, failing_since=None), events


def _followed(track: Track, found: Judged, observation: Observation) -> Followed:
    if isinstance(found, str):
        return _untold(track, observation)
    if found.beyond:
        needed = 1 if found.alert_type == "PRICE_ANOMALY" else _IN_A_ROW
        return _deviating(track, found, observation, due=track.beyond + 1 >= needed)
    return _calmed(track, observation) if found.calm else (Track(alert=track.alert), [])


def _untold(track: Track, observation: Observation) -> Followed:
    """After a look that could not be checked, which breaks what was in a row."""
    if track.alert is None:
        return Track(), []
    return _ended(track, observation.at) if track.doubtful else (Track(alert=track.alert, unseen=track.unseen + 1), [])


def _deviating(track: Track, found: Deviation, observation: Observation, *, due: bool) -> Followed:
    """After a look beyond the limit, by which a new alert is `due`; one that stands may get worse."""
    if track.alert:
        alert = _worst(track.alert, found, observation)
        return Track(track.beyond + 1, alert=alert), [alert] if alert.severity != track.alert.severity else []
    news = [raised(observation, found)] if due else []
    return Track(track.beyond + 1, alert=news[0] if news else None), news


def _worst(alert: LiquidityAlert, found: Deviation, observation: Observation) -> LiquidityAlert:
    """The alert as it stands, or by this look where that is the strongest deviation yet."""
    before = _RANKS[alert.severity], _extent(alert.deviation_percentage, alert.current_value)
    now = _RANKS[found.severity], _extent(found.deviation_pct, found.current)
    return worsened(alert, observation, found) if now > before else alert


def _extent(deviation_pct: float | None, current: float) -> float:
    """How far a figure deviates; of an outage, how many looks have failed."""
    return abs(current if deviation_pct is None else deviation_pct)


def _calmed(track: Track, observation: Observation) -> Followed:
    """After a calm look: what stands is over since the first of them, once there are enough in a row."""
    if track.alert is None:
        return Track(), []
    calm, calm_at = track.calm + 1, track.calm_at or observation.at
    over = track.doubtful or calm >= CALM_LOOKS
    return _ended(track, calm_at) if over else (Track(calm=calm, calm_at=calm_at, alert=track.alert), [])


def _ended(track: Track, at: datetime) -> Followed:
    return Track(), [cleared(track.alert, at)] if track.alert else []
