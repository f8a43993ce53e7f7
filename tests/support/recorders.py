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

    `stored` holds (exchange, symbol, milliseconds) of every snapshot that it said is durable, `claimed` by when it asked (s) the symbols that it was granted then.
    """

    def __init__(self, process):
        self.process = process
        self.stored, self.claimed, self.lines = [], {}, []
        self._news = asyncio.Event()
        self._reading = asyncio.create_task(self._read())

    async def _read(self):
        while (line := await self.process.stdout.readline()).endswith(b"\n"):
            words = line.decode().split()
            if words[:1] == ["stored"]:
                self.stored.append((words[1], words[2], int(words[3])))
            elif words[:1] == ["claimed"]:
                self.claimed.setdefault(float(words[1]), set()).update(words[2:])
            else:
                self.lines.append(line.decode().rstrip())
            self._news.set()

    async def until(self, condition):
        """Wait until what was said satisfies the condition."""
        async with asyncio.timeout(DEADLINE_S):
            while not condition(self):
                self._news.clear()
                await self._news.wait()

    def tell(self, after_s):
        """Move its clock, where that is told."""
        self.process.stdin.write(f"{after_s}\n".encode())

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
async def recorder(url, interval, *symbols, told=False):
    """A running recorder, which does not outlive the block. Where it is `told` its clock stands still until its first `tell`, and then between them."""
    command = [sys.executable, str(TESTS / "tools/recorder/recorder.py"), "told" if told else "running", url, str(interval), *symbols]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    process = await create_subprocess_exec(*command, **pipes, env={**os.environ, "PYTHONPATH": PATHS}, limit=2**20)
    running = Recorder(process)
    try:
        yield running
    finally:
        if process.returncode is None:
            await running.kill()
