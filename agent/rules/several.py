"""Several assets in one question: the plan for each, made at once and told one after the other."""

from collections.abc import Callable
from dataclasses import replace

from .calls import Place, Plan
from .conversation import Topic
from .intent import Subject
from .writing import Outcomes
from .writing.phrases import paragraphs

MOST_ASSETS = 5
"""How many assets one question is answered for, so that its calls stay within what one question may cost."""
KINDS: frozenset[Subject | None] = frozenset({"normal", "history", "alerts", "forecast", "depth"})
"""Subjects that can be answered for several assets at once."""


def each(planned: Callable[[Topic, Place], Plan], topic: Topic, place: Place) -> Plan:
    """The plan for the one asset asked about, or the plans for each of several."""
    if len(topic.symbols) < 2 or topic.kind not in KINDS:
        return planned(topic, place)
    topics = [replace(topic, symbols=(one,)) for one in topic.symbols[:MOST_ASSETS]]
    plans = [_numbered(planned(one, place), index) for index, one in enumerate(topics)]

    def write(_topic: Topic, outcomes: Outcomes) -> str:
        parts = [paragraphs(f"**{of.symbols[0]}**", made.write(of, _of(made, outcomes))) for of, made in zip(topics, plans, strict=True) if made.write]
        more = f"I answer for {MOST_ASSETS} assets at a time." if len(topic.symbols) > MOST_ASSETS else ""
        return paragraphs(*parts, more)

    return Plan(tuple(call for made in plans for call in made.calls), write)


def _numbered(made: Plan, index: int) -> Plan:
    """The plan with names of its calls that no other plan has."""
    return replace(made, calls=tuple(replace(call, name=f"{call.name}_{index}") for call in made.calls))


def _of(made: Plan, outcomes: Outcomes) -> Outcomes:
    """What the calls of one of the plans gave."""
    names = {call.name for call in made.calls}
    kept = {name: result for name, result in outcomes.results.items() if name in names}
    return Outcomes(kept, {name: why for name, why in outcomes.failures.items() if name in names})
