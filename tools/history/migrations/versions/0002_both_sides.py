"""Of each hour the lowest and highest of what both sides make at one moment: mid, and depth and imbalance within each band. Unknown of hours that stand."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

FIGURES = ("mid", *(f"{name}_{width}bps" for name in ("total_usd", "imbalance_pct") for width in (10, 25, 50, 100, 200, 500)))


def upgrade() -> None:
    """Add columns that are null, which rewrites no row."""
    for name in FIGURES:
        for of in ("_min", "_max"):
            op.add_column("hours", sa.Column(f"{name}{of}", sa.Float(53)))
