"""A database's failures in one sentence of ours."""

import shlex
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from ..errors import HistoryUnavailable, LiquidityError, NotStorable

# Of SQLSTATE: what is no value of its column's type, and what breaks a constraint.
_REFUSALS = ("22", "23")
_NO_SUCH_DATABASE = "3D000"


@contextmanager
def told(url: URL) -> Generator[None]:
    """Raise what the database at `url` raises as HistoryUnavailable, or as NotStorable where it can never take what it was given."""
    try:
        yield
    except TimeoutError as error:
        raise HistoryUnavailable("its database did not answer in time") from error
    except (OverflowError, UnicodeEncodeError) as error:
        # The driver of SQLite gives these as they are.
        raise NotStorable(str(error)) from error
    except (SQLAlchemyError, AsyncAdapt_asyncpg_dbapi.Error, sqlite3.Error, OSError) as error:
        raise _in_our_words(error, url) from error
    except Exception as error:
        # The driver's errors have no root that can be named where it is not installed.
        if type(error).__module__.partition(".")[0] != "asyncpg":
            raise
        raise _in_our_words(error, url) from error


def _in_our_words(error: BaseException, url: URL) -> LiquidityError:
    original = getattr(error, "orig", None) or error
    state = str(getattr(original, "sqlstate", None) or "")
    if state.startswith(_REFUSALS) or isinstance(original, sqlite3.IntegrityError | sqlite3.DataError):
        return NotStorable(_said(original))
    if state == _NO_SUCH_DATABASE:
        return HistoryUnavailable(f"its database does not exist, make it with: {_createdb(url)}")
    return HistoryUnavailable(_said(original))


def _said(original: BaseException) -> str:
    """What the driver said, without the statement and its values."""
    if isinstance(original.__cause__, TimeoutError):
        return "its database did not answer in time"
    return str(original.__cause__ or original) or type(original).__name__


def _createdb(url: URL) -> str:
    """The command that makes the database of an address."""
    options = [(flag, str(value)) for flag, value in (("-h", url.host), ("-p", url.port), ("-U", url.username)) if value]
    return shlex.join(["createdb", *(word for option in options for word in option), str(url.database)])
