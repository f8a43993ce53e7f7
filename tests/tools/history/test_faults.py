import asyncio
import re
import shutil
import sqlite3
import sys
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest
from make_books import NOON
from make_snapshots import PROFILE, snapshot
from sqlalchemy import event
from sqlalchemy.engine import make_url

from tools.errors import HistoryUnavailable, NotConfigured, NotStorable
from tools.history import Appended, History, opening, postgresql, sqlite
from tools.history.connecting import connect
from tools.history.tables import misses


class Proxy:
    """Stands between the store and PostgreSQL; can stop passing anything on, or be gone."""

    def __init__(self, url):
        self._target = make_url(url)
        self.passing = asyncio.Event()
        self.passing.set()
        self._open = []

    async def start(self, port=0):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    @property
    def url(self):
        return self._target.set(host="127.0.0.1", port=self.port).render_as_string(hide_password=False)

    async def stop(self):
        self._server.close()
        for writer in self._open:
            writer.transport.abort()
        await self._server.wait_closed()

    async def _serve(self, reader, writer):
        try:
            far_reader, far_writer = await asyncio.open_connection(self._target.host, self._target.port or 5432)
        except OSError:
            writer.transport.abort()
            return
        self._open += [writer, far_writer]
        await asyncio.gather(self._pass(reader, far_writer), self._pass(far_reader, writer))

    async def _pass(self, reader, writer):
        try:
            while data := await reader.read(65_536):
                await self.passing.wait()
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.transport.abort()


@pytest.fixture
async def proxy(postgresql_url):
    proxy = await Proxy(postgresql_url).start()
    yield proxy
    proxy.passing.set()
    await proxy.stop()


@pytest.fixture
def impatient(monkeypatch):
    """What waits for a server gives up soon."""
    monkeypatch.setattr(postgresql, "CONNECT_S", 0.3)
    monkeypatch.setattr(postgresql, "STATEMENT_S", 0.3)


@asynccontextmanager
async def opened(url, **given):
    history = History(url, "live", now=lambda: NOON, **given)
    try:
        yield history
    finally:
        await history.close()


async def everything(history):
    """Every way to use a history; what each gave or raised."""
    start, end = NOON - timedelta(hours=1), NOON
    ways = {
        "append": history.append([snapshot()]),
        "markets": history.markets(),
        "find_market": history.find_market("kraken", "BTC"),
        "series": history.series("kraken", "BTC/USD", start, end),
        "profiles": history.profiles("kraken", "BTC/USD", start, end, 60),
        "latest": history.latest("kraken", "BTC/USD", end),
        "alerts": history.alerts(),
        "acknowledge": history.acknowledge("a", end),
        "rules": history.rules(),
        "remove_rule": history.remove_rule("a"),
        "claim": history.claim([("kraken", "BTC/USD")], "one", 60),
        "release": history.release("one"),
        "prune": history.prune(),
        "check": history.check(),
    }
    return dict(zip(ways, await asyncio.gather(*ways.values(), return_exceptions=True), strict=True))


def kinds(outcomes):
    return {name: type(outcome).__name__ for name, outcome in outcomes.items() if isinstance(outcome, BaseException)}


async def test_a_server_that_is_gone_is_said_by_every_use_and_one_that_is_back_is_used(proxy):
    async with opened(proxy.url) as history:
        assert await history.append([snapshot()]) == Appended(1)
        await proxy.stop()
        failed = await everything(history)
        assert set(kinds(failed).values()) == {"HistoryUnavailable"}
        assert len(kinds(failed)) == len(failed)
        await proxy.start(proxy.port)
        assert await history.append([snapshot(), snapshot(after_s=60)]) == Appended(1)


@pytest.mark.usefixtures("impatient")
async def test_a_server_that_hangs_is_given_up_in_time_and_used_again_when_it_answers(proxy):
    async with opened(proxy.url) as history:
        assert await history.append([snapshot()]) == Appended(1)
        proxy.passing.clear()
        async with asyncio.timeout(20):
            with pytest.raises(HistoryUnavailable, match="did not answer in time"):
                await history.series("kraken", "BTC/USD", NOON - timedelta(hours=1), NOON)
            with pytest.raises(HistoryUnavailable, match="did not answer in time"):
                await history.append([snapshot(after_s=60)])
        proxy.passing.set()
        assert len(await history.series("kraken", "BTC/USD", NOON - timedelta(hours=1), NOON)) == 1
        await history.append([snapshot(after_s=120)])


async def test_a_server_that_is_not_there_yet_is_used_once_it_is(proxy):
    await proxy.stop()
    async with opened(proxy.url) as history:
        with pytest.raises(HistoryUnavailable, match="The history cannot be used"):
            await history.append([snapshot()])
        await proxy.start(proxy.port)
        assert await history.append([snapshot()]) == Appended(1)


async def test_a_server_that_was_away_between_two_uses_is_not_noticed(proxy):
    async with opened(proxy.url) as history:
        await everything(history)
        kept = [record.driver_connection for record in (await history._opened()).database._engine.pool._pool._queue._queue]
        await proxy.stop()
        await proxy.start(proxy.port)
        # The loop has yet to hear of the connections' end.
        async with asyncio.timeout(5):
            while not all(connection.is_closed() for connection in kept):  # noqa: ASYNC110 - nobody tells of it
                await asyncio.sleep(0)
        assert len(kept) > 1
        assert kinds(await everything(history)) == {}


async def test_a_full_disk_refuses_the_snapshots_and_takes_them_when_there_is_room(sqlite_url):
    many = [snapshot(after_s=number, profile=PROFILE) for number in range(1, 2_000)]
    room = [1]
    async with opened(sqlite_url) as history:
        assert await history.append([snapshot()]) == Appended(1)
        event.listen(
            (await history._opened()).database._engine, "checkout", lambda connection, *_: connection.cursor().execute(f"PRAGMA max_page_count={room[0]}")
        )
        with pytest.raises(HistoryUnavailable, match="database or disk is full"):
            await history.append(many)
        assert (await history.check()).snapshots == 1
        room[0] = 1_000_000
        assert await history.append(many) == Appended(1_999)


async def test_a_file_that_may_not_be_written_can_still_be_read(sqlite_url):
    async with opened(sqlite_url) as history:
        await history.append([snapshot()])
        path = make_url(sqlite_url).database
        async with opened(f"sqlite+aiosqlite:///file:{path}?mode=ro&uri=true") as reader:
            assert await reader.latest("kraken", "BTC/USD", NOON) == snapshot()
            with pytest.raises(HistoryUnavailable, match="attempt to write a readonly database"):
                await reader.append([snapshot(after_s=60)])


async def test_a_file_that_is_no_database_and_a_folder_that_cannot_be_made_are_said(tmp_path):
    (tmp_path / "notes.txt").write_text("no database at all " * 100)
    async with opened(f"sqlite+aiosqlite:///{tmp_path}/notes.txt") as history:
        with pytest.raises(HistoryUnavailable, match="file is not a database"):
            await history.append([snapshot()])
    async with opened(f"sqlite+aiosqlite:///{tmp_path}/notes.txt/below/history.db") as history:
        with pytest.raises(HistoryUnavailable, match="Not a directory"):
            await history.append([snapshot()])


async def test_a_file_that_another_process_holds_is_waited_for_and_then_given_up(sqlite_url, monkeypatch):
    monkeypatch.setattr(sqlite, "BUSY_S", 0.2)
    async with opened(sqlite_url) as history:
        await history.append([snapshot()])
        with closing(sqlite3.connect(make_url(sqlite_url).database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            outcomes = await asyncio.gather(*(history.append([snapshot(after_s=60)]) for _ in range(3)), return_exceptions=True)
            assert [type(outcome) for outcome in outcomes] == [HistoryUnavailable] * 3
            assert "database is locked" in str(outcomes[0])
            assert len(await history.markets()) == 1
            other.execute("ROLLBACK")
        assert await history.append([snapshot(after_s=60)]) == Appended(1)


async def test_writers_that_wait_for_a_file_keep_no_reader_from_it(sqlite_history, sqlite_url):
    await sqlite_history.append([snapshot()])
    with closing(sqlite3.connect(make_url(sqlite_url).database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writing = [asyncio.create_task(sqlite_history.append([snapshot(after_s=number)])) for number in range(1, 41)]
        await asyncio.sleep(0)
        async with asyncio.timeout(sqlite.BUSY_S / 2):
            assert len(await asyncio.gather(*(sqlite_history.markets() for _ in range(10)))) == 10
        other.execute("ROLLBACK")
    assert await asyncio.gather(*writing) == [Appended(1)] * 40


@pytest.mark.parametrize(
    "url",
    [
        *("nonsense", "mysql+aiomysql://me:geheim@host/db", "sqlite+aiosqlite://", "sqlite:///:memory:", "postgresql://me:geheim@host:port/db"),
        *("sqlite:////folder/history.db?timeout=soon", "postgresql://me:geheim@host/db?port=abc", "postgresql://me:geheim@host/db?timeout=soon"),
    ],
)
async def test_an_address_that_cannot_be_is_refused_with_one_that_can(url):
    with pytest.raises(NotConfigured, match=re.escape("write sqlite+aiosqlite:////folder/history.db or postgresql+asyncpg://user@host/database.")) as refused:
        await History(url, "live", now=lambda: NOON).markets()
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize(("option", "hint"), [("sslmode=require", "write ssl=require in place of sslmode=require"), ("foo=1", "leave it out")])
def test_an_option_that_the_driver_does_not_know_is_named_with_what_to_do(option, hint):
    name = option.partition("=")[0]
    with pytest.raises(NotConfigured, match=f"^LIQUIDITY_DATABASE_URL has the option {name}, which asyncpg does not know: {hint}\\.$"):
        connect(f"postgresql://me:geheim@127.0.0.1:1/db?{option}")


async def test_a_server_may_be_used_with_the_options_of_a_connection_pooler(postgresql_url):
    history = History(f"{postgresql_url}?statement_cache_size=0&prepared_statement_cache_size=0&command_timeout=5.5", "live", now=lambda: NOON)
    await history.append([snapshot()])
    assert (await history.check()).snapshots == 1
    await history.close()


@pytest.mark.parametrize("url", ["postgresql+asyncpg://me:geheim@127.0.0.1:1/db", "postgres://me:geheim@127.0.0.1:1/db"])
async def test_a_password_is_never_said(url):
    history = History(url, "live", now=lambda: NOON)
    with pytest.raises(HistoryUnavailable, match=re.escape("127.0.0.1")) as unavailable:
        await history.markets()
    assert "geheim" not in str(unavailable.value)
    assert connect(url).name == "postgresql+asyncpg://me:***@127.0.0.1:1/db"


async def test_a_missing_driver_is_said_with_the_command_that_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(NotConfigured, match=r"A postgresql database needs its driver: pip install 'market-liquidity-monitor\[postgres\]'"):
        connect("postgresql+asyncpg://me@127.0.0.1/db")


async def test_a_call_that_is_given_up_leaves_the_store_working(history):
    await history.append([snapshot()])
    calls = [asyncio.create_task(history.append([snapshot(after_s=number)])) for number in range(1, 20)]
    await asyncio.sleep(0)
    for call in calls[::2]:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)
    kept = {number for number, call in enumerate(calls, 1) if not call.cancelled()}
    window = await history.series("kraken", "BTC/USD", NOON, NOON + timedelta(seconds=60))
    assert kept <= set(((window.time_ms - round(NOON.timestamp() * 1_000)) // 1_000).tolist())
    assert await history.append([snapshot(after_s=60)]) == Appended(1)


async def test_a_database_that_is_not_there_and_a_user_whom_the_server_does_not_know_are_said(postgresql_url):
    server = make_url(postgresql_url)
    for refused, said in (
        (server.set(database="now'here", port=5432), """its database does not exist, make it with: createdb -h {} -p 5432 -U {} 'now'"'"'here'"""),
        (server.set(username="nobody"), 'role "nobody" does not exist'),
    ):
        async with opened(refused.render_as_string(hide_password=False)) as history:
            outcomes = await everything(history)
            assert kinds(outcomes) == dict.fromkeys(outcomes, "HistoryUnavailable")
            assert said.format(server.host, server.username) in str(outcomes["append"])


async def test_what_a_database_refuses_for_good_is_told_from_a_database_that_is_away(history):
    """Asking again would help nobody."""
    database = (await history._opened()).database
    given = {"series_id": 1, "time_ms": 0, "kind": "timed_out"}
    for wrong in ({"kind": None}, {"time_ms": 10**30}, {"kind": "\ud800"}):
        with pytest.raises(NotStorable, match=r"^The history's database refuses what was to be stored \(.+\): it is not kept\.$"):
            await database.write(lambda connection, wrong=wrong: connection.execute(misses.insert(), {**given, **wrong}))
    assert await history.append([snapshot()]) == Appended(1)


async def test_a_server_that_lets_nobody_in_is_said_and_used_again_by_itself_once_it_does(postgresql_url):
    name = make_url(postgresql_url).database
    administrator = await asyncpg.connect(make_url(postgresql_url).set(drivername="postgresql", database="postgres").render_as_string(hide_password=False))
    async with opened(postgresql_url) as history:
        assert await history.append([snapshot()]) == Appended(1)
        await administrator.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        try:
            await administrator.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
            for _ in range(2):
                outcomes = await everything(history)
                assert kinds(outcomes) == dict.fromkeys(outcomes, "HistoryUnavailable")
            assert "not currently accepting connections" in str(outcomes["series"])
            assert "not currently accepting connections" in str(outcomes["append"])
        finally:
            await administrator.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
            await administrator.close()
        assert await history.append([snapshot(), snapshot(after_s=60)]) == Appended(1)
        assert len(await history.series("kraken", "BTC/USD", NOON - timedelta(hours=1), NOON + timedelta(hours=1))) == 2


@pytest.mark.usefixtures("impatient")
async def test_those_who_ask_a_server_that_does_not_answer_wait_for_it_once_all_together_and_the_next_not_at_all(proxy, monkeypatch):
    monkeypatch.setattr(opening, "AGAIN_S", 0.3)
    attempts = []
    monkeypatch.setattr("tools.history.opened.connect", lambda url: attempts.append(url) or connect(url))
    proxy.passing.clear()
    async with opened(proxy.url) as history:
        for _ in range(2):
            outcomes = await everything(history)
            assert kinds(outcomes) == dict.fromkeys(outcomes, "HistoryUnavailable")
            assert "did not answer in time" in str(outcomes["append"])
        assert len(attempts) == 1
        proxy.passing.set()
        monkeypatch.setattr(opening, "AGAIN_S", 0)
        assert await history.append([snapshot()]) == Appended(1)


async def test_one_who_gives_up_an_opening_leaves_it_to_the_others(history):
    asked = [asyncio.create_task(history.markets()) for _ in range(3)]
    await asyncio.sleep(0)
    asked[0].cancel()
    assert await asyncio.gather(*asked[1:]) == [[], []]
    assert asked[0].cancelled()


async def test_a_file_that_is_deleted_or_replaced_under_a_program_is_begun_again_and_said_once(sqlite_url, caplog):
    path = Path(make_url(sqlite_url).database)
    async with opened(sqlite_url) as history, opened(sqlite_url) as another:
        await history.append([snapshot()])
        assert await another.find_market("kraken", "BTC") == "BTC/USD"
        await asyncio.to_thread(path.unlink)
        appended = await asyncio.gather(*(history.append([snapshot(after_s=60)]) for _ in range(4)))
        assert sum(one.new for one in appended) == 1
        assert await another.append([snapshot(after_s=120)]) == Appended(1)
        assert len(await history.markets()) == 1
        assert [record.args[0] for record in caplog.records] == [sqlite_url] * 2
    with closing(sqlite3.connect(path)) as kept:
        assert kept.execute("SELECT count(*) FROM snapshots").fetchone() == (2,)


async def test_a_folder_that_is_deleted_under_a_program_is_made_again(tmp_path):
    async with opened(f"sqlite+aiosqlite:///{tmp_path}/data/history.db") as history:
        await history.append([snapshot()])
        shutil.rmtree(tmp_path / "data")
        assert await history.append([snapshot(after_s=60)]) == Appended(1)
    async with opened(f"sqlite+aiosqlite:///{tmp_path}/data/history.db") as history:
        assert await history.latest("kraken", "BTC/USD", NOON + timedelta(hours=1)) == snapshot(after_s=60)
