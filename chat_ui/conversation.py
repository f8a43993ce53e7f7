"""One question at a time: the agent's tool calls as steps, its answer streamed once it stands, its charts below."""

import json
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import chainlit as cl
from chainlit.config import config
from chainlit.element import Element, ElementType
from pydantic_ai import Agent, AgentRunResultEvent, FunctionToolCallEvent, FunctionToolResultEvent
from pydantic_ai.exceptions import AgentRunError
from pydantic_ai.messages import ModelMessage
from pydantic_ai.run import AgentRunResult

from agent import LIMITS, ChosenModel, facts_of, plain_error, provenance
from tools.charts.chart import Chart
from tools.errors import LiquidityError

from .readable import literal_colons
from .steps import ToolSteps

LONGEST_QUESTION = 2_000
"""Characters. More is a document pasted by mistake, and a hosted model is paid by the word."""

_HISTORY = "history"
_LOG = logging.getLogger(__name__)
# Each piece costs the browser a rendering of the whole answer: word by word, a reader waits for what is long known.
_A_FEW_WORDS = re.compile(r"(?:\S+\s*){1,6}")
_TOOLBAR = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d"]}
_STARTERS = (
    ("Cheapest for $50k of BTC", "Which exchange is cheapest to buy $50k of BTC?"),
    ("Walls on ETH", "Where are the walls on ETH?"),
    ("Slippage on Coinbase", "How much slippage for a $250k market buy of BTC on Coinbase?"),
    ("Is BTC normal?", "Is BTC liquidity on Kraken worse than usual?"),
    ("SOL in the last 6 hours", "What happened to SOL depth in the last 6 hours?"),
    ("Any alerts?", "Any alerts?"),
)


class PlotlyJson(Element):
    """A chart that is Plotly JSON already, where Chainlit's own element wants a figure object to turn into just that."""

    type: ClassVar[ElementType] = "plotly"


@dataclass(frozen=True)
class Conversation:
    """Chainlit's callbacks over one agent. What a chat has said so far lies in its own Chainlit session."""

    agent: Agent[None, str]
    chosen: ChosenModel
    author: str

    async def starters(self, _user: cl.User | None, _language: str | None) -> list[cl.Starter]:
        """The questions offered on the welcome screen."""
        return [cl.Starter(label=label, message=question) for label, question in _STARTERS]

    async def answer(self, message: cl.Message) -> None:
        """Answer a question, or say in one sentence why there is no answer; either way the conversation goes on."""
        question = message.content.strip()
        if len(question) > LONGEST_QUESTION:
            await self._refuse(f"That is {len(question):,} characters long. Please ask in at most {LONGEST_QUESTION:,}.")
            return
        try:
            await self._run(question)
        except LiquidityError as error:
            await self._refuse(str(error))
        except AgentRunError as error:
            _LOG.exception("the model failed on a question")
            await self._refuse(str(plain_error(error, self.chosen)))
        except Exception:  # noqa: BLE001 - whatever else it is, a person reads one sentence and the conversation goes on
            _LOG.exception("a question failed")
            await self._refuse("Something went wrong here while answering. Ask again, or ask differently; the details are in the log.")

    async def stopped(self) -> None:
        """The stop button was pressed: Chainlit has cancelled `answer` and said so in its own words; ours are shorter."""
        notice = next((one for one in reversed(cl.chat_context.get()) if one.author == config.ui.name), None)
        if notice is not None:
            notice.content, notice.author = "Stopped.", self.author
            await notice.update()

    async def _run(self, question: str) -> None:
        history: Sequence[ModelMessage] = cl.user_session.get(_HISTORY) or []
        result: AgentRunResult[str] | None = None
        async with ToolSteps() as steps, self.agent.run_stream_events(question, message_history=history, usage_limits=LIMITS) as events:
            async for event in events:
                if isinstance(event, FunctionToolCallEvent):
                    await steps.begin(event.part)
                elif isinstance(event, FunctionToolResultEvent):
                    await steps.end(event.part)
                elif isinstance(event, AgentRunResultEvent):
                    result = event.result
        if result is None or not result.output.strip():
            await self._refuse("The model gave an empty answer. Ask again, or ask differently.")
            return
        sources = provenance(facts_of(result.new_messages()), result.output)
        await self._say(f"{result.output.strip()}\n\n{sources}".strip(), steps.charts)
        cl.user_session.set(_HISTORY, result.all_messages())

    async def _say(self, text: str, charts: Sequence[Chart]) -> None:
        # Only now: a model's text may be refused and written anew until the run has ended.
        reply = cl.Message(content="", author=self.author)
        for words in _A_FEW_WORDS.findall(literal_colons(text)):
            await reply.stream_token(words)
        await reply.send()
        for chart in charts:
            figure = {**chart.figure, "config": _TOOLBAR}
            await PlotlyJson(name=chart.title, content=json.dumps(figure), display="inline", size="large").send(for_id=reply.id)

    async def _refuse(self, sentence: str) -> None:
        await cl.ErrorMessage(content=sentence, author=self.author).send()
