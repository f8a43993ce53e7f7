"""The rules as a pydantic-ai model: the message history in, tool calls or text out, streamed in pieces."""

import json
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart, ToolReturnPart
from pydantic_ai.models.function import AgentInfo, DeltaToolCall, DeltaToolCalls, FunctionModel

from ..answers import render
from ..facts import ToolFacts, in_words, tool_returns
from ..publish import CLOCK, DEFAULT_EXCHANGES
from .calls import Call, Plan
from .conversation import Topic, last_question, questions, topic_of
from .grammar import parse
from .intent import Intent
from .plan import Place, plan
from .writing import Outcomes

RULES_LABEL = "rules (no LLM)"
_COMPARISON = "comparison"
_PIECE = re.compile(r"\S+\s*|\s+")


def rules_model() -> FunctionModel:
    """A model without a language model: it answers the questions its grammar knows.

    It reads the exchanges meant by default and the time from the metadata of the tools it is given, so that it fits any market.
    """
    return FunctionModel(_respond, stream_function=_stream, model_name=RULES_LABEL)


async def _respond(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
    step = next_step(messages, _place(info))
    if isinstance(step, str):
        return ModelResponse(parts=[TextPart(step)])
    return ModelResponse(parts=[ToolCallPart(call.tool, call.arguments) for call in step])


async def _stream(messages: list[ModelMessage], info: AgentInfo) -> AsyncIterator[str | DeltaToolCalls]:
    step = next_step(messages, _place(info))
    if isinstance(step, str):
        for piece in pieces(step):
            yield piece
    else:
        yield {index: DeltaToolCall(call.tool, json.dumps(call.arguments)) for index, call in enumerate(step)}


def next_step(messages: Sequence[ModelMessage], place: Place) -> str | tuple[Call, ...]:
    """What comes next in this conversation: tool calls, or the answer."""
    intents = [parse(question, place.exchanges) for question in questions(messages)]
    if not intents:
        return plan(topic_of([]), parse(""), place).reply
    made = plan(topic := topic_of(intents), intents[-1], place)
    if made.write is None:
        return made.reply
    since = messages[last_question(messages) :]
    if not any(tool_returns(since)):
        return made.calls
    outcomes = _outcomes(made, since)
    if made.then and (further := made.then(outcomes)):
        return _gone_on(further, topic, since)
    if refused := _refused(made, outcomes):
        return _without(refused, topic, intents[-1], place, since, outcomes)
    return render(made.write(topic, outcomes), outcomes.results)


def _refused(made: Plan, outcomes: Outcomes) -> tuple[str, ...]:
    """Exchanges for which the market refused a whole comparison; empty where it was not refused, or no other exchange is left."""
    asked: Sequence[str] = next((call.arguments["exchanges"] for call in made.calls if call.name in outcomes.failures and call.name == _COMPARISON), ())
    why = outcomes.failures[_COMPARISON][1] if asked else ""
    named = [one for one in asked if why.startswith((f"{one} is not among ", f"There is no exchange {one!r}"))]
    at_hand = re.findall(r"[\w.-]+\w", why.partition(" which are ")[2])
    refused = tuple(one for one in asked if one in named or (named and at_hand and one not in at_hand))
    return refused if len(refused) < len(asked) else ()


def _gone_on(further: Plan, topic: Topic, since: Sequence[ModelMessage]) -> str | tuple[Call, ...]:
    """What comes next of a plan that follows another: its calls, or the answer."""
    steps = _steps(since)
    if further.write is None or len(steps) == 1:
        return further.calls
    outcomes = _outcomes(further, since[steps[1] :])
    return render(further.write(topic, outcomes), outcomes.results)


def _steps(since: Sequence[ModelMessage]) -> list[int]:
    """Where tools were called."""
    return [index for index, message in enumerate(since) if isinstance(message, ModelResponse) and message.tool_calls]


def _without(refused: Sequence[str], topic: Topic, intent: Intent, place: Place, since: Sequence[ModelMessage], before: Outcomes) -> str | tuple[Call, ...]:
    """The question once more for the exchanges that the market has: its calls, then the answer, which names the others as missing."""
    left = replace(topic, exchanges=tuple(one for one in topic.exchanges if one not in refused))
    made = plan(left, intent, place)
    steps = _steps(since)
    if made.write is None:
        return made.reply
    if len(steps) == 1:
        return made.calls
    outcomes = _outcomes(made, since[steps[1] :])
    why = before.failures[_COMPARISON][1]
    missing = {f"refused_{one}": (one, why if one in why.partition(" which are ")[0] else f"{one} is not among the exchanges here.") for one in refused}
    return render(made.write(left, replace(outcomes, failures={**outcomes.failures, **missing})), outcomes.results)


def pieces(text: str) -> Iterator[str]:
    """The text word by word, white space kept."""
    return (match.group() for match in _PIECE.finditer(text))


def _place(info: AgentInfo) -> Place:
    known = next((tool.metadata for tool in info.function_tools if tool.metadata and DEFAULT_EXCHANGES in tool.metadata), None)
    return Place(known[DEFAULT_EXCHANGES], known[CLOCK]()) if known else Place((), datetime.now(UTC))


def _outcomes(made: Plan, messages: Sequence[ModelMessage]) -> Outcomes:
    """The returns of the plan's calls, which were made in its order."""
    requested = [part for message in messages if isinstance(message, ModelResponse) for part in message.tool_calls]
    returned: dict[str, ToolReturnPart] = {part.tool_call_id: part for part in tool_returns(messages)}
    pairs = [(call, returned.get(request.tool_call_id)) for call, request in zip(made.calls, requested, strict=False)]
    return Outcomes(
        {call.name: part.metadata.result for call, part in pairs if part and isinstance(part.metadata, ToolFacts)},
        {call.name: (call.about, in_words(part)) for call, part in pairs if part and not isinstance(part.metadata, ToolFacts)},
    )
