"""The rules over stored series, against an independent implementation in plain Python."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from math import log, sqrt
from statistics import median

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make_books import NOON
from make_snapshots import misses, series, snapshots

from tools.analytics.alerts import LiquidityAlert
from tools.analytics.anomalies import AlertState, backtest, backtest_rules, norm, observe, resume, step
from tools.analytics.anomalies.backtesting import run
from tools.analytics.anomalies.looks import Looks
from tools.analytics.anomalies.skipping import through
from tools.analytics.look import look
from tools.analytics.rules import Rule, parse
from tools.analytics.series import Series

Incident = tuple[str, int, int | None, str]
"""Type, when it was raised and cleared in milliseconds since 1970, and its worst severity."""
Strength = Callable[[int], float | None]
"""A look's deviation in units of its limit, None where it cannot be told."""


def by_hand(of: Series, threshold: float) -> list[Incident]:
    """The incidents of a series judged by its own medians, read off DESIGN's words one kind at a time."""
    looks = sorted([(int(t), i) for i, t in enumerate(of.time_ms)] + [(int(t), -1) for t in of.failed_ms], key=lambda look: look[0])
    at, row = [t for t, _ in looks], [i for _, i in looks]
    interval = _intervals(at)
    gap = [k > 0 and at[k] - at[k - 1] > 2.5 * interval[k] for k in range(len(at))]
    out = [_is_out(at, row, k, interval, gap) for k in range(len(at))]
    found = [one for kind, strength in _strengths(of, at, row, out, interval, gap, threshold).items() for one in _walk(kind, strength, at, row, out, gap)]
    return sorted([*found, *_outages(at, row, out, gap)], key=lambda one: (one[1], one[0]))


def _intervals(at: list[int]) -> list[float]:
    """The usual time between two looks at each: the median of the last eleven times, of all where most of those are within a quarter of it."""
    between = [b - a for a, b in pairwise(at)]
    lately = [between[max(k, 11) - 11 : max(k, 11)] for k in range(len(at))]
    usual = median(between)
    return [usual if sum(abs(b - usual) <= usual / 4 for b in ones) > len(ones) / 2 else median(ones) for ones in lately]


def _is_out(at: list[int], row: list[int], k: int, interval: list[float], gap: list[bool]) -> bool:
    """Whether look k failed as one of several in a row, two intervals after the last valid book, or after one interval before the first that failed."""
    first = k
    while first > 0 and row[first - 1] < 0 and not gap[first]:
        first -= 1
    if row[k] >= 0 or first == k:
        return False
    valid = first > 0 and row[first - 1] >= 0 and not gap[first]
    return at[k] - (at[first - 1] if valid else at[first] - interval[first]) >= 1.5 * interval[k]


def _strengths(of: Series, at: list[int], row: list[int], out: list[bool], interval: list[float], gap: list[bool], threshold: float) -> dict[str, Strength]:
    mids = [(float(b) + float(a)) / 2 for b, a in zip(of.best_bid, of.best_ask, strict=True)]
    spreads = [100 * float(a - b) / m for b, a, m in zip(of.best_bid, of.best_ask, mids, strict=True)]
    band = max((band for band in range(6) if all(of.complete[:, band])), default=None)
    sides = [(float(b[band]), float(a[band])) for b, a in zip(of.bid_usd, of.ask_usd, strict=True)] if band is not None else []
    depths, leans = [b + a for b, a in sides], [100 * (b - a) / (b + a) for b, a in sides]
    spacing = median(b - a for a, b in pairwise(of.time_ms.tolist()))
    steps = [(b - a) / spacing for a, b in pairwise(of.time_ms.tolist())]
    moves = [100 * log(b / a) / sqrt(s) for (a, b), s in zip(pairwise(mids), steps, strict=True) if 0.5 <= s <= 2.5]
    sigma = 1.4826 * median(abs(move - median(moves)) for move in moves) if len(moves) >= 30 else None

    def jump(k: int) -> float | None:
        before = next((j for j in range(k - 1, -1, -1) if row[j] >= 0), None)
        if before is None or any(out[before:k]) or at[k] - at[before] > 2.5 * interval[k] or sigma is None or any(gap[before + 1 : k + 1]):
            return None
        limit = max(0.2, 6 * threshold / 30 * sigma * sqrt(max(1, (at[k] - at[before]) / spacing)))
        return abs(100 * log(mids[row[k]] / mids[row[before]])) / limit

    return {
        "SPREAD_WIDENING": lambda k: (spreads[row[k]] / median(spreads) - 1) * 100 / threshold,
        "DEPTH_DROP": lambda k: (1 - depths[row[k]] / median(depths)) * 100 / threshold if depths else None,
        "IMBALANCE": lambda k: abs(leans[row[k]] - median(leans)) / threshold if leans else None,
        "PRICE_ANOMALY": jump,
    }


def _walk(kind: str, strength: Strength, at: list[int], row: list[int], out: list[bool], gap: list[bool]) -> list[Incident]:
    found, beyond, calm, unseen = list[Incident](), 0, list[int](), 0
    standing: tuple[int, str] | None = None
    for k, now in enumerate(at):
        if gap[k]:
            unseen = 10
        if out[k] or gap[k]:
            beyond, calm = 0, []
        if row[k] < 0:
            continue
        strong = strength(k)
        beyond = beyond + 1 if strong is not None and strong >= 1 else 0
        calm = [*calm, now] if strong is not None and strong < 2 / 3 and standing else []
        doubtful, unseen = unseen >= 10, unseen + 1 if strong is None else 0
        if standing and (len(calm) == 5 or (doubtful and (strong is None or calm))):
            found.append((kind, standing[0], calm[0] if calm else now, standing[1]))
            standing, calm, beyond = None, [], 0
            continue
        if strong is None or not beyond:
            continue
        severity = "HIGH" if strong >= 2 or (kind == "DEPTH_DROP" and _share_gone(strength, k) >= 0.9) else "MEDIUM" if strong >= 4 / 3 else "LOW"
        if standing:
            standing = (standing[0], max(standing[1], severity, key=["LOW", "MEDIUM", "HIGH"].index))
        elif beyond >= (1 if kind == "PRICE_ANOMALY" else 2):
            standing, unseen = (now, severity), 0
    return [*found, *([(kind, standing[0], None, standing[1])] if standing else [])]


def _share_gone(strength: Strength, k: int) -> float:
    return (strength(k) or 0) * THRESHOLD / 100


THRESHOLD = 45.0
"""At which a drop of 90 % is twice the threshold; other thresholds are held in test_anomalies."""


def _outages(at: list[int], row: list[int], out: list[bool], gap: list[bool]) -> list[Incident]:
    found, books, doubtful = list[Incident](), list[int](), False
    standing: int | None = None
    for k, now in enumerate(at):
        if gap[k]:
            books, doubtful = [], True
        if row[k] < 0:
            books, doubtful = [], False
            standing = now if standing is None and out[k] else standing
        elif standing is not None:
            books = [*books, now]
            if len(books) == 5 or doubtful:
                found.append(("VENUE_OUTAGE", standing, books[0], "HIGH"))
                standing, books = None, []
    return [*found, *([("VENUE_OUTAGE", standing, None, "HIGH")] if standing is not None else [])]


def incidents(alerts: Sequence[LiquidityAlert]) -> list[Incident]:
    """Alerts as the oracle tells them."""
    ms = [(round(1_000 * one.timestamp.timestamp()), round(1_000 * one.cleared_at.timestamp()) if one.cleared_at else None) for one in alerts]
    return sorted(((one.alert_type, *when, one.severity) for one, when in zip(alerts, ms, strict=True)), key=lambda one: (one[1], one[0]))


@st.composite
def troubled(draw: st.DrawFn) -> Series:
    """A series with stretches of trouble of every kind, failed looks, gaps and irregular times; a seed keeps hypothesis fast."""
    r = np.random.default_rng(draw(st.integers(0, 2**32)))
    n = draw(st.integers(12, 90))
    often = draw(st.sampled_from([0.02, 0.15, 0.4]))

    def stretches(usual: float, others: Sequence[float]) -> np.ndarray:
        marks = np.where(r.random(n) < often, r.choice(others, n), np.where(r.random(n) < 0.5, usual, np.nan))
        for i in range(1, n):
            marks[i] = marks[i - 1] if np.isnan(marks[i]) else marks[i]
        return np.where(np.isnan(marks), usual, marks) * np.exp(r.normal(0, 0.01, n))

    steps = np.where(r.random(n) < often / 2, r.choice([0.3, 0.7, 1.4, 2.0, 3.1, 40.0], n), 1.0)
    times = np.cumsum(np.round(60 * steps * np.exp(r.normal(0, 0.003, n)), 3))
    complete = np.ones((n, 6), bool)
    complete[:, 5] = draw(st.booleans())
    return series(
        times_s=times - times[-1],
        mid=100 * np.exp(np.cumsum(np.where(r.random(n) < often / 3, r.choice([0.004, -0.02, 0.001], n), r.normal(0, 3e-4, n)))),
        spread_pct=stretches(0.05, [0.06, 0.07, 0.08, 0.12]),
        depth_usd=stretches(1e6, [7.5e5, 5e5, 3e5, 5e4]),
        imbalance_pct=np.clip(stretches(10, [-20, -60, 40, 70]), -99, 99),
        complete=complete,
        failed_s=np.unique(np.round((times - times[-1])[r.random(n) < often / 2] - 30.5 + 7 * r.integers(0, 3), 3)),
    )


@settings(max_examples=150, deadline=None, derandomize=True)
@given(troubled())
def test_incidents_are_those_of_the_rules_read_one_at_a_time(of: Series) -> None:
    seen, usual = Looks.of(of), norm(of)

    _, alerts = run(AlertState(THRESHOLD), (seen.observation(k, usual) for k in range(len(seen.time_ms))))

    assert incidents(alerts) == by_hand(of, THRESHOLD)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(troubled(), st.sampled_from([AlertState(30), AlertState(45), AlertState(45, (parse("BTC spread > 7 bps", "kraken"),))]))
def test_skipping_over_calm_gives_the_same_state_and_all_clears_as_every_step(of: Series, start: AlertState) -> None:
    seen, usual = Looks.of(of), norm(of)
    assert usual is not None
    every = list[LiquidityAlert]()
    state = start
    for k in range(len(seen.time_ms)):
        state, events = step(state, seen.observation(k, usual))
        every += [alert for alert in events if alert.state == "cleared"]

    assert through(start, seen, usual) == (state, every)


RULES = [
    parse(f"BTC {text}", "kraken")
    for text in (
        "spread > 5 bps",
        "spread < 0.051%",
        "price < 99.5",
        "price > 100",
        "depth > $400k",
        "bid depth within 5% < $400k",
        "ask depth within 2% < 300k",
        "imbalance > 5%",
        "imbalance < 0%",
    )
]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(troubled(), st.booleans(), st.lists(st.sampled_from(RULES), min_size=1, max_size=3, unique=True))
def test_rules_alone_fire_as_they_do_beside_all_else(of: Series, without_bands: bool, rules: list[Rule]) -> None:
    if without_bands:
        nothing = np.where(np.arange(len(of)) % 19 < 13, np.nan, of.bid_usd.T).T
        of = replace(of, bid_usd=nothing, ask_usd=nothing, complete=~np.isnan(nothing))

    every = [alert.model_copy(update={"sample_count": 0}) for alert in backtest(of, rules=rules) if alert.rule]

    assert sorted(backtest_rules(of, rules), key=lambda one: one.alert_id) == sorted(every, key=lambda one: one.alert_id)


def test_a_rule_that_stands_or_is_quiet_all_day_is_not_tried_on_every_look(monkeypatch: pytest.MonkeyPatch) -> None:
    tried, observation = list[int](), Looks.observation
    monkeypatch.setattr(Looks, "observation", lambda seen, index, usual: tried.append(index) or observation(seen, index, usual))

    [alert] = backtest_rules(series(interval_s=10, spread_pct=[0.05] * 4_000 + [0.2] * 4_640), [parse("BTC spread > 10 bps", "kraken")])

    assert alert.state == "raised"
    assert tried == [0, 3_999, 4_000, 4_001, 8_639]


def test_exactly_the_threshold_is_not_skipped_over() -> None:
    middles = np.arange(1, 500) / 1_000
    for middle in middles.tolist():
        of = series(spread_pct=[middle] * 20 + [1.3 * middle] * 2)
        usual = norm(of)
        assert usual is not None
        state, _ = through(AlertState(), Looks.of(of), usual)
        assert [alert.severity for alert in state.open_alerts] == ["LOW"]


def test_two_moves_that_only_together_make_a_jump_are_none_after_skipping_either() -> None:
    moves = np.resize([0.0002, -0.0002, 0.0001, -0.0001], 40)
    moves[[20, 21]], spread = 0.0018, np.full(40, 0.05)
    spread[[18, 22]] = 0.2
    of = series(mid=100 * np.exp(np.cumsum(moves)), spread_pct=spread)
    usual = norm(of)
    assert usual is not None

    state, cleared = through(AlertState(), Looks.of(of), usual)

    assert (state.open_alerts, cleared) == ((), [])


@settings(max_examples=40, deadline=None, derandomize=True)
@given(troubled())
def test_a_watch_that_starts_anew_at_any_look_raises_nothing_twice_and_loses_nothing(of: Series) -> None:
    looks = sorted([*snapshots(of), *misses(of)], key=lambda seen: seen.timestamp)
    usual, rule = norm(of), parse("BTC spread > 7 bps", "kraken")
    state, events = AlertState(rules=(rule,)), list[LiquidityAlert]()
    for k, seen in enumerate(looks):
        fresh = resume(state.open_alerts, (rule,)) if k % 7 == 0 else state
        state, new = step(fresh, observe(look(seen), usual, 60))
        events += new

    ids = [(event.alert_id, event.state, event.severity) for event in events]
    raised, cleared = ({alert_id for alert_id, which, _ in ids if which == wanted} for wanted in ("raised", "cleared"))
    assert len(ids) == len(set(ids))
    assert raised - cleared == {alert.alert_id for alert in state.open_alerts}
    assert cleared <= raised


CALM = 40


def incident(length: int = 6) -> Series:
    """Calm, a spread four times as wide for `length` minutes, and calm."""
    spread = np.full(2 * CALM + length, 0.05)
    spread[CALM : CALM + length] = 0.2
    return series(spread_pct=spread)


def test_an_incident_raises_one_alert_as_it_stood_at_the_end() -> None:
    [alert] = backtest(incident())

    start = NOON - timedelta(minutes=CALM + 6 - 1)
    assert (alert.timestamp, alert.cleared_at, alert.state) == (start + timedelta(minutes=1), start + timedelta(minutes=6), "cleared")
    assert (alert.message, alert.sample_count) == ("Spread widened by 300.0% (current: 0.200%, baseline: 0.050%)", 40)


@pytest.mark.parametrize("interval_s", [10, 300])
def test_alerts_of_a_time_when_a_market_was_looked_at_more_or_less_often_are_found_as_those_of_now(interval_s: int) -> None:
    minutes, later = np.full(2 * CALM + 6, 60.0), np.full(4 * CALM, interval_s)
    times = np.cumsum([*minutes, *later])
    widened = np.isin(np.arange(len(times)), [*range(CALM, CALM + 6), *range(-2 * CALM + len(times), -2 * CALM + 6 + len(times))])
    mids = np.where(times >= times[CALM + 10], 90.0, 100.0)

    fired = backtest(series(times_s=times - times[-1], spread_pct=np.where(widened, 0.2, 0.05), mid=mids))

    begins = {CALM + 1: "SPREAD_WIDENING", CALM + 10: "PRICE_ANOMALY", len(times) - 2 * CALM + 1: "SPREAD_WIDENING"}
    assert [(round((one.timestamp - NOON).total_seconds()), one.alert_type, one.state) for one in fired] == [
        (round(times[index] - times[-1]), alert_type, "cleared") for index, alert_type in begins.items()
    ]


def test_an_alert_that_still_stands_at_the_end_is_told_as_raised() -> None:
    [alert] = backtest(series(spread_pct=[0.05] * 30 + [0.2] * 5))

    assert (alert.state, alert.cleared_at) == ("raised", None)


def test_the_backtest_and_the_watch_of_the_same_looks_give_an_incident_one_id() -> None:
    of = incident()
    state, events, taken = AlertState(), list[LiquidityAlert](), snapshots(of)
    for k, seen in enumerate(taken):
        usual = norm(of.where(np.arange(len(of)) < k))
        late = seen.model_copy(update={"timestamp": seen.timestamp + timedelta(microseconds=499)})
        state, new = step(state, observe(look(late), usual, 60))
        events += new

    assert [alert.alert_id for alert in backtest(of)] == [events[0].alert_id]


def test_what_is_usual_comes_only_from_the_lookback_before() -> None:
    """A spread that doubles for good is an incident until the hour before it has forgotten the old one."""
    of = series(spread_pct=[0.05] * 120 + [0.1] * 120)

    [alert] = backtest(of, lookback_hours=1)

    doubled = NOON - timedelta(minutes=119)
    assert alert.timestamp == doubled + timedelta(minutes=1)
    assert alert.cleared_at is not None
    assert timedelta(minutes=30) <= alert.cleared_at - doubled <= timedelta(minutes=33)


def test_the_look_that_is_as_old_as_the_lookback_is_no_part_of_it() -> None:
    [alert] = backtest(series(spread_pct=[0.05] * 120 + [0.2] * 2), lookback_hours=1)

    assert alert.sample_count == 59


def test_observations_before_the_first_only_serve_as_history() -> None:
    of = incident()

    assert backtest(of, first=NOON - timedelta(minutes=CALM)) == []
    assert [alert.sample_count for alert in backtest(of, first=NOON - timedelta(minutes=CALM + 5))] == [40]


def test_nothing_is_usual_before_ten_snapshots() -> None:
    assert backtest(series(spread_pct=[0.05] * 8 + [0.5] * 2)) == []
    assert len(backtest(series(spread_pct=[0.05] * 10 + [0.5] * 2))) == 1


def test_rules_and_failed_looks_are_tried_as_well() -> None:
    times = [-720, -660, -600, -540, *range(-300, 1, 60)]
    of = series(times_s=times, spread_pct=[0.05, 0.2, 0.2, *[0.05] * 7], failed_s=[-480, -420, -360])

    fired = backtest(of, rules=[parse("BTC spread > 10 bps", "kraken")])

    minutes = [tuple((at - NOON) // timedelta(minutes=1) for at in (one.timestamp, one.cleared_at) if at) for one in fired]
    assert list(zip((one.alert_type for one in fired), minutes, strict=True)) == [("RULE", (-10, -5)), ("VENUE_OUTAGE", (-7, -5))]


@pytest.mark.parametrize("of", [series(mid=[]), series(mid=[np.nan] * 20), series(mid=[100.0]), series(mid=[], failed_s=[-60.0])])
def test_a_series_that_says_nothing_raises_nothing(of: Series) -> None:
    assert backtest(of) == []


def test_a_venue_that_was_never_seen_is_in_an_outage() -> None:
    [alert] = backtest(series(mid=[], failed_s=[-120.0, -60.0, 0.0]))

    assert (alert.alert_type, alert.timestamp, alert.state) == ("VENUE_OUTAGE", NOON - timedelta(minutes=1), "raised")
