"""The trend chart."""

from datetime import timedelta
from itertools import pairwise
from math import log10

import pytest
from make_books import NOON
from make_charts import legend, notes
from make_history import CLEARED, GAP, INCIDENT, POINT_S, RAISED, START, alert, alerts_of_the_day, day, history_of, points_of, usual

from tools.analytics.gaps import Gap
from tools.charts import trend
from tools.units import format_value

MINUTES = [NOON - timedelta(minutes=50 - index) for index in range(50)]


def line(chart, name):
    return next(one for one in chart.figure["data"] if one.get("name") == name and one["mode"] == "lines")


def known(values):
    return [value for value in values if value is not None]


def minutes(spread, depth=1e6, mid=100.0, **parts):
    """Fifty points, a minute each."""
    columns = [[value] * 50 if isinstance(value, int | float) else value for value in (spread, depth, 0.0, mid)]
    return history_of(points_of(MINUTES, *columns, wide=1.0, samples=1), point_seconds=60, **{"start": MINUTES[0], **parts})


def test_four_panels_hold_the_result_s_means_at_the_middle_of_each_stretch():
    history = day()
    chart = trend(history, None, [])
    for name, values in {
        "spread": history.series.spread_pct,
        "depth": history.series.depth_usd,
        "imbalance": history.series.imbalance_pct,
        "mid": history.series.mid_price,
    }.items():
        assert known(line(chart, name)["y"]) == values
    assert line(chart, "spread")["x"][0] == "2026-08-08 12:03:36"


def test_the_ribbon_of_every_panel_is_an_outline_of_the_extremes_for_each_unbroken_run():
    history = history_of(points_of(MINUTES, [0.01 + index / 1e4 for index in range(50)], [1e6] * 50, [0.0] * 50, [100.0] * 50), point_seconds=60)
    points = history.series
    ribbons = {one["name"]: one for one in trend(history, None, []).figure["data"] if one.get("name", "").endswith(", lowest to highest")}
    for name, low, high in (
        ("spread", points.spread_min_pct, points.spread_max_pct),
        ("depth", points.depth_min_usd, points.depth_max_usd),
        ("imbalance", points.imbalance_min_pct, points.imbalance_max_pct),
        ("mid", points.mid_min_price, points.mid_max_price),
    ):
        ribbon = ribbons[f"{name}, lowest to highest"]
        assert ribbon["fill"] == "toself"
        assert ribbon["y"] == [*high, *reversed(low), high[0], None]


def test_a_gap_is_a_break_in_line_and_ribbon_and_is_shaded_with_its_cause():
    chart = trend(day(), None, [])
    spread = line(chart, "spread")
    assert spread["connectgaps"] is False
    assert spread["y"].index(None) == GAP[0]
    assert "not recorded" in notes(chart)
    assert "no snapshots" in legend(chart)
    assert "No snapshots: Aug 8, 19:11 to Aug 8, 21:00 (not recorded)." in chart.summary
    shade = next(one for one in chart.figure["layout"]["shapes"] if one["x0"] == "2026-08-08 19:11:00")
    assert shade["x1"] == "2026-08-08 21:00:00"


def test_points_far_apart_are_not_joined_even_where_no_gap_is_listed():
    assert line(trend(day(gaps=[]), None, []), "mid")["y"].index(None) == GAP[0]
    assert "no snapshots" not in legend(trend(day(gaps=[]), None, []))


def test_of_more_gaps_than_are_listed_the_chart_says_that_it_shows_the_longest():
    listed = [Gap(start=NOON - timedelta(minutes=100 * at), end=NOON - timedelta(minutes=100 * at - at), cause="not recorded") for at in range(10, 0, -1)]
    chart = trend(day(gaps=listed, gap_count=39), None, [])
    assert "no snapshots (the 10 longest stretches)" in legend(chart)
    assert "No snapshots (the 5 longest of 39 stretches): Aug 8, 19:20 to Aug 8, 19:30 (not recorded), Aug 8, 21:00 to" in chart.summary


def test_points_without_a_gap_are_joined():
    assert line(trend(minutes(0.01), None, []), "spread")["y"].index(None) == 50


def test_a_single_snapshot_is_a_dot_in_every_panel():
    one = history_of(points_of([NOON - timedelta(minutes=1)], [0.01], [1e6], [3.0], [65_000.0], wide=1.0, samples=1), point_seconds=60)
    dots = [trace for trace in trend(one, None, []).figure["data"] if trace["mode"] == "markers" and "x" in trace and trace["x"] != [None]]
    assert [(dot["name"], dot["y"]) for dot in dots] == [("spread", [0.01]), ("depth", [1e6]), ("imbalance", [3.0]), ("mid", [65_000.0])]


def test_the_baseline_is_a_band_from_the_5th_to_the_95th_percentile_and_a_dashed_median():
    baseline = usual()
    shapes = [one for one in trend(day(), baseline, []).figure["layout"]["shapes"] if "y0" in one and one.get("yref") != "paper"]
    of = [baseline.spread, baseline.depth, baseline.imbalance]
    assert [(one["yref"], one["y0"], one["y1"]) for one in shapes] == [
        pair for ref, one in zip(("y", "y2", "y3"), of, strict=True) for pair in ((ref, one.p5, one.p95), (ref, one.median, one.median))
    ]


def test_a_baseline_of_another_depth_band_is_not_drawn_over_the_depth_but_told_with_its_band():
    chart = trend(day(), usual(depth_band_pct=1.0), [])
    assert {one["yref"] for one in chart.figure["layout"]["shapes"]} == {"y", "paper"}
    assert "depth within 1% of mid now $3.05 million" in chart.summary


def test_alerts_are_bars_above_the_panels_with_a_mark_for_each_severity():
    chart = trend(day(), usual(), alerts_of_the_day())
    high = next(one for one in chart.figure["data"] if one.get("name") == "HIGH")
    assert high["x"] == [f"{RAISED:%Y-%m-%d %H:%M:%S}"]
    assert high["marker"]["symbol"] == "triangle-up"
    assert legend(chart)[:3] == ["HIGH", "MEDIUM", "LOW"]
    assert "spread widening, depth drop" in notes(chart)
    ends = next(one for one in chart.figure["data"] if one.get("marker", {}).get("symbol") == ["triangle-right", "line-ns", "line-ns", "line-ns"])
    assert ends["x"][2] == f"{CLEARED:%Y-%m-%d %H:%M:%S}"


def test_alerts_that_overlap_are_shaded_once():
    chart = trend(day(gaps=[]), None, alerts_of_the_day())
    assert [(one["x0"], one["x1"]) for one in chart.figure["layout"]["shapes"]] == [
        ("2026-08-08 20:24:00", "2026-08-08 20:26:00"),
        (f"{RAISED:%Y-%m-%d %H:%M:%S}", f"{CLEARED:%Y-%m-%d %H:%M:%S}"),
        ("2026-08-09 11:10:00", "2026-08-09 12:00:00"),
    ]


@pytest.mark.parametrize("count", [1, 10, 44, 200])
def test_names_of_alerts_never_cover_each_other_and_stay_in_the_figure(count):
    kinds = ("SPREAD_WIDENING", "DEPTH_DROP", "IMBALANCE", "PRICE_ANOMALY", "VENUE_OUTAGE")
    many = [alert(kinds[index % 5], START + timedelta(minutes=1_430 * index / count)) for index in range(count)]
    named = [one for one in trend(day(gaps=[]), None, many).figure["layout"]["annotations"] if one["y"] == 1 and one["x"] != 0]
    reaches = sorted((one["x"], one["x"] + 0.0082 * len(one["text"])) for one in named)
    assert all(end < start for (_, end), (start, _) in pairwise(reaches))
    assert all(end <= 1.0001 for _, end in reaches)


def test_an_axis_begins_with_the_first_snapshot_and_ends_with_the_window():
    low, high = trend(minutes(0.01, start=NOON - timedelta(hours=24)), None, []).figure["layout"]["xaxis"]["range"]
    assert (low, high) == ("2026-08-09 11:09:00", "2026-08-09 12:01:00")


def test_flat_values_get_an_axis_around_them():
    layout = trend(minutes(0.01, mid=1.0001, price_currency="USDT"), None, []).figure["layout"]
    assert layout["yaxis"]["range"] == pytest.approx([0, 0.0108])
    assert layout["yaxis4"]["range"] == pytest.approx([1.0001 * 0.999, 1.0001 * 1.001])
    assert layout["yaxis4"]["ticktext"] == ["1.0001"]


@pytest.mark.parametrize(("wide", "tick"), [(1.0, 5), (2.0, 10), (3.0, 20), (5.5, 20), (6.0, 50), (10.9, 100)])
def test_the_axis_of_the_imbalance_names_zero_and_a_round_value_on_either_side(wide, tick):
    lean = points_of(MINUTES, [0.01] * 50, [1e6] * 50, [0.0] * 50, [100.0] * 50, wide=wide)
    axis = trend(history_of(lean, point_seconds=60), None, []).figure["layout"]["yaxis3"]
    assert axis["tickvals"] == [-tick, 0, tick]
    assert axis["range"][1] >= tick


def test_values_that_dwarf_the_rest_get_a_logarithmic_axis_with_written_out_ticks():
    axis = trend(minutes([0.0001] * 40 + [12.0] * 10), None, []).figure["layout"]["yaxis"]
    assert axis["type"] == "log"
    assert axis["range"] == pytest.approx([log10(0.0001 / 1.08), log10(12 * 1.08)])
    assert axis["ticktext"] == [format_value(tick, "pct") for tick in axis["tickvals"]]
    assert len(axis["tickvals"]) <= 4


def test_without_a_covered_band_depth_and_imbalance_are_left_out_and_the_summary_says_so():
    chart = trend(minutes(0.01, depth=None), None, [])
    assert {one["name"] for one in chart.figure["data"] if one["mode"] == "lines"} == {"spread", "spread, lowest to highest", "mid", "mid, lowest to highest"}
    assert "Depth is not shown, since no band is covered by every snapshot." in chart.summary


def test_an_incident_shows_in_the_points_it_spans():
    spread = line(trend(day(), None, []), "spread")
    at = [index for index, value in enumerate(spread["y"]) if value and value > 0.05]
    assert spread["x"][at[0]] == f"{START + timedelta(seconds=POINT_S * (INCIDENT[0] + 0.5)):%Y-%m-%d %H:%M:%S}"
    assert len(at) == INCIDENT[1] - INCIDENT[0]


def test_the_summary_tells_changes_baseline_hour_of_week_and_alerts():
    history = minutes([0.02] + [0.01] * 48 + [0.03], depth=[1e6] * 49 + [5e5])
    assert trend(history, usual(), [alert()]).summary == (
        "kraken BTC/USD, 50 min to 2026-08-09 12:00 UTC, 50 snapshots, times in UTC."
        " Spread went from 0.020% to 0.030% (up 50.00%); lowest 0.010% at Aug 9, 11:11, highest 0.030% at Aug 9, 11:59."
        " Depth within 0.5% of mid (both sides) went from $1.00 million to $500,000 (down 50.00%);"
        " lowest $500,000 at Aug 9, 11:59, highest $1.00 million at Aug 9, 11:10."
        " Imbalance of that depth stayed at 0.000%."
        " Mid stayed at 100.00 USD. Liquidity is worse than usual now (unusual is a figure among the outermost 5% of its samples and 10% or more from their median)."
        " Against the baseline of 1,332 samples over 24 h:"
        " spread now 0.0172%, at the 97th percentile (usually 0.0094% to 0.0162%, median 0.0121%);"
        " depth now $3.05 million, at the 4th percentile (usually $3.10 million to $5.30 million, median $4.20 million);"
        " imbalance now -8.00%, at the 25th percentile (usually -19.00% to 20.00%, median 0.400%)."
        " Among 120 samples of Sundays 12:00 to 13:00 UTC the spread stands at the 98th percentile and the depth at the 3rd."
        " 1 alert, none still stands:\n\n"
        "- HIGH spread widening on kraken BTC/USD, cleared (Aug 9, 02:24 to Aug 9, 03:21):"
        " Spread widened by 75.3% (current: 0.087%, baseline: 0.050%). Wait for a tighter spread."
    )


def test_without_baseline_and_alerts_the_summary_says_so():
    assert trend(day(), None, []).summary.endswith(
        "There is no baseline to compare with. No snapshots: Aug 8, 19:11 to Aug 8, 21:00 (not recorded). No alert is stored."
    )


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("usual", "Liquidity is as usual now (unusual is "),
        ("better than usual", "Liquidity is better than usual now (unusual is "),
        (None, "Mid stayed at 100.00 USD. Against"),
    ],
)
def test_the_verdict_is_told_where_there_is_one(verdict, words):
    assert words in trend(minutes(0.01), usual(verdict=verdict), []).summary
