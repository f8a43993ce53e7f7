"""Of each alert the moment of its worst look, where that came after it was raised; of those that are stored it is not known."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add a column that is null, which rewrites no row."""
    op.add_column("alerts", sa.Column("worst_ms", sa.BigInteger))
