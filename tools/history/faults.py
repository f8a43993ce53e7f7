"""A database's failures in one sentence of ours."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.exc import SQLAlchemyError

from ..errors import HistoryUnavailable


@contextmanager
def told() -> Generator[None]:
    """Raise what a database raises as HistoryUnavailable."""
    try:
        yield
    except TimeoutError as error:
        raise HistoryUnavailable("its database did not answer in time") from error
    except (SQLAlchemyError, AsyncAdapt_asyncpg_dbapi.Error, sqlite3.Error, OSError) as error:
        raise HistoryUnavailable(_said(error)) from error
    except Exception as error:
        # The driver's errors have no root that can be named where it is not installed.
        if type(error).__module__.partition(".")[0] != "asyncpg":
            raise
        raise HistoryUnavailable(_said(error)) from error


def _said(error: BaseException) -> str:
    """What the driver said, without the statement and its values."""
    original = getattr(error, "orig", None) or error
    if isinstance(original.__cause__, TimeoutError):
        return "its database did not answer in time"
    return str(original.__cause__ or original) or type(original).__name__
