import asyncio
import gc
import sqlite3
import threading
from contextlib import closing
from datetime import timedelta

import anyio
import asyncpg
import pytest
from make_alerts import alert
from make_books import NOON
from make_snapshots import PROFILE, snapshot
from sqlalchemy import event, text
from sqlalchemy.engine import make_url

from tools.analytics.rules import Rule
from tools.history import Appended, History
from tools.history.postgresql import beside
from tools.history.uncut import uncut

RULE = Rule("r1", "BTC", "kraken", "spread", above=True, value=5.0, unit="bps", within_pct=1.0)


async def batches():
    for number in range(3):
        yield [snapshot(after_s=1_000 * number + second, profile=PROFILE) for second in range(20)]


WAYS = {
    "append": lambda history: history.append([snapshot(after_s=1)]),
    "append_all": lambda history: history.append_all(batches()),
    "store_alerts": lambda history: history.store_alerts([alert()]),
    "acknowledge": lambda history: history.acknowledge("a1", NOON),
    "add_rule": lambda history: history.add_rule(RULE, NOON),
    "remove_rule": lambda history: history.remove_rule("r1"),
    "claim": lambda history: history.claim([("kraken", "BTC/USD")], "one", 60),
    "release": lambda history: history.release("one"),
    "prune": lambda history: history.prune(),
}


async def cut(work, after_ms):
    task = asyncio.ensure_future(work)
    await asyncio.wait({task}, timeout=after_ms / 1_000)
    task.cancel()
    await asyncio.wait({task})


def write_elsewhere(url):
    with closing(sqlite3.connect(make_url(url).database, isolation_level=None, timeout=1)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")


async def in_transaction(url):
    """How many connections to the database stand in a transaction that nobody is working on."""
    other = await asyncpg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))
    try:
        found = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
        return await other.fetchval(found)
    finally:
        await other.close()


@pytest.mark.parametrize("way", WAYS)
async def test_a_write_that_is_given_up_at_any_moment_keeps_nobody_from_a_file(sqlite_history, sqlite_url, way):
    await sqlite_history.append([snapshot()])
    for step in range(40):
        await cut(WAYS[way](sqlite_history), 0.1 * step)
        await asyncio.to_thread(write_elsewhere, sqlite_url)
    assert await sqlite_history.append([snapshot(after_s=9_999)]) == Appended(1)


@pytest.mark.parametrize("way", WAYS)
async def test_a_write_that_is_given_up_at_any_moment_leaves_no_transaction_at_a_server(postgresql_url, way):
    history = History(postgresql_url, "live", now=lambda: NOON)
    await history.append([snapshot()])
    for step in range(16):
        await cut(WAYS[way](history), 0.4 * step)
    assert await in_transaction(postgresql_url) == 0
    assert await history.append([snapshot(after_s=9_999)]) == Appended(1)
    await history.close()


class Held:
    """Has every write of a history stand still at the end of its transaction until it may go on; `ended` tells how the transactions did."""

    def __init__(self, database):
        self.inside = asyncio.Event()
        self.gate = threading.Event()
        self.ended = []
        self._write = database.write
        self._loop = asyncio.get_running_loop()
        engine = database._engine if database.on_sqlite else database._engine.sync_engine
        for end in ("commit", "rollback"):
            event.listen(engine, end, lambda _, end=end: self.ended.append(end))

    def write(self, work, **given):
        def held(connection):
            found = work(connection)
            self._loop.call_soon_threadsafe(self.inside.set)
            beside(connection, self.gate.wait, 30)
            return found

        return self._write(held, **given)


@pytest.fixture
async def later(database_url):
    """The history when what is of NOON is beyond the retention time."""
    store = History(database_url, "live", retention_days=90, now=lambda: NOON + timedelta(days=91))
    yield store
    await store.close()


@pytest.mark.parametrize("way", WAYS)
async def test_a_write_that_is_cut_within_its_transaction_is_committed_before_its_caller_hears_of_it(later, monkeypatch, way):
    """However often it is cut."""
    await later.append([snapshot()])
    database = (await later._opened()).database
    held = Held(database)
    monkeypatch.setattr(database, "write", held.write)
    writing = asyncio.ensure_future(WAYS[way](later))
    await held.inside.wait()
    for _ in range(3):
        writing.cancel()
        for _ in range(10):
            await asyncio.sleep(0)
        assert (writing.done(), held.ended) == (False, [])
    held.gate.set()
    await asyncio.wait({writing})
    assert (writing.cancelled(), held.ended) == (True, ["commit"])
    monkeypatch.undo()
    assert await later.append([snapshot(after_s=9_999)]) == Appended(1)


async def test_a_write_that_is_cut_and_then_fails_is_undone_and_nobody_is_told_of_a_forgotten_failure(history):
    reported = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context["message"]))
    await history.append([snapshot()])
    database = (await history._opened()).database
    held = Held(database)

    def fail(connection):
        connection.execute(text("DELETE FROM snapshots"))
        beside(connection, held.gate.wait, 30)
        connection.execute(text("SELECT nothing"))

    writing = asyncio.ensure_future(database.write(fail))
    await asyncio.sleep(0)
    writing.cancel()
    held.gate.set()
    await asyncio.wait({writing})
    assert (writing.cancelled(), held.ended) == (True, ["rollback"])
    assert (await history.check()).snapshots == 1
    del writing
    gc.collect()
    assert reported == []


async def test_who_is_cut_is_told_so_in_the_words_of_whoever_cut_it():
    """A scope of anyio knows its own cancellation by them, and asks again with every turn of the loop."""
    begun = asyncio.get_running_loop().create_future()
    with anyio.CancelScope() as scope:
        scope.cancel()
        asyncio.get_running_loop().call_later(0.01, begun.set_result, None)
        await uncut(begun)
    assert scope.cancelled_caught
    assert begun.done()


async def test_a_read_that_is_given_up_costs_no_connection(history):
    await history.append([snapshot(after_s=number) for number in range(500)])
    for step in range(30):
        await cut(history.series("kraken", "BTC/USD", NOON, NOON + timedelta(hours=1)), 0.1 * step)
    window = "kraken", "BTC/USD", NOON, NOON + timedelta(hours=1)
    assert {len(one) for one in await asyncio.gather(*(history.series(*window) for _ in range(20)))} == {499}


async def test_an_opening_that_is_given_up_at_any_moment_keeps_nobody_from_the_file(tmp_path):
    for step in range(12):
        url = f"sqlite+aiosqlite:///{tmp_path}/{step}.db"
        history = History(url, "live", now=lambda: NOON)
        await cut(history.markets(), 4 * step)
        await asyncio.to_thread(write_elsewhere, url)
        assert await history.append([snapshot()]) == Appended(1)
        await history.close()


async def test_an_import_that_is_given_up_leaves_nothing_of_itself(history):
    waiting = asyncio.Event()

    async def halting():
        yield [snapshot(after_s=1)]
        waiting.set()
        await asyncio.Event().wait()

    importing = asyncio.create_task(history.append_all(halting()))
    await waiting.wait()
    importing.cancel()
    await asyncio.wait({importing})
    assert importing.cancelled()
    assert len(await history.series("kraken", "BTC/USD", NOON, NOON + timedelta(hours=1))) == 0
    assert await history.append([snapshot(after_s=1)]) == Appended(1)
