"""What simulated venues' history remembers, for tests."""

from typing import Any

from make_books import NOON
from make_snapshots import series, snapshots

from tools import Market
from tools.analytics.series import Series
from tools.analytics.snapshot import PROFILE_EDGES_PCT, DepthProfile

PAST = {"symbol": "BTC/USD", "exchange": "kraken", "until": NOON.isoformat()}
"""What asks a tool about what `remember` stores."""


async def remember(market: Market, **parts: Any) -> Series:
    """A simulated series, with a profile for each snapshot, stored: of BTC/USD on kraken up to NOON but for what is given."""
    kept = series(**{"source": "simulated", "end": NOON, **parts})
    profile = DepthProfile(bid_sizes=[2.0] * len(PROFILE_EDGES_PCT), ask_sizes=[1.0] * len(PROFILE_EDGES_PCT))
    await market.history.append(snapshots(kept, profile=profile))
    return kept
