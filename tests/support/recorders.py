"""Recorders in processes of their own."""

import asyncio
import os
import sys
from asyncio import create_subprocess_exec, subprocess, wait_for
from contextlib import asynccontextmanager
from pathlib import Path

TESTS = Path(__file__).parents[1]
PATHS = os.pathsep.join([str(TESTS / "support"), str(TESTS.parent)])
DEADLINE_S = 30


class Recorder:
    """A process of tests/tools/recorder/recorder.py.

    `stored` holds (exchange, symbol, milliseconds) of every snapshot that it said is durable, `skipped` how many ticks of each symbol it said to have skipped.
    """

    def __init__(self, process):
        self.process = process
        self.stored, self.skipped, self.lines = [], {}, []
        self._news = asyncio.Event()
        self._reading = asyncio.create_task(self._read())

    async def _read(self):
        while (line := await self.process.stdout.readline()).endswith(b"\n"):
            words = line.decode().split()
            if words[:1] == ["stored"]:
                self.stored.append((words[1], words[2], int(words[3])))
            elif words[:1] == ["skipped"]:
                self.skipped[words[1]] = int(words[2])
            else:
                self.lines.append(line.decode().rstrip())
            self._news.set()

    async def until(self, condition):
        """Wait until what was said satisfies the condition."""
        async with asyncio.timeout(DEADLINE_S):
            while not condition(self):
                self._news.clear()
                await self._news.wait()

    async def ended(self):
        """Wait for the end, and return the exit code."""
        code = await wait_for(self.process.wait(), DEADLINE_S)
        await self._reading
        return code

    async def kill(self):
        """End it as kill -9 does."""
        self.process.kill()
        await self.ended()


@asynccontextmanager
async def recorder(url, interval, *symbols):
    """A running recorder, which does not outlive the block."""
    command = [sys.executable, str(TESTS / "tools/recorder/recorder.py"), url, str(interval), *symbols]
    process = await create_subprocess_exec(*command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": PATHS}, limit=2**20)
    running = Recorder(process)
    try:
        yield running
    finally:
        if process.returncode is None:
            await running.kill()
