from datetime import UTC, datetime, timedelta
from itertools import product

import numpy as np
from make_books import NOON
from make_snapshots import PROFILE, same, snapshot
from sqlalchemy import text

from tools.analytics.series import Profiles
from tools.analytics.snapshot import PROFILE_EDGES_PCT, DepthProfile
from tools.history import History
from tools.history.profiles import WIDTHS_MS

NOON_MS = 1_786_276_800_000
BINS = len(PROFILE_EDGES_PCT)


def profile(size):
    return DepthProfile(bid_sizes=[size] * BINS, ask_sizes=[*[size + 0.5] * (BINS - 1), None])


async def test_each_stretch_is_stood_for_by_its_first_snapshot(history):
    await history.append(
        [snapshot(after_s=20 * number, best_bid=90 + number, best_ask=110 - number, usd_rate=2.0, profile=profile(number)) for number in range(7)]
    )
    given = await history.profiles("kraken", "BTC/USD", NOON - timedelta(milliseconds=1), NOON + timedelta(seconds=120), 3)
    asks = np.repeat([[0.5], [3.5], [6.5]], BINS, axis=1)
    asks[:, -1] = np.nan
    assert same(
        given,
        Profiles(
            time_ms=NOON_MS + np.array([0, 60_000, 120_000]),
            bucket_ms=60_000,
            mid=np.array([100.0] * 3),
            usd_rate=np.array([2.0] * 3),
            bid_sizes=np.repeat([[0.0], [3.0], [6.0]], BINS, axis=1),
            ask_sizes=asks,
            snapshots=7,
        ),
    )


async def test_a_stretch_without_snapshots_has_no_row_and_one_without_profiles_neither(history):
    await history.append([*(snapshot(after_s=after) for after in (0, 30, 60, 150, 180)), snapshot(after_s=90, profile=None)])
    given = await history.profiles("kraken", "BTC/USD", NOON - timedelta(milliseconds=1), NOON + timedelta(seconds=180), 7)
    assert ((given.time_ms - NOON_MS) / 1_000).tolist() == [0, 30, 60, 150, 180]
    assert (given.bucket_ms, given.snapshots) == (30_000, 6)


async def test_stretches_are_no_narrower_than_the_snapshots_are_apart(history):
    """A gap among them changes nothing, nor do some seconds more or less."""
    after = [300 * number + number % 7 for number in range(24) if number not in {10, 11, 12, 13}]
    await history.append([snapshot(after_s=one, profile=profile(one)) for one in after])
    given = await history.profiles("kraken", "BTC/USD", NOON - timedelta(milliseconds=1), NOON + timedelta(hours=2), 60)
    assert given.bucket_ms == 300_000
    assert ((given.time_ms - NOON_MS) // 300_000).tolist() == [number for number in range(24) if number not in {10, 11, 12, 13}]


async def test_a_window_without_snapshots_has_no_profiles(history):
    given = await history.profiles("kraken", "BTC/USD", NOON - timedelta(hours=6), NOON, 60)
    assert (len(given.time_ms), given.bid_sizes.shape, given.ask_sizes.shape, given.snapshots) == (0, (0, BINS), (0, BINS), 0)


async def test_stretches_are_round_and_as_narrow_as_the_columns_allow(sqlite_history):
    end = datetime(2026, 8, 9, 12, 34, 56, tzinfo=UTC)
    for hours, columns in product([0.01, 0.5, 1, 6, 24, 24 * 7, 24 * 90, 24 * 365], [1, 7, 60, 200]):
        start = end - timedelta(hours=hours)
        width = (await sqlite_history.profiles("kraken", "BTC/USD", start, end, columns)).bucket_ms
        last_ms, first_ms = int(end.timestamp() * 1_000), int(start.timestamp() * 1_000) + 1
        stretches = {one: last_ms // one - first_ms // one + 1 for one in WIDTHS_MS}
        assert stretches[width] <= columns or width == WIDTHS_MS[-1], (hours, columns)
        assert all(count > columns for one, count in stretches.items() if one < width), (hours, columns)


async def test_profiles_are_kept_to_seven_figures(history):
    sizes = [0.123456789, 1e-8, 98_765_432.1, *[0.0] * (BINS - 3)]
    await history.append([snapshot(profile=DepthProfile(bid_sizes=sizes, ask_sizes=PROFILE.ask_sizes))])
    kept = (await history.latest("kraken", "BTC/USD", NOON)).profile
    np.testing.assert_allclose(kept.bid_sizes, sizes, rtol=1e-7)
    assert kept.ask_sizes == PROFILE.ask_sizes


async def test_a_stretch_of_folded_hours_is_stood_for_by_the_first_whichever_was_folded_first(database_url):
    now = [NOON]
    later = History(database_url, "live", retention_days=0, now=lambda: now[0])
    for hour in (3, 2, 1):
        now[0] = NOON + timedelta(hours=hour + 1)
        await later.append([snapshot(after_s=3_600 * hour, best_bid=90 + hour, best_ask=110 - hour, profile=profile(hour))])
        await later.prune()
    # Of what is known to be few rows a server reads all, as they lie.
    await (await later._opened()).database.write(lambda connection: connection.execute(text("ANALYZE")))
    given = await later.profiles("kraken", "BTC/USD", NOON, NOON + timedelta(hours=6), 1)
    assert given.bid_sizes[:, 0].tolist() == [1.0]
    await later.close()
