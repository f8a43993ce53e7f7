"""The registry's tools as a model sees them: errors it can act on, results without the drawing, facts kept for whoever shows the answer."""

from time import perf_counter
from typing import Any

from pydantic_ai import ModelRetry, Tool, ToolFailed, ToolReturn

from tools.analytics.result import Result
from tools.charts.chart import Chart
from tools.errors import InvalidArgument, LiquidityError
from tools.market import Market
from tools.registry import Tool as BoundTool
from tools.registry import bind

from .facts import ToolFacts

DEFAULT_EXCHANGES = "default_exchanges"
"""The key of a tool definition's metadata (not sent to hosted models) that holds the market's own exchanges."""

CLOCK = "clock"
"""The key that holds the market's clock."""

_SIGNIFICANT_DIGITS = 10


def published(market: Market) -> list[Tool[None]]:
    """Every tool of the registry, closed over `market`."""
    return [_publish(name, bound, market) for name, bound in bind(market).items()]


def _publish(name: str, bound: BoundTool, market: Market) -> Tool[None]:
    async def call(**arguments: Any) -> ToolReturn:
        started = perf_counter()
        try:
            result = await bound(**arguments)
        except InvalidArgument as error:
            raise ModelRetry(str(error)) from error
        except LiquidityError as error:
            raise ToolFailed(str(error)) from error
        elapsed_ms = round((perf_counter() - started) * 1_000, 1)
        return ToolReturn(return_value=for_model(result), metadata=ToolFacts(name, arguments, result, elapsed_ms))

    # The tools validate their own arguments and explain mistakes in one sentence, so the model needs only the schema.
    described = Tool[None](bound)
    schema, writes = described.function_schema.json_schema, getattr(bound, "writes", False)
    # What writes runs alone: several writes at once wait for each other's locks until one gives up.
    tool = Tool[None].from_schema(call, name, described.description, schema, sequential=writes)
    tool.metadata = {DEFAULT_EXCHANGES: market.exchanges, CLOCK: market.now}
    return tool


def for_model(result: Result) -> dict[str, Any]:
    """A result as compact JSON for a model; of a chart its words, not its figure."""
    leave_out = {"figure"} if isinstance(result, Chart) else None
    return _compact(result.model_dump(mode="json", exclude=leave_out))


def _compact(value: Any) -> Any:
    """Floats to ten significant digits: the sixteenth costs tokens and says nothing."""
    if isinstance(value, float):
        return float(f"{value:.{_SIGNIFICANT_DIGITS}g}")
    if isinstance(value, dict):
        return {key: _compact(one) for key, one in value.items()}
    return [_compact(one) for one in value] if isinstance(value, list) else value
