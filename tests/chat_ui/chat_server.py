"""The chat on simulated or replayed venues for the browser tests, with switches for what a venue does: `python chat_server.py [REPLAY]`.

Prints its address once it listens. POST /test/venues/{working,hanging,broken} switches; GET /test/cancelled counts the fetches that were cancelled.
"""

import asyncio
import socket
import sys
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path

import uvicorn
from fastapi import FastAPI

import chat_ui
from agent import choose_model
from tools import open_market
from tools.book import ANALYSIS_LEVELS, Books, OrderBook
from tools.settings import Settings


@dataclass
class SwitchedBooks:
    """Another Books, unless it was told to hang or to break."""

    books: Books
    venues: str = "working"
    cancelled: int = 0

    async def fetch(self, exchange: str, symbol: str, levels: int = ANALYSIS_LEVELS, max_age_s: float = inf) -> OrderBook:
        if self.venues == "broken":
            raise RuntimeError("a secret detail")
        if self.venues == "hanging":
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.cancelled += 1
                raise
        return await self.books.fetch(exchange, symbol, levels, max_age_s)


async def main(replay: Path | None) -> None:
    # Whatever this machine's own settings are: the tests are about simulated or recorded books, and rules.
    settings = Settings(_env_file=None, demo=replay is None, replay=replay, model="rules")
    async with open_market(settings) as market:
        books = SwitchedBooks(market.books)
        app = FastAPI()

        @app.post("/test/venues/{doing}")
        def switch(doing: str) -> None:
            books.venues = doing

        @app.get("/test/cancelled")
        def cancelled() -> int:
            return books.cancelled

        chat_ui.mount(app, replace(market, books=books), choose_model(settings))
        listener = socket.create_server(("127.0.0.1", 0))
        sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        await uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)).serve(sockets=[listener])


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
