"""In which order the walls of both sides are told."""

import pytest
from make_books import NOON, book

from tools.analytics.heatmap import grid


@pytest.mark.parametrize(("bid_wall", "ask_wall", "sides"), [(30, 20, ["bid", "ask"]), (20, 30, ["ask", "bid"])])
def test_the_largest_wall_comes_first_of_whichever_side_it_is(bid_wall: float, ask_wall: float, sides: list[str]) -> None:
    bids, asks = (
        [(100 + sign * step / 10, size) for step, size in zip(range(1, 5), (1, 1, wall, 1), strict=True)] for sign, wall in ((-1, bid_wall), (1, ask_wall))
    )

    assert [wall.side for wall in grid(book(bids, asks), "BTC", 4, NOON).walls] == sides
