"""Where a history lives: an address for each source, so that nothing simulated or replayed stands beside what is live."""

from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from ..parameters import Source


def of_source(url: str, source: Source) -> str:
    """The database of a source: the configured one for live books, for others one of that name and `-simulated` or `-replay`.

    `url` is SQLAlchemy's: of SQLite the file's name gets the addition before its suffix, of others the database's name.
    """
    parts = urlsplit(url)
    if source == "live" or parts.path.strip("/") in {"", ":memory:"}:
        return url
    path = Path(parts.path)
    renamed = str(path.with_name(f"{path.stem}-{source}{path.suffix}"))
    # urlunsplit drops the empty host of sqlite:///file.
    return urlunsplit(parts._replace(path=renamed)) if parts.netloc else f"{parts.scheme}://{renamed}{f'?{parts.query}' if parts.query else ''}"
