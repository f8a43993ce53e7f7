"""Alerts sent to wherever people want them."""

from .addresses import ForbiddenAddress, Resolve
from .delivery import Webhook, configured

__all__ = ["ForbiddenAddress", "Resolve", "Webhook", "configured"]
