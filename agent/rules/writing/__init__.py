"""The templates of answers: pure functions from a topic and the tools' outcomes to text whose numbers are all references."""

from .phrases import Outcomes

__all__ = ["Outcomes"]
