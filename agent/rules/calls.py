"""What a plan is made of: tool calls, all made at once, and the writer of the answer over their results."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from .conversation import Topic
from .writing import Outcomes

Writer = Callable[[Topic, Outcomes], str]


class Place(NamedTuple):
    """Where and when a question is asked: the exchanges meant where none is named, and the time in UTC."""

    exchanges: Sequence[str]
    now: datetime


@dataclass(frozen=True)
class Call:
    """One tool call; templates refer to its result as `name`, and an answer that lacks it speaks of `about`."""

    name: str
    tool: str
    arguments: dict[str, Any]
    about: str


@dataclass(frozen=True)
class Plan:
    """Either calls and the writer of the answer over their results, or a reply.

    `then` is the plan to go on with where what the calls gave is not yet the answer, None where it is.
    """

    calls: tuple[Call, ...] = ()
    write: Writer | None = None
    reply: str = ""
    then: "Callable[[Outcomes], Plan | None] | None" = None


def chart(kind: str, topic: Topic, meant: Sequence[str], **more: Any) -> Call:
    """The chart beside the figures."""
    return Call("chart", "liquidity_chart", {"kind": kind, "symbol": symbol(topic), "exchanges": list(meant), **more}, "the chart")


def meant(topic: Topic, place: Place) -> list[str]:
    """The exchanges that the question names, or else the configured ones."""
    return list(topic.exchanges or place.exchanges)


def symbol(topic: Topic) -> str:
    """The one asset or market asked about."""
    return topic.symbols[0]
