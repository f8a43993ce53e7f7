"""The databases that recorders share."""

from databases import database_url, postgresql_database, postgresql_url, sqlite_url
from servers import own_postgres

__all__ = ["database_url", "own_postgres", "postgresql_database", "postgresql_url", "sqlite_url"]
