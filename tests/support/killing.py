"""Recorders under load that are killed as kill -9 does, and what they leave behind."""

import sqlite3
from contextlib import closing

from recorders import recorder

LOAD = 100
"""Markets that each recorder looks at every second."""


async def killed(url, name, after):
    """Record LOAD markets called after `name`, and kill the recorder once it said so many snapshots are stored; what it said."""
    async with recorder(url, 1, *(f"{name}{number}/USD" for number in range(LOAD))) as running:
        await running.until(lambda one: len(one.stored) >= after)
        await running.kill()
    return running.stored


def kept(path):
    """What a database holds, as (exchange, symbol, milliseconds); raises where it cannot be opened or is not whole."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return set(connection.execute("SELECT exchange, symbol, time_ms FROM snapshots JOIN series ON series.id = series_id").fetchall())
