"""Tool calls as the reader sees them: what was asked of which tool, how long it took, and what it said."""

import json
from collections.abc import Mapping
from time import perf_counter
from types import TracebackType
from typing import Any, Self

import chainlit as cl
from chainlit.utils import utc_now
from pydantic_ai.messages import ToolCallPart, ToolReturnPart

from agent import ToolFacts
from tools.charts.chart import Chart
from tools.units import format_value

from .readable import literal_colons, readable

_ICON = "wrench"


class ToolSteps:
    """The tool calls of one question. Leaving it closes those still running, as after the stop button."""

    def __init__(self) -> None:
        self._charts: dict[str, Chart | None] = {}
        self._running: dict[str, tuple[cl.Step, float]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for call_id in list(self._running):
            await self._close(call_id, "Stopped before it answered.", failed=True)

    @property
    def charts(self) -> list[Chart]:
        """The charts that were drawn, in the order in which they were asked for."""
        return [chart for chart in self._charts.values() if chart]

    async def begin(self, call: ToolCallPart) -> None:
        """Show a call as running."""
        arguments = call.args_as_dict()
        run = cl.context.current_run
        step = cl.Step(name=f"{call.tool_name}({_brief(arguments)})", type="tool", icon=_ICON, parent_id=run.id if run else None, show_input=True)
        step.input = literal_colons(_listed(arguments))
        step.start = utc_now()
        self._running[call.tool_call_id] = (step, perf_counter())
        self._charts[call.tool_call_id] = None
        await step.send()

    async def end(self, part: ToolReturnPart) -> None:
        """Show what a call returned, and keep its chart for the answer."""
        facts = part.metadata
        if not isinstance(facts, ToolFacts):
            await self._close(part.tool_call_id, part.model_response_str(wrap_if_error=False), failed=part.outcome != "success")
            return
        if isinstance(facts.result, Chart):
            self._charts[part.tool_call_id] = facts.result
        await self._close(part.tool_call_id, readable(facts.result), elapsed_ms=facts.elapsed_ms)

    async def _close(self, call_id: str, output: str, *, failed: bool = False, elapsed_ms: float | None = None) -> None:
        if call_id not in self._running:
            return
        step, began = self._running.pop(call_id)
        step.output = literal_colons(output)
        step.is_error = failed
        step.end = utc_now()
        step.name += f" · {format_value(1_000 * (perf_counter() - began) if elapsed_ms is None else elapsed_ms, 'ms')}"
        await step.update()


def _listed(arguments: Mapping[str, Any]) -> str:
    return "\n".join(f"- {name}: {_literal(value)}" for name, value in arguments.items())


def _brief(arguments: Mapping[str, Any]) -> str:
    """The values alone, which tell parallel calls apart: `BTC, kraken, 50000`."""
    return ", ".join(_literal(value) for value in arguments.values() if value not in ("", [], None))


def _literal(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_literal(one) for one in value) + "]"
    if isinstance(value, float):
        return f"{value:.12g}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
