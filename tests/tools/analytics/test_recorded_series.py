"""The default rules over real books: Binance BTC/USDT and ETH/USDT, one book every 2 s for 650 s on 8 and 9 August 2024.

The recording supports a lookback of ten minutes at most, not the usual day.
"""

import os
from pathlib import Path

import numpy as np
import pytest
from make_books import book
from scipy.stats import median_abs_deviation

from tools.analytics.anomalies import AlertState, backtest, norm, step
from tools.analytics.anomalies.deviations import Deviation, judge
from tools.analytics.anomalies.looks import Looks
from tools.analytics.series import Series, moment
from tools.analytics.snapshot import Snapshot, snapshot
from tools.simulator.recording import read

ROOT = Path(__file__).resolve().parents[3]
RECORDED = (ROOT / os.environ.get("LIQUIDITY_TEST_BOOKS", "../shared/books")).resolve()
TEN_MINUTES = 1 / 6

pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason=f"no recorded books at {RECORDED}; set LIQUIDITY_TEST_BOOKS")


def taken(name: str) -> list[Snapshot]:
    """The snapshot of every book of a recording."""
    books = [(row, book(*row.sides(), exchange=row.exchange, symbol=row.symbol, source="replay")) for row in read(RECORDED / f"2024-08-08/{name}.jsonl.gz")]
    return [snapshot(one).model_copy(update={"timestamp": moment(row.timestamp_ms)}) for row, one in books]


def series_of(snapshots: list[Snapshot]) -> Series:
    """Snapshots as a store gives them back."""
    return Series(
        source=snapshots[0].source,
        exchange=snapshots[0].exchange,
        symbol=snapshots[0].symbol,
        start=snapshots[0].timestamp,
        end=snapshots[-1].timestamp,
        time_ms=np.array([round(1_000 * one.timestamp.timestamp()) for one in snapshots]),
        best_bid=np.array([one.best_bid for one in snapshots]),
        best_ask=np.array([one.best_ask for one in snapshots]),
        bid_usd=np.array([[band.bid_usd for band in one.depth] for one in snapshots]),
        ask_usd=np.array([[band.ask_usd for band in one.depth] for one in snapshots]),
        complete=np.array([[band.complete for band in one.depth] for one in snapshots]),
        total_volume_20=np.array([one.total_volume_20 for one in snapshots]),
        liquidity_1pct_usd=np.array([one.liquidity_1pct_usd for one in snapshots]),
        hourly=np.zeros(len(snapshots), bool),
        failed_ms=np.array([], np.int64),
    )


@pytest.fixture(scope="module")
def recorded() -> dict[str, Series]:
    return {asset: series_of(taken(f"binance-{asset}-USDT")) for asset in ("BTC", "ETH")}


def deviations(of: Series) -> list[tuple[str, str, str]]:
    """When and by how much single observations deviated, and in what."""
    usual, seen, state, found = norm(of), Looks.of(of), AlertState(), list[tuple[str, str, str]]()
    for index in range(len(of)):
        observation = seen.observation(index, usual)
        assert observation.figures is not None
        judged = [one for one in judge(state, observation, observation.figures).values() if isinstance(one, Deviation) and one.beyond]
        found += [(f"{observation.at:%H:%M:%S}", one.alert_type, f"{one.deviation_pct:.1f}") for one in judged]
        state, _ = step(state, observation)
    return found


def test_nothing_fires_at_the_usual_threshold_over_eleven_calm_minutes(recorded: dict[str, Series]) -> None:
    assert {asset: (len(of), norm(of).depth_band_pct, backtest(of, lookback_hours=TEN_MINUTES)) for asset, of in recorded.items()} == {  # type: ignore[union-attr]
        "BTC": (326, 0.25, []),
        "ETH": (326, 0.25, []),
    }


def test_what_deviated_did_so_for_one_book_alone(recorded: dict[str, Series]) -> None:
    """Binance's spread is one tick, and one order that clears the best level makes it a hundred ticks until the next book; so with depth within 0.25 %."""
    assert {asset: deviations(of) for asset, of in recorded.items()} == {
        "BTC": [("23:58:34", "DEPTH_DROP", "-31.4"), ("00:01:46", "SPREAD_WIDENING", "20025.7"), ("00:02:26", "SPREAD_WIDENING", "15498.2")],
        "ETH": [
            ("23:58:22", "DEPTH_DROP", "-34.0"),
            ("23:58:34", "DEPTH_DROP", "-31.4"),
            ("23:59:48", "IMBALANCE", "-34.8"),
            ("00:01:36", "DEPTH_DROP", "-30.6"),
            ("00:01:42", "DEPTH_DROP", "-41.9"),
            ("00:01:46", "SPREAD_WIDENING", "500.7"),
        ],
    }


def test_at_two_thirds_of_the_threshold_the_unrest_around_midnight_fires(recorded: dict[str, Series]) -> None:
    """Around 00:00 UTC bids left ETH's book for half a minute, back between for moments, and BTC's asks for ten seconds.

    From 00:01:04 both sides of ETH's thinned while the price fell 0.3 % within half a minute.
    """
    fired = {
        asset: [
            (f"{one.timestamp:%H:%M:%S}", f"{one.cleared_at:%H:%M:%S}", one.severity, one.message)
            for one in backtest(of, lookback_hours=TEN_MINUTES, threshold_pct=20)
        ]
        for asset, of in recorded.items()
    }

    assert fired == {
        "BTC": [("00:00:06", "00:00:14", "MEDIUM", "Imbalance within 0.25% moved 26.9 points towards bids (current: 11.96%, baseline: -14.94%)")],
        "ETH": [
            ("23:59:50", "00:00:14", "MEDIUM", "Depth within 0.25% dropped by 28.4% (current: $7.07 million, baseline: $9.87 million)"),
            ("23:59:50", "00:00:02", "MEDIUM", "Imbalance within 0.25% moved 29.2 points towards asks (current: -30.92%, baseline: -1.67%)"),
            ("00:01:04", "00:01:44", "HIGH", "Depth within 0.25% dropped by 42.3% (current: $5.63 million, baseline: $9.76 million), reached at 00:01:42 UTC"),
        ],
    }


def test_the_largest_moves_of_two_seconds_are_noise_beside_the_smallest_jump(recorded: dict[str, Series]) -> None:
    """Over two seconds the tails reach 8 robust sigmas, which is 0.08 %: there the floor of 0.2 % keeps quiet, not the sigmas."""
    moves = {asset: float(np.abs(100 * np.diff(np.log(of.mid))).max()) for asset, of in recorded.items()}
    sigmas = {asset: moves[asset] / norm(of).return_sigma_pct for asset, of in recorded.items()}  # type: ignore[union-attr, operator]

    assert moves == pytest.approx({"BTC": 0.0811, "ETH": 0.0736}, abs=1e-4)
    assert sigmas == pytest.approx({"BTC": 7.94, "ETH": 5.33}, abs=0.01)


def test_six_sigmas_are_where_the_tails_of_real_moves_end(recorded: dict[str, Series]) -> None:
    """Every second to fifteenth book from every offset, 3,000 moves: four sigmas would have called ordinary ones jumps, and five two of them."""
    jumps = dict.fromkeys((4, 5, 6), 0)
    for of in recorded.values():
        for step_over, offset in ((every, offset) for every in (1, 2, 5, 10, 15) for offset in range(every)):
            moves = 100 * np.diff(np.log(of.mid[offset::step_over]))
            limits = {sigmas: max(0.2, sigmas * median_abs_deviation(moves, scale="normal")) for sigmas in jumps}
            jumps = {sigmas: found + int((np.abs(moves) >= limits[sigmas]).sum()) for sigmas, found in jumps.items()}

    assert jumps == {4: 11, 5: 2, 6: 0}
