"""PostgreSQL servers of a test's own, which it may stop and start."""

import os
import shutil
import socket
from asyncio import create_subprocess_exec, subprocess
from tempfile import TemporaryDirectory

import pytest

NEEDED = ("initdb", "pg_ctl", "postgres")
# PostgreSQL refuses to run as root; Debian's package brings a user for it.
AS_POSTGRES = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


class OwnPostgres:
    """A server in `folder`, on a port of its own."""

    def __init__(self, folder):
        self._folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]

    @property
    def url(self):
        return f"postgresql+asyncpg://postgres@127.0.0.1:{self._port}/postgres"

    async def create(self):
        if AS_POSTGRES:
            shutil.chown(self._folder, "postgres")
        await _run("initdb", "-D", self._folder, "-U", "postgres", "-A", "trust", "-N", "--no-instructions")
        await self.start()

    async def start(self):
        options = f"-p {self._port} -h 127.0.0.1 -k {self._folder}"
        await _run("pg_ctl", "-D", self._folder, "-w", "-l", f"{self._folder}/log", "-o", options, "start")

    async def stop(self):
        """Stop it at once, as a crash would."""
        await _run("pg_ctl", "-D", self._folder, "-w", "-m", "immediate", "stop")


async def _run(*command):
    process = await create_subprocess_exec(*AS_POSTGRES, *command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/")
    _, error = await process.communicate()
    assert process.returncode == 0, f"{command[0]}: {error.decode()}"


@pytest.fixture
async def own_postgres():
    """A running server; skips where PostgreSQL's programs are not installed."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        pytest.skip(f"PostgreSQL's {', '.join(missing)} are not on the PATH, so no server can be started and stopped")
    # Not in tmp_path, whose folders nobody but their owner may enter.
    with TemporaryDirectory(prefix="postgres-") as folder:
        server = OwnPostgres(folder)
        await server.create()
        yield server
        await server.stop()
