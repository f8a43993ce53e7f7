"""The tool liquidity_heatmap."""

from .. import charts
from ..analytics import heatmap
from ..analytics.series import too_few
from ..analytics.timeline import timeline
from ..charts.chart import Chart
from ..deepening import covering_depth
from ..market import Market
from ..parameters import Exchange, Levels, PastHours, Symbol, Until
from .fetching import one_exchange
from .remembering import place
from .tool import tool

# As many columns as a screen shows apart.
_COLUMNS = 200


@tool
async def liquidity_heatmap(market: Market, symbol: Symbol, exchange: Exchange = "", levels: Levels = 30, hours: PastHours = 0, until: Until = "") -> Chart:
    """Draw where liquidity stands by price on one exchange, with its walls, or over the last hours. Use for walls, support and resistance, or a heatmap."""
    if hours == 0 and not until:
        book = await covering_depth(market.books, one_exchange(market, exchange), symbol)
        return charts.heatmap(heatmap.grid(book, symbol, levels, market.now()))
    meant = await place(market, exchange, symbol, hours or 24, until)
    profiles = await market.history.profiles(*meant.window, columns=_COLUMNS)
    if not profiles.snapshots:
        raise too_few(await market.history.series(*meant.window), symbol, 0, 1)
    drawn = timeline(profiles, (market.source, meant.exchange, meant.symbol), symbol, (meant.start, meant.end), meant.now)
    return charts.heatmap_over_time(drawn)
