"""Snapshots with profiles and misses, hours, alerts, rules and leases."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

BASE = ("best_bid", "best_ask", "bid_volume_10", "ask_volume_10", "total_volume_20", "liquidity_1pct_usd", "liquidity_2pct_usd", "usd_rate")
BANDS = tuple(f"{side}_usd_{width}bps" for side in ("bid", "ask") for width in (10, 25, 50, 100, 200, 500))


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "series",
        sa.Column("id", sa.Integer, primary_key=True),
        *_names("source", "exchange", "symbol"),
        sa.UniqueConstraint("source", "exchange", "symbol", name="series_market"),
    )
    _moments("snapshots", *_numbers(*BASE, nullable=False), *_numbers(*BANDS), sa.Column("complete", sa.Integer, nullable=False))
    _moments("profiles", sa.Column("sizes", sa.LargeBinary, nullable=False))
    _moments("misses", *_names("kind"))
    _moments(
        "hours",
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("samples", "complete")),
        *_numbers(*(f"{name}{of}" for name in (*BASE, *BANDS, "spread_pct") for of in ("", "_min", "_max"))),
        sa.Column("sizes", sa.LargeBinary),
    )
    op.create_table(
        "alerts",
        *_names("source", "alert_id", primary_key=True),
        sa.Column("raised_ms", sa.BigInteger, nullable=False),
        *_names("exchange", "symbol", "severity", "alert_type", "unit", "message", "suggested_action", "state", "rule"),
        *_numbers("current_value", nullable=False),
        *_numbers("baseline_value", "deviation_percentage", "z_score"),
        sa.Column("sample_count", sa.Integer, nullable=False),
        sa.Column("requires_action", sa.Boolean, nullable=False),
        *(sa.Column(name, sa.BigInteger) for name in ("cleared_ms", "acknowledged_ms")),
    )
    op.create_table(
        "rules",
        *_names("source", "rule_id", primary_key=True),
        *_names("symbol", "exchange", "metric", "unit"),
        sa.Column("above", sa.Boolean, nullable=False),
        *_numbers("value", "within_pct", nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "leases",
        *_names("source", "exchange", "symbol", primary_key=True),
        *_names("owner"),
        sa.Column("expires_ms", sa.BigInteger, nullable=False),
    )


def _moments(table: str, *columns: sa.Column[Any]) -> None:
    """A table with a row for a market and a moment, stored in the order of its key."""
    op.create_table(
        table,
        sa.Column("series_id", sa.Integer, sa.ForeignKey("series.id"), primary_key=True),
        sa.Column("time_ms", sa.BigInteger, primary_key=True),
        *columns,
        sqlite_with_rowid=False,
    )


def _names(*names: str, primary_key: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String, nullable=False, primary_key=primary_key) for name in names]


def _numbers(*names: str, nullable: bool = True) -> list[sa.Column[float]]:
    return [sa.Column(name, sa.Float(53), nullable=nullable) for name in names]
