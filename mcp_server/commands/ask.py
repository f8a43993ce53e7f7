"""`liquidity ask`: one answer in the terminal."""

import asyncio
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown

from agent import Answer, choose_model
from agent import ask as ask_agent
from tools import Chart, Market, open_market
from tools.errors import ChartUnavailable, InvalidArgument, NotReadable

from .call import write
from .running import ANSWERED, FAILED, results, say, settings_from


async def ask(question: str, *, as_json: bool, charts: Path | None, demo: bool, replay: Path | None) -> int:
    """Print the answer, and keep its charts in the folder `charts` where one is given."""
    if not question.strip():
        raise InvalidArgument('Ask a question, such as "Which exchange is cheapest to buy $50k of BTC?".')
    settings = settings_from(demo=demo, replay=replay)
    chosen = choose_model(settings)
    say(chosen.privacy)
    async with open_market(settings) as market:
        answer = await ask_agent(chosen, market, question)
        if charts is not None:
            await _keep(answer.charts, charts, market)
    with results():
        if as_json:
            print(answer.model_dump_json(indent=2))
        else:
            _print(answer)
    return ANSWERED if answer.answered else FAILED


def _print(answer: Answer) -> None:
    console = Console()
    console.print(Markdown(answer.text))
    console.print(f"\n[dim]{answer.model}[/dim]", highlight=False)


async def _keep(charts: list[Chart], folder: Path, market: Market) -> None:
    try:
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    except OSError as error:
        raise NotReadable(f"{folder} cannot be made a folder: {error.strerror}.") from error
    for number, chart in enumerate(charts, 1):
        path = folder / f"{number}-{chart.kind}.json"
        await write(path, chart.model_dump_json(indent=2).encode())
        try:
            path = path.with_suffix(".png")
            await write(path, await market.renderer.png(chart))
        except ChartUnavailable as error:
            say(str(error))
            continue
        say(f"Chart: {path}")
