import asyncio
import math
import threading
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from operator import attrgetter

import numpy as np
import pytest
from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st
from make_books import NOON
from make_snapshots import bands, miss, misses, same, series, snapshot, snapshots

from tools.analytics.series import Extremes
from tools.analytics.snapshot import PROFILE_EDGES_PCT, DepthProfile
from tools.analytics.trend import trend
from tools.history import Appended, History, folding, tables
from tools.history.tables import BASE, FIGURES, HOUR_FIGURES, hours

HOUR = timedelta(hours=1)
BINS = len(PROFILE_EDGES_PCT)
BPS = (10, 25, 50, 100, 200, 500)


@pytest.fixture
async def later(database_url):
    """The history of the same database when everything up to 12:59:59.999 is beyond the retention time."""
    store = History(database_url, "live", retention_days=90, now=lambda: NOON + HOUR + timedelta(days=90))
    yield store
    await store.close()


async def stored_hours(history):
    rows = await (await history._opened()).database.fetch(hours.select().order_by(hours.c.time_ms))
    return [dict(zip(hours.c.keys(), row, strict=True)) for row in rows]


def rounded(one):
    """A series whose extremes are rounded to what float arithmetic gives."""
    low, high = ({name: column.round(9) for name, column in vars(part).items()} for part in (one.low, one.high))
    return replace(one, low=Extremes(**low), high=Extremes(**high))


def by_hand(values):
    exact = [Decimal(value) for value in values]
    return {"": float(sum(exact) / len(exact)), "_min": float(min(exact)), "_max": float(max(exact))}


def of_both_sides(looks):
    """Lowest and highest of mid, and of depth and imbalance by band, of looks of (bid, ask, bid USD by band, ask USD by band), in exact arithmetic.

    A look without bands has None for them; what no look knows is None.
    """
    found = {"mid": [(Fraction(bid) + Fraction(ask)) / 2 for bid, ask, _, _ in looks]}
    for number, bps in enumerate(BPS):
        sides = [(Fraction(bids[number]), Fraction(asks[number])) for _, _, bids, asks in looks if bids is not None]
        found[f"total_usd_{bps}bps"] = [bid + ask for bid, ask in sides]
        found[f"imbalance_pct_{bps}bps"] = [100 * (bid - ask) / (bid + ask) for bid, ask in sides if bid + ask]
    return {f"{name}{of}": float(beyond(values)) if values else None for name, values in found.items() for of, beyond in (("_min", min), ("_max", max))}


def as_row(look):
    """The look as a row of `snapshots`, all other figures 1."""
    bid, ask, bids, asks = look
    sides = {f"{side}_usd_{bps}bps": usd and usd[number] for side, usd in (("bid", bids), ("ask", asks)) for number, bps in enumerate(BPS)}
    return {**dict.fromkeys(BASE, 1.0), "best_bid": bid, "best_ask": ask, **sides, "complete": 0}


amounts = st.one_of(st.just(0.0), st.floats(1e-3, 1e12))
sides = st.lists(amounts, min_size=6, max_size=6)
looks = st.tuples(st.floats(1e-6, 1e6), st.floats(0, 10), st.one_of(st.none(), st.tuples(sides, sides))).map(
    lambda drawn: (drawn[0], drawn[0] * (1 + drawn[1]), *(drawn[2] or (None, None)))
)


@settings(max_examples=200, deadline=None, derandomize=True)
@given_any(st.lists(looks, min_size=1, max_size=8), st.data())
def test_an_hour_folded_in_parts_keeps_the_extremes_of_all_its_looks(taken, data):
    """Empty sides, looks without bands, and whatever came late."""
    rows = [as_row(look) for look in taken]
    whole = folding.fold(rows, [], None)
    expected = {name: value if value is None else pytest.approx(value, rel=1e-12, abs=1e-9) for name, value in of_both_sides(taken).items()}
    assert {name: whole[name] for name in expected} == expected
    cut = data.draw(st.integers(0, len(rows) - 1))
    merged = folding.fold(rows[cut:], [], folding.fold(rows[:cut], [], None)) if cut else whole
    extremes = [name for name in whole if name.endswith(("_min", "_max"))]
    assert {name: merged[name] for name in extremes} == {name: whole[name] for name in extremes}


@settings(max_examples=100, deadline=None, derandomize=True)
@given_any(st.lists(looks, min_size=2, max_size=8), st.data())
def test_of_an_hour_that_was_folded_by_an_earlier_version_late_rows_leave_unknown_what_was_not_kept(taken, data):
    rows = [as_row(look) for look in taken]
    cut = data.draw(st.integers(1, len(rows) - 1))
    unkept = dict.fromkeys(of_both_sides(taken))
    merged, whole = folding.fold(rows[cut:], [], {**folding.fold(rows[:cut], [], None), **unkept}), folding.fold(rows, [], None)
    assert {name: merged[name] for name in unkept} == unkept
    kept = [f"{name}{of}" for name in HOUR_FIGURES for of in ("_min", "_max")]
    assert {name: merged[name] for name in kept} == {name: whole[name] for name in kept}


async def test_an_hour_keeps_mean_minimum_and_maximum_of_every_figure(later):
    random = np.random.default_rng(7)
    taken = [
        snapshot(
            after_s=600 * number,
            best_bid=99 + random.random(),
            best_ask=100 + random.random(),
            depth=bands(random.random(6).tolist(), random.random(6).tolist(), [True] * 6, [True] * 5 + [number != 2]),
            bid_volume_10=1 + random.random(),
            ask_volume_10=1 + random.random(),
            total_volume_20=random.random(),
            usd_rate=random.random(),
        )
        for number in range(6)
    ]
    await later.append(taken)
    assert await later.prune() == 6
    (hour,) = await stored_hours(later)
    assert (hour["time_ms"], hour["samples"], hour["complete"]) == (1_786_276_800_000, 6, 0b011111_111111)
    columns = {name: [getattr(one, name) for one in taken] for name in FIGURES if hasattr(taken[0], name)}
    columns |= {f"bid_usd_{bps}bps": [one.depth[i].bid_usd for one in taken] for i, bps in enumerate(BPS)}
    columns |= {f"ask_usd_{bps}bps": [one.depth[i].ask_usd for one in taken] for i, bps in enumerate(BPS)}
    columns["spread_pct"] = [one.spread_percentage for one in taken]
    expected = {f"{name}{of}": value for name, values in columns.items() for of, value in by_hand(values).items()}
    assert len(expected) == 3 * 21
    expected |= of_both_sides(
        [(one.best_bid, one.best_ask, [band.bid_usd for band in one.depth], [band.ask_usd for band in one.depth]) for one in taken],
    )
    assert {name: hour[name] for name in expected} == pytest.approx(expected, rel=1e-12)
    assert len(expected) == 3 * 21 + 2 * 13


async def test_only_whole_hours_beyond_the_retention_time_are_folded(database_url):
    history = History(database_url, "live", retention_days=1, now=lambda: NOON + timedelta(days=1, minutes=59))
    await history.append([snapshot(after_s=-1), snapshot(), snapshot(after_s=3_599)])
    assert await history.prune() == 1
    window = await history.series("kraken", "BTC/USD", NOON - 2 * HOUR, NOON + HOUR)
    assert window.hourly.tolist() == [True, False, False]
    await history.close()


async def test_folded_hours_stand_in_a_series_at_their_middle_and_say_so(later):
    given = series(mid=[99.0, 101.0, 100.0], times_s=[-7_200, -3_601, 3_600], total_volume_20=[1.0, 3.0, 5.0], failed_s=[-60])
    await later.append(snapshots(given), misses(given))
    assert await later.prune() == 2
    expected = series(
        start=NOON - 3 * HOUR, end=NOON + HOUR, mid=[100.0, 100.0], times_s=[-9_000, 0], total_volume_20=[2.0, 5.0], hourly=[True, False], failed_s=[-3_660]
    )
    own = replace(expected.lowest, imbalance_pct=np.zeros((2, 6)))
    low, high = (replace(own, mid=np.array([mid, 100.0])) for mid in (99.0, 101.0))
    expected = replace(expected, low=low, high=high, bounded=np.array([False, False]))
    assert same(rounded(await later.series("kraken", "BTC/USD", expected.start, expected.end)), rounded(expected))


async def test_every_extreme_of_a_window_is_the_same_before_and_after_it_is_down_sampled(later):
    """To the last digit: of mid, of spread, and of depth and imbalance within each band; late rows are of them."""
    random = np.random.default_rng(3)
    given = series(
        times_s=[-3_000, -2_400, -1_200, -60, 60, 3_601],
        mid=100 + random.random(6),
        spread_pct=[0.5, 5.0, 0.25, 1.0, 1.0, 1.0],
        bid_usd=1e6 * random.random((6, 6)),
        ask_usd=1e6 * random.random((6, 6)),
    )
    await later.append(snapshots(given))
    window = "kraken", "BTC/USD", NOON - HOUR, NOON + 2 * HOUR
    before = await later.series(*window)
    assert await later.prune() == 5
    after = await later.series(*window)
    assert (after.hourly.tolist(), after.bounded.tolist()) == ([True, True, False], [False] * 3)
    sides = list(zip(given.bid_usd.ravel().tolist(), given.ask_usd.ravel().tolist(), strict=True))
    imbalances = np.array([100 * (bid - ask) / (bid + ask) for bid, ask in sides]).reshape(6, 6)
    rows_of = ([0, 1, 2, 3], [4], [5])
    for beyond, whole, folded in ((np.min, before.lowest, after.lowest), (np.max, before.highest, after.highest)):
        for name, column in {**vars(whole), "imbalance_pct": imbalances}.items():
            assert getattr(folded, name).tolist() == [beyond(column[rows], axis=0).tolist() for rows in rows_of], name
    told = [extremes_told(trend(one, "BTC", NOON)) for one in (before, after)]
    assert told[0] == told[1]


def extremes_told(found):
    points = found.series
    return {
        "spread": (found.spread.lowest, found.spread.highest, min(points.spread_min_pct), max(points.spread_max_pct)),
        "depth": (found.depth.lowest, found.depth.highest, min(points.depth_min_usd), max(points.depth_max_usd)),
        "imbalance": (found.imbalance.lowest, found.imbalance.highest, min(points.imbalance_min_pct), max(points.imbalance_max_pct)),
        "mid": (found.mid.lowest, found.mid.highest, min(points.mid_min_price), max(points.mid_max_price)),
    }


async def test_what_each_side_had_at_its_own_moment_is_no_extreme_of_both(later):
    """Bids are thin at 12:10, asks at 12:40, and the spread is wide at 12:20."""
    await later.append(
        [
            snapshot(),
            snapshot(after_s=600, depth_usd=110_000, imbalance_pct=-900 / 11),
            snapshot(after_s=1_200, best_bid=91.0, best_ask=110.0),
            snapshot(after_s=2_400, depth_usd=110_000, imbalance_pct=900 / 11),
        ]
    )
    window = "kraken", "BTC/USD", NOON - HOUR, NOON + HOUR
    before = extremes_told(trend(await later.series(*window), "BTC", NOON))
    assert await later.prune() == 4
    found = trend(await later.series(*window), "BTC", NOON)
    assert extremes_told(found) == before
    assert (found.depth_band_pct, found.depth.lowest, found.depth.highest) == (5.0, pytest.approx(110_000), 1e6)
    assert (found.mid.lowest, found.mid.highest) == (pytest.approx(100.0), 100.5)
    assert (found.imbalance.lowest, found.imbalance.highest) == (pytest.approx(-900 / 11), pytest.approx(900 / 11))
    assert found.series.imbalance_pct == [pytest.approx(0, abs=1e-9)]
    kept = "lowest and highest of those hours are kept, the moments when they were are not"
    assert found.warnings[-1] == f"1 of 1 samples are hourly means, which is what remains beyond the retention time: {kept}."


async def test_an_hour_in_which_nothing_changed_is_told_without_what_its_mean_was_rounded_by(later):
    taken = [snapshot(after_s=after, best_bid=0.1, best_ask=0.3, depth_usd=1 / 3, imbalance_pct=70) for after in range(0, 3_600, 100)]
    await later.append(taken)
    window = "kraken", "BTC/USD", NOON - HOUR, NOON + HOUR
    before = trend(await later.series(*window), "BTC", NOON)
    assert await later.prune() == 36
    after = trend(await later.series(*window), "BTC", NOON)
    for name in ("spread", "depth", "imbalance", "mid"):
        one, other = getattr(before, name), getattr(after, name)
        assert [other.first, other.last, other.lowest, other.highest] == [one.first, one.last, one.lowest, one.highest] == [one.first] * 4, name


async def test_of_the_failed_looks_beyond_the_retention_time_the_first_of_each_hour_is_kept_and_of_later_ones_all(later, database_url):
    """One market has nothing but failed looks, and a source that is not pruned keeps its own."""
    other = History(database_url, "replay", now=lambda: NOON)
    await other.append([], [miss(source="replay", after_s=after) for after in (0, 1)])
    looks = [miss(after_s=after) for after in (-7_200, -3_601, -1, 0, 1, 3_599, 3_600, 3_601)]
    await later.append([snapshot()], [*looks, *(miss(symbol="ETH/USD", after_s=after) for after in (2, 1))])
    for folded in (1, 0):
        assert await later.prune() == folded
        window = "kraken", "BTC/USD", NOON - 3 * HOUR, NOON + 2 * HOUR
        noon_ms = 1_786_276_800_000
        assert ((await later.series(*window)).failed_ms - noon_ms).tolist() == [-7_200_000, -1_000, 0, 3_600_000, 3_601_000]
        assert ((await later.series("kraken", "ETH/USD", *window[2:])).failed_ms - noon_ms).tolist() == [1_000]
        assert ((await other.series(*window)).failed_ms - noon_ms).tolist() == [0, 1_000]
    await other.close()


async def test_an_outage_is_still_one_when_it_is_beyond_the_retention_time(later):
    given = [snapshot(after_s=60 * minute) for minute in (*range(-900, -600), *range(60))]
    await later.append(given, [miss(after_s=60 * minute) for minute in range(-600, 0)])
    assert await later.prune() == 360
    found = trend(await later.series("kraken", "BTC/USD", NOON - 15 * HOUR, NOON + HOUR), "BTC", NOON)
    assert [(gap.start, gap.end, gap.cause) for gap in found.gaps] == [(NOON - 10.5 * HOUR, NOON + HOUR / 2, "no valid book")]


async def test_hours_are_folded_beside_the_event_loop(later, monkeypatch):
    threads = []

    def fold(*given):
        threads.append(threading.current_thread())
        return folding.fold(*given)

    monkeypatch.setattr("tools.history.retention.fold", fold)
    await later.append([snapshot()])
    assert await later.prune() == 1
    assert len(threads) == 1
    assert threads[0] is not threading.current_thread()


async def test_who_prunes_and_who_stores_at_once_lose_nothing_and_count_nothing_twice(database_url):
    stores = [History(database_url, "live", now=lambda: NOON + timedelta(days=92)) for _ in range(3)]
    await stores[0].append([snapshot(after_s=600 * number) for number in range(300)], [miss(after_s=600 * number + 1) for number in range(300)])

    async def late():
        """Into hours that may be open still."""
        return sum([(await stores[2].append([snapshot(after_s=3_600 * hour + 7, profile=None)])).new for hour in range(0, 48, 4)])

    one, other, stored = await asyncio.gather(stores[0].prune(), stores[1].prune(), late())
    rest = await stores[0].prune()
    assert one + other + rest == 288 + stored
    assert sum(hour["samples"] for hour in await stored_hours(stores[0])) == 288 + stored
    for store in stores:
        await store.close()


async def test_folding_twice_changes_nothing(later):
    await later.append([snapshot(after_s=60 * minute) for minute in range(-90, 30)])
    assert await later.prune() == 120
    before = await stored_hours(later)
    assert len(before) == 3
    assert await later.prune() == 0
    assert await stored_hours(later) == before


async def test_what_was_folded_cannot_be_stored_again(later):
    taken = [snapshot(after_s=60 * minute) for minute in range(60)]
    assert await later.append(taken) == Appended(60)
    await later.prune()
    before = await stored_hours(later)
    assert await later.append(taken) == Appended(0, tuple(taken))
    assert await later.prune() == 0
    assert await stored_hours(later) == before


async def test_what_is_refused_of_a_closed_hour_is_told_from_what_is_stored_already_and_the_rest_is_stored(later):
    """Of the hour's last half too, of each market by itself, in one call and in an import alike."""
    await later.append([snapshot()])
    await later.prune()
    await later.append([snapshot(after_s=3_600)])
    late = [snapshot(after_s=1_800), snapshot(after_s=3_599.999)]
    assert await later.append(late[:1]) == Appended(0, tuple(late[:1]))
    given = [*late, snapshot(after_s=3_600), snapshot(after_s=3_601), snapshot(after_s=-0.001), snapshot(symbol="ETH/USD")]

    async def batches():
        yield given

    assert await later.append(given) == Appended(3, tuple(late))
    assert await later.append_all(batches()) == (0, 2)


async def test_the_history_of_a_recording_is_kept_whole_however_old_its_books_are(database_url):
    """Whoever records it again stores what is new to it, and what was recorded before stands."""
    for minute in (0, 1):
        replay = History(database_url, "replay", retention_days=90, now=lambda: NOON + timedelta(days=900))
        assert await replay.prune() == 0
        assert await replay.append([snapshot(source="replay"), snapshot(source="replay", after_s=60 * minute + 5)]) == Appended(2 - minute)
        await replay.close()
    replay = History(database_url, "replay", now=lambda: NOON + timedelta(days=900))
    assert (await replay.series("kraken", "BTC/USD", NOON - HOUR, NOON + HOUR)).hourly.tolist() == [False] * 3
    await replay.close()


async def test_an_old_hour_that_a_file_brings_late_is_folded_like_any_other(later):
    await later.append([snapshot()])
    await later.prune()
    assert await later.append([snapshot(after_s=-7_200), snapshot(after_s=-7_100)]) == Appended(2)
    assert await later.prune() == 2
    assert [hour["samples"] for hour in await stored_hours(later)] == [2, 1]


async def test_a_snapshot_that_slips_into_a_folded_hour_is_added_to_it(later):
    """As one does that another process commits while the hour is being folded."""
    await later.append([snapshot(total_volume_20=1.0), snapshot(after_s=60, total_volume_20=2.0)])
    await later.prune()
    database = (await later._opened()).database
    await later.append([snapshot(after_s=3_600, total_volume_20=9.0)])
    for table in (tables.snapshots, tables.profiles):
        earlier = table.update().values(time_ms=table.c.time_ms - 60_000)
        await database.write(lambda connection, earlier=earlier: connection.execute(earlier))
    assert await later.prune() == 1
    (hour,) = await stored_hours(later)
    assert (hour["samples"], hour["total_volume_20"], hour["total_volume_20_min"], hour["total_volume_20_max"]) == (3, 4.0, 1.0, 9.0)


async def test_the_profile_of_an_hour_is_the_mean_of_what_is_known(later):
    def profile(size, *, reaches):
        return DepthProfile(bid_sizes=[size] * BINS, ask_sizes=[*[size] * (BINS - 1), size if reaches else None])

    await later.append(
        [snapshot(profile=profile(1.0, reaches=True)), snapshot(after_s=60, profile=profile(2.0, reaches=False)), snapshot(after_s=120, profile=None)]
    )
    await later.prune()
    given = await later.profiles("kraken", "BTC/USD", NOON, NOON + HOUR, 60)
    assert given.bid_sizes.tolist() == [[1.5] * BINS]
    assert given.ask_sizes.tolist() == [[1.5] * (BINS - 1) + [1.0]]
    assert (given.time_ms.tolist(), given.bucket_ms, given.snapshots) == ([1_786_276_800_000], 3_600_000, 3)


async def test_the_profiles_of_many_hours_are_the_means_of_whatever_each_snapshot_knows(later):
    """Snapshots without a profile, sides that end anywhere or hold nothing at all, and a market with a snapshot an hour."""
    chance = np.random.default_rng(11)

    def side():
        known = chance.integers(0, BINS, endpoint=True)
        return [*(chance.integers(1_000, size=known) / 8).tolist(), *[None] * (BINS - known)]

    taken = [
        snapshot(after_s=-3_600 * hour + 600 * number, profile=DepthProfile(bid_sizes=side(), ask_sizes=side()) if chance.random() < 0.6 else None)
        for hour in range(12)
        for number in range(1 + hour % 6)
    ]
    await later.append(taken)
    assert await later.prune() == len(taken)
    hours_of = {one.timestamp.replace(minute=0): [] for one in sorted(taken, key=attrgetter("timestamp")) if one.profile}
    for one in taken:
        if one.profile:
            hours_of[one.timestamp.replace(minute=0)].append([*one.profile.bid_sizes, *one.profile.ask_sizes])
    expected = []
    for rows in hours_of.values():
        known = [[size for size in column if size is not None] for column in zip(*rows, strict=True)]
        expected.append([float(sum(map(Fraction, sizes)) / len(sizes)) if sizes else math.nan for sizes in known])
    found = await later.profiles("kraken", "BTC/USD", NOON - 12 * HOUR, NOON + HOUR, 60)
    assert found.time_ms.tolist() == [hour.timestamp() * 1_000 for hour in hours_of]
    assert np.hstack([found.bid_sizes, found.ask_sizes]).tolist() == [pytest.approx(row, rel=1e-7, nan_ok=True) for row in expected]
    assert 6 < len(expected) < 12


async def test_unknown_depth_stays_unknown_when_folded(later):
    await later.append([snapshot(depth=[], profile=None, liquidity_1pct_usd=1.0)])
    await later.prune()
    window = await later.series("kraken", "BTC/USD", NOON, NOON + HOUR)
    assert np.isnan(window.bid_usd).all()
    assert window.liquidity_1pct_usd.tolist() == [1.0]
    assert all(np.isnan(column).all() for one in (window.lowest, window.highest) for column in (one.depth_usd, one.imbalance_pct))
    assert len((await later.profiles("kraken", "BTC/USD", NOON, NOON + HOUR, 60)).time_ms) == 0


async def test_folded_markets_are_still_markets(later):
    await later.append([snapshot(), snapshot(after_s=60, depth_usd=2e6)], [miss()])
    await later.prune()
    assert [(one.symbol, one.first, one.liquidity_1pct_usd) for one in await later.markets()] == [("BTC/USD", NOON, 9e5)]
    assert await later.find_market("kraken", "BTC") == "BTC/USD"
    assert await later.latest("kraken", "BTC/USD", NOON + HOUR) is None
