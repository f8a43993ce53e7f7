"""Whatever the description allows, and much that it does not, is answered as the description says. `make fuzz` tries more than 10,000 cases."""

import asyncio
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any

import pytest
import requests
import schemathesis
import uvicorn
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import one_of
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_headers_conformance, response_schema_conformance, status_code_conformance

from mcp_server.commands.listening import listening
from mcp_server.http.app import Place
from mcp_server.http.rest import PREFIX, paths

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance, response_schema_conformance]
FUZZING = settings.get_current_profile_name() == "fuzz"
CASES = (10_500 if FUZZING else 210) // len(paths())
# Of random symbols none is listed, and nothing behind the door would be tried.
KNOWN = {
    "symbol": ["BTC", "SOL/USDT", "eth-usdc", "XRP/EUR"],
    "exchange": ["", "kraken", "OKX"],
    "exchanges": [[], ["binance"], ["kraken", "bybit", "kraken"]],
    "order_size_usd": [50_000],
    "order_size_base": [0],
    "until": [""],
    "rule": ["BTC spread on kraken > 5 bps", "SOL depth within 1% on okx below $2m"],
}


@dataclass
class Fuzzed:
    """A server in a thread of its own, as schemathesis calls from this one."""

    url: str
    session: requests.Session
    statuses: Counter[int] = field(default_factory=Counter)


@contextmanager
def running(serving) -> Iterator[str]:
    """The address of the application while it is served."""
    ready, loop = Event(), asyncio.new_event_loop()

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            ready.set()

    with listening("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        servers: list[Server] = []

        async def serve() -> None:
            async with serving(remembers=True, place=Place(port=port), requests_per_minute=0, requests_per_day=0) as api:
                servers.append(Server(uvicorn.Config(api.app, log_level="warning")))
                await servers[0].serve(sockets=[listener])

        thread = Thread(target=loop.run_until_complete, args=(serve(),))
        thread.start()
        try:
            assert ready.wait(30)
            yield f"http://127.0.0.1:{port}"
        finally:
            servers[0].should_exit = True
            thread.join()
            loop.close()


@pytest.fixture(scope="module")
def fuzzed(serving) -> Iterator[Fuzzed]:
    with running(serving) as url, requests.Session() as session:
        fuzzed = Fuzzed(url, session)
        yield fuzzed
    assert fuzzed.statuses[200], "no case came through to a tool"
    print(f"\n{sum(fuzzed.statuses.values()):,} cases: {dict(sorted(fuzzed.statuses.items()))}")  # noqa: T201 - what `make fuzz` reports


@pytest.fixture
def description(fuzzed: Fuzzed) -> Any:
    described = fuzzed.session.get(f"{fuzzed.url}/openapi.json").json()
    for methods in described["paths"].values():
        operation = methods["post"]
        for one in operation["parameters"]:
            one["schema"] = known(one["name"], one["schema"])
        properties = operation["requestBody"]["content"]["application/json"]["schema"]["properties"]
        properties.update({name: known(name, schema) for name, schema in properties.items()})
    return schemathesis.openapi.from_dict(described)


def known(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The schema, half of whose values are real ones."""
    return {"anyOf": [{"enum": KNOWN[name]}, schema]} if name in KNOWN else schema


@pytest.mark.parametrize("path", paths())
def test_every_answer_is_as_described(fuzzed: Fuzzed, description: Any, path: str) -> None:
    operation = description[f"{PREFIX}/{path}"]["POST"]

    @settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=not FUZZING)
    @given(case=one_of(operation.as_strategy(mode) for mode in schemathesis.GenerationMode))
    def each(case: schemathesis.Case) -> None:
        if isinstance(case.body, dict):
            # An argument given twice is refused at the door: give the others a chance.
            case.query = {name: value for name, value in case.query.items() if name not in case.body}
        response = case.call_and_validate(base_url=fuzzed.url, session=fuzzed.session, checks=CHECKS)
        fuzzed.statuses[response.status_code] += 1

    each()
