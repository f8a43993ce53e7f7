"""An agent over the registry's tools with any model: what the model sees, what the answer carries, what an error says."""

import asyncio

import pytest
from pydantic_ai import exceptions, models
from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart, ToolReturnPart
from pydantic_ai.models.function import FunctionModel

from agent import RULES_LABEL, ChosenModel, ask, build_agent, rules_model
from agent.facts import tool_returns
from tools.charts.chart import Chart
from tools.errors import ExchangeTimeout, LiquidityError, UnknownSymbol
from tools.registry import bind

models.ALLOW_MODEL_REQUESTS = False
RULES = ChosenModel(rules_model(), RULES_LABEL, None)


def scripted(*steps):
    """A model that takes these steps one after the other: calls as (tool, arguments), or text."""

    def respond(messages, info):
        step = steps[sum(message.kind == "response" for message in messages)]
        return ModelResponse([TextPart(step)] if isinstance(step, str) else [ToolCallPart(tool, arguments) for tool, arguments in step])

    return ChosenModel(FunctionModel(respond), "scripted", "Nobody Inc.")


def failing(error):
    def respond(messages, info):
        raise error

    return ChosenModel(FunctionModel(respond), "cloud:model", "Cloud Inc.")


IMPACT = ("calculate_market_impact", {"symbol": "SOL", "order_size_usd": 5_000, "exchange": "kraken"})


async def returned(market, *steps):
    """What the model saw of its calls."""
    run = await build_agent(scripted(*steps, "done").model, market).run("?")
    return list(tool_returns(run.new_messages()))


async def test_the_model_is_offered_exactly_the_registry_s_tools(market):
    seen = []

    def respond(messages, info):
        seen.extend(info.function_tools)
        return ModelResponse([TextPart("done")])

    await build_agent(FunctionModel(respond), market).run("?")
    assert {tool.name for tool in seen} == set(bind(market))
    impact = next(tool for tool in seen if tool.name == "calculate_market_impact")
    assert impact.description.startswith("Simulate a market order")
    assert set(impact.parameters_json_schema["properties"]) == {"symbol", "order_size_usd", "side", "exchange", "order_size_base"}
    assert impact.parameters_json_schema["required"] == ["symbol"]


async def test_the_instructions_say_where_books_come_from_and_which_exchanges_are_meant(market):
    seen = []

    def respond(messages, info):
        seen.append(info.instructions)
        return ModelResponse([TextPart("done")])

    await build_agent(FunctionModel(respond), market).run("?")
    assert "Every number in your answer comes from a tool result" in seen[0]
    assert "The configured exchanges are binance, coinbase, kraken. All books of this session are simulated." in seen[0]


async def test_the_instructions_say_what_time_it_is_and_what_history_is_for(market):
    seen = []

    def respond(messages, info):
        seen.append(info.instructions)
        return ModelResponse([TextPart("done")])

    await build_agent(FunctionModel(respond), market).run("?")
    assert "It is Sunday, 2026-08-09 12:00 UTC." in seen[0]
    assert {tool for tool in bind(market) if tool in seen[0]} >= {"get_baseline_metrics", "get_liquidity_history", "detect_anomalies", "alert_rules"}


async def test_a_result_reaches_the_model_as_compact_json_and_the_caller_as_facts(market):
    (part,) = await returned(market, [IMPACT])
    assert part.content["exchange"] == "kraken"
    assert part.content["slippage_vs_mid_bps"] == pytest.approx(5.0)
    assert all(len(repr(value)) < 14 for value in part.content.values() if isinstance(value, float))
    assert part.metadata.tool == "calculate_market_impact"
    assert part.metadata.arguments == IMPACT[1]
    assert part.metadata.result.exchange == "kraken"
    assert part.metadata.elapsed_ms >= 0


async def test_of_a_chart_the_model_sees_the_words_and_the_caller_the_figure(market):
    (part,) = await returned(market, [("liquidity_heatmap", {"symbol": "SOL", "exchange": "kraken"})])
    assert {"title", "summary", "warnings", "source", "as_of"} <= set(part.content)
    assert "figure" not in part.content
    assert isinstance(part.metadata.result, Chart)
    assert part.metadata.result.figure["data"]


@pytest.mark.parametrize(
    ("arguments", "outcome", "said"),
    [
        ({"symbol": "SOL", "order_size_usd": -5, "exchange": "kraken"}, "retried", "order_size_usd must be greater than or equal to 0, not -5."),
        ({"symbol": "SOL", "exchange": "kraken"}, "retried", "Give exactly one positive size"),
        ({"symbol": "SOL", "amount": 5}, "retried", "amount"),
        ({"order_size_usd": 5}, "retried", "symbol is required."),
        ({"symbol": "FOOBAR", "order_size_usd": 5, "exchange": "kraken"}, "retried", "kraken does not list FOOBAR."),
        ({"symbol": "SOL", "order_size_usd": 5, "exchange": "coinbase"}, "failed", "coinbase timed out (no answer in 10 s)."),
    ],
)
async def test_mistakes_are_for_the_model_to_mend_and_outages_are_not(market_of, three, arguments, outcome, said):
    market = market_of(three(coinbase=ExchangeTimeout("coinbase", "no answer in 10 s")))
    (part,) = await returned(market, [("calculate_market_impact", arguments)])
    assert part.outcome == outcome
    assert said in part.content


async def test_tools_asked_for_together_run_together(market_of, three):
    both = asyncio.Barrier(2)
    books = three()

    class Waiting:
        async def fetch(self, exchange, symbol, levels=0):
            async with asyncio.timeout(5):
                await both.wait()
            return books[exchange]

    calls = [("calculate_market_impact", {**IMPACT[1], "exchange": exchange}) for exchange in ("binance", "coinbase")]
    parts = await returned(market_of(Waiting()), calls)
    assert [part.outcome for part in parts] == ["success", "success"]


async def test_tools_that_write_run_one_after_the_other(market_of, three):
    books, seen = three(), []

    class Yielding:
        async def fetch(self, exchange, symbol, max_age_s=0.0):
            seen.append(("begins", exchange))
            # The other calls' turn, if they are under way.
            await asyncio.sleep(0)
            seen.append(("ends", exchange))
            raise UnknownSymbol(exchange, symbol, books)

    rules = [("alert_rules", {"action": "add", "rule": f"SOL spread on {exchange} > 5 bps"}) for exchange in ("binance", "kraken")]
    await returned(market_of(Yielding()), [*rules, ("capture_snapshot", {"symbol": "SOL", "exchange": "coinbase"})])
    assert seen == [(what, exchange) for exchange in ("binance", "kraken", "coinbase") for what in ("begins", "ends")]


async def test_an_answer_carries_its_tools_charts_failures_and_source(market_of, three):
    market = market_of(three(coinbase=ExchangeTimeout("coinbase", "no answer in 10 s")))
    answer = await ask(RULES, market, "cheapest to buy $60k of SOL?")
    assert (answer.question, answer.model, answer.source) == ("cheapest to buy $60k of SOL?", RULES_LABEL, "simulated")
    assert [(run.tool, run.result["exchange"]) for run in answer.tools[:2]] == [("calculate_market_impact", "binance"), ("calculate_market_impact", "kraken")]
    assert [chart.kind for chart in answer.charts] == ["impact"]
    assert [(one.tool, one.arguments["exchange"]) for one in answer.failures] == [("calculate_market_impact", "coinbase")]
    assert "coinbase timed out" in answer.failures[0].error
    assert type(answer).model_validate_json(answer.model_dump_json()) == answer


async def test_every_answer_names_exchange_time_and_source_whoever_wrote_it(market):
    line = "Source: kraken SOL/USD at 12:00:00 UTC, simulated (not live)."
    answer = await ask(scripted([IMPACT], "It is cheap, trust me."), market, "?")
    assert answer.text == f"It is cheap, trust me.\n\n{line}"
    assert (await ask(RULES, market, "spread of SOL on kraken")).text.endswith(f"\n\n{line}")


async def test_an_answer_without_numbers_has_no_source_line(market):
    assert "Source:" not in (await ask(RULES, market, "help")).text


async def test_a_history_carries_the_conversation_on(market):
    first = await build_agent(RULES.model, market).run("cheapest to buy $60k of SOL?")
    answer = await ask(RULES, market, "and selling?", first.all_messages())
    assert "is cheapest for a $60,000 market sell of SOL" in answer.text
    assert [run.arguments["side"] for run in answer.tools] == ["sell"] * 4


@pytest.mark.parametrize("reply", ["", "   "])
async def test_an_empty_reply_is_an_error_and_not_an_answer(market, reply):
    with pytest.raises(LiquidityError, match="gave an empty or unusable reply instead of an answer"):
        await ask(scripted(reply, reply, reply, reply), market, "?")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (exceptions.ModelConnectionError("m", "refused"), "The model cloud:model (Cloud Inc.) cannot be reached"),
        (exceptions.ModelTimeoutError("m", "slow"), "did not answer in time"),
        (exceptions.ModelRequestTimeout("m", 120.0), "did not answer in time"),
        (exceptions.ModelAuthenticationError("m", "401"), "refused the API key"),
        (exceptions.ModelNotFoundError("m", "404"), "does not exist there"),
        (exceptions.ModelRateLimitError("m", "429"), "is rate limited"),
        (exceptions.ModelQuotaExceededError("m", "402"), "has no quota or credit left"),
        (exceptions.ModelOverloadedError("m", "529"), "is overloaded or down"),
        (exceptions.ModelServerError("m", "500"), "failed on its own side"),
        (exceptions.ModelContextWindowExceededError("m", "long"), "cannot take a conversation this long"),
        (exceptions.ModelRequestRejectedError("m", "<b>bad</b> request"), "failed: bad request"),
    ],
)
async def test_an_error_of_the_model_is_one_sentence(market, error, said):
    with pytest.raises(LiquidityError) as raised:
        await ask(failing(error), market, "?")
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


async def test_a_model_that_goes_in_circles_is_stopped(market):
    steps = [[("get_order_book", {"symbol": "SOL", "exchange": "kraken"})]] * 20
    with pytest.raises(LiquidityError, match="went in circles"):
        await ask(scripted(*steps), market, "?")


async def test_a_tool_failure_is_not_repeated_as_a_fact(market_of, three):
    market = market_of(three(coinbase=ExchangeTimeout("coinbase", "no answer in 10 s")))
    parts = await returned(market, [IMPACT, ("calculate_market_impact", {**IMPACT[1], "exchange": "coinbase"})])
    assert [isinstance(part, ToolReturnPart) and part.metadata is not None for part in parts] == [True, False]
