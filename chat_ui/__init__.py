"""The chat in the browser: Chainlit in front of the agent, mounted on an application that the caller serves."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

    from agent import ChosenModel
    from tools.market import Market

__all__ = ["mount"]


def mount(app: "FastAPI", market: "Market", chosen: "ChosenModel", fits: "Callable[[str], bool] | None" = None) -> None:
    """Mount the chat at "/" of `app`, after every other route; `market` must stay open for as long as `app` is served.

    With `fits` people log in under any name, with a password that fits. Once per process: Chainlit keeps its settings and callbacks in module globals.
    """
    from .serve import serve  # noqa: PLC0415 - Chainlit costs seconds to import, and only a process that serves the chat pays them

    serve(app, market, chosen, fits)
