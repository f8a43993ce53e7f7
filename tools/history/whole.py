"""Files that appear when all of them is written, so that none is ever half there."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from stat import S_IMODE, S_IWUSR

from ..errors import NotReadable, outside_text

# Of which the system takes away what its user does not give to new files.
_ANYBODY = 0o666


@contextmanager
def whole_file(path: Path) -> Generator[Path]:
    """Where to write what shall stand at `path`: beside it, until all is written. What is no file, such as a pipe, is written as it stands.

    What it replaces keeps its permissions. Raises NotReadable where it cannot be written; what stood there before then stands still.
    """
    try:
        if path.exists() and not path.is_file():
            yield path
            return
        target = Path(os.path.realpath(path))
        mode = S_IMODE(target.stat().st_mode) if target.exists() else None
        # A name of its own: a file that ends in .part may be somebody's.
        part = target.with_name(f"{target.name}.{token_hex(4)}.part")
        part.touch(_ANYBODY if mode is None else mode | S_IWUSR, exist_ok=False)
        try:
            yield part
            if mode is not None:
                part.chmod(mode)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise NotReadable(f"{path} cannot be written: {why(error)}.") from error


def why(error: BaseException) -> str:
    """What the system says of a file that it does not read or write, else what the library does."""
    number = error.errno if isinstance(error, OSError) else None
    return outside_text(str(error)) if number is None else os.strerror(number)
