"""What has begun ends before whoever waits for it is cancelled: a statement that is cut off takes its connection along, and what holds a lock keeps it."""

import asyncio
from typing import TypeVar

T = TypeVar("T")


async def uncut(begun: asyncio.Future[T]) -> T:
    """What `begun` gives; who is cancelled meanwhile, however often, hears of it once that is done.

    A task is itself cancelled where a program ends with all its tasks at once; a thread's work is not.
    """
    cut: asyncio.CancelledError | None = None
    while not begun.done():
        try:
            await asyncio.wait({begun})
        except asyncio.CancelledError as error:
            cut = cut or error
    if cut is None:
        return begun.result()
    if not begun.cancelled():
        # Asked for, so that a failure which nobody waits for any more is not reported as forgotten.
        begun.exception()
    # The first itself: by what it says who cancelled knows it.
    raise cut
