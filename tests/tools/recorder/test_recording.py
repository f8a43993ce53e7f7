"""Recording by a clock that a test moves, over scripted books, into a real database."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from make_snapshots import snapshot
from pens import Pen
from recording import ManualClock, ScriptedBooks, Watching
from simulated import simulated

from tools.cache import Cache
from tools.errors import ExchangeTimeout, HistoryUnavailable, InvalidArgument, RateLimited, UnknownSymbol
from tools.history import History
from tools.market import Market
from tools.recorder import Gap, outbox, record, record_configured
from tools.settings import Recorded


class Setting:
    """A market whose books, clock and database belong to the test."""

    def __init__(self, path, source="live"):
        self.path, self.clock = path, ManualClock()
        self.books = ScriptedBooks(self.clock, source)
        self.history = Breakable(f"sqlite+aiosqlite:///{path}", source, clock=self.clock)
        self.market = Market(self.books, ("kraken",), source, Pen(), lambda: self.clock.utc, self.history, Cache())
        self.seen, self.alerts = Watching(), []

    @asynccontextmanager
    async def recording(self, symbols, exchanges=(), interval=60):
        """Record until the block ends; yields a task whose result is how it stood at the end."""
        stop = asyncio.Event()
        task = asyncio.create_task(
            record(self.market, symbols, exchanges, interval, stop=stop, onlooker=self.seen, deliver=self.alerts.append, clock=self.clock)
        )
        try:
            yield task
        finally:
            stop.set()
            await task

    async def reach(self, after_s):
        """Move the clock there, once leases are renewed and somebody waits for that moment."""
        await self.history.renewed()
        await self.clock.reach(after_s)

    async def stored(self, exchange="kraken", symbol="BTC/USD"):
        """When each stored snapshot was taken, in seconds after the start."""
        series = await History.series(self.history, exchange, symbol, self.clock.utc - timedelta(days=1), self.clock.utc + timedelta(days=1))
        return [round(ms / 1_000 - self.clock.start, 3) for ms in series.time_ms.tolist()], [
            round(ms / 1_000 - self.clock.start, 3) for ms in series.failed_ms.tolist()
        ]


def breakable(method):
    """A method of History that fails while the database is away, and gives no answer while it hangs."""

    async def asked(self, *arguments, **named):
        await self.answers.wait()
        if self.away:
            raise HistoryUnavailable("it is away")
        return await method(self, *arguments, **named)

    return asked


class Breakable(History):
    """A history whose database a test takes away, or has hang while `answers` is not set. `claimed_at` is when leases of each length (s) were asked for."""

    def __init__(self, url, source, *, clock):
        super().__init__(url, source, now=lambda: clock.utc)
        self.clock, self.away = clock, False
        self.claimed_at = {}
        self.answers = asyncio.Event()
        self.answers.set()

    append, _claim = breakable(History.append), breakable(History.claim)
    latest, series, rules = breakable(History.latest), breakable(History.series), breakable(History.rules)
    alerts, store_alerts = breakable(History.alerts), breakable(History.store_alerts)

    async def claim(self, pairs, owner, lease_s):
        self.claimed_at.setdefault(lease_s, []).append(self.clock.now())
        return await self._claim(pairs, owner, lease_s)

    async def renewed(self):
        """Wait until every lease is renewed for now: whoever renews waits for the next time, which is at most a fifth of a lease away."""
        for lease_s, times in self.claimed_at.items():
            await self.clock.awaited(lambda moment, lease_s=lease_s, times=times: any(0 < moment - at < lease_s / 5 + 1e-3 for at in times))


@pytest.fixture
async def setting(tmp_path):
    one = Setting(tmp_path / "history.sqlite3")
    yield one
    await one.history.close()


def stored(count):
    return lambda progress: sum(pair.stored for pair in progress.pairs) >= count


async def test_a_market_is_looked_at_at_once_and_then_at_every_tick(setting):
    async with setting.recording(["BTC"]) as ending:
        for minute in range(3):
            await setting.seen.until(stored(minute + 1))
            await setting.reach(60 * (minute + 1))
        await setting.seen.until(stored(4))
    assert await setting.stored() == ([0, 60, 120, 180], [])
    [pair] = ending.result().pairs
    assert (pair.market, pair.symbol, pair.state, pair.stored, pair.failed, pair.skipped, pair.gap) == ("BTC/USD", "BTC", "recording", 4, 0, 0, None)


async def test_ticks_are_multiples_of_the_interval_however_late_looks_end(setting):
    """The start is 23.5 s into a minute; a look that takes 7 s moves no tick."""
    setting.clock.skip(23.5)
    async with setting.recording(["BTC"]):
        await setting.seen.until(stored(1))
        setting.books.gate.clear()
        await setting.reach(60)
        await setting.books.asked_at("kraken", "BTC/USD", 60)
        setting.clock.skip(67)
        setting.books.gate.set()
        await setting.seen.until(stored(2))
        await setting.reach(120)
        await setting.seen.until(stored(3))
    assert [at for *_, at in setting.books.asked if at >= 60] == [60, 120]
    assert await setting.stored() == ([23.5, 67, 120], [])


async def test_looks_are_spread_evenly_over_the_interval(setting):
    async with setting.recording(["BTC", "ETH"], ["kraken", "coinbase"]):
        await setting.seen.until(stored(1))
        for second in (1, 2, 3):
            await setting.reach(second)
            await setting.seen.until(stored(second + 1))
        for number, second in enumerate((15, 30, 45, 60, 75), 5):
            await setting.reach(second)
            await setting.seen.until(stored(number))
    looks = {(exchange, symbol): at for exchange, symbol, at in setting.books.asked if at >= 60 or 4 < at < 60}
    assert looks == {("coinbase", "BTC/USD"): 60, ("kraken", "BTC/USD"): 75, ("coinbase", "ETH/USD"): 30, ("kraken", "ETH/USD"): 45}


async def test_a_look_still_under_way_skips_the_tick_counts_it_and_never_overlaps(setting):
    async with setting.recording(["BTC"]) as ending:
        await setting.seen.until(stored(1))
        setting.books.gate.clear()
        await setting.reach(60)
        await setting.books.asked_at("kraken", "BTC/USD", 60)
        setting.clock.skip(130)
        setting.books.gate.set()
        await setting.seen.until(stored(2))
        await setting.reach(180)
        await setting.seen.until(stored(3))
    assert [at for *_, at in setting.books.asked if at >= 60] == [60, 180]
    assert ending.result().pairs[0].skipped == 1
    assert await setting.stored() == ([0, 130, 180], [])


async def test_the_very_book_of_the_look_before_is_no_second_look(setting):
    async with setting.recording(["BTC"]) as ending:
        await setting.seen.until(stored(1))
        await setting.reach(60)
        await setting.seen.until(stored(2))
        setting.books.as_of = setting.clock.utc
        await setting.reach(120)
        await setting.seen.until(lambda progress: progress.pairs[0].skipped == 1)
        setting.books.as_of = None
        await setting.reach(180)
        await setting.seen.until(stored(3))
    assert await setting.stored() == ([0, 60, 180], [])
    assert (ending.result().pairs[0].stored, ending.result().pairs[0].skipped) == (3, 1)


async def test_the_first_tick_that_still_finds_the_book_of_the_opening_look_is_not_skipped(setting):
    setting.clock.skip(59)
    async with setting.recording(["BTC"]) as ending:
        await setting.seen.until(stored(1))
        setting.books.as_of = setting.clock.utc
        await setting.reach(60)
        await setting.books.asked_at("kraken", "BTC/USD", 60)
        await setting.clock.awaited(lambda moment: moment == setting.clock.start + 120)
        setting.books.as_of = None
        await setting.reach(120)
        await setting.seen.until(stored(2))
    assert await setting.stored() == ([59, 120], [])
    assert ending.result().pairs[0].skipped == 0


async def test_an_interval_that_cannot_be_held_is_said_once_with_one_that_can(setting):
    async with setting.recording(["BTC"], interval=1):
        await setting.seen.until(stored(1))
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


async def test_at_a_short_interval_every_look_is_at_a_book_of_its_own(tmp_path):
    setting = Setting(tmp_path / "simulated.sqlite3", source="simulated")
    async with simulated(("kraken",), cache=Cache(clock=setting.clock.now), config={"rateLimit": 0.001}) as venues:
        venues.market.books._now = lambda: setting.clock.utc
        setting.market = replace(setting.market, books=venues.market.books)
        async with setting.recording(["BTC/USD"], interval=1) as ending:
            await setting.seen.until(stored(1))
            for second in range(1, 5):
                await setting.reach(second)
                await setting.seen.until(stored(second + 1))
    assert (await setting.stored(), ending.result().pairs[0].skipped) == (([0, 1, 2, 3, 4], []), 0)
    await setting.history.close()


async def test_a_machine_that_slept_is_no_interval_that_cannot_be_held(setting):
    async with setting.recording(["BTC"]) as ending:
        await setting.seen.until(stored(1))
        await setting.history.renewed()
        await setting.clock.awaited(lambda moment: moment == setting.clock.start + 60)
        setting.clock.skip(3_600)
        await setting.seen.until(stored(2))
    assert (ending.result().pairs[0].skipped, setting.seen.lines) == (59, ["BTC/USD on kraken: recording"])


async def test_a_failed_look_is_stored_as_a_miss_and_the_next_may_succeed(setting):
    async with setting.recording(["BTC"]) as ending:
        await setting.seen.until(stored(1))
        setting.books.errors["kraken"] = ExchangeTimeout("kraken", "10 s")
        await setting.reach(60)
        await setting.seen.until(lambda progress: progress.pairs[0].state == "failing")
        del setting.books.errors["kraken"]
        await setting.reach(120)
        await setting.seen.until(stored(2))
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
        await setting.seen.until(stored(1))
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
        await setting.seen.until(stored(1))
        getattr(setting.books, refusing)["kraken"] = RateLimited("kraken", 12.0)
        await setting.reach(60)
        await setting.seen.until(lambda progress: progress.pairs[0].skipped == 1)
        getattr(setting.books, refusing).clear()
        await setting.reach(120)
        await setting.seen.until(stored(2))
    assert await setting.stored() == ([0, 120], [])
    assert (ending.result().pairs[0].failed, ending.result().pairs[0].state) == (0, "recording")


async def test_a_look_that_the_exchange_refused_as_one_too_many_is_a_miss(setting):
    async with setting.recording(["BTC"]) as ending:
        await setting.seen.until(stored(1))
        setting.books.errors["kraken"] = RateLimited("kraken")
        await setting.reach(60)
        await setting.seen.until(lambda progress: progress.pairs[0].failed == 1)
    assert await setting.stored() == ([0], [60])
    assert ending.result().pairs[0].skipped == 0


async def test_an_asset_is_settled_by_the_first_success_and_misses_before_it_belong_to_no_market(setting):
    setting.books.errors["kraken"] = ExchangeTimeout("kraken", "10 s")
    async with setting.recording(["BTC"]) as ending:
        await setting.seen.until(lambda progress: progress.pairs[0].failed == 1)
        del setting.books.errors["kraken"]
        await setting.reach(60)
        await setting.seen.until(stored(1))
        setting.books.markets["BTC"] = "BTC/USDT"
        await setting.reach(120)
        await setting.seen.until(stored(2))
    assert await setting.stored() == ([60, 120], [])
    assert await setting.stored(symbol="BTC/USDT") == ([], [])
    assert ending.result().pairs[0].failed == 1


async def test_a_market_that_is_gone_is_a_miss_and_never_another_markets_book(setting):
    async with setting.recording(["BTC"]):
        await setting.seen.until(stored(1))
        setting.books.markets["BTC/USD"] = "BTC/USDT"
        await setting.reach(60)
        await setting.seen.until(lambda progress: progress.pairs[0].failed == 1)
    assert await setting.stored() == ([0], [60])


async def test_two_names_of_one_market_are_recorded_once(setting):
    async with setting.recording(["BTC", "BTC/USD"]) as ending:
        await setting.seen.until(stored(1))
        await setting.reach(1)
        await setting.seen.until(lambda progress: progress.pairs[1].state == "duplicate")
    assert [pair.stored for pair in ending.result().pairs] == [1, 0]
    assert ending.result().pairs[1].note == "BTC/USD on kraken is recorded as BTC already."


async def test_what_cannot_be_recorded_is_said_and_the_rest_goes_on(setting):
    setting.books.errors["coinbase"] = UnknownSymbol("coinbase", "BTC")
    async with setting.recording(["BTC"], ["coinbase", "kraken"]) as ending:
        await setting.reach(1)
        await setting.seen.until(stored(1))
    assert [(pair.exchange, pair.state, pair.stored) for pair in ending.result().pairs] == [("coinbase", "refused", 0), ("kraken", "recording", 1)]
    assert setting.seen.lines[0] == "BTC on coinbase: coinbase does not list BTC. Give an asset such as BTC, or a market such as BTC/USDT."


async def test_where_nothing_can_be_recorded_the_mistake_is_raised(setting):
    setting.books.errors["kraken"] = UnknownSymbol("kraken", "NOPE")
    with pytest.raises(UnknownSymbol, match="kraken does not list NOPE"):
        await record(setting.market, ["NOPE"], clock=setting.clock)


@pytest.mark.parametrize(
    ("symbols", "interval", "sentence"),
    [
        ([], 60, "Name at least one symbol to record, such as BTC."),
        (["BTC"], 0, "interval_seconds must be greater than or equal to 1, not 0."),
        (["  "], 60, "symbol must not be empty."),
    ],
)
async def test_wrong_arguments_are_told_in_one_sentence(setting, symbols, interval, sentence):
    with pytest.raises(InvalidArgument) as raised:
        await record(setting.market, symbols, interval_seconds=interval)
    assert str(raised.value) == sentence


async def test_the_database_away_stops_nothing_and_what_waited_is_stored_in_order(setting):
    async with setting.recording(["BTC"]) as ending:
        await setting.seen.until(stored(1))
        setting.history.away = True
        for minute in (1, 2, 3):
            await setting.reach(60 * minute)
            await setting.seen.until(lambda progress, minute=minute: progress.buffered == minute)
        assert setting.seen.progress.database_fault.startswith("The history cannot be used (it is away)")
        setting.history.away = False
        await setting.reach(181)
        await setting.seen.until(stored(4))
    assert await setting.stored() == ([0, 60, 120, 180], [])
    assert (ending.result().gaps, ending.result().database_fault, ending.result().buffered) == ({}, "", 0)
    assert setting.seen.lines[1:] == [
        "The history cannot be used (it is away): `liquidity doctor` tests its database. Recording goes on; up to 10,000 looks are kept until it answers.",
        "The history's database answers again; 3 looks that waited for it are being stored.",
    ]


async def test_a_database_that_hangs_delays_no_look(setting):
    async with setting.recording(["BTC"]) as ending:
        await setting.seen.until(stored(1))
        await setting.reach(12)
        await setting.history.renewed()
        setting.history.answers.clear()
        for second in (24, 60, 72, 120, 180):
            await setting.clock.reach(second)
        await setting.books.asked_at("kraken", "BTC/USD", 180)
        await setting.seen.until(lambda progress: progress.buffered == 3)
        setting.history.answers.set()
        await setting.seen.until(stored(4))
    assert [at for *_, at in setting.books.asked[1:]] == [0, 60, 120, 180]
    assert await setting.stored() == ([0, 60, 120, 180], [])
    assert (ending.result().pairs[0].skipped, ending.result().gaps) == (0, {})


async def test_what_passed_while_a_lease_had_run_out_is_skipped(setting):
    """As when a machine sleeps."""
    async with setting.recording(["BTC"]) as ending:
        await setting.seen.until(stored(1))
        await setting.history.renewed()
        await setting.clock.awaited(lambda moment: moment == setting.clock.start + 60)
        setting.clock.skip(200)
        await setting.seen.until(stored(2))
    assert await setting.stored() == ([0, 200], [])
    assert ending.result().pairs[0].skipped == 2


async def test_what_another_recorder_looked_at_meanwhile_is_not_skipped(setting):
    async with setting.recording(["BTC"]) as ending:
        await setting.seen.until(stored(1))
        await setting.history.renewed()
        await setting.clock.awaited(lambda moment: moment == setting.clock.start + 60)
        await setting.history.append([snapshot(at=setting.clock.utc, after_s=61)])
        setting.clock.skip(200)
        await setting.seen.until(stored(2))
    assert await setting.stored() == ([0, 61, 200], [])
    assert ending.result().pairs[0].skipped == 1


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
        await setting.seen.until(stored(1))
        del setting.history.latest
    assert await setting.stored() == ([35], [])


async def test_a_failed_look_is_dated_by_the_markets_clock_which_goes_on_while_a_machine_sleeps(setting):
    slept = timedelta()
    setting.market = replace(setting.market, now=lambda: setting.clock.utc + slept)
    async with setting.recording(["BTC"]):
        await setting.seen.until(stored(1))
        slept = timedelta(hours=8)
        setting.books.errors["kraken"] = ExchangeTimeout("kraken", "10 s")
        await setting.reach(60)
        await setting.seen.until(lambda progress: progress.pairs[0].failed == 1)
    assert await setting.stored() == ([0], [8 * 3_600 + 60])


async def test_a_failed_look_at_a_replay_is_dated_by_the_recordings_clock(tmp_path):
    setting = Setting(tmp_path / "replay.sqlite3", source="replay")
    setting.books.as_of = setting.clock.utc - timedelta(hours=10)
    async with setting.recording(["BTC"]):
        await setting.seen.until(stored(1))
        setting.books.errors["kraken"] = ExchangeTimeout("kraken", "10 s")
        await setting.reach(60)
        await setting.seen.until(lambda progress: progress.pairs[0].failed == 1)
    assert await setting.stored() == ([-36_000], [-35_940])
    await setting.history.close()


async def test_what_the_database_never_took_is_a_gap_that_is_stated(setting):
    async with setting.recording(["BTC"]) as ending:
        await setting.seen.until(stored(1))
        setting.history.away = True
        for minute in (1, 2):
            await setting.reach(60 * minute)
            await setting.seen.until(lambda progress, minute=minute: progress.buffered == minute)
    gap = ending.result().gaps["BTC/USD on kraken"]
    assert (gap.count, gap.first.timestamp() - setting.clock.start, gap.last.timestamp() - setting.clock.start) == (2, 60, 120)


async def test_a_recording_that_is_stopped_begins_no_write_after_its_last_seconds_and_cuts_none_off(setting, monkeypatch):
    monkeypatch.setattr(outbox, "_BATCH", 1)

    async def slowly(snapshots, misses=()):
        setting.clock.skip(125.1)
        return await History.append(setting.history, snapshots, misses)

    async with setting.recording(["BTC"]) as ending:
        await setting.seen.until(stored(1))
        setting.history.away = True
        for minute in (1, 2):
            await setting.reach(60 * minute)
            await setting.seen.until(lambda progress, minute=minute: progress.buffered == minute)
        setting.history.append = slowly
    assert (await setting.stored(), ending.result().pairs[0].stored) == (([0, 60], []), 2)
    assert ending.result().gaps == {"BTC/USD on kraken": Gap(1, *[datetime.fromtimestamp(setting.clock.start + 120, UTC)] * 2)}
    assert await History.claim(setting.history, [("kraken", "BTC/USD")], "another", 60) == [("kraken", "BTC/USD")]


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


async def test_pairs_of_different_intervals_are_recorded_together(setting):
    pairs = [Recorded(symbol="BTC", exchange="kraken", interval_seconds=60), Recorded(symbol="ETH", exchange="kraken", interval_seconds=20)]
    stop = asyncio.Event()
    task = asyncio.create_task(record_configured(setting.market, pairs, stop=stop, onlooker=setting.seen, clock=setting.clock))
    await setting.seen.until(stored(1))
    for number, second in enumerate((1, 10, 30, 50, 60, 70), 2):
        await setting.reach(second)
        await setting.seen.until(stored(number))
    stop.set()
    await task
    assert (await setting.stored())[0] == [0, 60]
    assert (await setting.stored(symbol="ETH/USD"))[0] == [1, 10, 30, 50, 70]


async def test_a_cancelled_recording_stores_what_waits_and_gives_its_leases_up(setting):
    task = asyncio.create_task(record(setting.market, ["BTC"], clock=setting.clock, onlooker=setting.seen))
    await setting.seen.until(stored(1))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await setting.history.claim([("kraken", "BTC/USD")], "another", 60) == [("kraken", "BTC/USD")]


async def test_who_has_a_market_is_said(setting):
    assert await History.claim(setting.history, [("kraken", "BTC/USD")], "desk-1:4711:0a1b2c3d", 40) == [("kraken", "BTC/USD")]
    async with setting.recording(["BTC"]) as ending:
        await setting.seen.until(lambda progress: progress.pairs[0].state == "elsewhere")
    assert ending.result().pairs[0].note == "process 4711 on desk-1 has it"
    assert ending.result().stood_by == list(ending.result().pairs)
    assert setting.seen.lines == ["BTC/USD on kraken: process 4711 on desk-1 has it"]


async def test_a_market_that_another_recorder_holds_is_left_to_it_until_its_lease_runs_out(setting):
    assert await History.claim(setting.history, [("kraken", "BTC/USD")], "another", 40) == [("kraken", "BTC/USD")]
    async with setting.recording(["BTC"]) as ending:
        await setting.seen.until(lambda progress: progress.pairs[0].state == "elsewhere")
        for second in (12, 24, 36, 48):
            await setting.reach(second)
        await setting.seen.until(stored(1))
        await setting.reach(60)
        await setting.seen.until(stored(2))
    assert (await setting.stored(), ending.result().pairs[0].skipped) == (([48, 60], []), 0)
    assert setting.seen.lines == ["BTC/USD on kraken: another recorder has it", "BTC/USD on kraken: recording"]


@pytest.mark.parametrize(("interval", "lease_s"), [(1, 1.25), (20, 25), (48, 60), (60, 60), (3_600, 60), (86_400, 60)])
async def test_a_lease_lasts_a_minute_at_most_and_is_renewed_five_times_in_it_however_rare_looks_are(setting, interval, lease_s):
    async with setting.recording(["BTC"], interval=interval):
        await setting.seen.until(stored(1))
        for renewal in (1, 2, 3):
            await setting.reach(renewal * lease_s / 5)
        await setting.history.renewed()
    assert list(setting.history.claimed_at) == [lease_s]
    assert {round((at - setting.clock.start) * 5 / lease_s, 6) for at in setting.history.claimed_at[lease_s]} == {0, 1, 2, 3}


async def test_an_hourly_recorder_that_is_started_again_after_a_crash_records_within_72_seconds_and_looks_once_an_hour(setting, monkeypatch):
    with monkeypatch.context() as crash:
        crash.setattr(History, "release", lambda *_: asyncio.sleep(0))
        async with setting.recording(["BTC"], interval=3_600):
            await setting.seen.until(stored(1))
    setting.clock.skip(5)
    async with setting.recording(["BTC"], interval=3_600):
        await setting.seen.until(lambda progress: progress.pairs[0].state == "elsewhere")
        for second in (17, 29, 41, 53, 65):
            await setting.reach(second)
        await setting.seen.until(lambda progress: progress.pairs[0].state == "recording")
        await setting.history.renewed()
        await setting.reach(3_600)
        await setting.seen.until(stored(1))
    assert await setting.stored() == ([0, 3_600], [])


async def test_a_lease_that_ran_out_while_nobody_else_wanted_it_is_no_news(setting):
    """As when a machine sleeps through its renewals."""
    async with setting.recording(["BTC"], interval=3_600) as ending:
        await setting.seen.until(stored(1))
        await setting.history.renewed()
        await setting.reach(3_600)
        await setting.seen.until(stored(2))
    assert await setting.stored() == ([0, 3_600], [])
    assert (setting.seen.lines, ending.result().pairs[0].skipped) == (["BTC/USD on kraken: recording"], 0)


async def test_a_recorder_that_alone_is_cut_off_yields_as_soon_as_it_hears_that_another_took_over_and_says_so(setting):
    """The other one takes the market once the lease has run out, and looks in the same hour."""
    elsewhere = History(f"sqlite+aiosqlite:///{setting.path}", "live", now=lambda: setting.clock.utc)
    async with setting.recording(["BTC"], interval=60) as ending:
        await setting.seen.until(stored(1))
        setting.history.away = True
        for second in (12, 24, 36, 48, 60):
            await setting.reach(second)
        await setting.seen.until(lambda progress: progress.buffered == 1)
        assert await elsewhere.claim([("kraken", "BTC/USD")], "another", 60) == [("kraken", "BTC/USD")]
        await elsewhere.append([snapshot(at=setting.clock.utc, after_s=1)])
        setting.history.away = False
        await setting.reach(72)
        await setting.seen.until(lambda progress: progress.pairs[0].state == "elsewhere" and progress.buffered == 0)
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
    assert await History.claim(setting.history, [("kraken", "BTC/USD")], "another", 60) == [("kraken", "BTC/USD")]
    setting.history.away = True
    async with setting.recording(["BTC"]):
        await setting.seen.until(lambda progress: progress.buffered == 1)
        setting.history.away = False
        await setting.reach(12)
        await setting.seen.until(lambda progress: progress.pairs[0].state == "elsewhere" and progress.buffered == 0)
    assert await setting.stored() == ([0], [])
    assert "BTC/USD on kraken: another recorder had it while the database could not be reached from here; the looks of both are kept" in setting.seen.lines


async def test_a_slot_in_which_another_recorder_looked_is_not_looked_at_again(setting):
    await setting.history.append([snapshot(at=setting.clock.utc, after_s=2)])
    setting.clock.skip(20)
    async with setting.recording(["BTC"]):
        await setting.seen.until(lambda progress: progress.pairs[0].state == "recording")
        await setting.reach(60)
        await setting.seen.until(stored(1))
    assert await setting.stored() == ([2, 60], [])


async def test_a_recorder_that_was_suspended_past_its_lease_asks_before_it_looks(setting):
    async with setting.recording(["BTC"]):
        await setting.seen.until(stored(1))
        await setting.clock.awaited(lambda moment: moment == setting.clock.start + 60)
        later = History(f"sqlite+aiosqlite:///{setting.path}", "live", now=lambda: setting.clock.utc + timedelta(seconds=200))
        assert await later.claim([("kraken", "BTC/USD")], "another", 60) == [("kraken", "BTC/USD")]
        await later.close()
        setting.clock.skip(200)
        await setting.seen.until(lambda progress: progress.pairs[0].state == "elsewhere")
        await setting.history.renewed()
    assert await setting.stored() == ([0], [])


async def test_a_market_that_is_stored_already_is_known_while_its_exchange_is_away(setting):
    await setting.history.append([snapshot(at=setting.clock.utc, after_s=-3_600)])
    setting.books.errors["kraken"] = ExchangeTimeout("kraken", "10 s")
    async with setting.recording(["BTC/USD"]):
        await setting.seen.until(lambda progress: progress.pairs[0].failed == 1)
        await setting.reach(60)
        await setting.seen.until(lambda progress: progress.pairs[0].failed == 2)
    assert await setting.stored() == ([-3600], [0, 60])
