"""The liquidity heatmap over time."""

from datetime import timedelta

import numpy as np
import pytest
from make_books import NOON
from make_charts import legend, notes
from make_history import EDGES_PCT, six_hours, timeline_of

from tools.charts import heatmap_over_time, theme
from tools.units import format_usd

EDGES = [-0.5, -0.1, 0.0, 0.1, 0.5]
NAN = float("nan")


def density(chart):
    return chart.figure["data"][0]


def hatching(chart):
    return next(one for one in chart.figure["data"] if one["type"] == "bar")


def test_colour_is_usd_per_tenth_of_a_per_cent_so_that_wide_ranges_do_not_look_deeper():
    chart = heatmap_over_time(timeline_of([[400.0, 800.0], [100.0, 0.0], [50.0, 200.0], [NAN, 200.0]], EDGES))
    assert density(chart)["z"] == [[100, 200], [100, 0], [50, 200], [None, 50]]
    assert density(chart)["colorbar"]["title"]["text"].startswith("USD per 0.1% of price")


def test_columns_span_their_time_and_rows_are_one_height_between_named_edges():
    chart = heatmap_over_time(timeline_of(np.ones((4, 3)), EDGES))
    layout = chart.figure["layout"]
    assert density(chart)["x"] == ["2026-08-09 11:45:00", "2026-08-09 11:50:00", "2026-08-09 11:55:00", "2026-08-09 12:00:00"]
    assert density(chart)["y"] == [0, 1, 2, 3, 4]
    assert dict(zip(layout["yaxis"]["tickvals"], layout["yaxis"]["ticktext"], strict=True)) == {0: "-0.5", 1: "-0.1", 2: "mid", 3: "+0.1", 4: "+0.5"}
    assert "Distance from mid (%): asks above 0, bids below" in notes(chart)


def test_many_rows_name_mid_and_both_outermost_edges_and_few_between():
    texts = heatmap_over_time(six_hours()).figure["layout"]["yaxis"]["ticktext"]
    assert texts == ["-1", "-0.5", "-0.3", "-0.2", "-0.1", "-0.05", "-0.02", "mid", "+0.02", "+0.05", "+0.1", "+0.2", "+0.3", "+0.5", "+1"]


def test_one_wall_does_not_wash_out_the_rest_and_the_colour_bar_says_so():
    usd = np.full((4, 25), 100.0)
    usd[3, 4] = 1e9
    chart = heatmap_over_time(timeline_of(usd, EDGES))
    cells = np.array(density(chart)["z"])
    assert density(chart)["zmax"] == np.percentile(cells, 95)
    assert f"last colour: {format_usd(density(chart)['zmax'])} or more" in density(chart)["colorbar"]["title"]["text"]


@pytest.mark.parametrize("palette", ["RdYlGn", "Cividis"])
def test_the_palette_runs_from_low_to_high(palette):
    assert density(heatmap_over_time(six_hours(), palette))["colorscale"] == theme.PALETTES[palette]


def test_what_is_not_known_is_blank_and_hatched_in_as_few_patches_as_its_shape_needs():
    usd = np.ones((4, 6))
    usd[:, 2:4] = NAN
    usd[3, 4:] = NAN
    chart = heatmap_over_time(timeline_of(usd, EDGES))
    patches = hatching(chart)
    assert (patches["base"], patches["y"], patches["width"]) == ([0, 3], [4, 1], [600_000, 600_000])
    assert patches["x"] == ["2026-08-09 11:45:00", "2026-08-09 11:55:00"]
    assert legend(chart)[0] == "not known: not recorded, or beyond what the exchange sent"


def test_snapshots_farther_apart_than_columns_are_drawn_until_the_next_is_due_and_an_outage_stays_a_hole():
    taken = [0, 2, 5, 7, 10, 12, 22, 24]
    usd = np.full((4, 25), NAN)
    usd[:, taken] = taken
    mid = np.full(25, NAN)
    mid[taken] = taken
    chart = heatmap_over_time(timeline_of(usd, [-0.2, -0.1, 0.0, 0.1, 0.2], mid=mid, column_seconds=120))
    held = [0, 0, 2, 2, 2, 5, 5, 7, 7, 7, 10, 10, 12, 12, 12, *[None] * 7, 22, 22, 24]
    assert density(chart)["z"] == [held] * 4
    line = next(one for one in chart.figure["data"] if one.get("mode") == "lines")
    assert line["y"] == [*held[:15], None, *held[22:], None]
    assert "each column shows the first snapshot of its 2 min, and a snapshot is drawn until the next is due." in chart.summary
    assert "Nothing is known from Aug 9, 11:40 to Aug 9, 11:54" in chart.summary


def test_too_few_snapshots_to_know_when_the_next_is_due_are_drawn_where_they_were_taken():
    usd = np.full((4, 9), NAN)
    usd[:, [0, 4, 8]] = 1.0
    chart = heatmap_over_time(timeline_of(usd, EDGES, mid=usd[0]))
    assert [cell is None for cell in density(chart)["z"][0]] == [False, True, True, True, False, True, True, True, False]
    assert "until the next" not in chart.summary


def test_hatching_covers_exactly_the_cells_that_are_null():
    timeline = six_hours()
    patches = hatching(heatmap_over_time(timeline))
    area = sum(height * width / 1_000 / timeline.column_seconds for height, width in zip(patches["y"], patches["width"], strict=True))
    assert area == sum(cell is None for row in timeline.usd for cell in row)


def test_a_timeline_without_holes_has_no_hatching():
    assert [one["type"] for one in heatmap_over_time(timeline_of(np.ones((4, 3)), EDGES)).figure["data"]] == ["heatmap", "scatter"]


def test_nothing_at_all_on_the_book_is_the_lowest_colour_and_not_a_hole():
    chart = heatmap_over_time(timeline_of(np.zeros((4, 3)), EDGES))
    assert density(chart)["z"] == [[0.0] * 3] * 4
    assert (density(chart)["zmin"], density(chart)["zmax"]) == (0, 1.0)


def test_the_mid_s_path_has_a_panel_and_price_axis_of_its_own_and_breaks_where_it_is_not_known():
    chart = heatmap_over_time(timeline_of(np.ones((4, 4)), EDGES, mid=[100.0, NAN, 102.0, 101.0]))
    dot, line = (next(one for one in chart.figure["data"] if one.get("mode") == mode) for mode in ("markers", "lines"))
    assert line["yaxis"] == "y2"
    assert line["y"] == [100.0, None, 102.0, 101.0, None]
    assert dot["y"] == [100.0]
    assert line["x"][2] == f"{NOON - timedelta(minutes=7.5):%Y-%m-%d %H:%M:%S}"
    assert chart.figure["layout"]["yaxis2"]["ticktext"] == ["100.00", "102.00"]
    assert "Mid (USD)" in notes(chart)


def test_the_summary_tells_where_most_stood_what_changed_reach_snapshots_and_gaps():
    usd = [
        [400.0, 400.0, 400.0, 400.0, NAN, 400.0, 400.0, 400.0, 400.0],
        [100.0, 100.0, 100.0, 100.0, NAN, 100.0, 100.0, 50.0, 50.0],
        [200.0, 200.0, 200.0, 200.0, NAN, 900.0, 200.0, 300.0, 300.0],
        [100.0, 100.0, 100.0, 100.0, NAN, NAN, 100.0, 100.0, 100.0],
    ]
    mid = [100.0, 101.0, 99.0, 100.0, NAN, 100.0, 100.0, 100.0, 100.5]
    assert heatmap_over_time(timeline_of(usd, EDGES, mid=mid)).summary == (
        "kraken BTC/USD, 45 min to 2026-08-09 12:00 UTC, 45 snapshots, times in UTC."
        " Drawn from 0.5% below mid to 0.5% above; each column shows the first snapshot of its 5 min."
        " The most liquidity for its width stood 0% to 0.1% above mid (asks): $312.50 per 0.1% of price on average over the columns."
        " The most in any column was $900.00 at Aug 9, 11:40, 0% to 0.1% above mid (asks)."
        " Bids within 0.5% of mid held $500.00 on average in the first quarter of the columns and $450.00 in the last (down 10.00%)."
        " Asks within 0.1% of mid held $200.00 on average in the first quarter of the columns and $300.00 in the last (up 50.00%)."
        " Mid went from 100.00 USD to 100.50 USD (in the columns lowest 99.00 USD, highest 101.00 USD)."
        " Nothing is known from Aug 9, 11:35 to Aug 9, 11:40."
    )


def test_the_means_of_the_summary_are_numpy_s():
    timeline = six_hours()
    usd = np.array(timeline.usd, float)
    means = np.nanmean(usd / (np.diff(EDGES_PCT)[:, None] / 0.1), axis=1)
    first = usd[1:14, :16].sum(axis=0).mean()
    summary = heatmap_over_time(timeline).summary
    assert f"{format_usd(means.max())} per 0.1% of price on average" in summary
    assert f"Bids within 0.75% of mid held {format_usd(first)} on average in the first quarter" in summary


def test_too_few_columns_are_not_compared():
    assert "quarter" not in heatmap_over_time(timeline_of(np.ones((4, 3)), EDGES)).summary
