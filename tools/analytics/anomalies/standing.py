"""An alert as it stood at a moment before its end, found anew by the looks up to then: what is stored of it is its worst look of all."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

import numpy as np

from ..alerts import LiquidityAlert
from ..rules import parse
from ..series import Series, milliseconds, moment, priced
from .backtesting import LOOKBACK_HOURS, observations, run
from .looks import Looks
from .skipping import through_rules
from .watching import AlertState, Track, kind

_LOOKS_BEFORE = 5
"""So many looks before the one that raised an alert say what it was in a row with; an incident of its kind before it ended earlier."""


def as_stood(alert: LiquidityAlert, series: Series) -> LiquidityAlert | None:
    """An alert that stood at the end of a series with the figures of its worst look until then, by the norms of their time, as its watch judged them.

    The series begins LOOKBACK_HOURS before the alert at the latest. None where the look that raised it is not there, or says nothing of it any more.
    """
    known = priced(series)
    seen = Looks.of(known)
    raised_ms = milliseconds(alert.timestamp)
    first = int(np.searchsorted(seen.time_ms, raised_ms))
    if first == len(seen.time_ms) or seen.time_ms[first] != raised_ms or known.hourly[known.time_ms >= raised_ms].any():
        return None
    # Milder than any look beyond a limit, so that the first of them gives it its figures.
    quiet = alert.model_copy(update={"severity": "LOW", "current_value": 0.0, "deviation_percentage": 0.0, "worst_at": None, "message": ""})
    found = _of_rule(quiet, seen, first) if alert.rule else _of_norm(quiet, known, seen, first)
    return found.model_copy(update={"state": "raised", "cleared_at": None}) if found.message else None


def _of_rule(quiet: LiquidityAlert, seen: Looks, first: int) -> LiquidityAlert:
    """By the alert's own rule, which asks for nothing usual."""
    state, cleared = through_rules(_standing(AlertState(rules=(parse(quiet.rule, quiet.exchange),)), quiet), seen.part(first, len(seen.time_ms)))
    return _same(quiet, (*cleared, *state.open_alerts))


def _of_norm(quiet: LiquidityAlert, known: Series, seen: Looks, first: int) -> LiquidityAlert:
    start = max(0, first - _LOOKS_BEFORE)
    looks = observations(known, LOOKBACK_HOURS, moment(int(seen.time_ms[start])))
    before, _ = run(AlertState(), islice(looks, first - start))
    return _same(quiet, run(_standing(before, quiet), looks)[1])


def _standing(state: AlertState, quiet: LiquidityAlert) -> AlertState:
    key = kind(quiet)
    return replace(state, tracks={**state.tracks, key: state.tracks.get(key, Track())._replace(alert=quiet)})


def _same(quiet: LiquidityAlert, alerts: Iterable[LiquidityAlert]) -> LiquidityAlert:
    return next(one for one in alerts if one.alert_id == quiet.alert_id)
