"""Snapshot and Series values, for tests."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import numpy as np
from make_books import NOON
from numpy.typing import ArrayLike

from tools.analytics.depth import BAND_WIDTHS_PCT, DepthBand
from tools.analytics.series import Profiles, Series
from tools.analytics.snapshot import PROFILE_EDGES_PCT, DepthProfile, Miss, Snapshot
from tools.parameters import Source

SHARES = (0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
"""What part of the widest band's depth each band holds, where a test gives that alone."""
PROFILE = DepthProfile(bid_sizes=[0.5] * len(PROFILE_EDGES_PCT), ask_sizes=[*[0.25] * (len(PROFILE_EDGES_PCT) - 2), None, None])
"""Asks that end before the profile does."""


def bands(bid_usd: Sequence[float], ask_usd: Sequence[float], bid_complete: Sequence[bool], ask_complete: Sequence[bool]) -> list[DepthBand]:
    """One depth band for each of BAND_WIDTHS_PCT."""
    columns = zip(BAND_WIDTHS_PCT, bid_usd, ask_usd, bid_complete, ask_complete, strict=True)
    return [DepthBand(width_pct=width, bid_usd=bid, ask_usd=ask, bid_complete=left, ask_complete=right) for width, bid, ask, left, right in columns]


def snapshot(
    *,
    source: Source = "live",
    exchange: str = "kraken",
    symbol: str = "BTC/USD",
    at: datetime = NOON,
    after_s: float = 0.0,
    best_bid: float = 99.95,
    best_ask: float = 100.05,
    depth_usd: float = 1e6,
    imbalance_pct: float = 0.0,
    bid_complete: Sequence[bool] = (True,) * 6,
    ask_complete: Sequence[bool] = (True,) * 6,
    bid_volume_10: float = 6.0,
    ask_volume_10: float = 5.0,
    total_volume_20: float = 22.0,
    usd_rate: float = 1.0,
    depth: list[DepthBand] | None = None,
    profile: DepthProfile | None = PROFILE,
    **other: float,
) -> Snapshot:
    """A snapshot taken `after_s` after `at`, with the derived fields derived. `depth_usd` is of both sides in the widest band, `imbalance_pct` of every band.

    `depth` gives the bands themselves; `other` overrides liquidity_1pct_usd, liquidity_2pct_usd or a derived field.
    """
    if depth is None:
        bid_side, ask_side = ([share * depth_usd * (1 + sign * imbalance_pct / 100) / 2 for share in SHARES] for sign in (1, -1))
        depth = bands(bid_side, ask_side, bid_complete, ask_complete)
    totals = {band.width_pct: band.total_usd for band in depth}
    mid = (best_bid + best_ask) / 2
    derived = {
        "spread": best_ask - best_bid,
        "spread_percentage": 100 * (best_ask - best_bid) / mid,
        "mid_price": mid,
        "imbalance_ratio": bid_volume_10 / ask_volume_10,
        "liquidity_1pct_usd": totals.get(1.0, 0.0),
        "liquidity_2pct_usd": totals.get(2.0, 0.0),
    }
    return Snapshot(
        source=source,
        exchange=exchange,
        symbol=symbol,
        timestamp=at + timedelta(seconds=after_s),
        best_bid=best_bid,
        best_ask=best_ask,
        bid_volume_10=bid_volume_10,
        ask_volume_10=ask_volume_10,
        total_volume_20=total_volume_20,
        usd_rate=usd_rate,
        depth=depth,
        profile=profile,
        **{**derived, **other},
    )


def last_hour(now: datetime) -> list[Snapshot]:
    """A snapshot a minute of BTC/USD on simulated kraken up to now."""
    return [snapshot(source="simulated", at=now, after_s=-60.0 * minutes) for minutes in range(59, -1, -1)]


def miss(*, source: Source = "live", exchange: str = "kraken", symbol: str = "BTC/USD", at: datetime = NOON, after_s: float = 0.0, kind: str = "timed_out"):
    """A look that gave no book, `after_s` after `at`."""
    return Miss(source=source, exchange=exchange, symbol=symbol, timestamp=at + timedelta(seconds=after_s), kind=kind)


def series(
    *,
    source: Source = "live",
    exchange: str = "kraken",
    symbol: str = "BTC/USD",
    end: datetime = NOON,
    start: datetime | None = None,
    interval_s: float = 60.0,
    times_s: Sequence[float] | None = None,
    mid: ArrayLike = 100.0,
    spread_pct: ArrayLike = 0.1,
    depth_usd: ArrayLike = 1e6,
    imbalance_pct: ArrayLike = 0.0,
    bid_usd: ArrayLike | None = None,
    ask_usd: ArrayLike | None = None,
    complete: ArrayLike = True,
    total_volume_20: ArrayLike = 22.0,
    liquidity_1pct_usd: ArrayLike | None = None,
    hourly: ArrayLike = False,
    failed_s: Sequence[float] = (),
) -> Series:
    """Columns as a series of one market: each a value per snapshot, or one for all of them; the newest snapshot is at `end`.

    `depth_usd` is of both sides in the widest band, narrower ones hold SHARES of it; `bid_usd` and `ask_usd` of shape (n, 6) override it.
    `times_s` and `failed_s` are seconds before (negative) or after `end`. The window starts one interval before the first snapshot unless given.
    """
    given = [np.asarray(one) for one in (mid, spread_pct, depth_usd, imbalance_pct, total_volume_20, hourly)]
    n = len(times_s) if times_s is not None else max((len(one) for one in given if one.ndim), default=1 if bid_usd is None else len(np.asarray(bid_usd)))
    column = {name: np.broadcast_to(np.asarray(one, float), (n,)).copy() for name, one in zip("msdi", given[:4], strict=True)}
    after = np.asarray(times_s, float) if times_s is not None else -interval_s * np.arange(n - 1, -1, -1)
    end_ms = round(end.timestamp() * 1_000)
    time_ms = end_ms + np.round(1_000 * after).astype(np.int64)
    half_spread = column["m"] * column["s"] / 200
    sides = [np.outer(column["d"] * (1 + sign * column["i"] / 100) / 2, SHARES) for sign in (1, -1)]
    bid, ask = (sides[i] if one is None else np.asarray(one, float) for i, one in enumerate((bid_usd, ask_usd)))
    one_pct = BAND_WIDTHS_PCT.index(1.0)
    first = datetime.fromtimestamp(int(time_ms[0]) / 1_000, UTC) if n else end
    return Series(
        source=source,
        exchange=exchange,
        symbol=symbol,
        start=first - timedelta(seconds=interval_s) if start is None else start,
        end=end,
        time_ms=time_ms,
        best_bid=column["m"] - half_spread,
        best_ask=column["m"] + half_spread,
        bid_usd=bid,
        ask_usd=ask,
        complete=np.broadcast_to(np.asarray(complete, bool), (n, 6)).copy(),
        total_volume_20=np.broadcast_to(np.asarray(total_volume_20, float), (n,)).copy(),
        liquidity_1pct_usd=bid[:, one_pct] + ask[:, one_pct]
        if liquidity_1pct_usd is None
        else np.broadcast_to(np.asarray(liquidity_1pct_usd, float), (n,)).copy(),
        hourly=np.broadcast_to(np.asarray(hourly, bool), (n,)).copy(),
        failed_ms=end_ms + np.round(1_000 * np.asarray(failed_s, float)).astype(np.int64),
    )


def snapshots(of: Series, *, profile: DepthProfile | None = None) -> list[Snapshot]:
    """The series as the snapshots that a store would have been given, oldest first; misses are `misses(of)`."""
    rows = range(len(of))
    return [
        snapshot(
            source=of.source,
            exchange=of.exchange,
            symbol=of.symbol,
            at=datetime.fromtimestamp(int(of.time_ms[i]) / 1_000, UTC),
            best_bid=float(of.best_bid[i]),
            best_ask=float(of.best_ask[i]),
            depth=bands(of.bid_usd[i].tolist(), of.ask_usd[i].tolist(), of.complete[i].tolist(), of.complete[i].tolist()),
            total_volume_20=float(of.total_volume_20[i]),
            liquidity_1pct_usd=float(of.liquidity_1pct_usd[i]),
            profile=profile,
        )
        for i in rows
    ]


def misses(of: Series) -> list[Miss]:
    """The looks of the series that gave no book."""
    at = [datetime.fromtimestamp(int(one) / 1_000, UTC) for one in of.failed_ms]
    return [miss(source=of.source, exchange=of.exchange, symbol=of.symbol, at=one) for one in at]


def same(one: Series | Profiles, other: Series | Profiles) -> bool:
    """Whether two hold the same values, unknown ones too; an AssertionError names the first that differs."""
    mine, theirs = asdict(one), asdict(other)
    assert mine.keys() == theirs.keys()
    for name, value in mine.items():
        assert np.asarray(value).dtype == np.asarray(theirs[name]).dtype, name
        np.testing.assert_equal(theirs[name], value, err_msg=name)
    return True
