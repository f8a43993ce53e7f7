"""When looks are: at the ticks of a grid, whatever a look or the machine does."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from simulated import simulated

from tools.cache import Cache
from tools.recorder import record_configured
from tools.settings import Recorded


async def test_a_market_is_looked_at_at_once_and_then_at_every_tick(setting):
    async with setting.recording(["BTC"]) as ending:
        for minute in range(3):
            await setting.until_stored(minute + 1)
            await setting.reach(60 * (minute + 1))
        await setting.until_stored(4)
    assert await setting.stored() == ([0, 60, 120, 180], [])
    [pair] = ending.result().pairs
    assert (pair.market, pair.symbol, pair.state, pair.stored, pair.failed, pair.skipped, pair.gap) == ("BTC/USD", "BTC", "recording", 4, 0, 0, None)


async def test_ticks_are_multiples_of_the_interval_however_late_looks_end(setting):
    """The start is 23.5 s into a minute; a look that takes 7 s moves no tick."""
    setting.clock.skip(23.5)
    async with setting.recording(["BTC"]):
        await setting.until_stored(1)
        await setting.look_slowly(60, 67)
        await setting.until_stored(2)
        await setting.reach(120)
        await setting.until_stored(3)
    assert [at for *_, at in setting.books.asked if at >= 60] == [60, 120]
    assert await setting.stored() == ([23.5, 67, 120], [])


async def test_looks_are_spread_evenly_over_the_interval(setting):
    async with setting.recording(["BTC", "ETH"], ["kraken", "coinbase"]):
        await setting.until_stored(1)
        for second in (1, 2, 3):
            await setting.reach(second)
            await setting.until_stored(second + 1)
        for number, second in enumerate((15, 30, 45, 60, 75), 5):
            await setting.reach(second)
            await setting.until_stored(number)
    looks = {(exchange, symbol): at for exchange, symbol, at in setting.books.asked if at >= 60 or 4 < at < 60}
    assert looks == {("coinbase", "BTC/USD"): 60, ("kraken", "BTC/USD"): 75, ("coinbase", "ETH/USD"): 30, ("kraken", "ETH/USD"): 45}


async def test_pairs_of_different_intervals_are_recorded_together(setting):
    pairs = [Recorded(symbol="BTC", exchange="kraken", interval_seconds=60), Recorded(symbol="ETH", exchange="kraken", interval_seconds=20)]
    stop = asyncio.Event()
    task = asyncio.create_task(record_configured(setting.market, pairs, stop=stop, onlooker=setting.seen, clock=setting.clock))
    await setting.until_stored(1)
    for number, second in enumerate((1, 10, 30, 50, 60, 70), 2):
        await setting.reach(second)
        await setting.until_stored(number)
    stop.set()
    await task
    assert (await setting.stored())[0] == [0, 60]
    assert (await setting.stored(symbol="ETH/USD"))[0] == [1, 10, 30, 50, 70]


async def test_a_look_still_under_way_skips_the_tick_counts_it_and_never_overlaps(setting):
    async with setting.recording(["BTC"]) as ending:
        await setting.until_stored(1)
        await setting.look_slowly(60, 130)
        await setting.until_stored(2)
        await setting.reach(180)
        await setting.until_stored(3)
    assert [at for *_, at in setting.books.asked if at >= 60] == [60, 180]
    assert ending.result().pairs[0].skipped == 1
    assert await setting.stored() == ([0, 130, 180], [])


async def test_the_very_book_of_the_look_before_is_no_second_look(setting):
    async with setting.recording(["BTC"]) as ending:
        await setting.until_stored(1)
        await setting.reach(60)
        await setting.until_stored(2)
        setting.books.as_of = setting.clock.utc
        await setting.reach(120)
        await setting.seen.until(lambda progress: progress.pairs[0].skipped == 1)
        setting.books.as_of = None
        await setting.reach(180)
        await setting.until_stored(3)
    assert await setting.stored() == ([0, 60, 180], [])
    assert (ending.result().pairs[0].stored, ending.result().pairs[0].skipped) == (3, 1)


async def test_the_first_tick_that_still_finds_the_book_of_the_opening_look_is_not_skipped(setting):
    setting.clock.skip(59)
    async with setting.recording(["BTC"]) as ending:
        await setting.until_stored(1)
        setting.books.as_of = setting.clock.utc
        await setting.reach(60)
        await setting.books.asked_at("kraken", "BTC/USD", 60)
        await setting.clock.awaited(lambda moment: moment == setting.clock.start + 120)
        setting.books.as_of = None
        await setting.reach(120)
        await setting.until_stored(2)
    assert await setting.stored() == ([59, 120], [])
    assert ending.result().pairs[0].skipped == 0


async def test_an_interval_that_cannot_be_held_is_said_once_with_one_that_can(setting):
    async with setting.recording(["BTC"], interval=1):
        await setting.until_stored(1)
        for second in range(1, 25):
            # As in a replay of which each book stands for 2 s.
            setting.books.as_of = datetime.fromtimestamp(setting.clock.start + second // 2 * 2, UTC)
            await setting.reach(second)
            await setting.books.asked_at("kraken", "BTC/USD", second)
        await setting.seen.until(lambda progress: progress.pairs[0].skipped == 11)
    assert setting.seen.lines == [
        "BTC/USD on kraken: recording",
        "BTC/USD on kraken: 5 of the last 10 ticks were skipped; an interval of 2 s can be held",
    ]


@pytest.mark.parametrize("source", ["simulated"])
async def test_at_a_short_interval_every_look_is_at_a_book_of_its_own(setting):
    async with simulated(("kraken",), cache=Cache(clock=setting.clock.now), config={"rateLimit": 0.001}) as venues:
        venues.market.books._now = lambda: setting.clock.utc
        setting.market = replace(setting.market, books=venues.market.books)
        async with setting.recording(["BTC/USD"], interval=1) as ending:
            await setting.until_stored(1)
            for second in range(1, 5):
                await setting.reach(second)
                await setting.until_stored(second + 1)
    assert (await setting.stored(), ending.result().pairs[0].skipped) == (([0, 1, 2, 3, 4], []), 0)


async def test_a_machine_that_slept_is_no_interval_that_cannot_be_held(setting):
    async with setting.recording(["BTC"]) as ending:
        await setting.until_stored(1)
        await setting.sleep(3_600, before_s=60)
        await setting.until_stored(2)
    assert (ending.result().pairs[0].skipped, setting.seen.lines) == (59, ["BTC/USD on kraken: recording"])
