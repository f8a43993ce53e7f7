"""Liquidity over time in a database: snapshots, alerts, people's rules, and who records what."""

from .store import History, RecordedMarket, StoredRule

__all__ = ["History", "RecordedMarket", "StoredRule"]
