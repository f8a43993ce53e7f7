import gzip
import json
import os
import resource
import sys
import tempfile
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pyarrow as pa
import pytest
from make_books import NOON
from make_snapshots import PROFILE, same, series, snapshot, snapshots
from pyarrow import parquet
from sqlalchemy import text

from tools.analytics.snapshot import PROFILE_EDGES_PCT, DepthProfile
from tools.errors import NotConfigured, NotReadable
from tools.history import Appended, History, aside, formats
from tools.history.formats import READ, WRITTEN, json_lines, written
from tools.history.given import Presumed, snapshot_of
from tools.history.transfer import Imported, export, import_file

FULL = snapshot(
    best_bid=99.5,
    usd_rate=1.0625,
    bid_volume_10=7.25,
    liquidity_2pct_usd=12_345.5,
    bid_complete=(True, True, True, True, False, False),
    ask_complete=(True, False, False, False, False, False),
)
BARE = snapshot(symbol="SOL/USDT", depth=[], profile=None, liquidity_1pct_usd=5.0, liquidity_2pct_usd=6.0, after_s=1.25)
ROW = {
    "symbol": "SOL/USDT",
    "exchange": "binance",
    "timestamp": "2024-08-09T00:00:00Z",
    "best_bid": 150.1,
    "best_ask": 150.3,
    "spread": 0.2,
    "spread_percentage": 0.13,
    "mid_price": 150.2,
    "bid_volume_10": 100.0,
    "ask_volume_10": 80.0,
    "total_volume_20": 400.0,
    "liquidity_1pct_usd": 1e6,
    "liquidity_2pct_usd": 2e6,
    "imbalance_ratio": 1.25,
}
SOL = snapshot(
    exchange="binance", symbol="SOL/USDT", at=datetime(2024, 8, 9, tzinfo=UTC), best_bid=150.1, best_ask=150.3,
    bid_volume_10=100.0, ask_volume_10=80.0, total_volume_20=400.0, liquidity_1pct_usd=1e6, liquidity_2pct_usd=2e6, depth=[], profile=None,
)  # fmt: skip

BINS = len(PROFILE_EDGES_PCT)
BINANCE_SOL = ("binance", "SOL/USDT")
KNOWN = ("binance", "coinbase", "kraken")


def imported(new, stored_already=0, of_closed_hours=0, unlabelled=0, *, markets, named=("", ""), misnamed=0):
    return Imported(new, stored_already, of_closed_hours, unlabelled, markets, named, misnamed, alerts=0, standing=0)


def without(*names):
    return {name: value for name, value in ROW.items() if name not in names}


async def kept(history):
    """Everything that a history holds."""
    taken = []
    await export(history, taken.extend, "", "", None, NOON + timedelta(days=1))
    return taken


@pytest.fixture
async def other(tmp_path):
    store = History(f"sqlite+aiosqlite:///{tmp_path / 'other.db'}", "live", now=lambda: NOON)
    yield store
    await store.close()


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz", ".parquet"])
async def test_what_is_exported_and_imported_elsewhere_is_the_same(history, other, tmp_path, suffix):
    await history.append([FULL, BARE])
    path = tmp_path / f"history{suffix}"
    with written(path) as write:
        assert await export(history, write, "", "", None, NOON + timedelta(hours=1)) == 2
    both = {("kraken", "BTC/USD"): 1, ("kraken", "SOL/USDT"): 1}
    assert await import_file(other, path, "live", NOON, KNOWN) == imported(2, markets=both)
    assert await kept(other) == await kept(history) == [FULL, BARE]
    assert await import_file(other, path, "live", NOON, KNOWN) == imported(0, 2, markets=both)
    assert await kept(other) == [FULL, BARE]


@pytest.mark.parametrize("suffix", WRITTEN)
async def test_an_export_that_another_engine_imported_is_exported_again_to_the_last_byte(sqlite_history, postgresql_url, tmp_path, suffix):
    """With and without bands and profile, at the bounds of what may be stored, where PostgreSQL sorts by rules of its own."""
    thirds = DepthProfile(bid_sizes=[1e30, 1e-30, 1 / 3, *[None] * (BINS - 3)], ask_sizes=[None] * BINS)
    few = snapshot(symbol="$A/USD", after_s=0.0015).depth[:3]
    await sqlite_history.append(
        [
            *(snapshot(exchange=exchange, symbol=symbol, best_bid=1 / 3) for exchange in ("a_b", "a-b", "ab") for symbol in ("$A/USD", "A/USD:A", "AA/USD")),
            FULL,
            BARE,
            snapshot(symbol="SOL/USDT", best_bid=1e-30, best_ask=1e30, bid_volume_10=0.0, ask_volume_10=1e-30, profile=thirds),
            snapshot(symbol="SOL/USDT", after_s=1, depth=few, profile=None),
        ]
    )
    other = History(postgresql_url, "live", now=lambda: NOON)
    database = (await other._opened()).database
    for column in ("exchange", "symbol"):
        sorts = text(f'ALTER TABLE series ALTER {column} TYPE varchar COLLATE "en-x-icu"')
        await database.write(lambda connection, sorts=sorts: connection.execute(sorts))
    first, again = (tmp_path / f"{name}{suffix}" for name in ("first", "again"))
    with written(first) as write:
        assert await export(sqlite_history, write, "", "", None, NOON + timedelta(hours=1)) == 13
    await import_file(other, first, "live", NOON, KNOWN)
    with written(again) as write:
        assert await export(other, write, "", "", None, NOON + timedelta(hours=1)) == 13
    await other.close()
    content = (one.read_bytes() for one in (first, again))
    assert len({gzip.decompress(one) if suffix.endswith(".gz") else one for one in content}) == 1


async def test_an_export_is_of_the_market_and_the_window_that_was_asked(history):
    await history.append(
        [
            snapshot(symbol=symbol, exchange=exchange, after_s=after)
            for symbol in ("BTC/USD", "ETH/USD")
            for exchange in ("kraken", "coinbase")
            for after in (-60, 0, 60)
        ]
    )

    async def exported(*args):
        taken = []
        await export(history, taken.extend, *args)
        return {(one.exchange, one.symbol, (one.timestamp - NOON).total_seconds()) for one in taken}

    assert len(await exported("", "", None, NOON + timedelta(hours=1))) == 12
    assert await exported("kraken", "ETH", NOON, NOON) == {("kraken", "ETH/USD", 0)}
    assert await exported("", "BTC/USD", NOON, NOON + timedelta(hours=1)) == {(one, "BTC/USD", after) for one in ("kraken", "coinbase") for after in (0, 60)}


async def test_an_export_of_many_pages_misses_nothing(sqlite_history, tmp_path, other):
    given = series(mid=[100.0] * 2_001, interval_s=1)
    await sqlite_history.append(snapshots(given, profile=PROFILE))
    path = tmp_path / "history.jsonl"
    with written(path) as write:
        assert await export(sqlite_history, write, "", "", None, NOON) == 2_001
    assert await import_file(other, path, "live", NOON, KNOWN) == imported(2_001, markets={("kraken", "BTC/USD"): 2_001})
    assert same(await other.series("kraken", "BTC/USD", given.start, given.end), given)


async def test_a_row_holds_the_fields_of_a_snapshot_with_its_time_in_iso_8601():
    (line,) = json_lines([BARE]).decode().splitlines()
    row = json.loads(line)
    assert row["timestamp"] == "2026-08-09T12:00:01.250000Z"
    assert {*ROW, "source", "usd_rate", "depth", "profile"} == {*row}


async def test_a_list_of_snapshots_is_read_with_its_market_from_the_name(history, tmp_path):
    """Rows that name no source are taken as of the history's, and counted."""
    path = tmp_path / "binance_SOL_USDT.json"
    path.write_text(json.dumps([without("symbol", "exchange"), {**ROW, "timestamp": "2024-08-09T00:01:00", "note": "nobody knows this field"}]))
    assert await import_file(history, path, "live", NOON, KNOWN) == imported(2, unlabelled=2, markets={BINANCE_SOL: 2}, named=BINANCE_SOL)
    assert await kept(history) == [SOL, SOL.model_copy(update={"timestamp": SOL.timestamp + timedelta(minutes=1)})]


NAMELESS = "names no exchange or no market"
EXAMPLE = "name the file after them, such as binance_SOL_USDT.json."
UNKNOWN = f", and the file's name begins with {{}}, which is no exchange that is known; {EXAMPLE}"


@pytest.mark.parametrize(
    ("name", "row", "why"),
    [
        ("my_SOL_USDT.json", {}, f"{NAMELESS}{UNKNOWN.format('my')}"),
        ("krakn_SOL_USDT.json", {}, f"{NAMELESS}{UNKNOWN.format('krakn')} Did you mean kraken?"),
        ("my_SOL_USDT.json", {"symbol": "SOL/USDT"}, f"{NAMELESS}{UNKNOWN.format('my')}"),
        ("my_SOL_USDT.json", {"exchange": "binance"}, f"{NAMELESS}{UNKNOWN.format('my')}"),
        ("backup_2026_11.json", {}, f"{NAMELESS}{UNKNOWN.format('backup')}"),
        ("binance_2026_11.json", {}, f"{NAMELESS}, and the file's name says 2026/11, which is no market; {EXAMPLE}"),
        ("binance_SOL_USDT_2024.json", {}, f"{NAMELESS}; {EXAMPLE}"),
        ("kraken_my_backup.json", {}, "has no usd_rate, what one BACKUP is worth in US dollars; markets in USD, USDT, USDC need none."),
    ],
)
async def test_a_file_whose_name_gives_no_exchange_or_market_that_can_be_is_refused_unless_its_rows_do(history, tmp_path, name, row, why):
    path = tmp_path / name
    path.write_text(json.dumps([without("symbol", "exchange") | row]))
    with pytest.raises(NotReadable) as refused:
        await import_file(history, path, "live", NOON, KNOWN)
    assert str(refused.value) == f"{name}, row 1 {why} Nothing of the file was imported."
    assert await history.markets() == []
    path.write_text(json.dumps([ROW]))
    named = ("kraken", "MY/BACKUP") if name.startswith("kraken") else ("", "")
    assert await import_file(history, path, "live", NOON, KNOWN) == imported(1, unlabelled=1, markets={BINANCE_SOL: 1}, named=named, misnamed=bool(named[0]))


async def test_rows_that_contradict_the_name_of_their_file_are_believed_and_counted(sqlite_history, tmp_path):
    path = tmp_path / "Binance_sol_USDT.jsonl"
    rows = [without("symbol", "exchange"), {**ROW, "exchange": "Kraken"}, {**ROW, "symbol": "sol-usd"}, {**ROW, "exchange": "ftx", "timestamp": "2021-08-09"}]
    path.write_text("\n".join(json.dumps(row) for row in rows))
    markets = {BINANCE_SOL: 1, ("kraken", "SOL/USDT"): 1, ("binance", "SOL/USD"): 1, ("ftx", "SOL/USDT"): 1}
    assert await import_file(sqlite_history, path, "live", NOON, KNOWN) == imported(4, unlabelled=4, markets=markets, named=BINANCE_SOL, misnamed=3)
    assert [(one.exchange, one.symbol) for one in await sqlite_history.markets()] == sorted(markets)


@pytest.mark.parametrize(
    "given", ["2024-08-09T00:00:00+00:00", "2024-08-09T02:00:00+02:00", "2024-08-09 00:00:00", 1_723_161_600, 1_723_161_600.0, 1_723_161_600_000]
)
async def test_times_may_be_iso_8601_or_seconds_or_milliseconds(sqlite_history, tmp_path, given):
    path = tmp_path / "binance_SOL_USDT.json.gz"
    path.write_bytes(gzip.compress(json.dumps([{**ROW, "timestamp": given}]).encode()))
    await import_file(sqlite_history, path, "live", NOON, KNOWN)
    assert await kept(sqlite_history) == [SOL]


async def test_what_follows_from_other_fields_is_computed_anew(sqlite_history, tmp_path):
    path = tmp_path / "history.jsonl"
    path.write_text(json.dumps({**ROW, "spread": 9.0, "spread_percentage": -1, "mid_price": "wrong", "imbalance_ratio": None}))
    await import_file(sqlite_history, path, "live", NOON, KNOWN)
    assert await kept(sqlite_history) == [SOL]


def band(width, bid, ask):
    return {"width_pct": width, "bid_usd": bid, "ask_usd": ask, "bid_complete": True, "ask_complete": True}


WRONG = {
    "has its best bid 151 at or above its best ask 150.3.": {**ROW, "best_bid": 151.0},
    "has abc for best_ask, which must be a number above 0, from 1e-30 to 1e+30.": {**ROW, "best_ask": "abc"},
    "has nan for best_ask, which must be a number above 0, from 1e-30 to 1e+30.": {**ROW, "best_ask": "nan"},
    "has True for best_bid, which must be a number above 0, from 1e-30 to 1e+30.": {**ROW, "best_bid": True},
    "has 0 for ask_volume_10, which must be a number above 0, from 1e-30 to 1e+30.": {**ROW, "ask_volume_10": 0},
    "has -1 for liquidity_1pct_usd, which must be a number of at least 0 and at most 1e+15.": {**ROW, "liquidity_1pct_usd": -1},
    "has no bid_volume_10.": without("bid_volume_10"),
    "has no time; timestamp must be ISO 8601, or seconds or milliseconds since 1970.": without("timestamp"),
    "has soon for a time; timestamp must be ISO 8601, or seconds or milliseconds since 1970.": {**ROW, "timestamp": "soon"},
    "has 1e+300 for a time; timestamp must be ISO 8601, or seconds or milliseconds since 1970.": {**ROW, "timestamp": 1e300},
    "is simulated, and this history is live.": {**ROW, "source": "simulated"},
    "names no exchange or no market; name the file after them, such as binance_SOL_USDT.json.": without("exchange"),
    "has no usd_rate, what one BTC is worth in US dollars; markets in USD, USDT, USDC need none.": {**ROW, "symbol": "SOL/BTC"},
    "has a depth that is no list of bands of 0.1, 0.25, 0.5, 1, 2, 5%.": {
        **ROW, "depth": [{"width_pct": 3, "bid_usd": 1, "ask_usd": 1, "bid_complete": True, "ask_complete": True}],
    },
    "has a wrong bid_usd: it is required.": {**ROW, "depth": [{"width_pct": 1, "ask_usd": 1, "bid_complete": True, "ask_complete": True}]},
    "has a profile of other than 22 bins a side.": {**ROW, "profile": {"bid_sizes": [1.0], "ask_sizes": [1.0]}},
    "is no object with the fields of a snapshot: a .jsonl file holds one a line, a .json file a list of them.": [1, 2],
    f"has 1{'0' * 190} for best_ask, which must be a number above 0, from 1e-30 to 1e+30.": {**ROW, "best_ask": f"1{'0' * 190}"},
    "has 1e+31 for usd_rate, which must be a number above 0, from 1e-30 to 1e+30.": {**ROW, "usd_rate": 1e31},
    "has 1e+308 for best_bid, which must be a number above 0, from 1e-30 to 1e+30.": {**ROW, "best_bid": 1e308, "best_ask": 1.7e308},
    "has 1.7e+308 for bid_volume_10, which must be a number of at least 0 and at most 1e+30.": {**ROW, "bid_volume_10": 1.7e308, "ask_volume_10": 5e-324},
    "has 5e-324 for ask_volume_10, which must be a number above 0, from 1e-30 to 1e+30.": {**ROW, "ask_volume_10": 5e-324},
    "has 1.7e+308 for liquidity_1pct_usd, which must be a number of at least 0 and at most 1e+15.": {**ROW, "liquidity_1pct_usd": 1.7e308},
    "has a profile with a size that is not from 0 to 1e+30.": {**ROW, "profile": {"bid_sizes": [1e39, *[1.0] * 21], "ask_sizes": [1.0] * 22}},
    "has a wrong ask_sizes.0: it must be a number.": {**ROW, "profile": {"bid_sizes": [1.0] * 22, "ask_sizes": [{}, *[1.0] * 21]}},
    "has a depth that is not from 0 to 1e+15 USD.": {**ROW, "depth": [band(1, 2e15, 1)]},
    "has a depth that holds less in a wider band than in a narrower one.": {**ROW, "depth": [band(0.5, 1, 2), band(1, 1, 1)]},
    "has a depth that gives a band twice.": {**ROW, "depth": [band(1, 1, 1), band(1, 2, 2)]},
    "is of 2026-08-10T12:00:00.001000+00:00, which must not lie before 1971 nor more than a day ahead of now.": {
        **ROW, "timestamp": "2026-08-10T12:00:00.001Z",
    },
    "is of 1970-12-31T23:59:59+00:00, which must not lie before 1971 nor more than a day ahead of now.": {**ROW, "timestamp": 31_535_999},
    "has kraken! for an exchange, which must be a word of a-z, 0-9, _ and - of at most 40 characters.": {**ROW, "exchange": "kraken!"},
    f"has {'k' * 41} for an exchange, which must be a word of a-z, 0-9, _ and - of at most 40 characters.": {**ROW, "exchange": "k" * 41},
    "has SOL/US'DT for a symbol, which must be a market such as SOL/USDT of at most 40 characters.": {**ROW, "symbol": "SOL/US'DT"},
    "has 2026/11 for a symbol, which must be a market such as SOL/USDT of at most 40 characters.": {**ROW, "symbol": "2026/11"},
    "has SOL/11:USDT for a symbol, which must be a market such as SOL/USDT of at most 40 characters.": {**ROW, "symbol": "SOL/11:USDT"},
    "has SOL/ for a symbol, which must be a market such as SOL/USDT of at most 40 characters.": {**ROW, "symbol": "SOL/"},
    f"has {'S' * 37}/USD for a symbol, which must be a market such as SOL/USDT of at most 40 characters.": {**ROW, "symbol": f"{'S' * 37}/USD"},
}  # fmt: skip


@pytest.mark.parametrize(("why", "row"), WRONG.items())
async def test_a_row_that_is_no_snapshot_is_named_and_nothing_of_its_file_is_imported(sqlite_history, tmp_path, why, row):
    """The wrong row comes after a batch that was stored within the same transaction."""
    path = tmp_path / "history.jsonl"
    good = [{**ROW, "timestamp": 1_723_161_600 + number} for number in range(1_001)]
    path.write_text("\n".join(json.dumps(one) for one in [*good, row]))
    with pytest.raises(NotReadable) as refused:
        await import_file(sqlite_history, path, "live", NOON, KNOWN)
    assert str(refused.value) == f"history.jsonl, row 1002 {why} Nothing of the file was imported."
    assert await kept(sqlite_history) == []


@pytest.mark.parametrize("name", ["best_bid", "bid_volume_10", "liquidity_2pct_usd", "usd_rate", "timestamp"])
def test_an_integer_beyond_any_float_is_refused(name):
    """As a Parquet file's decimals may be."""
    with pytest.raises(NotReadable, match=f"^has 1000.* for {'a time' if name == 'timestamp' else name}[,;]"):
        snapshot_of({**ROW, name: 10**400}, Presumed("live", "", "", NOON))


@pytest.mark.parametrize("symbol", ["1000SATS/USDT", "BTC/USD:BTC", "BTC/USD:BTC-241227-50000-C", "$WIF/USDT", "4/USDT", "币安人生/USDT"])
async def test_whatever_exchanges_call_a_market_is_taken(sqlite_history, tmp_path, symbol):
    path = tmp_path / "history.jsonl"
    path.write_text(json.dumps({**ROW, "symbol": symbol}))
    await import_file(sqlite_history, path, "live", NOON, KNOWN)
    assert await kept(sqlite_history) == [SOL.model_copy(update={"symbol": symbol})]


async def test_a_time_of_a_parquet_file_without_a_zone_is_utc(sqlite_history, tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    path = tmp_path / "history.parquet"
    table = pa.Table.from_pylist([{**ROW, "timestamp": datetime(2024, 8, 9)}])  # noqa: DTZ001 - without a zone on purpose
    parquet.write_table(table, path)
    try:
        await import_file(sqlite_history, path, "live", NOON, KNOWN)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert await kept(sqlite_history) == [SOL]


@pytest.mark.parametrize("name", ["HISTORY.JSONL.GZ", "HISTORY.JSON.GZ"])
async def test_a_kind_is_known_in_capitals_too(sqlite_history, tmp_path, name):
    (tmp_path / name).write_bytes(gzip.compress(json.dumps(ROW if "JSONL" in name else [ROW]).encode()))
    await import_file(sqlite_history, tmp_path / name, "live", NOON, KNOWN)
    assert await kept(sqlite_history) == [SOL]


async def test_what_a_file_holds_of_down_sampled_hours_is_counted_apart(database_url, tmp_path):
    """Of two markets, months apart: one hour is closed, one is open, and one snapshot of the open hour is stored already."""
    store = History(database_url, "live", retention_days=0, now=lambda: NOON + timedelta(hours=1))
    months = 86_400 * 90
    await store.append([snapshot(after_s=-months), snapshot(after_s=5), snapshot(symbol="ETH/USD", after_s=-3_601)])
    assert await store.prune() == 3
    await store.append([snapshot(after_s=7_200)])
    given = [snapshot(after_s=after) for after in (-months, 60 - months, 5, 3_599, 3_600, 7_200)]
    path = tmp_path / "history.jsonl"
    path.write_bytes(json_lines([*given, snapshot(symbol="ETH/USD", after_s=-7_201), snapshot(symbol="ETH/USD", after_s=-7_200)]))
    assert await import_file(store, path, "live", NOON, KNOWN) == imported(2, 1, 5, markets={("kraken", "BTC/USD"): 6, ("kraken", "ETH/USD"): 2})
    await store.close()


async def test_others_write_while_a_file_is_read(sqlite_history):
    async def batches():
        yield [snapshot()]
        assert await sqlite_history.append([snapshot(after_s=1)]) == Appended(1)
        yield [snapshot(after_s=2), snapshot(after_s=1)]

    assert await sqlite_history.append_all(batches()) == (2, 0)
    assert await kept(sqlite_history) == [snapshot(), snapshot(after_s=1), snapshot(after_s=2)]


async def test_an_import_without_room_in_the_temporary_folder_says_so(sqlite_history, tmp_path, monkeypatch):
    path = tmp_path / "history.jsonl"
    path.write_bytes(json_lines([FULL]))
    monkeypatch.setattr(aside, "TemporaryFile", partial(Path("/dev/full").open, "wb"))
    with pytest.raises(NotConfigured, match=r"^The temporary folder cannot be used \(No space left on device\): make room in it, or name another in TMPDIR\.$"):
        await import_file(sqlite_history, path, "live", NOON, KNOWN)
    monkeypatch.undo()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(NotConfigured, match=r"^The temporary folder cannot be used \(No such file or directory\)"):
        await import_file(sqlite_history, path, "live", NOON, KNOWN)
    assert await kept(sqlite_history) == []


async def test_a_refused_file_leaves_what_other_files_brought(history, tmp_path):
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    good.write_text(json.dumps(ROW))
    bad.write_text(json.dumps({**ROW, "timestamp": 1_723_161_700}) + "\n" + json.dumps({**ROW, "best_bid": 999}))
    await import_file(history, good, "live", NOON, KNOWN)
    with pytest.raises(NotReadable, match=r"bad\.jsonl, row 2 has its best bid 999 at or above"):
        await import_file(history, bad, "live", NOON, KNOWN)
    assert await kept(history) == [SOL]


FILES = {
    "history.csv": (b"", f"history.csv is none of the kinds that history is kept in: {', '.join(READ)}."),
    "history.json": (b'{"a": 1}', "history.json holds no list of snapshots; where each line is one, name it .jsonl."),
    "half.json": (b'[{"a": ', "half.json is not JSON: unexpected end of data. Nothing of the file was imported."),
    "half.jsonl": (b'{"a": 1', "half.jsonl, row 1 is not JSON: unexpected end of data. Nothing of the file was imported."),
    "half.jsonl.gz": (
        gzip.compress(json.dumps(ROW).encode(), mtime=0)[:40],
        "half.jsonl.gz cannot be read: Compressed file ended before the end-of-stream marker was reached.",
    ),
    "plain.jsonl.gz": (b"not gzip", "plain.jsonl.gz cannot be read: Not a gzipped file (b'no')."),
    "history.parquet": (b"not parquet at all", "history.parquet is not a Parquet file: Parquet magic bytes"),
    "empty.parquet": (b"", "empty.parquet is not a Parquet file: Parquet file size is 0 bytes. Nothing of the file was imported."),
}


@pytest.mark.parametrize(("name", "content", "why"), [(name, *one) for name, one in FILES.items()])
async def test_a_file_that_cannot_be_read_is_named(sqlite_history, tmp_path, name, content, why):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(NotReadable) as refused:
        await import_file(sqlite_history, tmp_path / name, "live", NOON, KNOWN)
    assert str(refused.value).startswith(why)


@pytest.mark.parametrize("suffix", [".json", ".json.gz"])
async def test_a_list_too_large_for_memory_is_not_read_to_its_end(sqlite_history, tmp_path, monkeypatch, suffix):
    content = json.dumps([ROW]).encode()
    path = tmp_path / f"history{suffix}"
    path.write_bytes(gzip.compress(content) if suffix.endswith(".gz") else content)
    monkeypatch.setattr(formats, "LARGEST_LIST", len(content) - 1)
    with pytest.raises(
        NotReadable, match=rf"^history{suffix} holds more than 0 MB, too much for one list: write a snapshot a line \(\.jsonl\), of any length\."
    ):
        await import_file(sqlite_history, path, "live", NOON, KNOWN)
    monkeypatch.setattr(formats, "LARGEST_LIST", len(content))
    await import_file(sqlite_history, path, "live", NOON, KNOWN)
    assert await kept(sqlite_history) == [SOL]


async def test_a_file_that_is_not_there_is_named(sqlite_history, tmp_path):
    with pytest.raises(NotReadable, match=r"gone.jsonl cannot be read: No such file or directory\."):
        await import_file(sqlite_history, tmp_path / "gone.jsonl", "live", NOON, KNOWN)


async def test_an_export_that_fails_leaves_the_file_that_was_there(tmp_path):
    path = tmp_path / "history.jsonl"
    path.write_text("before")

    def fail():
        with written(path) as write:
            write([FULL])
            raise ValueError("the database went away")

    with pytest.raises(ValueError, match="went away"):
        fail()
    assert {one.name: one.read_text() for one in tmp_path.iterdir()} == {"history.jsonl": "before"}
    with pytest.raises(NotReadable, match="cannot be written: No such file or directory"), written(tmp_path / "no folder" / "history.jsonl"):
        pass


@pytest.mark.parametrize("fails", [False, True])
def test_an_export_leaves_a_file_that_is_called_as_if_it_were_a_part_of_it(tmp_path, fails):
    path, own = tmp_path / "history.jsonl", tmp_path / "history.jsonl.part"
    own.write_text("somebody's")
    with suppress(ValueError), written(path) as write:
        write([FULL])
        if fails:
            raise ValueError
    expected = {own.name: b"somebody's"} if fails else {own.name: b"somebody's", path.name: json_lines([FULL])}
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == expected


@pytest.mark.parametrize("mode", [0o600, 0o664, 0o400])
def test_a_file_that_is_replaced_keeps_who_may_read_it_and_nobody_else_may_meanwhile(tmp_path, mode):
    path = tmp_path / "history.jsonl"
    path.touch()
    path.chmod(mode)
    with written(path) as write:
        write([FULL])
        meanwhile = [one.stat().st_mode & 0o777 for one in tmp_path.iterdir() if one != path]
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (json_lines([FULL]), mode)
    assert [(one & 0o200, one & ~0o200 & ~mode) for one in meanwhile] == [(0o200, 0)]


def test_a_new_file_is_for_whom_the_user_lets_read_new_ones(tmp_path):
    before = os.umask(0o027)
    try:
        with written(tmp_path / "history.jsonl") as write:
            write([FULL])
    finally:
        os.umask(before)
    assert (tmp_path / "history.jsonl").stat().st_mode & 0o777 == 0o640


@pytest.fixture
def no_room():
    """No file grows beyond 100 bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("suffix", WRITTEN)
def test_an_export_without_room_says_so_and_leaves_the_file_that_was_there(tmp_path, no_room, suffix):
    path = tmp_path / f"history{suffix}"
    path.write_text("before")
    with pytest.raises(NotReadable, match=rf"history{suffix} cannot be written: File too large\.$"), written(path) as write:
        write([FULL])
    assert {one.name: one.read_text() for one in tmp_path.iterdir()} == {path.name: "before"}


def test_an_export_goes_through_links_and_pipes_and_into_no_folder(tmp_path):
    link, pipe, folder = (tmp_path / f"{name}.jsonl" for name in ("link", "pipe", "folder"))
    (tmp_path / "elsewhere").mkdir()
    link.symlink_to(tmp_path / "elsewhere" / "history.jsonl")
    with written(link) as write:
        write([FULL])
    assert link.is_symlink()
    assert link.read_bytes() == json_lines([FULL])
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with written(pipe) as write:
        write([FULL])
    assert os.read(reader, 10_000) == json_lines([FULL])
    os.close(reader)
    assert pipe.is_fifo()
    folder.mkdir()
    with pytest.raises(NotReadable, match=r"folder\.jsonl cannot be written: Is a directory\.$"), written(folder):
        pass


async def test_parquet_without_its_library_says_what_installs_it(sqlite_history, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (tmp_path / "history.parquet").write_bytes(b"")
    with pytest.raises(NotConfigured, match=r"Parquet needs its library: pip install 'market-liquidity-monitor\[parquet\]'"):
        await import_file(sqlite_history, tmp_path / "history.parquet", "live", NOON, KNOWN)
