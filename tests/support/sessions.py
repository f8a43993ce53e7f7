"""MCP sessions for tests."""

import asyncio
from contextlib import asynccontextmanager


@asynccontextmanager
async def held(client):
    """The client entered and left in one task, which a fixture's two halves are not."""
    entered, leave = asyncio.get_running_loop().create_future(), asyncio.Event()

    async def hold():
        async with client as session:
            entered.set_result(session)
            await leave.wait()

    holding = asyncio.create_task(hold())
    await asyncio.wait({holding, entered}, return_when=asyncio.FIRST_COMPLETED)
    try:
        yield entered.result() if entered.done() else await holding
    finally:
        leave.set()
        await holding
