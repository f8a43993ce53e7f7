"""The application over simulated venues, without a network: what is asked of it, and what it stands on."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import settings as hypothesis_settings
from make_snapshots import last_hour
from simulated import Simulated, simulated

from mcp_server.http.app import Place, build_app
from mcp_server.http.watch import Watch
from tools.feeds import Limits
from tools.settings import Settings

# `--hypothesis-profile=fuzz` asks for many more cases.
hypothesis_settings.register_profile("fuzz")
UNTHROTTLED = {"rateLimit": 0.001}


@dataclass(frozen=True)
class Api:
    """The application with a client that asks for it by its own name."""

    app: FastAPI
    client: httpx.AsyncClient
    venues: Simulated

    async def call(self, tool: str, arguments: Any = None, **parameters: Any) -> httpx.Response:
        return await self.client.post(f"/api/v1/{tool}", json=arguments, params=parameters)


Serving = Callable[..., AbstractAsyncContextManager[Api]]


@asynccontextmanager
async def serving(
    *, mcp: bool = False, place: Place = Place(), deadline_s: float = 10, changes: dict[str, Any] | None = None, remembers: bool = False, **settings: Any
) -> AsyncIterator[Api]:
    """`changes` are fields of the market to replace; where it `remembers`, the last hour of BTC/USD on kraken is stored; the rest are settings."""
    watch = Watch()
    async with simulated(config=UNTHROTTLED, observer=watch, limits=Limits(deadline_s=deadline_s)) as venues:
        market = replace(venues.market, **(changes or {}))
        if remembers:
            await market.history.append(last_hour(market.now()))
        app = build_app(market, Settings(_env_file=None, demo=True, **settings), watch, place)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        # MCP's sessions live in a task group, which would wrap every failing assertion of the other tests.
        lifespan = app.router.lifespan_context(app) if mcp else nullcontext()
        async with lifespan, httpx.AsyncClient(transport=transport, base_url=f"http://127.0.0.1:{place.port}") as client:
            yield Api(app, client, venues)


@pytest.fixture(name="serving", scope="session")
def serving_fixture() -> Serving:
    return serving
