"""A database that is away or hangs delays no look, and what never reached it is stated."""

import asyncio


async def test_the_database_away_stops_nothing_and_what_waited_is_stored_in_order(setting):
    async with setting.recording(["BTC"]) as ending:
        await setting.until_stored(1)
        await setting.look_in_vain_for_the_database(3)
        assert setting.seen.progress.database_fault.startswith("The history cannot be used (it is away)")
        setting.history.away = False
        await setting.reach(181)
        await setting.until_stored(4)
    assert await setting.stored() == ([0, 60, 120, 180], [])
    assert (ending.result().gaps, ending.result().database_fault, ending.result().buffered) == ({}, "", 0)
    assert setting.seen.lines[1:] == [
        "The history cannot be used (it is away): `liquidity doctor` tests its database. Recording goes on; up to 10,000 looks are kept until it answers.",
        "The history's database answers again; 3 looks that waited for it are being stored.",
    ]


async def test_a_database_that_hangs_delays_no_look(setting):
    async with setting.recording(["BTC"]) as ending:
        await setting.until_stored(1)
        await setting.reach(12)
        await setting.history.renewed()
        setting.history.answers.clear()
        for second in (24, 60, 72, 120, 180):
            await setting.clock.reach(second)
        await setting.books.asked_at("kraken", "BTC/USD", 180)
        await setting.seen.until(lambda progress: progress.buffered == 3)
        setting.history.answers.set()
        await setting.until_stored(4)
    assert [at for *_, at in setting.books.asked[1:]] == [0, 60, 120, 180]
    assert await setting.stored() == ([0, 60, 120, 180], [])
    assert (ending.result().pairs[0].skipped, ending.result().gaps) == (0, {})


async def test_a_database_that_hangs_where_a_recorder_takes_up_costs_it_half_an_interval_at_most(setting):
    setting.clock.skip(5)
    hung = asyncio.Event()

    async def latest(*_):
        hung.set()
        await asyncio.Event().wait()

    setting.history.latest = latest
    async with setting.recording(["BTC"]):
        await hung.wait()
        await setting.reach(35)
        await setting.until_stored(1)
        del setting.history.latest
    assert await setting.stored() == ([35], [])


async def test_what_the_database_never_took_is_a_gap_that_is_stated(setting):
    async with setting.recording(["BTC"]) as ending:
        await setting.until_stored(1)
        await setting.look_in_vain_for_the_database(2)
    gap = ending.result().gaps["BTC/USD on kraken"]
    assert (gap.count, gap.first.timestamp() - setting.clock.start, gap.last.timestamp() - setting.clock.start) == (2, 60, 120)
