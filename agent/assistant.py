"""A question in, an answer with its charts and its provenance out, whichever model writes it."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic_ai import Agent, ModelRetry, exceptions
from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import Model
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import UsageLimits

from tools.charts.chart import Chart
from tools.errors import LiquidityError, outside_text
from tools.market import Market
from tools.parameters import Source

from .errors import ModelFailed, ModelUnreachable, NoAnswer
from .facts import ToolFacts, facts_of, in_words, provenance, tool_returns
from .models import ChosenModel
from .publish import published

LIMITS = UsageLimits(request_limit=12, tool_calls_limit=60)
"""What one question may cost: a model that goes in circles is stopped, not paid for."""

_REQUEST_TIMEOUT_S = 120.0
_TOOL_RETRIES = 2
_OUTPUT_RETRIES = 2


class ToolRun(BaseModel):
    """One tool call behind an answer, its result as JSON."""

    model_config = ConfigDict(frozen=True)

    tool: str
    arguments: dict[str, Any]
    result: dict[str, Any]
    elapsed_ms: float


class ToolFailure(BaseModel):
    """One tool call that gave no result, in the error's own words."""

    model_config = ConfigDict(frozen=True)

    tool: str
    arguments: dict[str, Any]
    error: str


class Answer(BaseModel):
    """An answer and everything it stands on. `model` is the label of who wrote it, `source` where the books came from.

    `answered` is False where tools were called and none gave a result; help, questions back and words without a tool count as answers.
    """

    model_config = ConfigDict(frozen=True)

    question: str
    text: str
    answered: bool
    model: str
    source: Source
    tools: list[ToolRun]
    charts: list[Chart]
    failures: list[ToolFailure]


def build_agent(model: Model, market: Market) -> Agent[None, str]:
    """An agent over every tool of the registry, closed over `market`."""
    agent = Agent(
        model,
        deps_type=type(None),
        instructions=[_instructions(), _situation(market), lambda: f"It is {market.now():%A, %Y-%m-%d %H:%M} UTC."],
        tools=published(market),
        retries={"tools": _TOOL_RETRIES, "output": _OUTPUT_RETRIES},
        model_settings=ModelSettings(request_timeout=_REQUEST_TIMEOUT_S),
    )
    agent.output_validator(_says_something)
    return agent


def _says_something(text: str) -> str:
    if not text.strip():
        raise ModelRetry("Your reply was empty: answer the question in words.")
    return text


async def ask(chosen: ChosenModel, market: Market, question: str, history: Sequence[ModelMessage] = ()) -> Answer:
    """One answer; raises a LiquidityError of one sentence where the model gives none."""
    agent = build_agent(chosen.model, market)
    try:
        run = await agent.run(question, message_history=list(history), usage_limits=LIMITS)
    except exceptions.AgentRunError as error:
        raise plain_error(error, chosen) from error
    messages = run.new_messages()
    facts, failures = facts_of(messages), _failures(messages)
    return Answer(
        question=question,
        text="\n\n".join(part for part in (run.output.strip(), provenance(facts, run.output)) if part),
        answered=bool(facts) or not failures,
        model=chosen.label,
        source=market.source,
        tools=[_tool_run(fact) for fact in facts],
        charts=[fact.result for fact in facts if isinstance(fact.result, Chart)],
        failures=failures,
    )


def plain_error(error: exceptions.AgentRunError, chosen: ChosenModel) -> LiquidityError:
    """An error of the model as a sentence for people, naming the model and the way out."""
    who = f"The model {chosen.label}" + (f" ({chosen.sent_to})" if chosen.sent_to else "")
    for kind, ours, what in _PLAIN:
        if isinstance(error, kind):
            return ours(f"{who} {what}")
    return ModelFailed(f"{who} failed: {outside_text(str(error))}")


# The first that fits; narrower kinds stand before their parents.
_PLAIN: tuple[tuple[type[exceptions.AgentRunError], type[LiquidityError], str], ...] = (
    (exceptions.ModelTimeoutError, ModelUnreachable, "did not answer in time; try again, or choose another LIQUIDITY_MODEL."),
    (exceptions.ModelRequestTimeout, ModelUnreachable, "did not answer in time; try again, or choose another LIQUIDITY_MODEL."),
    (
        exceptions.ModelConnectionError,
        ModelUnreachable,
        "cannot be reached; check the network, or set LIQUIDITY_MODEL=rules to answer without a language model.",
    ),
    (exceptions.ModelAuthenticationError, ModelFailed, "refused the API key; check that it is right and may use this model."),
    (exceptions.ModelNotFoundError, ModelFailed, "does not exist there; correct LIQUIDITY_MODEL (with Ollama, pull the model first)."),
    (exceptions.ModelQuotaExceededError, ModelFailed, "has no quota or credit left for this API key."),
    (exceptions.ModelRateLimitError, ModelFailed, "is rate limited for this API key; wait a moment and ask again."),
    (exceptions.ModelContextWindowExceededError, ModelFailed, "cannot take a conversation this long; start a new one."),
    (exceptions.ModelUnavailableError, ModelFailed, "is overloaded or down; try again, or choose another LIQUIDITY_MODEL."),
    (exceptions.ModelServerError, ModelFailed, "failed on its own side; try again, or choose another LIQUIDITY_MODEL."),
    (exceptions.UsageLimitExceeded, NoAnswer, "went in circles over this question and was stopped; ask it more narrowly."),
    (exceptions.UnexpectedModelBehavior, NoAnswer, "gave an empty or unusable reply instead of an answer; ask again, or choose another LIQUIDITY_MODEL."),
)


def _instructions() -> str:
    return files(__package__ or "agent").joinpath("instructions.md").read_text(encoding="utf-8")


def _situation(market: Market) -> str:
    return f"The configured exchanges are {', '.join(market.exchanges)}. All books of this session are {market.source}."


def _tool_run(fact: ToolFacts) -> ToolRun:
    return ToolRun(tool=fact.tool, arguments=fact.arguments, result=fact.result.model_dump(mode="json"), elapsed_ms=fact.elapsed_ms)


def _failures(messages: Sequence[ModelMessage]) -> list[ToolFailure]:
    calls = {call.tool_call_id: call for message in messages if isinstance(message, ModelResponse) for call in message.tool_calls}
    return [
        ToolFailure(tool=part.tool_name, arguments=calls[part.tool_call_id].args_as_dict(), error=in_words(part))
        for part in tool_returns(messages)
        if part.outcome != "success" and part.tool_call_id in calls
    ]
