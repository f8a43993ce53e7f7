"""How old a kept book may be is said by whoever asks; what is under way is shared all the same."""

import asyncio
from datetime import timedelta

import pytest
from make_books import NOON
from simulated import simulated

from tools.cache import Cache


@pytest.fixture
async def venues():
    """Venues whose feeds' clock stands still at `now`, and the cache's with it."""
    async with simulated(("kraken",), cache=Cache(clock=lambda: 0.0), config={"rateLimit": 0.001}) as one:
        at(one, 0)
        yield one


def at(venues, after_s):
    """Set the feeds' clock to that many seconds after NOON."""
    venues.market.books._now = lambda: NOON + timedelta(seconds=after_s)


async def fetched(venues, oldest_s):
    return await venues.market.books.fetch("kraken", "BTC/USD", max_age_s=oldest_s)


async def test_a_kept_book_is_given_up_to_the_age_that_is_asked_for(venues):
    kept = await fetched(venues, 0.5)
    at(venues, 0.5)
    assert await fetched(venues, 0.5) is kept
    at(venues, 0.6)
    assert await fetched(venues, 0.5) is not kept


async def test_whoever_asks_for_no_age_gets_what_is_kept_and_what_another_had_fetched_anew(venues):
    await venues.market.books.fetch("kraken", "BTC/USD")
    at(venues, 1)
    newer = await fetched(venues, 0.5)
    assert await venues.market.books.fetch("kraken", "BTC/USD") is newer
    assert venues.book_requests("kraken") == 2


async def test_a_book_that_is_under_way_is_young_enough_for_all(venues):
    first, second = await asyncio.gather(fetched(venues, 0), fetched(venues, 0))
    assert first is second
    assert venues.book_requests("kraken") == 1
