"""The one step behind every alert."""

from ..alerts import LiquidityAlert
from .watching import AlertState, Observation


def step(state: AlertState, observation: Observation) -> tuple[AlertState, list[LiquidityAlert]]:
    """The state after an observation, and the alerts that it raised (state "raised") or cleared (state "cleared", with the id they were raised under)."""
    raise NotImplementedError
