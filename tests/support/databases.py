"""Fixtures of databases, one that is new for each test: import those that a folder's tests use into its conftest.py."""

import os
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


@pytest.fixture
async def postgresql_url():
    """The address of an empty database on TEST_POSTGRES_URL or the standard local port; skips where none answers, which fails in continuous integration."""
    server = make_url(os.environ.get("TEST_POSTGRES_URL", SERVER)).set(drivername="postgresql")
    address = server.render_as_string(hide_password=False)
    try:
        connection = await asyncpg.connect(address, timeout=5)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"no PostgreSQL answers at {server}: {error}")
    name = f"history_{uuid4().hex}"
    try:
        await connection.execute(f'CREATE DATABASE "{name}"')
        yield server.set(drivername="postgresql+asyncpg", database=name).render_as_string(hide_password=False)
        await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        await connection.close()


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
