import asyncio
import os
import shutil
import subprocess
import sys
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from make_alerts import alert
from make_books import NOON
from make_snapshots import miss, snapshot
from sqlalchemy import MetaData, text

from tools.analytics.snapshot import PROFILE_EDGES_PCT
from tools.analytics.trend import trend
from tools.errors import HistoryUnavailable
from tools.history import History, migrate
from tools.history.alerts import _row
from tools.history.connecting import connect
from tools.history.migrate import _SCRIPTS, VERSION
from tools.history.tables import metadata


async def test_a_migrated_database_has_the_tables_that_the_statements_speak_of(history):
    database = (await history._opened()).database
    found = await database.write(lambda connection: compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata))
    assert found == []


def test_the_newest_migration_is_the_version_that_the_program_knows():
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    assert ScriptDirectory.from_config(config).get_heads() == [VERSION]


async def test_rows_lie_in_the_order_of_their_key_in_sqlite(sqlite_history):
    rows = await (await sqlite_history._opened()).database.fetch(text("SELECT name FROM sqlite_master WHERE sql LIKE '%WITHOUT ROWID%'"))
    assert sorted(row[0] for row in rows) == ["hours", "misses", "profiles", "snapshots"]


async def test_sqlite_keeps_a_write_ahead_log_and_syncs_every_commit(sqlite_history):
    database = (await sqlite_history._opened()).database
    names = "journal_mode", "synchronous", "busy_timeout"
    found = await database.write(lambda connection: [connection.execute(text(f"PRAGMA {name}")).scalar() for name in names])
    assert found == ["wal", 2, 5_000]


async def test_many_that_open_an_empty_database_at_once_migrate_it_once(database_url):
    stores = [History(database_url, "live", now=lambda: NOON) for _ in range(8)]
    assert [facts.schema for facts in await asyncio.gather(*(store.check() for store in stores))] == [VERSION] * 8
    await asyncio.gather(*(store.append([snapshot(after_s=number)]) for number, store in enumerate(stores)))
    assert (await stores[0].check()).snapshots == 8
    for store in stores:
        await store.close()


SYNTHETIC = '''"""A migration that would be seen to have run twice."""

from alembic import op

revision, down_revision = "0004", "0003"


def upgrade():
    op.execute("ALTER TABLE rules ADD COLUMN note VARCHAR")
    op.execute("UPDATE misses SET kind = kind || '!'")
'''


async def test_two_that_open_a_database_of_an_older_program_at_once_upgrade_it_once_with_what_it_holds(database_url, tmp_path, monkeypatch):
    older = History(database_url, "live", now=lambda: NOON)
    await older.append([snapshot(), snapshot(after_s=60)], [miss(after_s=90)])
    await older.close()
    scripts = tmp_path / "migrations"
    shutil.copytree(_SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "0004_synthetic.py").write_text(SYNTHETIC)
    monkeypatch.setattr(migrate, "_SCRIPTS", scripts)
    monkeypatch.setattr(migrate, "VERSION", "0004")
    stores = [History(database_url, "live", now=lambda: NOON) for _ in range(4)]
    facts = await asyncio.gather(*(store.check() for store in stores))
    assert [(one.schema, one.snapshots) for one in facts] == [("0004", 2)] * 4
    assert await stores[0].failure("kraken", "BTC/USD", NOON + timedelta(seconds=90)) == "timed_out!"
    assert await (await stores[0]._opened()).database.fetch(text("SELECT note FROM rules")) == []
    for store in stores:
        await store.close()


WRITER = Path(__file__).with_name("writer.py")
SUPPORT = os.pathsep.join([str(WRITER.parents[2] / "support"), str(WRITER.parents[3])])
NOON_MS = 1_786_276_800_000
HOUR_MS = 3_600_000
WIDTHS_BPS = (10, 25, 50, 100, 200, 500)


def version_0001(connection):
    """Make what a program of version 0001 left: an hour that it folded, snapshots of the hour after it with their profiles, and a failed look."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_SCRIPTS))
    command.upgrade(config, "0001")
    tables = reflected(connection)
    hour = {"best_bid": (99.9, 90.0, 100.0), "best_ask": (100.1, 100.0, 110.0), "spread_pct": (0.2, 0.1, 18.0)}
    hour |= dict.fromkeys(("bid_volume_10", "ask_volume_10", "total_volume_20", "usd_rate"), (1.0, 1.0, 1.0))
    hour |= {f"{side}_usd_{bps}bps": (5.0 * bps, 1.0 * bps, 9.0 * bps) for side in ("bid", "ask") for bps in WIDTHS_BPS}
    # These are of both sides at once.
    hour |= {"liquidity_1pct_usd": (1_000.0, 600.0, 1_400.0), "liquidity_2pct_usd": (2_000.0, 1_200.0, 2_800.0)}
    columns = {f"{name}{of}": value for name, values in hour.items() for of, value in zip(("", "_min", "_max"), values, strict=True)}
    look = {name: mean for name, (mean, _, _) in hour.items() if name != "spread_pct"}
    sizes = np.ones(2 * len(PROFILE_EDGES_PCT), "<f4").tobytes()
    at = [{"series_id": 1, "time_ms": NOON_MS - HOUR_MS + 600_000 * number} for number in range(4)]
    leans = [{"bid_usd_500bps": 4_500.0, "ask_usd_500bps": 500.0}, {}] * 2
    for table, rows in {
        "series": [{"id": 1, "source": "live", "exchange": "kraken", "symbol": "BTC/USD"}],
        "hours": [{"series_id": 1, "time_ms": NOON_MS - 2 * HOUR_MS, "samples": 60, "complete": 0b111111_111111, **columns, "sizes": sizes}],
        "snapshots": [{**key, **look, "complete": 0b111111_111111, **lean} for key, lean in zip(at, leans, strict=True)],
        "profiles": [{**key, "sizes": sizes} for key in at],
        "misses": [{"series_id": 1, "time_ms": NOON_MS - 1, "kind": "timed_out"}],
        "alerts": [{name: value for name, value in _row(alert()).items() if name != "worst_ms"}],
    }.items():
        for row in rows:
            connection.execute(tables[table].insert(), row)
    return held(connection)


def reflected(connection):
    found = MetaData()
    found.reflect(connection)
    return found.tables


def held(connection):
    """Every row of every table of ours but the schema's version, by the columns that it knows."""
    return {
        name: [{column: value for column, value in row._mapping.items() if value is not None} for row in connection.execute(table.select())]
        for name, table in reflected(connection).items()
        if name != "alembic_version"
    }


async def opened_at_0001(url):
    database = connect(url)
    before = await database.write(version_0001)
    assert await migrate.version(database) == "0001"
    return database, before


async def test_tasks_and_processes_that_open_a_database_of_version_0001_at_once_lose_nothing_of_it(database_url):
    database, before = await opened_at_0001(database_url)
    environment = {**os.environ, "PYTHONPATH": SUPPORT}
    pipes = {"stdin": asyncio.subprocess.PIPE, "stdout": asyncio.subprocess.PIPE}
    writers = [await asyncio.create_subprocess_exec(sys.executable, str(WRITER), database_url, "3", env=environment, **pipes) for _ in range(2)]
    for writer in writers:
        assert await writer.stdout.readline() == b"ready\n"
    stores = [History(database_url, "live", now=lambda: NOON) for _ in range(4)]
    *facts, one, other = await asyncio.gather(*(store.check() for store in stores), *(writer.communicate(b"\n") for writer in writers))
    assert {fact.schema for fact in facts} == {VERSION}
    assert [(writer.returncode, said) for writer, (said, _) in zip(writers, (one, other), strict=True)] == [(0, b"0\n1\n2\n")] * 2
    assert (await stores[0].check()).snapshots == 4 + 3
    assert await stores[0].alerts() == [alert()]
    after = await database.write(held)
    assert [row["time_ms"] - NOON_MS for row in after["snapshots"] if row["time_ms"] >= NOON_MS] == [0, 1_000, 2_000]
    without = {name: [row for row in rows if row.get("time_ms", 0) < NOON_MS] for name, rows in after.items()}
    assert without == before
    for each in (*stores, database):
        await each.close()


async def test_an_hour_of_version_0001_is_told_by_its_bounds_and_one_that_is_folded_since_by_its_extremes(database_url):
    database, _ = await opened_at_0001(database_url)
    history = History(database_url, "live", now=lambda: NOON + timedelta(days=90))
    window = "kraken", "BTC/USD", NOON - timedelta(hours=3), NOON
    assert await history.prune() == 4
    found = await history.series(*window)
    assert (found.hourly.tolist(), found.bounded.tolist()) == ([True, True], [True, False])
    widest = [(one.mid, one.spread_pct, one.depth_usd[:, 5], one.imbalance_pct[:, 5]) for one in (found.lowest, found.highest)]
    assert [[column.tolist() for column in one] for one in widest] == [
        [[95.0, 100.0], [0.1, pytest.approx(0.2)], [1_000.0, 5_000.0], [0.0, 0.0]],
        [[105.0, 100.0], [18.0, pytest.approx(0.2)], [9_000.0, 5_000.0], [0.0, 80.0]],
    ]
    within = [one.depth_usd[0].tolist() for one in (found.lowest, found.highest)]
    assert within == [[20.0, 50.0, 100.0, 600.0, 1_200.0, 1_000.0], [180.0, 450.0, 900.0, 1_400.0, 2_800.0, 9_000.0]]
    told = trend(found, "BTC", NOON)
    assert (told.depth.lowest, told.imbalance.lowest, told.imbalance.highest) == (1_000.0, 0.0, 80.0)
    assert "; but of 1 of them, folded by an earlier version, those of mid and depth are outer bounds" in told.warnings[-1]
    for each in (history, database):
        await each.close()


async def test_a_late_row_in_an_hour_of_version_0001_leaves_its_bounds_bounds(database_url):
    database, _ = await opened_at_0001(database_url)
    history = History(database_url, "live", now=lambda: NOON + timedelta(days=90))
    await history.check()
    earlier = text("UPDATE snapshots SET time_ms = time_ms - 3600000, best_bid = 80.0")
    await database.write(lambda connection: connection.execute(earlier).close())
    assert await history.prune() == 4
    found = await history.series("kraken", "BTC/USD", NOON - timedelta(hours=3), NOON)
    assert (found.hourly.tolist(), found.bounded.tolist()) == ([True], [True])
    assert (found.lowest.mid.tolist(), found.highest.mid.tolist()) == ([90.0], [105.0])
    assert (found.lowest.depth_usd[0, 5], found.highest.depth_usd[0, 5]) == (1_000.0, 9_000.0)
    mean = 100 * (found.bid_usd - found.ask_usd) / (found.bid_usd + found.ask_usd)
    assert found.lowest.imbalance_pct.tolist() == found.highest.imbalance_pct.tolist() == mean.tolist()
    assert (await database.write(held))["hours"][0]["samples"] == 64
    for each in (history, database):
        await each.close()


async def test_a_database_of_a_newer_program_is_left_alone(database_url):
    history = History(database_url, "live", now=lambda: NOON)
    newer = text("UPDATE alembic_version SET version_num = '0099'")
    await (await history._opened()).database.write(lambda connection: connection.execute(newer))
    await history.close()
    with pytest.raises(HistoryUnavailable, match="its schema is version 0099, this program knows 0003: update the program"):
        await history.append([snapshot()])


def test_sqlalchemy_is_not_imported_before_the_store_is_used():
    code = "import sys, tools.history; print(sorted({'sqlalchemy', 'alembic', 'asyncpg', 'stamina'} & set(sys.modules)))"
    # The package's own __init__ imports every tool; what they import is not this test's business.
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_migrations_are_importable_from_where_the_package_is_installed():
    assert import_module("tools.history.migrations").__doc__ == "The versions of the history's schema."
