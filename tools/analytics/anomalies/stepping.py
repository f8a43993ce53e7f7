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
COOL_DOWN_INTERVALS = 10
"""After an all-clear, no new alert of the kind for so long: a market that flickers is one incident."""
_IN_A_ROW, _CALM_IN_A_ROW = 2, 2
# Without a valid book since the last one: two intervals, less half of one for a look that came early.
_OUTAGE_INTERVALS = 1.5
_RANKS = {"LOW": 0, "MEDIUM": 1, "HIGH": 2}


def step(state: AlertState, observation: Observation) -> tuple[AlertState, list[LiquidityAlert]]:
    """The state after an observation, and the alerts that it raised (state "raised") or cleared (state "cleared", with the id they were raised under).

    An alert that stands takes the values of an observation of higher severity; that shows in `open_alerts`, and in its all-clear. An
    observation that is not newer than the last is passed over. After a gap between observations, counting starts anew, and an alert ends with
    the first look that does not still deviate: what stood in between, nobody saw.
    """
    if state.last_at is not None and observation.at <= state.last_at:
        return state, []
    if observation.figures is None:
        return _without_book(ready(state, observation), observation)
    return _with_book(ready(state, observation), observation, observation.figures)


def ready(state: AlertState, observation: Observation) -> AlertState:
    """The state that an observation is judged by: after a gap, nothing that came before it counts as in a row with it."""
    gap = state.last_at is not None and _intervals(observation, state.last_at) > GAP_INTERVALS
    return _doubted(_restarted(state)) if gap else state


def _doubted(state: AlertState) -> AlertState:
    """The state in which nothing is known of what stands: one look decides whether it still does."""
    return replace(state, tracks={key: track._replace(unseen=LONGEST_UNSEEN if track.alert else 0) for key, track in state.tracks.items()})


def _intervals(observation: Observation, since: datetime) -> float:
    return (observation.at - since).total_seconds() / observation.interval_s


def _restarted(state: AlertState) -> AlertState:
    """Nothing counts as in a row any more; what stands still stands."""
    tracks = {key: track._replace(beyond=0, calm=0) for key, track in state.tracks.items()}
    return replace(state, tracks=tracks, mid=None, mid_at=None, failing_since=None)


def _without_book(state: AlertState, observation: Observation) -> tuple[AlertState, list[LiquidityAlert]]:
    """A look that failed says nothing of spread, depth or price; once it is an outage, they start anew after it."""
    since = state.failing_since or state.mid_at or observation.at - timedelta(seconds=observation.interval_s)
    track = state.tracks.get(OUTAGE, Track())
    track = track._replace(beyond=track.beyond + 1)
    out = track.beyond >= _IN_A_ROW and _intervals(observation, since) >= _OUTAGE_INTERVALS
    track, events = _raised(track, outage(track.beyond), observation) if out else (track, [])
    kept = _restarted(state) if out else state
    return replace(kept, tracks={**kept.tracks, OUTAGE: track}, last_at=observation.at, failing_since=since), events


def outage(looks: int) -> Deviation:
    """So many failed looks in a row. No book at all is a depth drop of 100 %, so it is as severe."""
    return Deviation(OUTAGE, "count", looks, None, None, None, None, beyond=looks > 0, calm=not looks, severity="HIGH")


def _with_book(state: AlertState, observation: Observation, seen: Figures) -> tuple[AlertState, list[LiquidityAlert]]:
    judged = judge(state, observation, seen)
    followed = {key: _followed(state.tracks.get(key, Track()), one, observation) for key, one in judged.items()}
    # A valid book ends an outage at once; of a rule that is no longer there nothing is left to wait for.
    followed |= {key: _ended(track, observation) for key, track in state.tracks.items() if key not in judged}
    tracks = {key: track for key, (track, _) in followed.items() if track != Track()}
    events = [event for _, own in followed.values() for event in own]
    return replace(state, tracks=tracks, last_at=observation.at, mid=seen.mid, mid_at=observation.at, failing_since=None), events


def _followed(track: Track, found: Judged, observation: Observation) -> tuple[Track, list[LiquidityAlert]]:
    """A track after one more observation; one that could not be checked breaks what was in a row."""
    if track.alert is None and (isinstance(found, str) or not found.beyond):
        return Track(quiet_until=track.quiet_until), []
    doubtful = track.unseen >= LONGEST_UNSEEN
    if isinstance(found, str):
        unseen = track._replace(beyond=0, calm=0, unseen=track.unseen + 1)
        return _ended(track, observation) if doubtful else (unseen, [])
    track = track._replace(beyond=track.beyond + 1 if found.beyond else 0, calm=track.calm + 1 if track.alert and found.calm else 0, unseen=0)
    if track.calm >= (1 if doubtful else _CALM_IN_A_ROW):
        return _ended(track, observation)
    needed = 1 if found.alert_type == "PRICE_ANOMALY" else _IN_A_ROW
    return _raised(track, found, observation) if track.beyond >= needed else (track, [])


def _raised(track: Track, found: Deviation, observation: Observation) -> tuple[Track, list[LiquidityAlert]]:
    """A track whose alert is due: a new one, unless one stands, which may get worse, or the last one ended only just now."""
    if track.alert:
        worse = _RANKS[found.severity] > _RANKS[track.alert.severity]
        return (track._replace(alert=worsened(track.alert, observation, found)) if worse else track), []
    if track.quiet_until and observation.at < track.quiet_until:
        return track, []
    alert = raised(observation, found)
    return track._replace(alert=alert), [alert]


def _ended(track: Track, observation: Observation) -> tuple[Track, list[LiquidityAlert]]:
    if track.alert is None:
        return Track(quiet_until=track.quiet_until), []
    quiet_until = observation.at + timedelta(seconds=COOL_DOWN_INTERVALS * observation.interval_s)
    return Track(quiet_until=quiet_until), [cleared(track.alert, observation.at)]
