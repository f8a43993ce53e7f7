"""Snapshots as the database's rows, and back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..analytics.alerts import LiquidityAlert
from ..analytics.depth import BAND_WIDTHS_PCT, DepthBand
from ..analytics.series import milliseconds, moment
from ..analytics.snapshot import PROFILE_EDGES_PCT, DepthProfile, Miss, Snapshot
from ..parameters import Source
from .tables import ASKS, BASE, BIDS

BANDS = len(BAND_WIDTHS_PCT)
BINS = len(PROFILE_EDGES_PCT)
_BAND = {width: number for number, width in enumerate(BAND_WIDTHS_PCT)}


def refuse_foreign(given: Iterable[Snapshot | Miss | LiquidityAlert], source: Source) -> None:
    """Raise ValueError where anything is of another source: it would be stored as what it is not."""
    foreign = next((one.source for one in given if one.source != source), None)
    if foreign is not None:
        raise ValueError(f"{foreign} data for a history of {source} data")


def to_row(taken: Snapshot) -> dict[str, Any]:
    """A row of `snapshots`, without its market's id."""
    bands = {_BAND[band.width_pct]: band for band in taken.depth if band.width_pct in _BAND}
    return {
        "time_ms": milliseconds(taken.timestamp),
        **{name: getattr(taken, name) for name in BASE},
        **{name: bands[number].bid_usd if number in bands else None for number, name in enumerate(BIDS)},
        **{name: bands[number].ask_usd if number in bands else None for number, name in enumerate(ASKS)},
        "complete": sum(band.bid_complete << number | band.ask_complete << number + BANDS for number, band in bands.items()),
    }


def to_snapshot(market: tuple[Source, str, str], row: Mapping[str, Any]) -> Snapshot:
    """The snapshot of a row of `snapshots` with the `sizes` of its profile, null where it has none."""
    source, exchange, symbol = market
    bid, ask = row["best_bid"], row["best_ask"]
    mid = (bid + ask) / 2
    return Snapshot(
        source=source,
        exchange=exchange,
        symbol=symbol,
        timestamp=moment(row["time_ms"]),
        spread=ask - bid,
        spread_percentage=100 * (ask - bid) / mid,
        mid_price=mid,
        imbalance_ratio=row["bid_volume_10"] / row["ask_volume_10"],
        depth=list(_bands(row)),
        profile=None if row["sizes"] is None else _profile(row["sizes"]),
        **{name: row[name] for name in BASE},
    )


def _bands(row: Mapping[str, Any]) -> Iterable[DepthBand]:
    complete = row["complete"]
    for number, (width, bid, ask) in enumerate(zip(BAND_WIDTHS_PCT, BIDS, ASKS, strict=True)):
        if row[bid] is not None:
            yield DepthBand(
                width_pct=width,
                bid_usd=row[bid],
                ask_usd=row[ask],
                bid_complete=bool(complete >> number & 1),
                ask_complete=bool(complete >> number + BANDS & 1),
            )


def both_complete(masks: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where both sides are all there is: a column of `complete` as shape (n, bands)."""
    whole = masks.astype(np.int64)
    return ((whole & whole >> BANDS)[:, None] >> np.arange(BANDS) & 1).astype(bool)


def to_bytes(profile: DepthProfile) -> bytes:
    """Bids, then asks, as little-endian float32, NaN where unknown."""
    return np.array([*profile.bid_sizes, *profile.ask_sizes], "<f4").tobytes()


def to_sizes(stored: Sequence[bytes]) -> NDArray[np.float64]:
    """Stored profiles as shape (n, 2 * bins)."""
    return np.frombuffer(b"".join(stored), "<f4").astype(float).reshape(len(stored), 2 * BINS)


def _profile(stored: bytes) -> DepthProfile:
    sizes = [None if np.isnan(size) else float(size) for size in to_sizes([stored])[0]]
    return DepthProfile(bid_sizes=sizes[:BINS], ask_sizes=sizes[BINS:])
