"""How every command ends: results on stdout, everything else on stderr, and an exit code that says which it was."""

import asyncio
import os
import sys
from collections.abc import Coroutine, Generator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from tools.errors import LiquidityError, NotConfigured, NotReadable
from tools.settings import Settings, read_settings

ANSWERED, FAILED, INTERRUPTED = 0, 1, 130


def finish(command: Coroutine[Any, Any, int]) -> int:
    """Run a command to its exit code; a LiquidityError is one line on stderr."""
    try:
        code = asyncio.run(command)
        # What is still on its way of what a command printed; one that prints nothing needs no stdout.
        with nullcontext() if sys.stdout is None else results():
            return code
    except LiquidityError as error:
        say(f"liquidity: {error}")
        return FAILED
    except BrokenPipeError:
        # Whoever read us, such as head, has read enough.
        _abandon_stdout()
        return ANSWERED
    except KeyboardInterrupt:
        return INTERRUPTED


@contextmanager
def results() -> Generator[None]:
    """What is printed within has left when it ends; raises NotReadable where stdout does not take it, and BrokenPipeError where nobody reads on."""
    if sys.stdout is None:
        raise NotReadable("The result cannot be written: stdout is closed.")
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        _abandon_stdout()
        raise NotReadable(f"The result cannot be written to stdout: {error.strerror}.") from error


def _abandon_stdout() -> None:
    """Python writes what is left once more when it ends, and would tell of the same failure in its own words."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(line: str) -> None:
    """One line for the person at the terminal, apart from the results."""
    print(line, file=sys.stderr, flush=True)


def settings_from(*, demo: bool, replay: Path | None) -> Settings:
    """The settings of a command that was given these options."""
    if demo and replay is not None:
        raise NotConfigured("--demo and --replay exclude each other; give one of them.")
    return read_settings(demo=demo or None, replay=replay)
