"""The store's tests run on a new database each, of both engines where that makes sense."""

from databases import database_url, history, postgresql_database, postgresql_url, sqlite_history, sqlite_url

__all__ = ["database_url", "history", "postgresql_database", "postgresql_url", "sqlite_history", "sqlite_url"]
