"""Stdin that can be ended from within: the SDK reads it in a thread that nothing else could wake."""

import os
import sys
from collections.abc import Callable
from threading import Thread

_CHUNK_BYTES = 65_536


def endable_stdin() -> Callable[[], None]:
    """Put a pipe in stdin's place that is fed from what stdin was; the function returned closes it, whether or not more comes."""
    stdin = sys.stdin.fileno()
    wire, (outlet, inlet) = os.dup(stdin), os.pipe()
    os.dup2(outlet, stdin)
    os.close(outlet)

    def end() -> None:
        # Replaced rather than closed, so that its number never means another file to a thread that still writes.
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, inlet)
        os.close(nothing)

    Thread(target=_relay, args=(wire, inlet, end), name="stdin", daemon=True).start()
    return end


def _relay(wire: int, inlet: int, end: Callable[[], None]) -> None:
    try:
        while chunk := os.read(wire, _CHUNK_BYTES):
            rest = memoryview(chunk)
            while rest:
                rest = rest[os.write(inlet, rest) :]
    except OSError:
        # One end or the other is gone, which is an end like any other.
        pass
    end()
