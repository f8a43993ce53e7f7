"""Continuous tracking of liquidity into history."""

from .clock import Clock, SteadyClock
from .progress import Gap, Onlooker, PairProgress, Progress, Unwatched
from .recording import record, record_configured

__all__ = ["Clock", "Gap", "Onlooker", "PairProgress", "Progress", "SteadyClock", "Unwatched", "record", "record_configured"]
