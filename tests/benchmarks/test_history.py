"""A million snapshots: how fast one is stored, and the tools over 24 hours of them beside the bare statement and beside a JSON file.

Ten markets were recorded once a minute, so that the rows of one lie between those of the others as they do in use.
The JSON file holds the rows of one market alone, a tenth of the million, which is to its favour.

The bare statement goes through the plain driver and reads the columns that a Series is made of, not all of a row's: the tools cannot do with fewer,
and a floor that fetched what nobody wants would flatter them. On both engines they are held to MOST_TIMES_THE_STATEMENT.
"""

import asyncio
import sqlite3
from datetime import timedelta
from time import perf_counter

import asyncpg
import numpy as np
import orjson
import pytest
from databases import postgresql_database, postgresql_url
from make_books import NOON
from make_snapshots import PROFILE, same, snapshot
from measuring import by_turns, report
from sqlalchemy.engine import make_url

from tools import Market, detect_anomalies, get_baseline_metrics, get_liquidity_history
from tools.analytics.series import Series
from tools.cache import Cache
from tools.history import History
from tools.history.rows import both_complete
from tools.history.tables import ASKS, BASE, BIDS

__all__ = ["postgresql_database", "postgresql_url"]
MARKETS, MINUTES, HOURS = 10, 100_000, 24
MARKET = "A4/USD"
COLUMNS = ("series_id", "time_ms", *BASE, *BIDS, *ASKS, "complete")
READ = ("time_ms", "best_bid", "best_ask", *BIDS, *ASKS, "complete", "total_volume_20", "liquidity_1pct_usd")
TOOLS = (get_baseline_metrics, get_liquidity_history, detect_anomalies)
MOST_TIMES_THE_STATEMENT = 2.0
END_MS = round(NOON.timestamp() * 1_000)
START_MS = END_MS - HOURS * 3_600_000
STATEMENT = f"SELECT {', '.join(READ)} FROM snapshots WHERE series_id = {{}} AND time_ms > {{}} AND time_ms <= {{}}"  # noqa: S608


def rows():
    """Every market's rows in the order of time."""
    random = np.random.default_rng(7)
    widths = np.array([1, 2, 4, 8, 12, 20])
    for minute in range(MINUTES):
        noise = random.lognormal(0, 0.1, (MARKETS, 9))
        touch = np.array([99.9, 100.1]) + noise[:, :2] / 50 * [-1, 1]
        figures = noise[:, 2:7] * [6, 5, 22, 1e6, 2e6]
        bands = 1e5 * noise[:, 7:, None] * widths
        values = np.column_stack([touch, figures, np.ones(MARKETS), bands.reshape(MARKETS, 12)]).tolist()
        time_ms = END_MS - 60_000 * (MINUTES - 1 - minute)
        yield from ((number, time_ms, *row, 4095) for number, row in enumerate(values, 1))


async def prepared(url):
    """A history that knows its markets, by a snapshot each."""
    history = History(url, "live", now=lambda: NOON)
    for number in range(MARKETS):
        await history.append([snapshot(symbol=f"A{number}/USD", profile=None)])
    return history


def remembering(history):
    """A market that needs no books: the tools are asked about a past window."""
    return Market(books=None, exchanges=("kraken",), source="live", renderer=None, now=lambda: NOON, history=history, cache=Cache())


class JsonHistory:
    """What one would write without a database: the market's rows in a file, read whole for every question."""

    def __init__(self, path):
        self._path = path

    async def find_market(self, exchange, symbol):
        return symbol

    async def rules(self):
        return []

    async def alerts(self, exchange, symbol, since, until):
        return []

    async def series(self, exchange, symbol, start, end):
        start_ms, end_ms = (round(one.timestamp() * 1_000) for one in (start, end))
        inside = [[row[name] for name in READ] for row in orjson.loads(self._path.read_bytes()) if start_ms < row["time_ms"] <= end_ms]
        columns = np.array(inside).T
        return Series(
            source="live",
            exchange=exchange,
            symbol=symbol,
            start=start,
            end=end,
            time_ms=columns[0].astype(np.int64),
            best_bid=columns[1],
            best_ask=columns[2],
            bid_usd=columns[3:9].T,
            ask_usd=columns[9:15].T,
            complete=both_complete(columns[15]),
            total_volume_20=columns[16],
            liquidity_1pct_usd=columns[17],
            hourly=np.zeros(len(inside), bool),
            failed_ms=np.empty(0, np.int64),
        )


async def compare(engine, history, statement):
    """How many times the bare statement's time each tool takes: never more than MOST_TIMES_THE_STATEMENT."""
    market = remembering(history)
    ratios = {}
    for tool in TOOLS:
        times = await by_turns(lambda tool=tool: tool(market, MARKET, until=NOON.isoformat()), statement, rounds=150)
        ratios[tool.__name__] = report(f"{engine}: {tool.__name__} over {HOURS} h of a million snapshots, beside the bare statement", *times)
    assert max(ratios.values()) <= MOST_TIMES_THE_STATEMENT, ratios


@pytest.fixture(scope="module")
def sqlite_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("million") / "history.db"

    async def prepare():
        await (await prepared(f"sqlite+aiosqlite:///{path}")).close()

    asyncio.run(prepare())
    connection = sqlite3.connect(path)
    connection.execute("DELETE FROM snapshots")
    connection.executemany(f"INSERT INTO snapshots ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})", rows())  # noqa: S608
    connection.commit()
    connection.close()
    return path


async def test_the_tools_beside_the_bare_statement_on_sqlite(sqlite_file):
    connection = sqlite3.connect(sqlite_file)
    number = connection.execute("SELECT id FROM series WHERE symbol = ?", (MARKET,)).fetchone()[0]
    history = History(f"sqlite+aiosqlite:///{sqlite_file}", "live", now=lambda: NOON)

    async def statement():
        found = connection.execute(STATEMENT.format("?", "?", "?"), (number, START_MS, END_MS)).fetchall()
        assert len(found) == 60 * HOURS

    await compare("SQLite", history, statement)
    connection.close()
    await history.close()


async def test_the_tools_beside_a_json_file(sqlite_file, tmp_path):
    connection = sqlite3.connect(sqlite_file)
    number = connection.execute("SELECT id FROM series WHERE symbol = ?", (MARKET,)).fetchone()[0]
    stored = connection.execute(f"SELECT {', '.join(READ)} FROM snapshots WHERE series_id = ? ORDER BY time_ms", (number,)).fetchall()  # noqa: S608
    connection.close()
    path = tmp_path / "history.json"
    path.write_bytes(orjson.dumps([dict(zip(READ, row, strict=True)) for row in stored]))
    history = History(f"sqlite+aiosqlite:///{sqlite_file}", "live", now=lambda: NOON)
    file = JsonHistory(path)
    window = "kraken", MARKET, NOON - timedelta(hours=HOURS), NOON
    identical = same(await file.series(*window), await history.series(*window))
    ours, theirs = remembering(history), remembering(file)
    for tool in TOOLS:
        times = await by_turns(
            lambda tool=tool: tool(ours, MARKET, until=NOON.isoformat()), lambda tool=tool: tool(theirs, MARKET, until=NOON.isoformat()), rounds=2
        )
        report(f"SQLite: {tool.__name__} over {HOURS} h, beside the same from a JSON file of {len(stored):,} rows", *times)
    await history.close()
    assert identical


async def test_the_tools_beside_the_bare_statement_on_postgresql(postgresql_url):
    history = await prepared(postgresql_url)
    connection = await asyncpg.connect(make_url(postgresql_url).set(drivername="postgresql").render_as_string(hide_password=False))
    await connection.execute("TRUNCATE snapshots")
    await connection.copy_records_to_table("snapshots", columns=COLUMNS, records=rows())
    await connection.execute("ANALYZE")
    number = await connection.fetchval("SELECT id FROM series WHERE symbol = $1", MARKET)

    async def statement():
        assert len(await connection.fetch(STATEMENT.format("$1", "$2", "$3"), number, START_MS, END_MS)) == 60 * HOURS

    await compare("PostgreSQL", history, statement)
    await connection.close()
    await history.close()


async def test_how_fast_snapshots_are_stored(sqlite_file):
    history = History(f"sqlite+aiosqlite:///{sqlite_file}", "live", now=lambda: NOON)
    for size, count in ((1, 300), (100, 30)):
        batches = [[snapshot(symbol=MARKET, after_s=10 * (size * batch + one) + size, profile=PROFILE) for one in range(size)] for batch in range(count)]
        started = perf_counter()
        for batch in batches:
            assert (await history.append(batch)).new == size
        seconds = perf_counter() - started
        print(f"\nSQLite: {count * size / seconds:,.0f} snapshots a second beside a million, {size} a commit, each with its profile and each commit synced")  # noqa: T201
    await history.close()
