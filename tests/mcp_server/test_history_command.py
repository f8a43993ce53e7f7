"""`liquidity history` moves snapshots out to files and in from files, and says what became of them."""

import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from databases import sqlite_history, sqlite_url
from make_books import NOON
from make_snapshots import series, snapshot, snapshots

from mcp_server.commands.history import export_history, import_history
from tools.errors import InvalidArgument, NotReadable
from tools.history import History
from tools.history.formats import json_lines
from tools.market import utc_now

__all__ = ["sqlite_history", "sqlite_url"]

NO_ALERT = "The imported time held no alert."


@pytest.fixture(autouse=True)
def configured(monkeypatch, sqlite_url):
    monkeypatch.setenv("LIQUIDITY_DATABASE_URL", sqlite_url)


@pytest.fixture
def full():
    with Path("/dev/full").open("w") as file:
        yield file
    assert Path("/dev/full").is_char_device()


async def exported(capsys, *args):
    assert await export_history(None, *args, demo=False, replay=None) == 0
    printed = capsys.readouterr()
    return [json.loads(line) for line in printed.out.splitlines()], printed.err


async def test_what_one_command_exports_another_imports(capsys, sqlite_history, tmp_path, monkeypatch):
    await sqlite_history.append([snapshot(), snapshot(symbol="ETH/USD")])
    path = tmp_path / "history.jsonl.gz"
    assert await export_history(path, "", "", 0, demo=False, replay=None) == 0
    assert capsys.readouterr().err == f"Snapshots exported to {path}: 2.\n"
    monkeypatch.setenv("LIQUIDITY_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'other.db'}")
    for said in ("snapshots imported: 2, stored already: 0", "snapshots imported: 0, stored already: 2"):
        assert await import_history([path], demo=False, replay=None) == 0
        assert capsys.readouterr().err == f"history.jsonl.gz: {said}. It holds BTC/USD on kraken: 1, ETH/USD on kraken: 1. {NO_ALERT}\n"
    rows, said = await exported(capsys, " eth ", "KRAKEN", 0)
    assert rows == [json.loads(snapshot(symbol="ETH/USD").model_dump_json())]
    assert said == "Snapshots exported: 1.\n"


async def test_what_an_import_leaves_out_of_down_sampled_hours_is_told(capsys, sqlite_url, tmp_path):
    later = History(sqlite_url, "live", retention_days=0, now=lambda: NOON + timedelta(hours=1))
    await later.append([snapshot()])
    assert await later.prune() == 1
    await later.close()
    path = tmp_path / "history.jsonl"
    path.write_bytes(json_lines([snapshot(), snapshot(after_s=60), snapshot(after_s=3_600)]))
    assert await import_history([path], demo=False, replay=None) == 0
    imported = "history.jsonl: snapshots imported: 1, stored already: 0. It holds BTC/USD on kraken: 3."
    assert capsys.readouterr().err == f"{imported} In hours that were down-sampled before and take no more, not stored: 2. {NO_ALERT}\n"


@pytest.mark.parametrize(
    ("lows", "said"),
    [
        ((1, 0), "1 alert"),
        ((2, 0), "2 alerts"),
        ((1, 10), "1 alert, and 1 more stood at its end: the next look will tell"),
        ((0, 10), "no alert, and 1 more stood at its end: the next look will tell"),
    ],
)
async def test_the_alerts_that_imported_time_held_are_told(capsys, tmp_path, lows, said):
    """Of so many drops of depth that ended, and one of so many minutes at the end."""
    ended, last = lows
    path = tmp_path / "history.jsonl"
    depths = [1e6] * 100 + ([1e5] * 10 + [1e6] * 20) * ended + [1e5] * last
    path.write_bytes(json_lines(snapshots(series(end=utc_now() - timedelta(hours=1), depth_usd=depths))))
    assert await import_history([path], demo=False, replay=None) == 0
    assert capsys.readouterr().err.endswith(f": {len(depths)}. The imported time held {said}.\n")


async def test_an_export_may_be_of_the_last_hours(capsys, sqlite_history):
    await sqlite_history.append([snapshot(at=utc_now(), after_s=-60), snapshot(at=utc_now(), after_s=-7_200)])
    assert [len((await exported(capsys, "", "", hours))[0]) for hours in (1, 3)] == [1, 2]


async def test_an_export_may_be_of_any_stretch_of_time(capsys, sqlite_history):
    await sqlite_history.append([snapshot(after_s=60 * minute) for minute in range(5)])
    rows, _ = await exported(capsys, "btc", "", 0, (NOON + timedelta(minutes=1)).isoformat(), (NOON + timedelta(minutes=3)).isoformat())
    assert [row["timestamp"] for row in rows] == [f"2026-08-09T12:0{minute}:00Z" for minute in (1, 2, 3)]
    with pytest.raises(InvalidArgument, match=r"^--since 2026-08-10T12:00Z must not lie after the end, 2026-08-09T12:00Z\.$"):
        await exported(capsys, "", "", 0, (NOON + timedelta(days=1)).isoformat(), NOON.isoformat())


async def test_an_export_of_nothing_says_what_there_is(capsys, sqlite_history):
    rows, said = await exported(capsys, "", "", 0)
    record = "Nothing is recorded yet: record with `liquidity record BTC ETH --exchanges binance,coinbase,kraken`."
    assert (rows, said) == ([], f"Snapshots exported: 0.\n{record}\n")
    await sqlite_history.append([snapshot(), snapshot(symbol="ETH/USD", after_s=60)])
    rows, said = await exported(capsys, "", "", 0, "", "2020-01-01")
    assert (rows, said) == ([], "Snapshots exported: 0.\nWhat is recorded begins 2026-08-09 12:00 and ends 2026-08-09 12:01 UTC.\n")


async def test_options_of_an_export_that_cannot_be_together_or_are_no_time_are_named(capsys, sqlite_history):
    with pytest.raises(InvalidArgument, match=r"^--since and --hours exclude each other; give one of them\.$"):
        await exported(capsys, "", "", 24, "2026-01-01")
    with pytest.raises(InvalidArgument, match=r"^--since must be an ISO 8601 time such as 2026-11-22T14:00:00Z, not 'yesterday'\.$"):
        await exported(capsys, "", "", 0, "yesterday")
    with pytest.raises(NotReadable, match=r"^\. is none of the kinds that history is kept in: \.jsonl, \.jsonl\.gz, \.parquet\.$"):
        await export_history(Path(), "", "", 0, demo=False, replay=None)


async def test_what_is_not_recorded_is_no_empty_file(capsys, sqlite_history):
    await sqlite_history.append([snapshot()])
    with pytest.raises(InvalidArgument, match=r"^Nothing is recorded of BTC on nope; recorded are BTC/USD on kraken\.$"):
        await exported(capsys, "BTC", "nope", 0)


async def test_an_export_for_which_there_is_no_room_is_told_to_be_lost(sqlite_history, tmp_path, full, monkeypatch):
    monkeypatch.setattr(sys, "stdout", full)
    await sqlite_history.append([snapshot()])
    with pytest.raises(NotReadable, match=r"^The result cannot be written to stdout: No space left on device\.$"):
        await export_history(None, "", "", 0, demo=False, replay=None)
    (tmp_path / "full.jsonl").symlink_to("/dev/full")
    with pytest.raises(NotReadable, match=r"full\.jsonl cannot be written: No space left on device\.$"):
        await export_history(tmp_path / "full.jsonl", "", "", 0, demo=False, replay=None)


async def test_rows_without_a_source_are_told(capsys, tmp_path):
    row = snapshot().model_dump(mode="json", exclude={"source", "depth", "profile"})
    path = tmp_path / "kraken_BTC_USD.json"
    path.write_text(json.dumps([row]))
    assert await import_history([path], demo=False, replay=None) == 0
    imported = "kraken_BTC_USD.json: snapshots imported: 1, stored already: 0. It holds BTC/USD on kraken: 1."
    assert capsys.readouterr().err == f"{imported} Those that name no source are taken as live: 1. {NO_ALERT}\n"


async def test_rows_that_contradict_their_files_name_are_told(capsys, tmp_path):
    path = tmp_path / "binance_SOL_USDT.jsonl"
    path.write_bytes(json_lines([snapshot(), snapshot(after_s=60)]))
    assert await import_history([path], demo=False, replay=None) == 0
    imported = "binance_SOL_USDT.jsonl: snapshots imported: 2, stored already: 0. It holds BTC/USD on kraken: 2."
    assert capsys.readouterr().err == f"{imported} Its name says SOL/USDT on binance, these rows say otherwise and were believed: 2. {NO_ALERT}\n"


async def test_what_no_exchange_of_ccxt_is_called_is_not_taken_from_a_files_name(tmp_path, sqlite_history):
    path = tmp_path / "backup_BTC_USD.json"
    path.write_text(json.dumps([snapshot().model_dump(mode="json", exclude={"exchange", "symbol"})]))
    with pytest.raises(NotReadable, match=r"^backup_BTC_USD\.json, row 1 names no exchange or no market, and the file's name begins with backup, which is no"):
        await import_history([path], demo=False, replay=None)
    assert await sqlite_history.markets() == []


async def test_down_sampled_hours_are_said_not_to_be_exported(capsys, sqlite_url):
    folding = History(sqlite_url, "live", retention_days=0, now=utc_now)
    await folding.append([snapshot(at=NOON.replace(year=2025))])
    await folding.prune()
    await folding.close()
    rows, said = await exported(capsys, "", "", 0)
    assert rows == []
    stored = "What is recorded begins 2025-08-09 12:00 and ends 2025-08-09 12:00 UTC."
    assert said == f"Snapshots exported: 0.\n{stored}\nDown-sampled hours, which are no snapshots and stay in the database alone: 1.\n"


async def test_live_history_refuses_what_the_demo_recorded(tmp_path):
    path = tmp_path / "history.jsonl"
    path.write_text(snapshot(source="simulated").model_dump_json())
    with pytest.raises(NotReadable, match="row 1 is simulated, and this history is live"):
        await import_history([path], demo=False, replay=None)
