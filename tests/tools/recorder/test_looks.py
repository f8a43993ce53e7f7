"""What a look gives: a snapshot, a miss of its market, or nothing that is one look more."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tools.errors import ExchangeTimeout, RateLimited


async def test_a_failed_look_is_stored_as_a_miss_and_the_next_may_succeed(setting):
    async with setting.recording(["BTC"]) as ending:
        await setting.until_stored(1)
        setting.books.errors["kraken"] = ExchangeTimeout("kraken", "10 s")
        await setting.reach(60)
        await setting.until_it_is("failing")
        del setting.books.errors["kraken"]
        await setting.reach(120)
        await setting.until_stored(2)
    assert await setting.stored() == ([0, 120], [60])
    assert ending.result().pairs[0].failed == 1
    assert setting.seen.lines == [
        "BTC/USD on kraken: recording",
        "BTC/USD on kraken: kraken timed out (10 s). Try again, or ask another exchange.",
        "BTC/USD on kraken: recording",
    ]


async def test_a_look_that_could_not_be_deepened_is_a_miss_and_moves_nobodys_depth(setting):
    setting.books.shallow = True
    async with setting.recording(["BTC"]) as ending:
        await setting.until_stored(1)
        for minute in range(1, 20):
            setting.books.deep_errors = {"kraken": ExchangeTimeout("kraken", "10 s")} if minute == 9 else {}
            await setting.reach(60 * minute)
            await setting.seen.until(lambda progress, looks=minute + 1: progress.pairs[0].stored + progress.pairs[0].failed == looks)
        await setting.seen.until(lambda progress: progress.buffered == 0)
    series = await setting.history.series("kraken", "BTC/USD", setting.clock.utc - timedelta(hours=1), setting.clock.utc)
    assert (len(series.time_ms), series.complete.all(axis=0).tolist()) == (19, [True] * 6)
    assert (await setting.stored())[1] == [540]
    assert (ending.result().pairs[0].failed, ending.result().pairs[0].skipped) == (1, 0)


@pytest.mark.parametrize("refusing", ["errors", "deep_errors"])
async def test_a_look_that_our_own_keeping_of_limits_refused_is_skipped_and_no_outage(setting, refusing):
    setting.books.shallow = True
    async with setting.recording(["BTC"]) as ending:
        await setting.until_stored(1)
        getattr(setting.books, refusing)["kraken"] = RateLimited("kraken", 12.0)
        await setting.reach(60)
        await setting.seen.until(lambda progress: progress.pairs[0].skipped == 1)
        getattr(setting.books, refusing).clear()
        await setting.reach(120)
        await setting.until_stored(2)
    assert await setting.stored() == ([0, 120], [])
    assert (ending.result().pairs[0].failed, ending.result().pairs[0].state) == (0, "recording")


async def test_a_look_that_the_exchange_refused_as_one_too_many_is_a_miss(setting):
    async with setting.recording(["BTC"]) as ending:
        await setting.until_stored(1)
        setting.books.errors["kraken"] = RateLimited("kraken")
        await setting.reach(60)
        await setting.until_failed()
    assert await setting.stored() == ([0], [60])
    assert ending.result().pairs[0].skipped == 0


async def test_a_failed_look_is_dated_by_the_markets_clock_which_goes_on_while_a_machine_sleeps(setting):
    slept = timedelta()
    setting.market = replace(setting.market, now=lambda: setting.clock.utc + slept)
    async with setting.recording(["BTC"]):
        await setting.until_stored(1)
        slept = timedelta(hours=8)
        setting.books.errors["kraken"] = ExchangeTimeout("kraken", "10 s")
        await setting.reach(60)
        await setting.until_failed()
    assert await setting.stored() == ([0], [8 * 3_600 + 60])


@pytest.mark.parametrize("source", ["replay"])
async def test_a_failed_look_at_a_replay_is_dated_by_the_recordings_clock(setting):
    setting.books.as_of = setting.clock.utc - timedelta(hours=10)
    async with setting.recording(["BTC"]):
        await setting.until_stored(1)
        setting.books.errors["kraken"] = ExchangeTimeout("kraken", "10 s")
        await setting.reach(60)
        await setting.until_failed()
    assert await setting.stored() == ([-36_000], [-35_940])
