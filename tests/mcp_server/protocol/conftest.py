"""Real client sessions in memory, on both wires, with a stand-in for Chrome that draws at once."""

from dataclasses import replace

import pytest
from mcp import Client
from pens import Pen
from sessions import held
from simulated import simulated

from mcp_server.server import build_server


@pytest.fixture
def pen():
    return Pen()


@pytest.fixture
async def venues(tmp_path):
    async with simulated(database=f"sqlite+aiosqlite:///{tmp_path / 'history.db'}") as opened:
        yield opened


@pytest.fixture
def market(venues, pen):
    return replace(venues.market, renderer=pen)


@pytest.fixture
async def client(market):
    async with held(Client(build_server(market))) as session:
        yield session


@pytest.fixture(params=["legacy", "2026-07-28"])
def wire(request):
    return request.param


@pytest.fixture
async def either_client(market, wire):
    """A session on each wire by turns."""
    async with held(Client(build_server(market), mode=wire)) as session:
        yield session
