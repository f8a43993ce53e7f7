"""A transaction on a file of SQLite, each step of which is taken in its thread and ends before its caller does.

A connection that is left in the middle of a step would keep its transaction, and with it the file from everybody else, for as long as the process lives.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager
from functools import partial
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, Executable
from sqlalchemy.engine import Result

P = ParamSpec("P")
T = TypeVar("T")


class Steps:
    """What SQLAlchemy's AsyncConnection is to a server: a transaction that is waited for step by step."""

    def __init__(self, connection: Connection, thread: Executor) -> None:
        self._connection = connection
        self._thread = thread

    async def execute(self, statement: Executable, values: Sequence[dict[str, Any]] | dict[str, Any] | None = None) -> Result[Any]:
        """The rows of a statement, all fetched; none of one that gives none."""
        return await self.run_sync(_executed, statement, values)

    async def run_sync(self, work: Callable[..., T], *arguments: Any) -> T:
        """What `work` gives of the synchronous connection."""
        return await _uncut(self._thread, work, self._connection, *arguments)


@asynccontextmanager
async def steps(engine: Engine) -> AsyncGenerator[Steps]:
    """A transaction that is committed at the end, and undone where it does not get there."""
    held = ExitStack()
    # A thread of its own: those that wait for this transaction's end must not be able to take the last one from it.
    with ThreadPoolExecutor(1) as thread:
        try:
            yield Steps(await _uncut(thread, held.enter_context, engine.begin()), thread)
        except BaseException as error:
            await _uncut(thread, held.__exit__, type(error), error, error.__traceback__)
            raise
        await _uncut(thread, held.close)


def _executed(connection: Connection, statement: Executable, values: Any) -> Result[Any]:
    result = connection.execute(statement, values)
    return result.freeze()() if result.returns_rows else result


async def _uncut(thread: Executor, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """What `work` gives in the thread; who is cancelled meanwhile hears of it once that is done."""
    # Not a task: those are cancelled, all at once, when a program ends.
    done = asyncio.get_running_loop().run_in_executor(thread, partial(work, *arguments, **named))
    cut = False
    while not done.done():
        try:
            await asyncio.wait({done})
        except asyncio.CancelledError:
            cut = True
    if cut:
        done.exception()
        raise asyncio.CancelledError
    return done.result()
