"""Who looks at a market when: leases are held, lost, waited for and taken over."""

import asyncio
from datetime import timedelta

import pytest
from make_snapshots import snapshot

from tools.history import History


async def test_who_has_a_market_is_said(setting):
    assert await setting.is_taken_by("desk-1:4711:0a1b2c3d", 40)
    async with setting.recording(["BTC"]) as ending:
        await setting.until_it_is("elsewhere")
    assert ending.result().pairs[0].note == "process 4711 on desk-1 has it"
    assert ending.result().stood_by == list(ending.result().pairs)
    assert setting.seen.lines == ["BTC/USD on kraken: process 4711 on desk-1 has it"]


async def test_a_market_that_another_recorder_holds_is_left_to_it_until_its_lease_runs_out(setting):
    assert await setting.is_taken_by("another", 40)
    async with setting.recording(["BTC"]) as ending:
        await setting.until_it_is("elsewhere")
        for second in (12, 24, 36, 48):
            await setting.reach(second)
        await setting.until_stored(1)
        await setting.reach(60)
        await setting.until_stored(2)
    assert (await setting.stored(), ending.result().pairs[0].skipped) == (([48, 60], []), 0)
    assert setting.seen.lines == ["BTC/USD on kraken: another recorder has it", "BTC/USD on kraken: recording"]


@pytest.mark.parametrize(("interval", "lease_s"), [(1, 1.25), (20, 25), (48, 60), (60, 60), (3_600, 60), (86_400, 60)])
async def test_a_lease_lasts_a_minute_at_most_and_is_renewed_five_times_in_it_however_rare_looks_are(setting, interval, lease_s):
    async with setting.recording(["BTC"], interval=interval):
        await setting.until_stored(1)
        for renewal in (1, 2, 3):
            await setting.reach(renewal * lease_s / 5)
        await setting.history.renewed()
    assert list(setting.history.claimed_at) == [lease_s]
    assert {round((at - setting.clock.start) * 5 / lease_s, 6) for at in setting.history.claimed_at[lease_s]} == {0, 1, 2, 3}


async def test_an_hourly_recorder_that_is_started_again_after_a_crash_records_within_72_seconds_and_looks_once_an_hour(setting, monkeypatch):
    with monkeypatch.context() as crash:
        crash.setattr(History, "release", lambda *_: asyncio.sleep(0))
        async with setting.recording(["BTC"], interval=3_600):
            await setting.until_stored(1)
    setting.clock.skip(5)
    async with setting.recording(["BTC"], interval=3_600):
        await setting.until_it_is("elsewhere")
        for second in (17, 29, 41, 53, 65):
            await setting.reach(second)
        await setting.until_it_is("recording")
        await setting.history.renewed()
        await setting.reach(3_600)
        await setting.until_stored(1)
    assert await setting.stored() == ([0, 3_600], [])


async def test_a_lease_that_ran_out_while_nobody_else_wanted_it_is_no_news(setting):
    """As when a machine sleeps through its renewals."""
    async with setting.recording(["BTC"], interval=3_600) as ending:
        await setting.until_stored(1)
        await setting.history.renewed()
        await setting.reach(3_600)
        await setting.until_stored(2)
    assert await setting.stored() == ([0, 3_600], [])
    assert (setting.seen.lines, ending.result().pairs[0].skipped) == (["BTC/USD on kraken: recording"], 0)


async def test_a_recorder_that_alone_is_cut_off_yields_as_soon_as_it_hears_that_another_took_over_and_says_so(setting):
    """The other one takes the market once the lease has run out, and looks in the same hour."""
    elsewhere = History(f"sqlite+aiosqlite:///{setting.path}", "live", now=lambda: setting.clock.utc)
    async with setting.recording(["BTC"], interval=60) as ending:
        await setting.until_stored(1)
        setting.history.away = True
        for second in (12, 24, 36, 48, 60):
            await setting.reach(second)
        await setting.seen.until(lambda progress: progress.buffered == 1)
        assert await elsewhere.claim([("kraken", "BTC/USD")], "another", 60) == [("kraken", "BTC/USD")]
        await elsewhere.append([snapshot(at=setting.clock.utc, after_s=1)])
        setting.history.away = False
        await setting.reach(72)
        await setting.until_it_is("elsewhere")
        await setting.reach(84)
    await elsewhere.close()
    assert await setting.stored() == ([0, 60, 61], [])
    # The database's own lines may come before, between or after these.
    assert [line for line in setting.seen.lines if line.startswith("BTC")] == [
        "BTC/USD on kraken: recording",
        "BTC/USD on kraken: another recorder had it while the database could not be reached from here; the looks of both are kept",
        "BTC/USD on kraken: another recorder has it",
    ]
    assert (ending.result().gaps, ending.result().stood_by) == ({}, [])


async def test_a_recorder_that_began_while_it_was_cut_off_yields_to_the_one_that_has_the_market(setting):
    assert await setting.is_taken_by("another", 60)
    setting.history.away = True
    async with setting.recording(["BTC"]):
        await setting.seen.until(lambda progress: progress.buffered == 1)
        setting.history.away = False
        await setting.reach(12)
        await setting.until_it_is("elsewhere")
    assert await setting.stored() == ([0], [])
    assert "BTC/USD on kraken: another recorder had it while the database could not be reached from here; the looks of both are kept" in setting.seen.lines


async def test_a_slot_in_which_another_recorder_looked_is_not_looked_at_again(setting):
    await setting.history.append([snapshot(at=setting.clock.utc, after_s=2)])
    setting.clock.skip(20)
    async with setting.recording(["BTC"]):
        await setting.until_it_is("recording")
        await setting.reach(60)
        await setting.until_stored(1)
    assert await setting.stored() == ([2, 60], [])


async def test_a_recorder_that_was_suspended_past_its_lease_asks_before_it_looks(setting):
    async with setting.recording(["BTC"]):
        await setting.until_stored(1)
        await setting.clock.awaited(lambda moment: moment == setting.clock.start + 60)
        later = History(f"sqlite+aiosqlite:///{setting.path}", "live", now=lambda: setting.clock.utc + timedelta(seconds=200))
        assert await later.claim([("kraken", "BTC/USD")], "another", 60) == [("kraken", "BTC/USD")]
        await later.close()
        setting.clock.skip(200)
        await setting.until_it_is("elsewhere")
        await setting.history.renewed()
    assert await setting.stored() == ([0], [])


async def test_what_passed_while_a_lease_had_run_out_is_skipped(setting):
    """As when a machine sleeps."""
    async with setting.recording(["BTC"]) as ending:
        await setting.until_stored(1)
        await setting.sleep(200, before_s=60)
        await setting.until_stored(2)
    assert await setting.stored() == ([0, 200], [])
    assert ending.result().pairs[0].skipped == 2


async def test_what_another_recorder_looked_at_meanwhile_is_not_skipped(setting):
    async with setting.recording(["BTC"]) as ending:
        await setting.until_stored(1)
        await setting.history.renewed()
        await setting.clock.awaited(lambda moment: moment == setting.clock.start + 60)
        await setting.history.append([snapshot(at=setting.clock.utc, after_s=61)])
        setting.clock.skip(200)
        await setting.until_stored(2)
    assert await setting.stored() == ([0, 61, 200], [])
    assert ending.result().pairs[0].skipped == 1
