"""A PostgreSQL that is stopped and started under the recorder."""

import asyncio
from datetime import timedelta

from pens import Pen
from recording import ManualClock, ScriptedBooks, Watching

from tools.cache import Cache
from tools.history import History
from tools.market import Market
from tools.recorder import record


async def test_a_server_stopped_and_started_under_the_recorder_costs_no_snapshot(own_postgres):
    clock, seen, stop = ManualClock(), Watching(), asyncio.Event()
    history = History(own_postgres.url, "live", now=lambda: clock.utc)
    market = Market(ScriptedBooks(clock), ("kraken",), "live", Pen(), lambda: clock.utc, history, Cache())
    recording = asyncio.create_task(record(market, ["BTC"], stop=stop, onlooker=seen, clock=clock))
    await seen.until(lambda progress: progress.pairs[0].stored == 1)
    await own_postgres.stop()
    for minute in (1, 2, 3):
        # The next renewal, a fifth of an interval away, is waited for once this one has met a server that is not there.
        await clock.awaited(lambda moment, due=clock.now() + 12: moment == due)
        await clock.reach(60 * minute)
        await seen.until(lambda progress, minute=minute: (progress.buffered, bool(progress.database_fault)) == (minute, True))
    await own_postgres.start()
    await clock.reach(181)
    await seen.until(lambda progress: progress.pairs[0].stored == 4)
    stop.set()
    ended = await recording
    window = await history.series("kraken", "BTC/USD", clock.utc - timedelta(hours=1), clock.utc)
    await history.close()
    assert ((window.time_ms - round(clock.start * 1_000)) // 1_000).tolist() == [0, 60, 120, 180]
    assert (ended.gaps, ended.buffered, ended.pairs[0].skipped) == ({}, 0, 0)
    assert seen.lines[1].startswith("The history cannot be used (")
    assert seen.lines[1].endswith("Recording goes on; up to 10,000 looks are kept until it answers.")
    assert seen.lines[2] == "The history's database answers again; 3 looks that waited for it are being stored."
