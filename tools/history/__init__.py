"""Liquidity over time in a database: snapshots, alerts, people's rules, and who records what."""

from .store import Appended, Facts, History, RecordedMarket, StoredRule

__all__ = ["Appended", "Facts", "History", "RecordedMarket", "StoredRule"]
