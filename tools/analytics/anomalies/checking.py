"""The point check: whether one market's liquidity is anomalous now."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from ...units import BandPct, Count, Hours, Pct, Ratio
from ..alerts import AlertType, ByUnit, LiquidityAlert, ValueUnit
from ..dispersion import FEWEST_SAMPLES
from ..look import Look
from ..result import Record, Result
from ..rules import OwnRule, Rule
from ..series import Series, age_ms, hourly_warnings, milliseconds, priced, too_few
from .deviations import LIQUIDITY_TYPES, Deviation, Judged, judge
from .looks import Looks
from .norms import norm_of
from .skipping import joined, through
from .stepping import OUTAGE, follows_gap, outage, ready, step
from .telling import as_seen, beside
from .watching import AlertState, Observation, Track, kind, observe

_UNITS: dict[AlertType, ValueUnit] = {"SPREAD_WIDENING": "pct", "DEPTH_DROP": "usd", "IMBALANCE": "pct", "PRICE_ANOMALY": "pct"}
_OVER = "Beyond its limit by this window; the alert has been cleared, as it has become usual to whoever watches."


class Check(Record):
    """One figure that was looked at: now, its median or a rule's value, and how far it is from counting as an anomaly.

    Null where it could not be checked; `note` says why, or what else there is to say of the outcome, after the text of the rule where it is one's.
    """

    alert_type: AlertType
    unit: ValueUnit
    current_value: ByUnit | None
    baseline_value: ByUnit | None
    deviation_percentage: Pct | None
    limit_percentage: Pct | None
    z_score: Ratio | None
    outcome: Literal["normal", "deviating", "alert", "clearing", "not checked"]
    note: str


class AnomalyReport(Result):
    """Whether one market's liquidity is anomalous now: the alerts that stand, those of the window that have cleared, newest first, and what was checked.

    A check is `deviating` where its figure is beyond its limit and no alert stands: one look alone raises none, but of a price. It is `clearing` where
    an alert stands and the figure is calm again: it ends once it has been so for stepping.CALM_LOOKS looks in a row.
    """

    symbol: str
    symbol_used: str
    exchange: str
    threshold_pct: Pct
    lookback_hours: Hours
    sample_count: Count
    depth_band_pct: BandPct | None
    alerts: list[LiquidityAlert]
    cleared: list[LiquidityAlert]
    checked: list[Check]


def report(
    series: Series,
    asked: str,
    current: Look,
    threshold_pct: float,
    lookback_hours: float,
    now: datetime,
    rules: Sequence[OwnRule] = (),
    stored: Sequence[LiquidityAlert] = (),
) -> AnomalyReport:
    """The point check: `step` run over the series' window and then over `current`.

    `rules` are those that concern the market, each judged by what was seen since it is there. `stored` are the alerts that whoever watched
    has raised: they are told, and of those found here only what is of another kind or time.

    Raises InsufficientHistory where the window before `current` is too short for a norm.
    """
    known = priced(series).before(milliseconds(current.at))
    seen = Looks.of(known)
    usual = norm_of(known, seen.depth)
    if usual is None:
        # A look that is stored itself counts beside those that it is judged by.
        held = len(priced(series).before(milliseconds(current.at) + 1))
        raise too_few(series, current.symbol, held, FEWEST_SAMPLES + held - len(known))
    own = [one for one in rules if one.since < current.at]
    before, cleared = joined(AlertState(threshold_pct), own, seen, lambda state, part: through(state, part, usual))
    last = observe(current, usual, float(seen.intervals_s[-1]))
    after, events = step(before, last)
    found = [*after.open_alerts, *cleared, *(alert for alert in events if alert.state == "cleared")]
    told = beside(found, as_seen(stored, max(series.end, last.at), last if follows_gap(before, last) else None, before))
    standing = [alert for alert in told if alert.state == "raised"]
    return AnomalyReport(
        source=current.source,
        as_of=current.at,
        age_ms=age_ms(current.at, now),
        warnings=[*seen.depth.warnings, *hourly_warnings(known)],
        symbol=asked,
        symbol_used=current.symbol,
        exchange=current.exchange,
        threshold_pct=threshold_pct,
        lookback_hours=lookback_hours,
        sample_count=usual.sample_count,
        depth_band_pct=usual.depth_band_pct,
        alerts=standing,
        cleared=[alert for alert in told if alert.state == "cleared"],
        checked=_checks(before, after, last, set(map(kind, standing))),
    )


def _checks(before: AlertState, after: AlertState, last: Observation, standing: set[str]) -> list[Check]:
    """What was compared in the last observation, and what came of it."""
    if last.figures is None:
        note = f"This look gave no valid book ({last.failure.replace('_', ' ')})."
        judged: dict[str, Judged] = dict.fromkeys((*LIQUIDITY_TYPES, *(rule.text for rule in after.rules)), note)
    else:
        judged = judge(ready(before, last), last, last.figures)
    judged[OUTAGE] = outage(after.tracks.get(OUTAGE, Track()).beyond)
    own = set(map(kind, after.open_alerts))
    checks = [_check(one, judged[one], standing=one in standing, over=one in own - standing) for one in (*LIQUIDITY_TYPES, OUTAGE)]
    rules = {rule.text: rule for rule in after.rules}
    return [*checks, *(_check("RULE", judged[one], rule, standing=one in standing, over=one in own - standing) for one, rule in rules.items())]


def _check(alert_type: AlertType, found: Judged, rule: Rule | None = None, *, standing: bool, over: bool) -> Check:
    """The check of one figure, of which an alert is `standing`, or one that would by this window is `over` for whoever watches."""
    why = found if isinstance(found, str) else _OVER if over and found.beyond else ""
    note = ": ".join(part for part in (rule.text if rule else "", why) if part)
    if isinstance(found, str):
        return Check(
            alert_type=alert_type,
            unit=rule.unit if rule else _UNITS[alert_type],
            current_value=None,
            baseline_value=None,
            deviation_percentage=None,
            limit_percentage=None,
            z_score=None,
            outcome="alert" if standing else "not checked",
            note=note,
        )
    return Check(
        alert_type=alert_type,
        unit=found.unit,
        current_value=found.current,
        baseline_value=found.baseline,
        deviation_percentage=found.deviation_pct,
        limit_percentage=found.limit_pct,
        z_score=found.z_score,
        outcome=_outcome(found, standing=standing, over=over),
        note=note,
    )


def _outcome(found: Deviation, *, standing: bool, over: bool) -> Literal["normal", "deviating", "alert", "clearing"]:
    if standing:
        return "clearing" if found.calm else "alert"
    return "deviating" if found.beyond and not over else "normal"
