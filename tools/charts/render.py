"""Charts as PNG images, drawn by one Chrome that is kept, and replaced when it dies."""

import asyncio
from typing import Literal

from ..errors import ChartUnavailable
from .chart import Chart
from .chrome import WAY_OUT, Chrome
from .compact import compact
from .theme import Json

Theme = Literal["light", "dark"]

_THEMES: dict[Theme, Json] = {
    "light": {"background": "#ffffff", "text": "#24292f"},
    "dark": {"background": "#111111", "text": "#e4e6ea"},
}


class Renderer:
    """Draws charts as images, one at a time, each within `deadline_s`. Chrome starts with the first image and ends with `close()`."""

    def __init__(self, *, deadline_s: float = 30.0) -> None:
        self._deadline_s = deadline_s
        self._turn = asyncio.Lock()
        self._chrome: Chrome | None = None
        self._left: list[Chrome] = []
        self._closed = False

    async def png(self, chart: Chart, *, width: int = 900, height: int = 560, scale: float = 1, theme: Theme = "light") -> bytes:
        """The chart as a PNG of `width * scale` by `height * scale` pixels, on the theme's opaque background.

        Raises ChartUnavailable where Chrome is missing, dies, or does not draw in time.
        """
        options = {"format": "png", "width": width, "height": height, "scale": scale}
        try:
            async with asyncio.timeout(self._deadline_s), self._turn:
                image = await self._draw(_dressed(chart.figure, theme), options)
                return await asyncio.to_thread(compact, image)
        except ChartUnavailable:
            raise
        except TimeoutError as error:
            raise ChartUnavailable(f"Chrome did not draw the chart within {self._deadline_s:g} s; try again, and if that fails {WAY_OUT}.") from error
        except Exception as error:
            raise ChartUnavailable(f"Chrome failed while drawing the chart; try again, and if that fails {WAY_OUT}.") from error

    async def close(self) -> None:
        """End Chrome. A second call does nothing; a chart asked for afterwards, or still being drawn, is ChartUnavailable."""
        self._closed = True
        ending, self._chrome, self._left = [*self._left, *([self._chrome] if self._chrome else [])], None, []
        await asyncio.gather(*(chrome.end() for chrome in ending))

    async def _draw(self, figure: Json, options: Json) -> bytes:
        if self._closed:
            raise ChartUnavailable("The chart renderer is closed; open the market again.")
        if self._chrome and self._chrome.died:
            self._leave(self._chrome)
        chrome = self._chrome = self._chrome or Chrome()
        try:
            return await chrome.draw(figure, options)
        except BaseException:
            # Broken, hanging, or interrupted by our own cancellation: the next chart gets a new one.
            self._leave(chrome)
            raise

    def _leave(self, chrome: Chrome) -> None:
        chrome.kill()
        self._left = [*(one for one in self._left if one.running), chrome]
        if chrome is self._chrome:
            self._chrome = None


def _dressed(figure: Json, theme: Theme) -> Json:
    """The figure on the theme's background, with text that reads well on it."""
    layout, colours = figure["layout"], _THEMES[theme]
    background = {"paper_bgcolor": colours["background"], "plot_bgcolor": colours["background"]}
    return {**figure, "layout": {**layout, **background, "font": {**layout["font"], "color": colours["text"]}}}
