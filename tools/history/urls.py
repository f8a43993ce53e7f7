"""Where a history lives: an address for each source, so that nothing simulated or replayed stands beside what is live."""

import re
from pathlib import PurePosixPath

from ..parameters import Source

# SQLAlchemy's own grammar, in which a password may hold whatever is no @; SQLAlchemy takes long to import and is not needed before history is used.
_ADDRESS = re.compile(r"(?P<before>[\w+]+://(?:[^:/]*(?::[^@]*)?@)?(?:\[[^/?]+\]|[^/:?]+)?(?::[^/?]*)?/)(?P<database>[^?]+)(?P<query>\?.*)?", re.DOTALL)


def of_source(url: str, source: Source) -> str:
    """The database of a source: the configured one for live books, for others one of that name and `-simulated` or `-replay`.

    `url` is SQLAlchemy's: of SQLite the file's name gets the addition before its suffix, of others the database's name.
    """
    found = _ADDRESS.fullmatch(url)
    if source == "live" or found is None or found["database"].strip("/") in {"", ":memory:"}:
        return url
    folder, slash, name = found["database"].rpartition("/")
    path = PurePosixPath(name)
    return f"{found['before']}{folder}{slash}{path.stem}-{source}{path.suffix}{found['query'] or ''}"
