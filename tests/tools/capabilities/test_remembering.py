"""How the tools look back at what is stored."""

from datetime import timedelta

import pytest
from databases import sqlite_history, sqlite_url
from make_books import NOON
from make_snapshots import miss, snapshot

from tools import Market
from tools.analytics.look import look
from tools.cache import Cache
from tools.capabilities.remembering import place, seen

__all__ = ["sqlite_history", "sqlite_url"]


@pytest.fixture
def market(sqlite_history):
    """One that has no books: it is asked about the past."""
    return Market(books=None, exchanges=("kraken",), source="live", renderer=None, now=lambda: NOON, history=sqlite_history, cache=Cache())


async def test_a_past_window_that_ends_in_a_failed_look_says_why_it_failed(market):
    stored = snapshot(after_s=-180, profile=None)
    await market.history.append([stored], [miss(after_s=-120, kind="crossed_book"), miss(after_s=-60, kind="rate_limited")])
    for ago_s, last in ((180, look(stored)), (120, look(miss(after_s=-120, kind="crossed_book"))), (0, look(miss(after_s=-60, kind="rate_limited")))):
        until = (NOON - timedelta(seconds=ago_s)).isoformat()
        assert (await seen(market, await place(market, "kraken", "BTC", 1, until), until)).last == last
