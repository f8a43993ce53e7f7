import asyncio
import json

import pytest

from mcp_server.http import bodies
from mcp_server.http.app import Place, guarded
from mcp_server.http.bodies import nesting

BOOK = "/api/v1/get-order-book?symbol=BTC/USDT"
JSON = {"content-type": "application/json"}
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}
MCP = {**JSON, "accept": "application/json, text/event-stream"}
OURS = ["/api/v1/get-order-book", "/mcp", "/docs", "/openapi.json", "/metrics"]
DEEP = b'{"symbol": ' + b"[" * 200 + b"]" * 200 + b"}"
ELSEWHERE = Place(host="0.0.0.0", port=8000)  # noqa: S104 - where it would be served
TOKENS = ("first-token", "second-token")


async def chunks(*parts):
    for part in parts:
        yield part


@pytest.mark.parametrize(
    ("headers", "status", "kind"),
    [
        ({"host": "evil.example"}, 421, "foreign_host"),
        ({"host": "evil.example:8000"}, 421, "foreign_host"),
        ({"host": "127.0.0.1:9999"}, 421, "foreign_host"),
        ({"host": "127.0.0.1"}, 421, "foreign_host"),
        ({"host": "192.168.1.7:8000"}, 421, "foreign_host"),
        ({"host": "localhost:8000@evil.example"}, 421, "foreign_host"),
        ({"host": ""}, 421, "foreign_host"),
        ([("host", "localhost:8000"), ("host", "evil.example")], 421, "foreign_host"),
        ({"origin": "http://evil.example"}, 403, "foreign_origin"),
        ({"origin": "http://localhost:9999"}, 403, "foreign_origin"),
        ({"origin": "http://localhost:8000.evil.example"}, 403, "foreign_origin"),
        ({"origin": "null"}, 403, "foreign_origin"),
    ],
)
async def test_other_hosts_and_foreign_pages_are_refused_everywhere(serving, headers, status, kind):
    async with serving() as api:
        for path in (*OURS, "/health"):
            answer = await api.client.post(path, headers=headers)
            assert (path, answer.status_code, answer.json()["kind"]) == (path, status, kind)


@pytest.mark.parametrize("headers", [{"host": "localhost:8000"}, {"host": "[::1]:8000"}, {"host": "LOCALHOST:8000", "origin": "http://localhost:8000"}])
async def test_this_machine_by_any_of_its_names_is_answered(serving, headers):
    async with serving() as api:
        assert (await api.client.post(BOOK, headers=headers)).status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("liquidity.example", 200),
        ("liquidity.example:444", 200),
        ("desk.example:8443", 200),
        ("desk.example", 421),
        ("10.0.0.7:8000", 200),
        ("evil.example", 421),
    ],
)
async def test_elsewhere_an_address_or_a_configured_name_is_answered(serving, host, status):
    async with serving(place=ELSEWHERE, api_tokens=TOKENS, allowed_hosts=("liquidity.example", "desk.example:8443")) as api:
        answer = await api.client.post(BOOK, headers={"host": host, "authorization": "Bearer first-token"})
        assert answer.status_code == status


@pytest.mark.parametrize(
    ("content", "headers", "status", "kind"),
    [
        (b'{"symbol": "BTC"}', {"content-type": "text/plain"}, 415, "not_json"),
        (b'{"symbol": "BTC"}', {"content-type": "application/x-www-form-urlencoded"}, 415, "not_json"),
        (b'{"symbol": "BTC"}', {"content-type": "text/plain; application/json"}, 415, "not_json"),
        (b'{"symbol": "BTC"}', {}, 415, "not_json"),
        (DEEP, JSON, 400, "malformed_json"),
        (b" " * 65_537, JSON, 413, "too_long"),
        (b"{}", {**JSON, "content-length": "99999999999999999999"}, 413, "too_long"),
        (chunks(b"[" * 40_000, b"]" * 40_000), JSON, 413, "too_long"),
    ],
    ids=["text", "form", "both", "no type", "deep", "long", "said to be long", "long in chunks"],
)
async def test_a_body_that_no_tool_could_mean_is_refused(serving, content, headers, status, kind):
    async with serving() as api:
        answer = await api.client.post("/api/v1/get-order-book", content=content, headers=headers)
        assert (answer.status_code, answer.json()["kind"]) == (status, kind)


async def test_a_body_that_does_not_come_is_not_waited_for(serving, monkeypatch):
    async def never():
        await asyncio.Event().wait()
        yield b""

    monkeypatch.setattr(bodies, "PATIENCE_S", 0.01)
    async with serving() as api:
        answer = await api.client.post("/api/v1/get-order-book", content=never(), headers=JSON)
        assert (answer.status_code, answer.json()["kind"]) == (408, "slow_body")


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (json.dumps(INITIALIZE).encode(), {**MCP, "content-type": "text/plain"}, 415),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": ' + b"[" * 200 + b"]" * 200 + b"}", MCP, 400),
        (b"{", MCP, 400),
        (b" " * 65_537, MCP, 413),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}', {**MCP, "mcp-session-id": "forged"}, 404),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}', MCP, 400),
    ],
    ids=["text", "deep", "malformed", "long", "forged session", "no session"],
)
async def test_the_same_guard_stands_before_mcp(serving, content, headers, status):
    async with serving(mcp=True) as api:
        assert (await api.client.post("/mcp", content=content, headers=headers)).status_code == status


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Bearer wrong", "Bearer first-tokeN", "Bearer first-token,second-token", "Basic first-token", "Bearer \xe9"]
)
async def test_without_a_token_nothing_is_answered(serving, authorization):
    async with serving(place=ELSEWHERE, api_tokens=TOKENS) as api:
        headers = [] if authorization is None else [("authorization", authorization.encode("latin-1"))]
        for path in OURS:
            answer = await api.client.post(path, headers=headers)
            assert (path, answer.status_code, answer.json()["kind"]) == (path, 401, "unauthorized")
            assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("token", TOKENS)
async def test_any_of_the_tokens_opens(serving, token):
    async with serving(place=ELSEWHERE, api_tokens=TOKENS) as api:
        assert (await api.client.post(BOOK, headers={"authorization": f"bearer {token}"})).status_code == 200


async def test_where_tokens_are_configured_they_are_asked_for_on_loopback_too(serving):
    async with serving(api_tokens=TOKENS) as api:
        assert (await api.client.post(BOOK)).status_code == 401


async def test_health_is_open_to_all_and_says_more_to_those_with_a_token(serving):
    async with serving(place=ELSEWHERE, api_tokens=TOKENS) as api:
        terse = await api.client.get("/health")
        full = await api.client.get("/health", headers={"authorization": "Bearer second-token"})
        assert (terse.status_code, terse.json()) == (200, {"status": "ok"})
        assert "parts" in full.json()


async def test_a_session_of_mcp_belongs_to_the_token_that_opened_it(serving):
    async with serving(mcp=True, place=ELSEWHERE, api_tokens=TOKENS) as api:
        opened = await api.client.post("/mcp", json=INITIALIZE, headers={**MCP, "authorization": "Bearer first-token"})
        session = {**MCP, "mcp-session-id": opened.headers["mcp-session-id"], "mcp-protocol-version": "2025-11-25"}
        ping = {"jsonrpc": "2.0", "id": 2, "method": "ping"}
        answers = [await api.client.post("/mcp", json=ping, headers={**session, "authorization": f"Bearer {token}"}) for token in TOKENS]
        assert [answer.status_code for answer in answers] == [200, 404]


async def test_every_route_of_the_application_but_health_is_guarded(serving):
    async with serving() as api:
        described = (await api.client.get("/openapi.json")).json()["paths"]
        paths = {*described, *(route.path for route in api.app.routes if hasattr(route, "path"))}
        assert {"/docs", "/openapi.json", "/metrics", "/api/v1/market-impact"} < paths
        assert {path for path in paths if not guarded(path)} == {"/health"}


async def test_cors_is_off_unless_configured(serving):
    preflight = {"origin": "https://desk.example", "access-control-request-method": "POST", "access-control-request-headers": "authorization"}
    async with serving() as api:
        assert (await api.client.options(BOOK, headers=preflight)).status_code == 403
    async with serving(place=ELSEWHERE, api_tokens=TOKENS, cors_origins=("https://desk.example",)) as api:
        allowed = await api.client.options(BOOK, headers=preflight)
        answer = await api.client.post(BOOK, headers={"origin": "https://desk.example", "authorization": "Bearer first-token"})
        assert (allowed.status_code, answer.status_code) == (200, 200)
        assert answer.headers["access-control-allow-origin"] == "https://desk.example"
        assert (await api.client.options(BOOK, headers={**preflight, "origin": "https://evil.example"})).status_code == 403


@pytest.mark.parametrize("path", [BOOK, "/nowhere", "/health"])
async def test_answers_are_not_to_be_sniffed_framed_or_leaked(serving, path):
    async with serving() as api:
        headers = (await api.client.post(path)).headers
        assert (headers["x-content-type-options"], headers["x-frame-options"], headers["referrer-policy"]) == ("nosniff", "SAMEORIGIN", "no-referrer")
        assert ("content-security-policy" in headers) == guarded(path)


@pytest.mark.parametrize(
    ("body", "depth"),
    [
        (b"{}", 0),
        (b"[" * 33 + b"]" * 33, 33),
        (b'{"a": "' + b"[" * 99 + b'"}', 1),
        (b'{"a": "\\"' + b"[" * 99 + b'"}', 1),
        (b'{"a": "' + b"[" * 99, 1),
        (b"[]" * 99, 1),
        (b"[" * 60_000, 60_000),
    ],
    ids=["shallow", "deep", "in a string", "after a quote in a string", "in an open string", "side by side", "never closed"],
)
def test_nesting_counts_brackets_outside_strings(body, depth):
    assert nesting(body) == depth
