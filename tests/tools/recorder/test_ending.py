"""How a recording ends, and what it keeps in order while it goes on."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from make_snapshots import snapshot

from tools.history import History
from tools.recorder import Gap, outbox, record


async def test_a_recording_that_is_stopped_begins_no_write_after_its_last_seconds_and_cuts_none_off(setting, monkeypatch):
    monkeypatch.setattr(outbox, "_BATCH", 1)

    async def slowly(snapshots, misses=()):
        setting.clock.skip(125.1)
        return await History.append(setting.history, snapshots, misses)

    async with setting.recording(["BTC"]) as ending:
        await setting.until_stored(1)
        await setting.look_in_vain_for_the_database(2)
        setting.history.append = slowly
    assert (await setting.stored(), ending.result().pairs[0].stored) == (([0, 60], []), 2)
    assert ending.result().gaps == {"BTC/USD on kraken": Gap(1, *[datetime.fromtimestamp(setting.clock.start + 120, UTC)] * 2)}
    assert await setting.is_taken_by("another", 60)


async def test_a_cancelled_recording_stores_what_waits_and_gives_its_leases_up(setting):
    task = asyncio.create_task(record(setting.market, ["BTC"], clock=setting.clock, onlooker=setting.seen))
    await setting.until_stored(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await setting.is_taken_by("another", 60)


async def test_the_history_is_kept_within_its_retention_time_once_an_hour(setting):
    pruned = asyncio.Queue()

    async def prune():
        pruned.put_nowait((setting.clock.now() - setting.clock.start, await History.prune(setting.history)))

    setting.history.prune = prune
    await setting.history.append([snapshot(at=setting.clock.utc - timedelta(days=91), after_s=second) for second in range(3)])
    async with setting.recording(["BTC"], interval=7_200):
        assert await pruned.get() == (0, 3)
        setting.history.away = True
        await setting.clock.reach(3_600)
        assert await pruned.get() == (3_600, 0)


async def test_a_recording_that_is_stopped_leaves_what_is_still_to_be_down_sampled(setting):
    begun = asyncio.Event()

    async def prune():
        begun.set()
        await asyncio.Event().wait()

    setting.history.prune = prune
    async with setting.recording(["BTC"]):
        await begun.wait()
