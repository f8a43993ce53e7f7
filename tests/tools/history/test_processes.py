import os
import sys
from asyncio import create_subprocess_exec, gather, subprocess, wait_for
from datetime import timedelta
from pathlib import Path

from make_books import NOON

from tools.history import History

HERE = Path(__file__)
PATHS = os.pathsep.join([str(HERE.parents[2] / "support"), str(HERE.parents[3])])


class Writer:
    """A process of writer.py, ready to write."""

    def __init__(self, process):
        self.process = process

    @classmethod
    async def start(cls, url, count):
        command = [sys.executable, str(HERE.with_name("writer.py")), url, str(count)]
        writer = cls(await create_subprocess_exec(*command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": PATHS}))
        assert await writer.said() == "ready"
        return writer

    def go(self):
        self.process.stdin.write(b"\n")

    async def said(self):
        return (await wait_for(self.process.stdout.readline(), 60)).decode().strip()

    async def end(self):
        output, _ = await wait_for(self.process.communicate(), 60)
        return self.process.returncode, [int(one) for one in output.split()]


async def stored(url):
    history = History(url, "live", now=lambda: NOON)
    window = await history.series("kraken", "BTC/USD", NOON - timedelta(seconds=1), NOON + timedelta(days=1))
    await history.close()
    return ((window.time_ms - round(NOON.timestamp() * 1_000)) // 1_000).tolist()


async def test_processes_that_open_an_empty_database_and_write_the_same_market_at_once_store_each_moment_once(database_url):
    writers = await gather(*(Writer.start(database_url, 10) for _ in range(3)))
    for writer in writers:
        writer.go()
    assert await gather(*(writer.end() for writer in writers)) == [(0, list(range(10)))] * 3
    assert await stored(database_url) == list(range(10))


async def test_a_writer_that_is_killed_loses_nothing_that_it_said_was_stored(database_url):
    writer = await Writer.start(database_url, 1_000_000)
    writer.go()
    acknowledged = [int(await writer.said()) for _ in range(30)]
    writer.process.kill()
    acknowledged += (await writer.end())[1]
    found = await stored(database_url)
    assert found[: len(acknowledged)] == acknowledged
    assert len(found) <= len(acknowledged) + 1
