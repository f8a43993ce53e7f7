"""The liquidity heatmap."""

from itertools import pairwise

import pytest
from make_books import book
from make_charts import grid_of, ladder, legend, notes, trace

from tools.charts import heatmap, theme
from tools.units import format_usd

THIN = book([(99.5, 10), (98.0, 20)], [(100.5, 8), (101.0, 3), (200_000.0, 50)], symbol="ABC/USD", all_sent=(True, True))


def walled():
    bids = [(100 - 0.01 * level, 900 if level in (20, 21, 60) else 10) for level in range(1, 100)]
    asks = [(100 + 0.01 * level, 800 if level in (20, 21, 22) else 10) for level in range(1, 100)]
    return grid_of(book(bids, asks, symbol="ABC/USD"))


def test_density_and_bars_hold_the_bins_of_the_result():
    grid = grid_of(ladder("kraken"))
    chart = heatmap(grid)
    density, bids, asks = chart.figure["data"][0], trace(chart, "bids"), trace(chart, "asks")
    assert [row[0] for row in density["z"]] == [one.usd if one.levels else None for one in grid.bins]
    assert density["y"] == [grid.bins[0].low, *(one.high for one in grid.bins)]
    assert bids["x"] == [one.usd for one in grid.bins if one.side == "bid" and one.levels]
    assert asks["x"] == [one.usd for one in grid.bins if one.side == "ask" and one.levels]


def test_bids_and_asks_are_told_apart_without_colour():
    chart = heatmap(grid_of(ladder("kraken")))
    assert legend(chart)[-2:] == ["bids, below mid", "asks, above mid (striped)"]
    assert [trace(chart, side)["marker"]["pattern"]["shape"] for side in ("bids", "asks")] == ["", "/"]


@pytest.mark.parametrize("palette", ["RdYlGn", "Cividis"])
def test_the_palette_runs_from_low_to_high(palette):
    density = heatmap(grid_of(ladder("kraken")), palette).figure["data"][0]
    assert density["colorscale"] == theme.PALETTES[palette]
    assert density["zmin"] == 0
    assert [place for place, _ in density["colorscale"]] == [0, 0.25, 0.5, 0.75, 1]


def test_red_is_little_and_green_is_much_by_default():
    scale = heatmap(grid_of(ladder("kraken"))).figure["data"][0]["colorscale"]
    assert (scale[0][1], scale[-1][1]) == ("#d73027", "#1a9850")


def test_one_wall_does_not_wash_out_the_rest_and_the_colour_bar_says_so():
    grid = walled()
    density = heatmap(grid).figure["data"][0]
    assert density["zmax"] < max(one.usd for one in grid.bins)
    assert f"{format_usd(density['zmax'])} or more" in density["colorbar"]["title"]["text"]


def test_mid_and_walls_are_named_with_price_and_usd():
    chart = heatmap(walled())
    assert "mid 100.00 USD" in notes(chart)
    assert "bid wall 99.80 USD<br>$89,820, 0.200% from mid" in notes(chart)
    assert "ask wall 100.22 USD<br>$80,176, 0.220% from mid" in notes(chart)


def test_labels_of_neighbouring_walls_stand_apart_and_inside_the_chart():
    grid = walled()
    low, high = grid.bins[0].low, grid.bins[-1].high
    places = sorted(one["ay"] for one in heatmap(grid).figure["layout"]["annotations"])
    assert len(places) == 7
    assert min(after - before for before, after in pairwise(places)) >= 0.1 * (high - low)
    assert low < places[0] < places[-1] < high


def test_empty_stretches_are_hatched_and_explained():
    grid = grid_of(THIN)
    empty = trace(heatmap(grid), "no orders")
    assert len(empty["y"]) == sum(not one.levels for one in grid.bins) == 56
    assert empty["marker"]["pattern"]["shape"] == "x"
    assert "no orders" not in legend(heatmap(grid_of(ladder("kraken"), rows=10)))


def test_an_absurd_level_does_not_widen_the_price_axis():
    assert heatmap(grid_of(THIN)).figure["layout"]["yaxis"]["range"] == pytest.approx([98, 102])


def test_hovering_tells_the_exact_range_size_and_value():
    asks = trace(heatmap(grid_of(THIN, rows=4)), "asks")
    assert asks["text"] == ["100.00 USD to 100.50 USD<br>1 ask level<br>8.00 ABC<br>$804.00", "100.50 USD to 101.00 USD<br>1 ask level<br>3.00 ABC<br>$303.00"]


def test_the_summary_tells_sides_walls_and_empty_stretches():
    assert heatmap(grid_of(THIN)).summary == (
        "kraken ABC/USD: within 2.00% of mid (100.00 USD) stand $2,955 of bids and $1,107 of asks. 56 of 60 price ranges hold no orders. No level stands out as a wall."
    )
    assert "bid at 99.80 USD, 900.00 ABC, $89,820, 0.200% below mid" in heatmap(walled()).summary


def test_a_very_small_price_is_written_out():
    tiny = ladder("kraken", mid=0.00001234, step=0.000000001, size=1e9, symbol="SHIB1000INU/USDT:USDT")
    assert "mid 0.00001234 USDT" in notes(heatmap(grid_of(tiny)))
