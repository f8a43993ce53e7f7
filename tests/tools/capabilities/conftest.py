import pytest
from simulated import simulated


@pytest.fixture
async def venues(tmp_path):
    """Simulated venues with a database of their own."""
    async with simulated(database=f"sqlite+aiosqlite:///{tmp_path / 'history.sqlite3'}") as opened:
        yield opened


@pytest.fixture
def market(venues):
    return venues.market
