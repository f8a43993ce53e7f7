"""The product's server over simulated venues, with the conformance suite's fixtures on it. Tests only: `python fixtures_server.py PORT`."""

import asyncio
import sys
from typing import Any
from unittest.mock import patch

import suite_fixtures
import suite_questions
from mcp.server import MCPServer

from mcp_server.commands.listening import listening, serve_until_told
from mcp_server.http import app
from mcp_server.http.watch import Watch
from mcp_server.server import build_server
from tools import Market, open_market
from tools.settings import read_settings


def build_with_fixtures(market: Market, **options: Any) -> MCPServer[Any]:
    """The server of the product's own factory, and the fixtures."""
    server = build_server(market, **options)
    suite_fixtures.add(server)
    suite_questions.add(server)
    return server


async def serve(port: int) -> None:
    """Serve behind the product's own guard until told to stop."""
    settings = read_settings(demo=True)
    with listening("127.0.0.1", port) as listener:
        port, watch = listener.getsockname()[1], Watch()
        async with open_market(settings, watch) as market:
            with patch.object(app, "build_server", build_with_fixtures):
                application = app.build_app(market, settings, watch, app.Place(port=port))
            print(f"Serving fixtures at http://127.0.0.1:{port}{app.MCP}", file=sys.stderr, flush=True)  # noqa: T201 - whoever started it waits for the address
            await serve_until_told(application, listener)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
