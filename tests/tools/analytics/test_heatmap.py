"""The grid of liquidity by price holds every level once, and finds the walls."""

from decimal import Decimal
from statistics import median

import pytest
from decimal_books import DecimalBook, Level, books
from hypothesis import given, settings
from hypothesis import strategies as st
from make_books import NOON, book

from tools.analytics.heatmap import Wall, grid


def drawn(wanted: DecimalBook) -> Decimal:
    """How far from mid is drawn, in quote: where the nearer side that was cut short ends, 2 % at most."""
    sides = list(zip((wanted.bids, wanted.asks), wanted.all_sent, strict=True))
    cut_short = [abs(levels[-1][0] - wanted.mid) for levels, whole in sides if not whole]
    return min([*cut_short, wanted.mid * 2 / 100])


def binned(levels: list[Level], mid: Decimal, reach: Decimal, rows: int) -> list[list[Level]]:
    """The levels of each bin from mid outward; a level on the edge of two is in the inner."""
    bins: list[list[Level]] = [[] for _ in range(rows)]
    for price, size in levels:
        for row in range(rows):
            if abs(price - mid) * rows <= (row + 1) * reach:
                bins[row].append((price, size))
                break
    return bins


@settings(max_examples=150, deadline=None, derandomize=True)
@given(books(levels=10), st.sampled_from([1, 4, 10, 30]), st.sampled_from(["1", "0.9993"]))
def test_every_level_in_range_falls_in_exactly_one_bin(wanted: DecimalBook, rows: int, rate: str) -> None:
    result = grid(book(*wanted.rows(), all_sent=wanted.all_sent, usd=float(rate)), "BTC", rows, NOON)

    reach, mid = drawn(wanted), wanted.mid
    bids, asks = binned(wanted.bids, mid, reach, rows), binned(wanted.asks, mid, reach, rows)
    width = reach / rows
    lows = [mid - width * (row + 1) for row in reversed(range(rows))] + [mid + width * row for row in range(rows)]
    assert result.range_pct == pytest.approx(float(100 * reach / mid), rel=1e-9, abs=0)
    assert [one.side for one in result.bins] == ["bid"] * rows + ["ask"] * rows
    assert [one.low for one in result.bins] == pytest.approx([float(low) for low in lows], rel=1e-9, abs=0)
    assert [one.high for one in result.bins] == pytest.approx([float(low + width) for low in lows], rel=1e-9, abs=0)
    expected = [*reversed(bids), *asks]
    assert [one.levels for one in result.bins] == [len(levels) for levels in expected]
    assert [one.size for one in result.bins] == pytest.approx([float(sum(size for _, size in levels)) for levels in expected], rel=1e-9, abs=0)
    usd = [float(sum(price * size for price, size in levels) * Decimal(rate)) for levels in expected]
    assert [one.usd for one in result.bins] == pytest.approx(usd, rel=1e-9, abs=0)
    assert (result.bid_usd, result.ask_usd) == (pytest.approx(sum(usd[:rows]), rel=1e-9, abs=0), pytest.approx(sum(usd[rows:]), rel=1e-9, abs=0))


@settings(max_examples=120, deadline=None, derandomize=True)
@given(books(levels=12, largest_size=200))
def test_walls_are_the_largest_three_of_a_side_from_five_times_its_median_level(wanted: DecimalBook) -> None:
    result = grid(book(*wanted.rows(), all_sent=wanted.all_sent), "BTC", 10, NOON)

    expected: list[tuple[str, Decimal, Decimal]] = []
    for side, levels in (("bid", wanted.bids), ("ask", wanted.asks)):
        inside = [(price, size) for price, size in levels if abs(price - wanted.mid) <= drawn(wanted)]
        typical = median([price * size for price, size in inside]) if inside else Decimal(0)
        walls = [(side, price, price * size / typical) for price, size in inside if price * size >= 5 * typical]
        expected += sorted(walls, key=lambda wall: -wall[2])[:3]
    assert sorted((wall.side, wall.price, wall.times_median) for wall in result.walls) == [
        (side, float(price), pytest.approx(float(times), rel=1e-9)) for side, price, times in sorted(expected)
    ]
    assert [wall.usd for wall in result.walls] == sorted((wall.usd for wall in result.walls), reverse=True)


@pytest.mark.parametrize("cents", range(0, 2_000, 13))
def test_a_tight_book_of_one_level_loses_nothing(cents: int) -> None:
    price = 65_000 + cents / 100

    result = grid(book([[f"{price:.2f}", "1"]], [[f"{price + 0.01:.2f}", "2"]]), "BTC", 30, NOON)

    assert (sum(one.size for one in result.bins[:30]), sum(one.size for one in result.bins[30:])) == (1, 2)


def test_prices_that_are_neighbouring_floats_still_make_a_grid() -> None:
    result = grid(book([["1", "1"]], [["1.0000000000000002", "2"]]), "BTC", 4, NOON)

    assert (result.bid_usd, result.ask_usd) == (1, pytest.approx(2))


def test_an_ask_absurdly_far_away_does_not_stretch_the_grid() -> None:
    one = book([["99.9", "1"]], [["100.1", "1"], ["100100", "1"]], all_sent=(True, True))

    result = grid(one, "BTC", 4, NOON)

    assert (result.range_pct, result.bins[0].low, result.bins[-1].high) == (2.0, pytest.approx(98), pytest.approx(102))
    assert [one.levels for one in result.bins] == [0, 0, 0, 1, 1, 0, 0, 0]


def test_a_wall_says_how_far_it_stands_and_how_large_it_is() -> None:
    one = book([["99", "1"], ["98.5", "1"], ["98", "10"]], [["101", "1"], ["102", "1"]], symbol="BTC/EUR", usd=2.0, all_sent=(True, True))

    assert grid(one, "BTC", 4, NOON).walls == [Wall(side="bid", price=98, size=10, usd=1960, distance_pct=-2, times_median=1960 / 198)]
