"""Fifty recorders killed under load, one after another on one database: nothing acknowledged is lost, and the database opens each time."""

from datetime import UTC, datetime

import pytest
from killing import kept, killed

from tools.history import History

TIMES = 50


@pytest.mark.timeout(1_200)
async def test_fifty_recorders_killed_under_load(tmp_path):
    path, acknowledged = tmp_path / "history.db", set()
    url = f"sqlite+aiosqlite:///{path}"
    for number in range(TIMES):
        # Some die in their first write, others in a later one.
        acknowledged |= set(await killed(url, f"R{number}X", 1 + 37 * number % 200))
        found = kept(path)
        assert acknowledged - found == set(), f"lost by kill {number + 1}"
        history = History(url, "live", now=lambda: datetime.now(UTC))
        facts = await history.check()
        await history.close()
    counts = f"{len(acknowledged):,} snapshots acknowledged, {len(found):,} found, {len(acknowledged - found):,} lost"
    print(f"\n{TIMES} kills: {counts}; the database opens, schema {facts.schema}")  # noqa: T201 - printing is what a benchmark is for
