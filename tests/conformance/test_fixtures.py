"""The suite's fixtures stand beside the product's own offers and change none of them."""

from pathlib import Path

from mcp import Client
from simulated import simulated

from mcp_server.server import build_server


async def offers(server):
    """Everything that a client is offered, by what each goes by."""
    async with Client(server) as client:
        tools, prompts = (await client.list_tools()).tools, (await client.list_prompts()).prompts
        resources, templates = (await client.list_resources()).resources, (await client.list_resource_templates()).resource_templates
    named = {one.name: one for one in (*tools, *prompts)}
    return named | {one.uri: one for one in resources} | {one.uri_template: one for one in templates}


async def test_fixtures_leave_the_products_tools_prompts_and_resources_as_they_are(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parent)
    from fixtures_server import build_with_fixtures  # noqa: PLC0415 - its folder is on the path only now

    async with simulated() as venues:
        plain, beside = await offers(build_server(venues.market)), await offers(build_with_fixtures(venues.market))
    added = beside.keys() - plain.keys()
    assert {name: offer for name, offer in beside.items() if name not in added} == plain
    assert all(name.startswith(("test_", "test://", "json_schema_2020_12_tool")) for name in added)
    assert {"test_simple_text", "test_simple_prompt", "test://static-text", "test://template/{id}/data"} <= added
