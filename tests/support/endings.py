"""Waiting for a recording that ends by itself, for tests."""

import asyncio

from mcp_server.http.watch import Watch


class Ending(Watch):
    """A watch that can be waited for until the recording has ended by an error or a mistake."""

    def __init__(self):
        super().__init__()
        self.ended = asyncio.Event()

    def recorded(self, progress, fault=""):
        super().recorded(progress, fault)
        if fault:
            self.ended.set()
