"""Files that appear when all of them is written, so that none is ever half there."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ..errors import NotReadable, outside_text


@contextmanager
def whole_file(path: Path) -> Generator[Path]:
    """Where to write what shall stand at `path`: beside it, until all is written. What is no file, such as a pipe, is written as it stands.

    Raises NotReadable where it cannot be written; what stood there before then stands still.
    """
    try:
        if path.exists() and not path.is_file():
            yield path
            return
        target = Path(os.path.realpath(path))
        part = target.with_name(f"{target.name}.part")
        try:
            yield part
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise NotReadable(f"{path} cannot be written: {why(error)}.") from error


def why(error: BaseException) -> str:
    """What the system says of a file that it does not read or write, else what the library does."""
    number = error.errno if isinstance(error, OSError) else None
    return outside_text(str(error)) if number is None else os.strerror(number)
