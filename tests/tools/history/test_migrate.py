import asyncio
import shutil
import subprocess
import sys
from datetime import timedelta
from importlib import import_module

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from make_books import NOON
from make_snapshots import miss, snapshot
from sqlalchemy import text

from tools.errors import HistoryUnavailable
from tools.history import History, migrate
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

revision, down_revision = "0002", "0001"


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
    (scripts / "versions" / "0002_synthetic.py").write_text(SYNTHETIC)
    monkeypatch.setattr(migrate, "_SCRIPTS", scripts)
    monkeypatch.setattr(migrate, "VERSION", "0002")
    stores = [History(database_url, "live", now=lambda: NOON) for _ in range(4)]
    facts = await asyncio.gather(*(store.check() for store in stores))
    assert [(one.schema, one.snapshots) for one in facts] == [("0002", 2)] * 4
    assert await stores[0].failure("kraken", "BTC/USD", NOON + timedelta(seconds=90)) == "timed_out!"
    assert await (await stores[0]._opened()).database.fetch(text("SELECT note FROM rules")) == []
    for store in stores:
        await store.close()


async def test_a_database_of_a_newer_program_is_left_alone(database_url):
    history = History(database_url, "live", now=lambda: NOON)
    newer = text("UPDATE alembic_version SET version_num = '0099'")
    await (await history._opened()).database.write(lambda connection: connection.execute(newer))
    await history.close()
    with pytest.raises(HistoryUnavailable, match="its schema is version 0099, this program knows 0001: update the program"):
        await history.append([snapshot()])


def test_sqlalchemy_is_not_imported_before_the_store_is_used():
    code = "import sys, tools.history; print(sorted({'sqlalchemy', 'alembic', 'asyncpg', 'stamina'} & set(sys.modules)))"
    # The package's own __init__ imports every tool; what they import is not this test's business.
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_migrations_are_importable_from_where_the_package_is_installed():
    assert import_module("tools.history.migrations").__doc__ == "The versions of the history's schema."
