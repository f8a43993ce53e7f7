"""Where books come from. The only package that talks to exchanges; ccxt itself is imported when the first book is asked for."""

from .books import ExchangeBooks, Limits
from .market_files import MarketFiles
from .venues import Venue, common_source, read_venues, venue

__all__ = ["ExchangeBooks", "Limits", "MarketFiles", "Venue", "common_source", "read_venues", "venue"]
