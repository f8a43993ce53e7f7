import asyncio
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from time import monotonic

import httpx
import pytest
from endings import Ending
from mcp import Client
from simulated import simulated

from mcp_server.commands.listening import listening
from mcp_server.commands.serve import _recorded_badly, _recording, serve
from tools.errors import NotConfigured
from tools.recorder import PairProgress, Progress
from tools.registry import TOOLS
from tools.settings import Settings

OUTSIDE = re.compile(r"LIQUIDITY_|OTEL_|.*_API_KEY$|OLLAMA_|REDIS_URL")


@dataclass(frozen=True)
class Process:
    """A running `liquidity serve`, and what it said before it was ready."""

    url: str
    said: str
    popen: subprocess.Popen[str]

    def stopped_by(self, number: signal.Signals) -> tuple[int, float, str]:
        """Its exit code, the seconds it took to end, and its last words."""
        started = monotonic()
        self.popen.send_signal(number)
        _, words = self.popen.communicate(timeout=20)
        return self.popen.returncode, monotonic() - started, words


def command(folder, *arguments, **environment):
    outside = {name: value for name, value in os.environ.items() if not OUTSIDE.match(name)}
    return {
        "args": [sys.executable, "-m", "mcp_server.cli", "serve", "--port", "0", "--demo", *arguments],
        "cwd": folder,
        "env": {**outside, "PYTHONPATH": str(Path.cwd()), "LIQUIDITY_MODEL": "rules", "XDG_CACHE_HOME": str(folder), **environment},
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "text": True,
    }


@contextmanager
def serving(folder, *arguments, **environment) -> Iterator[Process]:
    popen = subprocess.Popen(**command(folder, *arguments, **environment))
    try:
        said = ""
        while not (ready := re.search(r"metrics (\S+)/metrics\n(?=.*chat )", said, re.DOTALL)):
            line = popen.stderr.readline()
            assert line, f"it ended instead of serving: {said}"
            said += line
        yield Process(ready[1], said, popen)
    finally:
        popen.kill()
        popen.wait()
        popen.stdout.close()
        popen.stderr.close()


async def test_one_process_serves_rest_mcp_and_the_chat_and_ends_when_told(tmp_path):
    with serving(tmp_path) as server:
        assert "Serving simulated books." in server.said
        async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
            comparison = await client.post("/api/v1/compare-exchanges?symbol=SOL/USDT&exchanges=binance&exchanges=coinbase")
            impact = await client.post("/api/v1/market-impact?symbol=SOL/USDT&order_size_usd=50000&side=buy&exchange=binance")
            chat, health = await client.get("/"), await client.get("/health")
        assert (comparison.status_code, impact.status_code) == (200, 200)
        assert (chat.status_code, chat.headers["content-type"].partition(";")[0]) == (200, "text/html")
        assert (health.json()["source"], health.json()["parts"]["chat"]) == ("simulated", {"state": "served"})
        async with Client(f"{server.url}/mcp") as client:
            assert [tool.name for tool in (await client.list_tools()).tools] == [tool.__name__ for tool in TOOLS]
            answer = await client.call_tool("get_order_book", {"symbol": "BTC", "exchange": "kraken"})
            assert (answer.is_error, answer.structured_content["source"]) == (False, "simulated")
            # With a connection open and a session at work.
            code, seconds, words = server.stopped_by(signal.SIGTERM)
        assert (code, "Traceback" in words, "Unclosed" in words) == (0, False, False), words
        assert seconds < 5


@contextmanager
def collector() -> Iterator[tuple[str, list[str]]]:
    """The address of a collector of spans, and the paths that were posted to it."""
    posted: list[str] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            posted.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", posted
        finally:
            server.shutdown()
            thread.join()


def test_off_loopback_it_serves_those_with_a_token_and_the_chat_asks_for_a_login(tmp_path):
    tokens = {"LIQUIDITY_API_TOKENS": "first-token,second-token"}
    with (
        collector() as (collected, posted),
        serving(tmp_path, "--host", "0.0.0.0", **tokens, OTEL_EXPORTER_OTLP_ENDPOINT=collected) as server,  # noqa: S104 - that is the point
    ):
        url = server.url.replace("0.0.0.0", "127.0.0.1")  # noqa: S104
        assert httpx.get(f"{url}/health").json() == {"status": "ok"}
        assert httpx.post(f"{url}/api/v1/get-order-book?symbol=BTC").status_code == 401
        assert httpx.post(f"{url}/api/v1/get-order-book?symbol=BTC", headers={"authorization": "Bearer second-token"}, timeout=30).status_code == 200
        logins = [httpx.post(f"{url}/login", data={"username": "anyone", "password": password}) for password in ("wrong", "first-token")]
        assert (httpx.get(f"{url}/user").status_code, [login.status_code for login in logins]) == (401, [401, 200])
        assert "second-token" not in server.said
        code, seconds, words = server.stopped_by(signal.SIGINT)
        assert "/v1/traces" in posted
        assert (code, "Traceback" in words) == (0, False), words
        assert seconds < 5


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "desk.example"])  # noqa: S104 - that is the point
async def test_off_loopback_it_does_not_start_without_tokens(monkeypatch, tmp_path, host):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LIQUIDITY_API_TOKENS", raising=False)
    with pytest.raises(NotConfigured, match=f"Listening on {re.escape(host)} lets other machines in: set LIQUIDITY_API_TOKENS"):
        await serve(host, 0, demo=True, replay=None)


async def test_answers_are_sent_without_delay():
    accepted = asyncio.get_running_loop().create_future()
    with listening("127.0.0.1", 0) as listener:
        server = await asyncio.start_server(lambda _, writer: accepted.set_result(writer), sock=listener)
        async with server:
            _, caller = await asyncio.open_connection(*listener.getsockname())
            writer = await accepted
            assert writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            for one in (caller, writer):
                one.close()


def test_an_address_that_is_taken_or_not_ours_is_told_in_one_sentence():
    with listening("127.0.0.1", 0) as listener, pytest.raises(NotConfigured, match=r"cannot be listened on .*; give another --host or --port"):
        listening("127.0.0.1", listener.getsockname()[1])
    with pytest.raises(NotConfigured, match="cannot be listened on"):
        listening("192.0.2.1", 0)


def test_what_the_settings_name_is_recorded_while_serving(tmp_path):
    recorded = '[{"symbol": "btc", "exchange": "kraken", "interval_seconds": 60}]'
    with serving(tmp_path, LIQUIDITY_RECORD=recorded, XDG_DATA_HOME=str(tmp_path)) as process:
        while (line := process.popen.stderr.readline()) != "BTC/USD on kraken: recording\n":
            assert line, "it ended instead of recording"
        code, _, _ = process.stopped_by(signal.SIGTERM)
    with closing(sqlite3.connect(tmp_path / "market-liquidity-monitor" / "history-simulated.sqlite3")) as database:
        seen = database.execute("SELECT exchange, symbol, source FROM snapshots JOIN series ON series.id = series_id WHERE time_ms % 300000").fetchall()
    assert (code, seen) == (0, [("kraken", "BTC/USD", "simulated")])


def test_what_cannot_be_recorded_is_said_and_serving_goes_on(tmp_path):
    with serving(tmp_path, LIQUIDITY_RECORD='[{"symbol": "NOPE", "exchange": "kraken"}]', XDG_DATA_HOME=str(tmp_path)) as process:
        while not (line := process.popen.stderr.readline()).startswith("Nothing is recorded: kraken does not list NOPE."):
            assert line, "it ended instead of serving"
        assert httpx.get(f"{process.url}/health").status_code == 200
        code, _, words = process.stopped_by(signal.SIGTERM)
    assert code == 0
    assert "Traceback" not in words


def test_what_waited_in_vain_for_the_database_is_told_at_the_end_and_fails(tmp_path):
    (tmp_path / "a-file").touch()
    settings = {"LIQUIDITY_RECORD": '[{"symbol": "BTC", "exchange": "kraken"}]', "LIQUIDITY_API_TOKENS": "a-token"}
    with serving(tmp_path, LIQUIDITY_DATABASE_URL=f"sqlite+aiosqlite:///{tmp_path / 'a-file' / 'history.db'}", **settings) as process:
        while "are kept until it answers" not in (line := process.popen.stderr.readline()):
            assert line, "it ended instead of recording"
        asked = {"headers": {"authorization": "Bearer a-token"}, "timeout": 30}
        told, metrics = httpx.get(f"{process.url}/health", **asked).json(), httpx.get(f"{process.url}/metrics", **asked).text
        code, _, words = process.stopped_by(signal.SIGTERM)
    recording = told["parts"]["recording"]
    assert (told["status"], recording["state"], recording["buffered"], recording["lost"]) == ("degraded", "history_unavailable", 1, 0)
    assert [(pair["exchange"], pair["state"]) for pair in recording["pairs"]] == [("kraken", "recording")]
    assert "liquidity_buffered_looks 1.0" in metrics
    assert code == 1, words
    assert re.search(r"^BTC/USD on kraken: a gap, 1 look from .* could not be stored\.\nIn all: 0 snapshots stored, .*, 1 lost", words, re.MULTILINE), words


async def test_a_recording_that_dies_is_told_at_once_while_serving_goes_on(monkeypatch, capsys, caplog):
    died = KeyError("a mistake")

    async def dies(market, pairs, *, onlooker, **_):
        onlooker.show(Progress((PairProgress("kraken", "BTC", 60, state="recording", stored=3),)))
        raise died

    monkeypatch.setattr("mcp_server.commands.serve.record_configured", dies)
    settings, watch = Settings(_env_file=None, demo=True, record=({"symbol": "BTC", "exchange": "kraken"},)), Ending()
    async with simulated() as venues, _recording(venues.market, settings, watch):
        await watch.ended.wait()
        assert (watch.recording.fault, watch.recording.progress.stored, _recorded_badly(watch)) == ("unexpected", 3, True)
        assert [record.exc_info[1] for record in caplog.records] == [died]
    assert "In all: 3 snapshots stored" in capsys.readouterr().err
