"""How soon the command line answers beside the bare import of its library."""

import subprocess
import sys

from measuring import by_turns, report


async def test_help_beside_importing_typer():
    async def run(*command):
        subprocess.run(command, check=True, capture_output=True)  # noqa: ASYNC221 - one process at a time is the point

    ours, floor = await by_turns(
        lambda: run(sys.executable, "-m", "mcp_server.cli", "--help"),
        lambda: run(sys.executable, "-c", "import typer"),
        rounds=15,
    )
    assert report("liquidity --help beside python -c 'import typer'", ours, floor) <= 2
