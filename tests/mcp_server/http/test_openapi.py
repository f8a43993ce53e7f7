import inspect
import re

from pydantic_ai import Agent
from pydantic_ai.models.test import TestModel

from agent.publish import published
from mcp_server.http.rest import ALIASES
from mcp_server.server import build_server
from tools.capabilities.tool import arguments_model
from tools.registry import TOOLS

REGISTRY = {tool.__name__: set(list(inspect.signature(tool).parameters)[1:]) for tool in TOOLS}


async def description(api):
    return (await api.client.get("/openapi.json")).json()


def tools_of(description):
    """The operations of the tools' own names, aliases apart, by tool."""
    by_name = {path.rpartition("/")[2]: methods["post"] for path, methods in description["paths"].items()}
    return {name.replace("-", "_"): operation for name, operation in by_name.items() if name not in ALIASES}


def in_body(operation):
    return operation["requestBody"]["content"]["application/json"]["schema"]


async def test_agent_mcp_and_rest_offer_the_tools_of_the_registry_with_their_parameters(serving):
    async with serving() as api:
        model = TestModel(call_tools=[])
        await Agent(model, tools=published(api.venues.market)).run("hello")
        agent = {tool.name: set(tool.parameters_json_schema["properties"]) for tool in model.last_model_request_parameters.function_tools}
        mcp = {tool.name: set(tool.input_schema["properties"]) for tool in await build_server(api.venues.market).list_tools()}
        operations = tools_of(await description(api))
        rest_query = {name: {one["name"] for one in operation["parameters"]} for name, operation in operations.items()}
        rest_body = {name: set(in_body(operation)["properties"]) for name, operation in operations.items()}
        assert agent == mcp == rest_query == rest_body == REGISTRY


async def test_the_body_s_schema_is_what_the_tool_validates_by(serving):
    async with serving() as api:
        operations = tools_of(await description(api))
        assert {name: in_body(operation) for name, operation in operations.items()} == {
            tool.__name__: arguments_model(tool).model_json_schema() for tool in TOOLS
        }


async def test_numbers_say_their_unit_and_parameters_give_examples(serving):
    async with serving() as api:
        described = await description(api)
        impact = {one["name"]: one for one in tools_of(described)["calculate_market_impact"]["parameters"]}
        assert (impact["order_size_usd"]["schema"]["unit"], impact["order_size_usd"]["example"]) == ("usd", 50_000)
        assert described["components"]["schemas"]["MarketImpact"]["properties"]["slippage_vs_mid_bps"]["unit"] == "bps"


async def test_every_operation_s_example_works(serving):
    async with serving(remembers=True) as api:
        for path, methods in (await description(api))["paths"].items():
            answer = await api.client.post(path, json=methods["post"]["requestBody"]["content"]["application/json"]["example"])
            assert (path, answer.status_code) == (path, 200), answer.text


async def test_problems_are_described_as_what_they_are(serving):
    async with serving() as api:
        described = await description(api)
        for methods in described["paths"].values():
            problems = {status: one for status, one in methods["post"]["responses"].items() if status != "200"}
            assert {"400", "409", "422", "429", "502", "503", "504", "default"} == set(problems)
            assert all(list(one["content"]) == ["application/problem+json"] for one in problems.values())
        assert set(described["components"]["schemas"]["Problem"]["required"]) == {"type", "title", "status", "detail", "kind"}


async def test_the_description_asks_for_a_token_where_one_is_needed(serving):
    async with serving(api_tokens=("first",)) as api:
        described = (await api.client.get("/openapi.json", headers={"authorization": "Bearer first"})).json()
        assert described["security"] == [{"token": []}]
        assert described["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


async def test_the_page_lists_every_operation_and_every_kind_and_loads_nothing(serving):
    async with serving() as api:
        page = (await api.client.get("/docs")).text
        assert all(f"POST {path}<" in page for path in (await description(api))["paths"])
        assert 'id="unknown_symbol"' in page
        assert not re.search(r"<script|<link|<img|src=|@import|url\(", page)


async def test_the_page_s_curl_lines_work(serving):
    async with serving(remembers=True) as api:
        lines = re.findall(r"<pre>curl -X POST &quot;(\S+?)&quot;</pre>", (await api.client.get("/docs")).text)
        assert len(lines) == len(TOOLS) + len(ALIASES)
        for line in lines:
            assert (line, (await api.client.post(line.replace("&amp;", "&"))).status_code) == (line, 200)
