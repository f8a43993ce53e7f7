"""Two recorders in processes of their own, on one database."""

import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from recorders import recorder

from tools.history import History
from tools.recorder.clock import spread

SYMBOLS = [f"{asset}/USD" for asset in ("ADA", "BTC", "ETH", "SOL")]
INTERVAL_S = 1.0
SCHEDULES = dict(zip(SYMBOLS, spread([INTERVAL_S] * len(SYMBOLS)), strict=True))


def standing(one):
    """The last that a recorder said of each symbol."""
    return {line.partition(" on ")[0]: line.partition(": ")[2] for line in one.lines}


def held(one):
    return {symbol for symbol, word in standing(one).items() if word == "recording"}


def slots(times_ms, symbol):
    return [SCHEDULES[symbol].slot(ms / 1_000) for ms in times_ms]


@asynccontextmanager
async def opened(url):
    history = History(url, "live", now=lambda: datetime.now(UTC))
    try:
        yield history
    finally:
        await history.close()


async def taken_ms(history, symbol):
    now = datetime.now(UTC)
    return (await history.series("kraken", symbol, now - timedelta(hours=1), now)).time_ms.tolist()


async def test_each_pair_is_recorded_once_an_interval_and_when_one_recorder_is_killed_the_other_has_its_pairs_within_two(database_url):
    async with recorder(database_url, INTERVAL_S, *SYMBOLS) as first, recorder(database_url, INTERVAL_S, *SYMBOLS) as second:
        for one in (first, second):
            await one.until(lambda one: len(standing(one)) == len(SYMBOLS))
        assert held(first) | held(second) == set(SYMBOLS)
        assert held(first) & held(second) == set()
        victim, survivor = (first, second) if held(first) else (second, first)
        taken, since = held(victim), len(victim.stored)
        await victim.until(lambda one: len(one.stored) >= since + 3 * len(taken))
        await victim.kill()
        killed_ms = time.time() * 1_000
        await survivor.until(lambda one: held(one) == set(SYMBOLS))
        await survivor.until(lambda one: {symbol for _, symbol, ms in one.stored if ms > killed_ms} == set(SYMBOLS))
        survivor.process.terminate()
        assert await survivor.ended() == 0
    async with opened(database_url) as history:
        pairs = [("kraken", symbol) for symbol in SYMBOLS]
        assert await history.claim(pairs, "whoever comes next", 60) == pairs, "leases are given up at once where a recorder is stopped"
        times = {symbol: await taken_ms(history, symbol) for symbol in SYMBOLS}
    for symbol, taken in times.items():
        assert len(set(slots(taken, symbol))) == len(taken), f"{symbol}: two looks in one interval"
        before = slots([ms for ms in taken if ms < killed_ms], symbol)
        # A machine that is busy elsewhere may come too late for a tick, which is then counted.
        unseen, skipped = before[-1] - before[0] + 1 - len(before), sum(one.skipped.get(symbol, 0) for one in (first, second))
        assert unseen <= skipped, f"{symbol}: an interval that was neither looked at nor counted as skipped"
        after = min(ms for ms in taken if ms > killed_ms)
        assert after - killed_ms <= 2_000 * INTERVAL_S, f"{symbol}: looked at again after {after - killed_ms:.0f} ms"
