"""How every command ends: results on stdout, everything else on stderr, and an exit code that says which it was."""

import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from tools.errors import LiquidityError, NotConfigured
from tools.settings import Settings, read_settings

ANSWERED, FAILED, INTERRUPTED = 0, 1, 130


def finish(command: Coroutine[Any, Any, int]) -> int:
    """Run a command to its exit code; a LiquidityError is one line on stderr."""
    try:
        return asyncio.run(command)
    except LiquidityError as error:
        say(f"liquidity: {error}")
        return FAILED
    except BrokenPipeError:
        # Whoever read us, such as head, has read enough.
        sys.stderr.close()
        return ANSWERED
    except KeyboardInterrupt:
        return INTERRUPTED


def say(line: str) -> None:
    """One line for the person at the terminal, apart from the results."""
    print(line, file=sys.stderr, flush=True)


def settings_from(*, demo: bool, replay: Path | None) -> Settings:
    """The settings of a command that was given these options."""
    if demo and replay is not None:
        raise NotConfigured("--demo and --replay exclude each other; give one of them.")
    return read_settings(demo=demo or None, replay=replay)
