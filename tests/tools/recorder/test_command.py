"""`liquidity record` as a person uses it."""

import os
import signal
import sqlite3
import sys
from asyncio import create_subprocess_exec, subprocess, timeout
from contextlib import closing

from watchfiles import awatch

PAIRS = ("BTC/USD on coinbase", "BTC/USD on kraken")


async def test_record_says_what_it_does_on_stderr_and_ends_with_a_summary_on_stdout(tmp_path):
    command = [sys.executable, "-m", "mcp_server.cli", "record", "btc", "--exchanges", "kraken,coinbase", "--interval", "1", "--demo"]
    database = {"LIQUIDITY_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'history.db'}"}
    process = await create_subprocess_exec(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **database})
    async with timeout(60):
        said = [(await process.stderr.readline()).decode().rstrip() for _ in range(3)]
        # A recorder writes on and on, be it only leases: a change that came before the watching is followed by another.
        changes = awatch(tmp_path, watch_filter=None, debounce=50, step=10)
        while not snapshots_in(tmp_path / "history-simulated.db"):
            await anext(changes)
        await changes.aclose()
        process.send_signal(signal.SIGTERM)
        output, rest = (part.decode() for part in await process.communicate())
    assert (process.returncode, rest) == (0, "")
    assert said[0] == "Recording simulated books every 1 s. Ctrl-C ends it."
    assert sorted(said[1:]) == [f"{pair}: recording" for pair in PAIRS]
    lines = output.splitlines()
    assert [line.partition(":")[0] for line in lines] == [*PAIRS, "In all"]
    stored = int(lines[-1].removeprefix("In all: ").partition(" ")[0])
    assert stored == sum(int(line.partition(": ")[2].partition(" ")[0]) for line in lines[:-1])
    assert stored >= snapshots_in(tmp_path / "history-simulated.db") >= 1


def snapshots_in(path):
    """How many snapshots were recorded; the demo's own past stands on whole 5 minutes."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT count(*) FROM snapshots WHERE time_ms % 300000 != 0").fetchone()[0]
