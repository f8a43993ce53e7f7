"""How the tools look back at what is stored."""

from datetime import timedelta

import pytest
from databases import sqlite_history, sqlite_url
from make_books import NOON
from make_snapshots import miss, snapshot

from tools import Market, get_baseline_metrics
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


async def test_what_a_month_says_is_read_once_an_hour(market, monkeypatch):
    await market.history.append([snapshot(after_s=-60 * minutes, profile=None) for minutes in range(120)])
    read = []
    series = market.history.series
    monkeypatch.setattr(market.history, "series", lambda *window: read.append(window[3] - window[2]) or series(*window))
    told = [await get_baseline_metrics(market, "BTC", "kraken", 6, (NOON - timedelta(seconds=ago_s)).isoformat()) for ago_s in (0.2, 0.1, 3_601)]
    assert [one.sample_count for one in told] == [119, 119, 59]
    window, month = timedelta(hours=6), timedelta(days=28)
    assert read == [window, month, window, window, month]
