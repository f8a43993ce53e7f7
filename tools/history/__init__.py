"""Liquidity over time in a database: snapshots, alerts, people's rules, and who records what."""

from .store import Appended, History, RecordedMarket, StoredRule

__all__ = ["Appended", "History", "RecordedMarket", "StoredRule"]
