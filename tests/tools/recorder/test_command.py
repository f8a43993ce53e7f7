"""`liquidity record` as a person uses it."""

import os
import signal
import sqlite3
import sys
from asyncio import create_subprocess_exec, sleep, subprocess, timeout
from contextlib import closing
from datetime import timedelta
from io import StringIO

from make_books import NOON
from make_snapshots import snapshot
from rich.console import Console

from mcp_server.commands.screens import LiveTable, summary
from tools.recorder import Gap, PairProgress, Progress

PAIRS = ("BTC/USD on coinbase", "BTC/USD on kraken")
RECORDING = PairProgress("kraken", "BTC", 60, "BTC/USD", "recording", last=snapshot(), stored=1_440, failed=2, skipped=1)
REFUSED = PairProgress("kraken", "NOPE", 60, state="refused", note="kraken does not list NOPE.")
ELSEWHERE = PairProgress("coinbase", "BTC", 60, "BTC/USD", "elsewhere", note="another recorder has it")


async def test_record_says_what_it_does_on_stderr_and_ends_with_a_summary_on_stdout(tmp_path):
    command = [sys.executable, "-m", "mcp_server.cli", "record", "btc", "--exchanges", "kraken,coinbase", "--interval", "1", "--demo"]
    database = {"LIQUIDITY_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'history.db'}"}
    process = await create_subprocess_exec(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **database})
    async with timeout(60):
        said = [(await process.stderr.readline()).decode().rstrip() for _ in range(3)]
        while not snapshots_in(tmp_path / "history-simulated.db"):  # noqa: ASYNC110 - no event of ours tells of another process
            await sleep(0.05)
        process.send_signal(signal.SIGTERM)
        output, rest = (part.decode() for part in await process.communicate())
    assert (process.returncode, rest) == (0, "")
    assert said[0] == "Recording simulated books every 1 s. Ctrl-C ends it."
    assert sorted(said[1:]) == [f"{pair}: recording" for pair in PAIRS]
    lines = output.splitlines()
    assert [line.partition(":")[0] for line in lines] == [*PAIRS, "In all"]
    # Looks within 2 s of one another see the same book, which is stored once.
    stored = int(lines[-1].removeprefix("In all: ").partition(" ")[0])
    assert stored == sum(int(line.partition(": ")[2].partition(" ")[0]) for line in lines[:-1])
    assert stored >= snapshots_in(tmp_path / "history-simulated.db") >= 1


def snapshots_in(path):
    """How many snapshots were recorded; the demo's own past stands on whole 5 minutes."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT count(*) FROM snapshots WHERE time_ms % 300000 != 0").fetchone()[0]


def test_the_summary_names_every_pair_and_every_gap():
    lost = PairProgress("kraken", "ETH", 60, "ETH/USD", "recording", stored=1, gap=Gap(3, NOON, NOON + timedelta(minutes=2)))
    assert summary(Progress((RECORDING, lost, REFUSED))).splitlines() == [
        "BTC/USD on kraken: 1,440 snapshots stored, 2 looks failed, 1 tick skipped",
        "ETH/USD on kraken: 1 snapshot stored, 0 looks failed, 0 ticks skipped",
        "NOPE on kraken: kraken does not list NOPE.",
        "ETH/USD on kraken: a gap, 3 looks from 2026-08-09 12:00:00 to 2026-08-09 12:02:00 UTC could not be stored.",
        "In all: 1,441 snapshots stored, 2 looks failed, 1 tick skipped, 3 lost",
    ]


def shown(progress):
    console = Console(file=StringIO(), force_terminal=True, width=200, color_system=None)
    table = LiveTable(console)
    table.show(progress)
    console.print(table._table())
    return console.file.getvalue()


def test_the_table_shows_each_pair_and_who_else_has_it():
    table = shown(Progress((RECORDING, ELSEWHERE)))
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in table.splitlines() if line.startswith("│")]
    assert rows == [
        ["BTC/USD", "kraken", "12:00:00", "100.00", "0.100%", "$600,000", "1,440", "2", "1", "recording"],
        ["BTC/USD", "coinbase", "", "", "", "", "0", "0", "0", "another recorder has it"],
    ]
    assert "1,440 snapshots stored, 2 looks failed, 1 tick skipped" in table


def test_the_table_shows_a_depth_that_the_book_does_not_reach_as_a_lower_bound():
    assert "at least $600,000" in shown(Progress((PairProgress("kraken", "BTC", 60, last=snapshot(bid_complete=(False,) * 6)),)))


def test_the_table_says_that_the_database_is_away_and_how_much_waits():
    assert "database unavailable, 12 buffered" in shown(Progress((RECORDING,), buffered=12, database_fault="it is away"))


def test_a_table_without_pairs_can_be_drawn():
    assert "0 snapshots stored" in shown(Progress(()))
