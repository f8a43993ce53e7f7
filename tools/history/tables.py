"""The tables of the history, as the newest migration leaves them; times are milliseconds since 1970, UTC.

Snapshots are narrow and apart from their profiles, so that reading a window touches few pages. What can be derived from a row (spread, mid, ratio)
is computed when it is read. On SQLite a row lies in its primary key's tree (WITHOUT ROWID): a market's window is one run of neighbouring pages.
"""

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Integer, LargeBinary, MetaData, String, Table, UniqueConstraint

from ..analytics.depth import BAND_WIDTHS_PCT

BASE = (
    "best_bid",
    "best_ask",
    "bid_volume_10",
    "ask_volume_10",
    "total_volume_20",
    "liquidity_1pct_usd",
    "liquidity_2pct_usd",
    "usd_rate",
)
"""What every snapshot knows."""
BIDS = tuple(f"bid_usd_{round(100 * width)}bps" for width in BAND_WIDTHS_PCT)
ASKS = tuple(f"ask_usd_{round(100 * width)}bps" for width in BAND_WIDTHS_PCT)
"""Depth within each of depth.BAND_WIDTHS_PCT, null where the snapshot came from a file without it."""
FIGURES = (*BASE, *BIDS, *ASKS)
HOUR_FIGURES = (*FIGURES, "spread_pct")
"""What an hour keeps the mean, the minimum and the maximum of; the spread's extremes do not follow from those of bid and ask."""
TOTALS = tuple(f"total_usd_{round(100 * width)}bps" for width in BAND_WIDTHS_PCT)
IMBALANCES = tuple(f"imbalance_pct_{round(100 * width)}bps" for width in BAND_WIDTHS_PCT)
BOTH_SIDES = ("mid", *TOTALS, *IMBALANCES)
"""What both sides make at one moment, of which an hour keeps the minimum and the maximum too; all null in an hour that was folded before 0002."""

metadata = MetaData()


def _market() -> list[Column[int]]:
    """The columns by which what happened at a moment is kept."""
    return [Column("series_id", Integer, ForeignKey("series.id"), primary_key=True), Column("time_ms", BigInteger, primary_key=True)]


def _names(*names: str, primary_key: bool = False) -> list[Column[str]]:
    return [Column(name, String, nullable=False, primary_key=primary_key) for name in names]


series = Table(
    "series",
    metadata,
    Column("id", Integer, primary_key=True),
    *_names("source", "exchange", "symbol"),
    UniqueConstraint("source", "exchange", "symbol", name="series_market"),
)
snapshots = Table(
    "snapshots",
    metadata,
    *_market(),
    *(Column(name, Float(53), nullable=name not in BASE) for name in FIGURES),
    # Bit i: the bids of band i are all there is; bit i + 6: the asks.
    Column("complete", Integer, nullable=False),
    sqlite_with_rowid=False,
)
profiles = Table(
    "profiles",
    metadata,
    *_market(),
    # Bids, then asks, from mid outward: float32, little-endian, NaN where unknown.
    Column("sizes", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
misses = Table("misses", metadata, *_market(), *_names("kind"), sqlite_with_rowid=False)
hours = Table(
    "hours",
    metadata,
    *_market(),
    Column("samples", Integer, nullable=False),
    Column("complete", Integer, nullable=False),
    *(Column(f"{name}{of}", Float(53)) for name in HOUR_FIGURES for of in ("", "_min", "_max")),
    Column("sizes", LargeBinary),
    *(Column(f"{name}{of}", Float(53)) for name in BOTH_SIDES for of in ("_min", "_max")),
    sqlite_with_rowid=False,
)
alerts = Table(
    "alerts",
    metadata,
    *_names("source", "alert_id", primary_key=True),
    Column("raised_ms", BigInteger, nullable=False),
    *_names("exchange", "symbol", "severity", "alert_type", "unit", "message", "suggested_action", "state", "rule"),
    Column("current_value", Float(53), nullable=False),
    *(Column(name, Float(53)) for name in ("baseline_value", "deviation_percentage", "z_score")),
    Column("sample_count", Integer, nullable=False),
    Column("requires_action", Boolean, nullable=False),
    *(Column(name, BigInteger) for name in ("cleared_ms", "acknowledged_ms", "worst_ms")),
)
rules = Table(
    "rules",
    metadata,
    *_names("source", "rule_id", primary_key=True),
    *_names("symbol", "exchange", "metric", "unit"),
    Column("above", Boolean, nullable=False),
    *(Column(name, Float(53), nullable=False) for name in ("value", "within_pct")),
    Column("created_ms", BigInteger, nullable=False),
)
leases = Table(
    "leases",
    metadata,
    *_names("source", "exchange", "symbol", primary_key=True),
    *_names("owner"),
    Column("expires_ms", BigInteger, nullable=False),
)
