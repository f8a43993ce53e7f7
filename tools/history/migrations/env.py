"""Runs migrations on the connection that the store opened, within its transaction and under its lock."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
