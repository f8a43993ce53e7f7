"""The alerts dashboard."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_books import NOON
from make_charts import board_of, legend, notes, trace
from make_history import CLEARED, RAISED, START, alert, alerts_of_the_day
from make_snapshots import series

from tools.charts import alerts
from tools.charts.incidents import lanes

TYPES = ["spread widening", "depth drop", "imbalance", "price jump", "venue outage"]


def watched(exchange="kraken", **parts):
    return series(**{"exchange": exchange, "times_s": [-60 * minute for minute in range(1_439, -1, -1)], "start": START, **parts})


def dashboard(raised=(), of=None, failures=None):
    return alerts(board_of(raised, of or [watched()], failures=failures or {}))


def overall(raised=(), of=(), failures=None):
    """The dashboard of every recorded market."""
    return alerts(board_of(raised, of, "", failures or {}))


def bars(chart):
    return [one for one in chart.figure["data"] if one["mode"] == "lines"]


def row(chart, index):
    axis = chart.figure["layout"]["yaxis"]
    return axis["ticktext"][axis["tickvals"].index(-index)]


def test_each_alert_is_a_bar_from_raised_to_cleared_or_to_the_window_s_end_in_the_row_of_its_type():
    chart = dashboard([alert(), alert("IMBALANCE", NOON - timedelta(hours=1), None)])
    (bar,) = bars(chart)
    times = [f"{time:%Y-%m-%d %H:%M:%S}" for time in (NOON - timedelta(hours=1), NOON, RAISED, CLEARED)]
    assert bar["x"] == [*times[:2], None, *times[2:], None]
    assert bar["y"] == [-2, -2, -2, 0, 0, 0]
    assert [row(chart, index) for index in (0, 2)] == ["spread widening (1)", "imbalance (1)"]


def test_severities_differ_in_shape_and_the_legend_counts_them():
    chart = dashboard(alerts_of_the_day())
    assert legend(chart) == ["HIGH: 1", "MEDIUM: 1", "LOW: 2", "recorded"]
    assert [trace(chart, name)["marker"]["symbol"] for name in ("HIGH", "MEDIUM", "LOW")] == ["triangle-up", "diamond", "circle"]


def test_an_alert_that_stands_ends_in_an_arrow_and_one_that_was_cleared_in_a_stroke():
    chart = dashboard([alert("IMBALANCE", RAISED, None), alert(raised=START)])
    ends = next(one for one in chart.figure["data"] if isinstance(one.get("marker", {}).get("symbol"), list))
    assert ends["marker"]["symbol"] == ["triangle-right", "line-ns"]
    assert ends["x"] == ["2026-08-09 12:00:00", f"{CLEARED:%Y-%m-%d %H:%M:%S}"]


def test_alerts_of_one_type_that_overlap_lie_beside_each_other_within_their_row():
    chart = dashboard([alert(), alert(exchange="coinbase"), alert("DEPTH_DROP")], [watched(), watched("coinbase")])
    assert sorted({height for bar in bars(chart) for height in bar["y"]}, reverse=True) == pytest.approx([0.15, -0.15, -1])
    assert notes(chart).split()[-3:] == ["kraken", "coinbase", "kraken"]


def test_alerts_that_began_before_the_window_are_drawn_from_its_start():
    assert bars(dashboard([alert(raised=START - timedelta(days=2))]))[0]["x"][0] == f"{START:%Y-%m-%d %H:%M:%S}"


def test_own_rules_get_a_row_only_where_one_fired():
    assert dashboard().figure["layout"]["yaxis"]["ticktext"] == [*(f"{name} (0)" for name in TYPES), "recorded: kraken"]
    assert "own rule (1)" in dashboard([alert("RULE")]).figure["layout"]["yaxis"]["ticktext"]


def test_what_was_recorded_is_a_bar_with_breaks_where_nobody_looked():
    times = [-60 * minute for minute in range(1_439, -1, -1) if not 100 < minute < 200]
    line = trace(dashboard(of=[watched(times_s=times)]), "recorded")
    assert line["x"] == ["2026-08-08 12:01:00", "2026-08-09 08:40:00", None, "2026-08-09 10:20:00", "2026-08-09 12:00:00"]
    assert "not Aug 9, 08:40 to Aug 9, 10:20" in line["text"][0]


def test_an_empty_board_tells_what_was_recorded_since_when_and_that_no_alert_is_stored():
    chart = dashboard(of=[watched(failed_s=[-90])])
    assert notes(chart) == "No alert is stored"
    assert chart.summary == (
        "Alerts on BTC/USD, 24 h to 2026-08-09 12:00 UTC, times in UTC."
        " Recorded: kraken Aug 8, 12:01 to Aug 9, 12:00 (1,440 snapshots, 1 look without a valid book)."
        " No alert is stored for spread widening, depth drop, imbalance, price jump, venue outage."
    )


def test_a_market_that_nobody_looked_at_is_said_not_to_be_recorded():
    chart = dashboard(of=[watched(), watched("gate", times_s=[])])
    assert "gate not at all." in chart.summary
    assert "Nothing of BTC/USD on gate was recorded in this window" in chart.warnings[0]


def test_the_summary_lists_alerts_with_state_severity_message_and_suggested_action():
    chart = dashboard([alert(), alert("IMBALANCE", START, None, severity="LOW", acknowledged_at=NOON)], failures={"gate": "gate has no history. Record it."})
    assert chart.summary == (
        "Alerts on BTC/USD, 24 h to 2026-08-09 12:00 UTC, times in UTC."
        " Recorded: kraken Aug 8, 12:01 to Aug 9, 12:00 (1,440 snapshots). Missing: gate (has no history)."
        " 2 alerts, 1 still stands: 1 HIGH, 1 LOW. Those that stand first, then newest first:\n\n"
        "- LOW imbalance on kraken BTC/USD, stands, acknowledged (since Aug 8, 12:00):"
        " Spread widened by 75.3% (current: 0.087%, baseline: 0.050%). Wait for a tighter spread.\n"
        "- HIGH spread widening on kraken BTC/USD, cleared (Aug 9, 02:24 to Aug 9, 03:21):"
        " Spread widened by 75.3% (current: 0.087%, baseline: 0.050%). Wait for a tighter spread."
    )


def test_of_a_long_list_the_summary_tells_eight_and_how_many_more():
    chart = dashboard([alert(raised=START + timedelta(minutes=index), cleared=START + timedelta(minutes=index + 3)) for index in range(300)])
    assert chart.summary.count("\n- ") == 9
    assert chart.summary.endswith("- and 292 more")


def test_an_alert_cleared_after_a_past_window_is_said_to_have_stood_at_its_end():
    assert "stood at the window's end (Aug 9, 02:24 to Aug 9, 13:00)" in dashboard([alert(cleared=NOON + timedelta(hours=1))]).summary


def test_markup_in_a_message_does_not_reach_the_figure():
    shown = trace(dashboard([alert("RULE", message="BTC <b>spread</b> > 5 bps")]), "HIGH")["text"][0]
    assert shown.endswith("BTC &lt;b&gt;spread&lt;/b&gt; &gt; 5 bps")


def test_exchange_names_never_cover_a_bar_of_the_same_lane():
    many = [
        alert(raised=START + timedelta(minutes=27 * index), cleared=START + timedelta(minutes=27 * index + 10 + 2 * (index % 19)), exchange="coinbase")
        for index in range(53)
    ]
    chart = dashboard(many)
    spans = [(bar["x"][at], bar["x"][at + 1], bar["y"][at]) for bar in bars(chart) for at in range(0, len(bar["x"]), 3)]
    labels = [one for one in chart.figure["layout"]["annotations"] if one["text"] == "coinbase"]
    assert labels
    for label in labels:
        assert not [span for span in spans if span[2] == label["y"] and span[0] < label["x"] < span[1]]


def test_rows_with_too_many_lanes_for_words_name_no_exchange():
    assert "kraken" not in notes(dashboard([alert(), alert(exchange="coinbase"), alert(exchange="binance")]))


MARKETS = (("kraken", "BTC/USD"), ("kraken", "ETH/USD"), ("okx", "BTC/USDT"))


def recorded(**parts):
    return [watched(exchange, symbol=symbol, **parts) for exchange, symbol in MARKETS]


def test_of_all_markets_each_has_a_row_that_says_how_it_stands_those_with_a_standing_alert_first():
    raised = [alert(), alert("DEPTH_DROP", NOON - timedelta(hours=1), None, exchange="okx", symbol="BTC/USDT")]
    chart = overall(raised, [*recorded(), watched("gate", times_s=[-60 * minute for minute in range(1_439, 500, -1)])])
    assert [row(chart, index) for index in range(4)] == [
        "<b>okx BTC/USDT</b> (1 stands)",
        "gate BTC/USD (not lately)",
        "kraken BTC/USD (1 cleared)",
        "kraken ETH/USD",
    ]
    (bar,) = bars(chart)
    assert bar["y"] == [0, 0, 0, -2, -2, -2]
    assert [one["y"][0] for one in chart.figure["data"] if one.get("name") == "recorded"] == [-0.38, -1.38, -2.38, -3.38]
    assert notes(chart) == "2 alerts, 1 still stands depth drop spread widening"
    assert chart.title.startswith("Alerts over 24 h, 4 recorded markets · kraken, okx, gate · ")
    assert (chart.symbol, chart.exchanges) == ("", ["kraken", "okx", "gate"])


def test_of_all_markets_the_summary_tells_what_stands_then_what_cleared_then_what_is_recorded():
    late = watched("gate", times_s=[-60 * minute for minute in range(1_439, 500, -1)])
    unseen = watched("mexc", times_s=[])
    raised = [
        alert("IMBALANCE", NOON - timedelta(hours=1), None, severity="LOW", symbol="ETH/USD"),
        alert(raised=NOON - timedelta(hours=9), cleared=None, exchange="gate"),
        alert("DEPTH_DROP", NOON - timedelta(hours=2), None, symbol="ETH/USD"),
        alert(),
        alert(severity="LOW", exchange="okx", symbol="BTC/USDT"),
        alert("DEPTH_DROP"),
    ]
    chart = overall(raised, [*recorded(), late, unseen], {"bybit": "no market of it is recorded"})
    told = "Spread widened by 75.3% (current: 0.087%, baseline: 0.050%). Wait for a tighter spread."
    assert chart.summary == (
        "3 alerts stand on 2 of 5 recorded markets, 2 of which nobody has looked at lately (24 h to 2026-08-09 12:00 UTC, times in UTC):\n\n"
        f"- HIGH depth drop on kraken ETH/USD, stands (since Aug 9, 10:00): {told}\n"
        f"- HIGH spread widening on gate BTC/USD, stood when last looked at (since Aug 9, 03:00): {told}\n"
        f"- LOW imbalance on kraken ETH/USD, stands (since Aug 9, 11:00): {told}\n\n"
        "3 alerts cleared in that time (2 HIGH, 1 LOW): 2 on kraken BTC/USD, 1 on okx BTC/USDT.\n\n"
        "Recorded, and no alert stands: kraken BTC/USD; okx BTC/USDT.\n\n"
        "3 of 5 markets recorded until now, last looked at Aug 9, 12:00."
        " Nobody has looked lately at gate BTC/USD (last Aug 9, 03:39), mexc BTC/USD (not in that time).\n\n"
        "Recorded for a part of that time only: gate BTC/USD (65% of it).\n\n"
        "Missing: bybit (no market of it is recorded)."
    )


def test_of_all_markets_without_an_alert_it_is_said_that_none_stands_and_of_how_many():
    assert overall(of=recorded()).summary == (
        "No alert stands on 3 recorded markets (24 h to 2026-08-09 12:00 UTC, times in UTC).\n\n"
        "No alert that cleared in that time is stored.\n\n"
        "Recorded, and no alert stands: kraken BTC/USD, ETH/USD; okx BTC/USDT.\n\n"
        "3 of 3 markets recorded until now, last looked at Aug 9, 12:00."
    )
    unwatched = overall(of=recorded(times_s=[-40_000, -39_940])).summary
    assert unwatched.startswith("No alert is known to stand on 3 recorded markets, 3 of which nobody has looked at lately (24 h")
    assert "recorded until now" not in unwatched


def test_of_very_many_markets_the_first_are_drawn_and_the_summary_counts_all():
    many = [watched(symbol=f"A{index:02}/USD") for index in range(45)]
    chart = overall([alert(symbol="A44/USD"), alert("IMBALANCE", RAISED, None, symbol="A43/USD")], many)
    axis = chart.figure["layout"]["yaxis"]
    assert axis["ticktext"][:3] == ["<b>kraken A43/USD</b> (1 stands)", "kraken A44/USD (1 cleared)", "kraken A00/USD"]
    assert len(axis["ticktext"]) == 30
    assert notes(chart).startswith("The first 30 of 45 markets<br>2 alerts, 1 still stands")
    assert "45 of 45 markets recorded until now" in chart.summary
    assert "Recorded, and no alert stands: kraken A00/USD, A01/USD, " in chart.summary
    assert "A39/USD, and 4 more.\n\n" in chart.summary


def test_many_rows_make_a_higher_figure_and_few_leave_it_to_the_page():
    assert "height" not in overall(of=recorded()).figure["layout"]
    assert overall(of=[watched(symbol=f"A{index:02}/USD") for index in range(30)]).figure["layout"]["height"] == 640


def test_of_many_stretches_in_which_nobody_looked_the_longest_are_named_and_the_others_counted():
    out = {minute for hour in range(1, 7) for minute in range(60 * hour, 60 * hour + 5 * hour)}
    chart = dashboard(of=[watched(times_s=[-60 * minute for minute in range(1_439, -1, -1) if minute not in out])])
    assert trace(chart, "recorded")["x"].count(None) == 6
    assert "not Aug 9, 05:30 to Aug 9, 06:01, not Aug 9, 06:35 to Aug 9, 07:01, not Aug 9, 07:40 to Aug 9, 08:01, nor for 3 shorter times" in chart.summary


def test_lanes_hold_bars_that_do_not_overlap_and_are_as_few_as_can_be():
    at = [START + timedelta(minutes=minute) for minute in range(10)]
    assert lanes([(at[0], at[5]), (at[1], at[2]), (at[3], at[4]), (at[5], at[6]), (at[6], at[7])]) == [0, 1, 1, 1, 0]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 10)), min_size=1, max_size=12))
def test_there_are_never_more_lanes_than_bars_stand_at_one_time(pairs):
    spans = [(START + timedelta(minutes=start), START + timedelta(minutes=start + length)) for start, length in pairs]
    found = lanes(spans)
    at_once = max(sum(start <= minute <= start + length for start, length in pairs) for minute in range(41))
    assert max(found) + 1 == at_once
    for one, (start, end) in enumerate(spans):
        assert not [other for other, (begin, over) in enumerate(spans) if other != one and found[other] == found[one] and begin <= end and start <= over]
