"""Fixtures of databases, one that is new for each test: import those that a folder's tests use into its conftest.py."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import asyncpg
import pytest
from make_books import NOON
from sqlalchemy.engine import make_url

from tools.history import History

SERVER = "postgresql://postgres@127.0.0.1:5432/postgres"
ENGINES = ("sqlite", "postgresql")


@pytest.fixture
def sqlite_url(tmp_path):
    """The address of a file that is not there yet."""
    return f"sqlite+aiosqlite:///{tmp_path / 'history.db'}"


@pytest.fixture(scope="session")
def postgresql_database():
    """The address of a database of this test run on TEST_POSTGRES_URL or the standard local port; skips where none answers, which fails in continuous integration."""
    server = make_url(os.environ.get("TEST_POSTGRES_URL", SERVER)).set(drivername="postgresql")
    name = f"history_{uuid4().hex}"
    try:
        _run(server, f'CREATE DATABASE "{name}"')
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"no PostgreSQL answers at {server}: {error}")
    yield server.set(database=name)
    _run(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def postgresql_url(postgresql_database):
    """The address of an empty database. One is emptied for each test, because making one takes most of a second."""
    _run(postgresql_database, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    return postgresql_database.set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)


def _run(server, statement):
    async def run():
        connection = await asyncpg.connect(server.render_as_string(hide_password=False), timeout=5)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    # In a thread, away from the event loop that the tests run in.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, run()).result()


@pytest.fixture(params=ENGINES)
def database_url(request):
    """The address of a new database, of each engine."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
async def history(database_url):
    """The live history in a new database of each engine, at NOON."""
    store = History(database_url, "live", now=lambda: NOON)
    yield store
    await store.close()


@pytest.fixture
async def sqlite_history(sqlite_url):
    """The live history in a new SQLite file, at NOON."""
    store = History(sqlite_url, "live", now=lambda: NOON)
    yield store
    await store.close()
