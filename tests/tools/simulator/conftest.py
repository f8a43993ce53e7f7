"""Venues on loopback at a standing clock, and unmodified ccxt clients pointed at them."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import ccxt.async_support as ccxt
import pytest

from tools.simulator import GeneratedBooks, Simulator

NOON = datetime(2026, 8, 9, 12, 0, 0, 100_000, tzinfo=UTC)


@pytest.fixture
def books():
    return GeneratedBooks(now=lambda: NOON)


@pytest.fixture
async def simulator(books) -> AsyncIterator[Simulator]:
    async with Simulator(books) as opened:
        yield opened


@pytest.fixture
async def connect() -> AsyncIterator[Callable[[dict, str], ccxt.Exchange]]:
    """Makes a client of an exchange from a simulator's config; every one is closed after the test."""
    async with AsyncExitStack() as stack:

        def make(config: dict, exchange: str) -> ccxt.Exchange:
            # ccxt sleeps 250 ms at the end of close(); nothing here needs it.
            client = getattr(ccxt, exchange)(config[exchange] | {"enableRateLimit": False, "timeout_on_exit": 0})
            stack.push_async_callback(client.close)
            return client

        yield make
