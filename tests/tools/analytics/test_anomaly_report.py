"""The point check: what stands now, what has cleared, and what was compared."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from make_books import NOON
from make_snapshots import SHARES, miss, series, snapshot

from tools.analytics.alerts import LiquidityAlert
from tools.analytics.anomalies import AnomalyReport, report
from tools.analytics.look import Look, look
from tools.analytics.rules import OwnRule, Rule, parse
from tools.analytics.series import Series
from tools.analytics.snapshot import Snapshot
from tools.errors import InsufficientHistory

LATER = NOON + timedelta(minutes=1)
TOO_FEW_MOVES = "Fewer than 30 moves over about an interval are known, too few to say how much the price usually moves."


def now(*, spread_pct: float = 0.1, mid: float = 100.0, after_s: float = 60, **other: float) -> Look:
    """A look at the market a minute after the series' end."""
    return look(snapshot(after_s=after_s, best_bid=mid * (1 - spread_pct / 200), best_ask=mid * (1 + spread_pct / 200), **other))


def checked(of: Series, current: Look, threshold_pct: float = 30) -> AnomalyReport:
    return report(of, "BTC", current, threshold_pct, 24, LATER)


def outcomes(told: AnomalyReport) -> dict[str, str]:
    return {one.alert_type: one.outcome for one in told.checked}


def calm(minutes: int = 61) -> Series:
    """Figures that vary a little around their medians."""
    wave = np.resize([-1.0, 0.0, 1.0], minutes)
    return series(spread_pct=0.1 + 0.004 * wave, depth_usd=1e6 + 1e4 * wave, imbalance_pct=wave, mid=100 + 0.01 * np.resize([0.0, 1.0, 0.0, -1.0], minutes))


def test_a_calm_market_is_told_with_everything_that_was_compared() -> None:
    told = checked(calm(), now(depth_usd=9e5, imbalance_pct=12, mid=100.11), threshold_pct=40)

    sigma = 1.4826 * 100 * np.log(100.01 / 100)
    assert told.model_dump(exclude={"checked"}) == {
        "source": "live",
        "as_of": LATER,
        "age_ms": 0.0,
        "warnings": [],
        "symbol": "BTC",
        "symbol_used": "BTC/USD",
        "exchange": "kraken",
        "threshold_pct": 40,
        "lookback_hours": 24,
        "sample_count": 61,
        "depth_band_pct": 5.0,
        "alerts": [],
        "cleared": [],
    }
    log_return = 100 * np.log(100.11 / 100)
    compared = [
        ("SPREAD_WIDENING", "pct", 0.1, 0.1, 0.0, 40, 0.0),
        ("DEPTH_DROP", "usd", 9e5, 1e6, -10, 40, -10 / 1.4826),
        ("IMBALANCE", "pct", 12, 0, 12, 40, 12 / 1.4826),
        ("PRICE_ANOMALY", "pct", 0.11, sigma, 0.11, 100 * np.expm1(0.2 / 100), log_return / sigma),
        ("VENUE_OUTAGE", "count", 0, None, None, None, None),
    ]
    names = ("alert_type", "unit", "current_value", "baseline_value", "deviation_percentage", "limit_percentage", "z_score")
    for check, values in zip(told.checked, compared, strict=True):
        close = [value if value is None or isinstance(value, str) else pytest.approx(value, rel=1e-3, abs=1e-6) for value in values]
        assert check.model_dump() == {**dict(zip(names, close, strict=True)), "outcome": "normal", "note": ""}


def test_one_observation_beyond_the_threshold_is_deviating_and_no_alert() -> None:
    told = checked(calm(), now(spread_pct=0.2))

    assert told.alerts == []
    assert outcomes(told)["SPREAD_WIDENING"] == "deviating"


def test_a_second_observation_in_a_row_beyond_the_threshold_is_an_alert() -> None:
    of = series(spread_pct=[0.1] * 30 + [0.2])

    told = checked(of, now(spread_pct=0.2))

    [alert] = told.alerts
    assert (alert.alert_type, alert.timestamp, alert.state, alert.sample_count) == ("SPREAD_WIDENING", LATER, "raised", 31)
    assert outcomes(told)["SPREAD_WIDENING"] == "alert"


def test_an_alert_raised_earlier_stands_with_the_id_of_its_moment_and_those_that_ended_are_told_as_cleared() -> None:
    spread, depth = np.full(60, 0.1), np.full(60, 1e6)
    spread[10:13], depth[50:] = 0.2, 4e5

    told = checked(series(spread_pct=spread, depth_usd=depth), now(depth_usd=4e5))

    assert [(one.alert_id, one.state) for one in told.alerts] == [("kraken-btc-usd-depth-drop-20260809t115200z", "raised")]
    assert [(one.alert_id, one.cleared_at) for one in told.cleared] == [("kraken-btc-usd-spread-widening-20260809t111200z", NOON - timedelta(minutes=46))]


def test_an_all_clear_that_the_look_now_gives_is_told() -> None:
    before, told = (checked(series(spread_pct=[0.1] * 30 + [0.2] * 3 + [0.1] * calm), now()) for calm in (3, 4))

    assert ([one.state for one in before.alerts], before.cleared, outcomes(before)["SPREAD_WIDENING"]) == (["raised"], [], "clearing")
    assert (told.alerts, [one.cleared_at for one in told.cleared], outcomes(told)["SPREAD_WIDENING"]) == ([], [NOON - timedelta(minutes=3)], "normal")


def test_an_outage_is_clearing_while_books_are_valid_again() -> None:
    told = checked(series(mid=[100.0] * 28, times_s=[*range(-1_800, -180, 60), 0], failed_s=[-180, -120, -60]), now())

    assert ([one.alert_type for one in told.alerts], outcomes(told)["VENUE_OUTAGE"]) == (["VENUE_OUTAGE"], "clearing")


def stored(raised: float, cleared: float | None = None, **changes: str) -> LiquidityAlert:
    """An alert of the spread as whoever watched stored it, raised and cleared so many minutes after NOON."""
    [alert] = checked(series(spread_pct=[0.1] * 30 + [0.2]), now(spread_pct=0.2)).alerts
    times = {"timestamp": NOON + timedelta(minutes=raised), "cleared_at": None if cleared is None else NOON + timedelta(minutes=cleared)}
    name = f"stored-{raised}"
    return alert.model_copy(update={**times, "alert_id": name, "state": "raised" if cleared is None else "cleared", "message": name, **changes})


def told_beside(of: Series, current: Look, *known: LiquidityAlert) -> AnomalyReport:
    return report(of, "BTC", current, 30, 24, LATER, (), known)


def test_alerts_that_were_raised_while_it_was_watched_are_told_once_each_as_they_were() -> None:
    spread = np.full(61, 0.1)
    spread[[10, 11, 12, 20, 21, 22]] = 0.2
    first, second = stored(-55, -30), stored(-20, -10, severity="LOW")

    told = told_beside(series(spread_pct=spread), now(), first, second)

    assert len(checked(series(spread_pct=spread), now()).cleared) == 2
    assert (told.alerts, told.cleared) == ([], [second, first])


@pytest.mark.parametrize(
    ("known", "found"), [((-60, -50), True), ((-60, -49), False), ((-48, -44), False), ((-46, -44), False), ((-45.9, -44), True), ((-46, None), False)]
)
def test_what_is_found_besides_is_told_where_nothing_of_its_kind_is_stored_of_that_time(known: tuple[float, float | None], found: bool) -> None:
    spread = np.full(61, 0.1)
    spread[10:14] = 0.2  # raised 49 minutes before NOON, cleared 46 before it
    of, alert = series(spread_pct=spread), stored(*known)

    [own], told = checked(of, now()).cleared, told_beside(of, now(), alert)

    assert {one.alert_id for one in (*told.alerts, *told.cleared)} == {alert.alert_id, *([own.alert_id] if found else [])}
    assert {one.alert_id for one in told_beside(of, now(), alert.model_copy(update={"alert_type": "RULE", "rule": "another"})).cleared} >= {own.alert_id}


def test_an_alert_that_is_stored_as_standing_stands_and_is_clearing_where_its_figure_is_calm() -> None:
    alert = stored(-100)

    calmed, worse = (told_beside(calm(), now(spread_pct=spread), alert) for spread in (0.1, 0.2))

    assert (calmed.alerts, outcomes(calmed)["SPREAD_WIDENING"]) == ([alert], "clearing")
    assert (worse.alerts, outcomes(worse)["SPREAD_WIDENING"]) == ([alert], "alert")


def test_what_has_become_usual_to_whoever_watches_is_no_alert_and_does_not_wait_for_another_look() -> None:
    over = stored(-12, -5)

    told = told_beside(series(spread_pct=[0.1] * 60 + [0.2] * 15), now(spread_pct=0.2), over)

    assert (told.alerts, told.cleared, outcomes(told)["SPREAD_WIDENING"]) == ([], [over], "normal")
    assert told.checked[0].note == "Beyond its limit by this window; the alert has been cleared, as it has become usual to whoever watches."


def test_an_alert_that_stood_when_watching_stopped_is_over_where_its_figure_is_calm_now() -> None:
    alert, gap = stored(-100), 60 * 3.6

    calmed, still, failed = (told_beside(calm(), one, alert) for one in (now(after_s=gap), now(after_s=gap, spread_pct=0.2), look(miss(after_s=gap))))

    assert (calmed.alerts, calmed.cleared) == ([], [alert.model_copy(update={"state": "cleared", "cleared_at": calmed.as_of})])
    assert (still.alerts, outcomes(still)["SPREAD_WIDENING"]) == ([alert], "alert")
    assert failed.alerts == [alert]


def test_an_alert_that_was_cleared_after_the_window_stood_at_its_end() -> None:
    later, before = stored(-10, 1.1), stored(-10, 1)

    assert told_beside(calm(), now(), later).alerts == [stored(-10)]
    assert told_beside(calm(), now(), before).cleared == [before]


def test_looks_after_the_one_in_question_are_no_part_of_the_window() -> None:
    of = series(spread_pct=[0.1] * 30 + [0.3] * 20, failed_s=[1, 2, 3])

    told = checked(of, now(after_s=-60 * 20 + 30))

    assert (told.sample_count, told.alerts, told.cleared) == (30, [], [])


def test_a_failed_look_checks_nothing_but_the_outage() -> None:
    current = look(miss(after_s=60))

    alone, second = checked(calm(), current), checked(series(mid=[100.0] * 30, times_s=range(-1_800, 0, 60), failed_s=[0]), current)

    assert {(one.outcome, one.note) for one in alone.checked[:4]} == {("not checked", "This look gave no valid book (timed out).")}
    assert (outcomes(alone)["VENUE_OUTAGE"], alone.alerts) == ("deviating", [])
    assert outcomes(second)["VENUE_OUTAGE"] == "alert"
    assert [(one.alert_type, one.message) for one in second.alerts] == [("VENUE_OUTAGE", "No valid book in 2 looks in a row (timed out)")]


@pytest.mark.parametrize(
    ("of", "current", "notes"),
    [
        (
            series(mid=[100.0] * 31, complete=False),
            now(),
            {"DEPTH_DROP": "No depth band is covered by every sample.", "IMBALANCE": "No depth band is covered by every sample."},
        ),
        (
            calm(),
            look(snapshot(after_s=60, bid_complete=[True] * 5 + [False])),
            dict.fromkeys(("DEPTH_DROP", "IMBALANCE"), "The book does not reach 5% from mid on both sides."),
        ),
        (
            series(mid=[100.0] * 31, depth_usd=0.0),
            now(),
            {"DEPTH_DROP": "The usual depth is zero.", "IMBALANCE": "There are too few samples with orders within 5% of mid."},
        ),
        (calm(), now(depth_usd=0), {"IMBALANCE": "There are no orders within 5% of mid."}),
        (calm(), now(after_s=600), {"PRICE_ANOMALY": "There is no observation just before this one to compare the price with."}),
        (
            series(mid=[100.0] * 12, times_s=sorted(-(3.0**n) for n in range(12))),
            now(after_s=10),
            {"PRICE_ANOMALY": TOO_FEW_MOVES},
        ),
        (series(mid=100 + 0.01 * np.resize([0.0, 1.0], 30)), now(mid=101), {"PRICE_ANOMALY": TOO_FEW_MOVES}),
    ],
)
def test_what_could_not_be_checked_says_why(of: Series, current: Look, notes: dict[str, str]) -> None:
    told = checked(of, current)

    assert {one.alert_type: one.note for one in told.checked if one.outcome == "not checked"} == notes
    assert {one.current_value for one in told.checked if one.note} == {None}


def test_imported_snapshots_are_checked_with_a_warning() -> None:
    nothing = np.full((20, 6), np.nan)
    of = series(mid=[100.0] * 20, bid_usd=nothing, ask_usd=nothing, complete=False, liquidity_1pct_usd=1e6)

    told = checked(of, now(liquidity_1pct_usd=9e5))

    depth = told.checked[1]
    assert (depth.current_value, depth.deviation_percentage, depth.outcome) == (9e5, pytest.approx(-10), "normal")
    assert outcomes(told)["IMBALANCE"] == "not checked"
    [warning] = told.warnings
    assert "imbalance is left out: every snapshot came without depth bands" in warning


def test_depth_is_compared_within_the_band_that_every_sample_covers() -> None:
    complete = np.ones((20, 6), bool)
    complete[4, 3:] = False

    told = checked(series(mid=[100.0] * 20, complete=complete), now(depth_usd=5e5))

    assert (told.depth_band_pct, told.checked[1].current_value) == (0.5, pytest.approx(SHARES[2] * 5e5))


def test_too_few_samples_are_said_with_how_to_record_more() -> None:
    simulated: Snapshot = snapshot(source="simulated", after_s=60)

    with pytest.raises(
        InsufficientHistory, match=r"There are 9 snapshots of BTC/USD on kraken .*`liquidity record BTC/USD --exchanges kraken --demo"
    ) as refused:
        report(series(mid=[100.0] * 9, source="simulated"), "BTC", look(simulated), 30, 24, LATER)

    assert (refused.value.found, refused.value.needed) == (9, 10)


def test_a_look_that_is_stored_itself_counts_among_the_snapshots_beside_those_that_it_is_judged_by() -> None:
    with pytest.raises(InsufficientHistory, match=r"^There are 10 snapshots of BTC/USD on kraken .* 11 are needed") as refused:
        checked(series(mid=[100.0] * 10), now(after_s=0))
    assert checked(series(mid=[100.0] * 11), now(after_s=0)).sample_count == 10

    assert (refused.value.found, refused.value.needed) == (10, 11)


def test_nothing_is_checked_twice() -> None:
    kinds = [one.alert_type for one in checked(calm(), now()).checked]

    assert kinds == ["SPREAD_WIDENING", "DEPTH_DROP", "IMBALANCE", "PRICE_ANOMALY", "VENUE_OUTAGE"]


def own(*rules: Rule, since: datetime = NOON - timedelta(days=9)) -> list[OwnRule]:
    return [OwnRule(rule, since, since) for rule in rules]


def test_people_s_rules_stand_in_the_report_with_a_check_each() -> None:
    rules = [parse(text, "kraken") for text in ("BTC spread > 15 bps", "BTC price < 101", "BTC bid depth within 5% > $2m", "BTC imbalance within 0.1% > 40%")]
    of = series(spread_pct=[0.1] * 30 + [0.2] * 3)
    short = now(spread_pct=0.2, bid_complete=[False] + [True] * 5)

    told = report(of, "BTC", short, 500, 24, LATER, own(*rules))

    assert [(one.rule, one.timestamp, one.state) for one in told.alerts] == [
        (rules[0].text, NOON - timedelta(minutes=1), "raised"),
        (rules[1].text, NOON - timedelta(minutes=31), "raised"),
    ]
    checks = [one for one in told.checked if one.alert_type == "RULE"]
    assert [(one.note, one.outcome, one.unit, one.current_value, one.baseline_value) for one in checks] == [
        (rules[0].text, "alert", "bps", pytest.approx(20), 15),
        (rules[1].text, "alert", "price", 100, 101),
        (rules[2].text, "normal", "usd", pytest.approx(5e5), 2e6),
        (f"{rules[3].text}: The book does not reach 0.1% from mid.", "not checked", "pct", None, None),
    ]


@pytest.mark.parametrize(
    ("seconds", "outcome", "raised_at"),
    [
        (-3_600, "alert", [NOON - timedelta(minutes=31)]),
        (-90, "alert", [NOON]),
        (-30, "alert", [LATER]),
        (30, "deviating", []),
    ],
)
def test_a_rule_is_judged_by_the_looks_since_it_is_there(seconds: int, outcome: str, raised_at: list[datetime]) -> None:
    rule = parse("BTC spread > 15 bps", "kraken")

    told = report(series(spread_pct=[0.2] * 33), "BTC", now(spread_pct=0.2), 500, 24, LATER, own(rule, since=NOON + timedelta(seconds=seconds)))

    assert (told.checked[-1].note, told.checked[-1].outcome) == (rule.text, outcome)
    assert [alert.timestamp for alert in told.alerts] == raised_at


def test_an_incident_from_before_a_rule_is_none_of_its_own_nor_is_a_look_from_before_it_checked() -> None:
    rule = parse("BTC spread > 15 bps", "kraken")
    of = series(spread_pct=[0.1] * 10 + [0.2] * 3 + [0.1] * 20)

    told = [report(of, "BTC", now(), 500, 24, LATER, own(rule, since=since)) for since in (NOON - timedelta(hours=9), NOON - timedelta(minutes=15), LATER)]

    assert [([one.rule for one in each.cleared], each.checked[-1].alert_type) for each in told] == [([rule.text], "RULE"), ([], "RULE"), ([], "VENUE_OUTAGE")]


def test_a_rule_beyond_its_value_once_is_deviating_and_in_a_failed_look_it_is_not_checked() -> None:
    rule = parse("BTC spread > 15 bps", "kraken")

    seen = [report(calm(), "BTC", one, 500, 24, LATER, own(rule)).checked[-1] for one in (now(spread_pct=0.2), look(miss(after_s=60)))]

    assert [(check.outcome, check.note) for check in seen] == [
        ("deviating", rule.text),
        ("not checked", f"{rule.text}: This look gave no valid book (timed out)."),
    ]


def test_looks_that_failed_up_to_the_one_in_question_are_an_outage_since_the_second() -> None:
    of = series(times_s=range(-7_200, -1_800, 60), mid=[100.0] * 90, failed_s=range(-1_800, 0, 60))

    told = checked(of, look(miss(after_s=-60)))

    [alert] = told.alerts
    assert (alert.alert_type, alert.timestamp, alert.state) == ("VENUE_OUTAGE", NOON - timedelta(minutes=29), "raised")
    assert (told.checked[-1].outcome, told.checked[-1].current_value, told.sample_count, told.as_of) == ("alert", 30, 90, NOON - timedelta(minutes=1))
