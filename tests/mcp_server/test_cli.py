"""The command line as a person uses it: results on stdout, the rest on stderr, exit codes that say which it was."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mcp_server.cli import app
from mcp_server.commands.call import call, write
from mcp_server.commands.doctor import doctor
from mcp_server.commands.running import finish
from tools.errors import NotReadable
from tools.registry import TOOLS

BOOKS = Path(os.environ.get("LIQUIDITY_TEST_BOOKS", Path(__file__).parents[3] / "shared/books"))
recorded = pytest.mark.skipif(not BOOKS.is_dir(), reason=f"no recorded books at {BOOKS}")
IMPACT = {"symbol": "BTC", "order_size_usd": 50_000, "exchange": "kraken"}


def liquidity(*arguments, env=None):
    return CliRunner().invoke(app, [str(one) for one in arguments], env=env)


def test_call_prints_a_tools_result_as_json_and_nothing_else_on_stdout():
    ran = liquidity("call", "calculate_market_impact", json.dumps(IMPACT), "--demo")
    assert (ran.exit_code, ran.stderr) == (0, "")
    result = json.loads(ran.stdout)
    assert (result["exchange"], result["source"], result["order_size_usd"]) == ("kraken", "simulated", 50_000)


def test_call_without_a_tool_lists_the_tools_with_their_parameters():
    ran = liquidity("call")
    assert ran.exit_code == 0
    required = {"liquidity_chart": "kind, symbol", "alert_rules": "action"}
    assert [tool.__name__ for tool in TOOLS if f"{tool.__name__}({required.get(tool.__name__, 'symbol')}" in ran.stdout] == [tool.__name__ for tool in TOOLS]


@pytest.mark.chrome
def test_call_writes_the_chart_of_a_tool_that_draws(tmp_path, chrome):
    ran = liquidity("call", "liquidity_heatmap", '{"symbol": "ETH"}', "--png", tmp_path / "walls.png", "--demo")
    assert ran.exit_code == 0
    assert (tmp_path / "walls.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["call", "market_impact", "{}", "--demo"], "liquidity: There is no tool 'market_impact'; the tools are "),
        (["call", "get_order_book", "{", "--demo"], "liquidity: The arguments are not JSON ("),
        (["call", "get_order_book", "[]", "--demo"], "liquidity: The arguments must be a JSON object, like "),
        (["call", "get_order_book", "{}", "--demo"], "liquidity: symbol is required."),
        (["call", "get_order_book", '{"symbol": "NOPE"}', "--demo"], "liquidity: binance does not list NOPE."),
        (["call", "get_order_book", '{"symbol": "BTC"}', "--demo", "--png", "x.png"], "liquidity: get_order_book draws nothing;"),
        (["call", "get_order_book", '{"symbol": "BTC"}', "--replay", "nowhere.jsonl"], "liquidity: There is no recording at nowhere.jsonl;"),
        (["call", "get_order_book", '{"symbol": "BTC"}', "--demo", "--replay", "x"], "liquidity: --demo and --replay exclude each other; give one of them."),
        (["simulate", "--replay", "nowhere"], "liquidity: There is no recording at nowhere;"),
        (["chat", "--host", "192.0.2.1", "--demo"], "liquidity: The chat alone has no login and listens on this machine only"),
    ],
)
def test_a_mistake_is_one_line_on_stderr_and_exit_code_1(arguments, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ran = liquidity(*arguments)
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert ran.stderr.startswith(sentence)
    assert ran.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("LIQUIDITY_EXCHANGES", "", "LIQUIDITY_EXCHANGES must not be empty.\n"),
        ("LIQUIDITY_DEADLINE_S", "soon", "LIQUIDITY_DEADLINE_S must be a number.\n"),
        ("LIQUIDITY_TAKER_FEES", "{", 'LIQUIDITY_TAKER_FEES must be JSON such as {"kraken": 0.26} ('),
        ("LIQUIDITY_TAKER_FEES", '{"kraken": -1}', "LIQUIDITY_TAKER_FEES.kraken must be greater than or equal to 0.\n"),
        ("LIQUIDITY_EXCHANGE_CONFIG", "nowhere.json", "LIQUIDITY_EXCHANGE_CONFIG: nowhere.json cannot be read"),
    ],
)
def test_a_wrong_setting_is_named(variable, value, sentence):
    ran = liquidity("call", "get_order_book", '{"symbol": "BTC"}', env={variable: value})
    assert ran.exit_code == 1
    assert ran.stderr.startswith(f"liquidity: {sentence}")


FULL = "liquidity: The result cannot be written to stdout: No space left on device.\n"


@pytest.mark.parametrize("unbuffered", ["1", ""])
@pytest.mark.parametrize(("goes_to", "told"), [("/dev/full", (1, FULL)), ("whoever reads no more", (0, ""))])
def test_what_cannot_be_printed_is_one_line_and_who_reads_no_more_is_told_nothing(unbuffered, goes_to, told):
    reads, writes = os.pipe() if goes_to != "/dev/full" else (os.open(os.devnull, os.O_RDONLY), os.open(goes_to, os.O_WRONLY))
    os.close(reads)
    ran = subprocess.run(
        [sys.executable, "-m", "mcp_server.cli", "call"],
        stdout=writes,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        text=True,
        check=False,
    )
    os.close(writes)
    assert (ran.returncode, ran.stderr) == told


DEMO = {"demo": True, "replay": None}


@pytest.mark.parametrize("command", [lambda: call("get_order_book", '{"symbol": "BTC"}', png=None, **DEMO), lambda: doctor(**DEMO)])
def test_a_result_for_which_there_is_no_room_is_told_to_be_lost(command, capsys, monkeypatch):
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert finish(command()) == 1
    assert capsys.readouterr().err == FULL


def test_a_closed_stdout_is_told_where_there_is_a_result_and_of_no_matter_where_there_is_none(capsys, monkeypatch):
    async def without_result():
        return 0

    monkeypatch.setattr(sys, "stdout", None)
    assert finish(without_result()) == 0
    assert finish(call("", "{}", png=None, demo=False, replay=None)) == 1
    assert capsys.readouterr().err == "liquidity: The result cannot be written: stdout is closed.\n"


async def test_a_chart_that_cannot_be_written_whole_leaves_what_was_there(tmp_path):
    path, folder = tmp_path / "walls.png", tmp_path / "folder.png"
    await write(path, b"before")
    folder.mkdir()
    with pytest.raises(NotReadable, match=r"folder\.png cannot be written: Is a directory\.$"):
        await write(folder, b"after")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3, limits[1]))
    try:
        with pytest.raises(NotReadable, match=r"walls\.png cannot be written: File too large\.$"):
            await write(path, b"after")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert {one.name: one.is_dir() or one.read_bytes() for one in tmp_path.iterdir()} == {"walls.png": b"before", "folder.png": True}


@pytest.mark.parametrize("arguments", [["chat", "--port", "x"], ["nonsense"], ["call", "--demo", "a", "b", "c"]])
def test_wrong_usage_is_exit_code_2(arguments):
    assert liquidity(*arguments).exit_code == 2


def test_a_configured_exchange_that_is_not_simulated_is_named_instead_of_dropped():
    ran = liquidity("call", "compare_exchanges", '{"symbol": "BTC"}', "--demo", env={"LIQUIDITY_EXCHANGES": "foo,kraken"})
    assert ran.exit_code == 1
    assert (
        ran.stderr
        == "liquidity: LIQUIDITY_EXCHANGES names foo, but the simulated exchanges here are binance, coinbase, kraken, okx, bybit: change it or leave it out.\n"
    )


def test_ask_answers_in_the_terminal_and_says_who_answered_from_what():
    ran = liquidity("ask", "Which exchange is cheapest to buy $50k of BTC?", "--demo")
    assert ran.exit_code == 0
    assert "is cheapest for a $50,000 market buy of BTC" in ran.stdout
    assert "simulated (not live)" in " ".join(ran.stdout.split())
    assert "rules (no LLM)" in ran.stdout
    assert ran.stderr.startswith("Nothing you type leaves this machine")


@pytest.mark.parametrize(("question", "code"), [("price of FOOBAR", 1), ("", 1), ("Is BTC deep?", 0), ("help", 0)])
def test_ask_exits_with_1_where_nothing_was_answered(question, code):
    assert liquidity("ask", question, "--demo").exit_code == code


@pytest.mark.chrome
def test_ask_as_json_carries_the_tool_results_and_keeps_the_charts(tmp_path, chrome):
    ran = liquidity("ask", "Show me the walls on ETH on kraken", "--json", "--charts", tmp_path / "charts", "--demo")
    answer = json.loads(ran.stdout)
    assert (answer["model"], answer["source"]) == ("rules (no LLM)", "simulated")
    assert "liquidity_heatmap" in [tool["tool"] for tool in answer["tools"]]
    kept = sorted(path.name for path in (tmp_path / "charts").iterdir())
    assert kept == sorted(f"{number}-{chart['kind']}{suffix}" for number, chart in enumerate(answer["charts"], 1) for suffix in (".json", ".png"))


def test_ask_keeps_no_charts_in_a_file(tmp_path):
    (tmp_path / "charts").write_text("before")
    ran = liquidity("ask", "help", "--charts", tmp_path / "charts", "--demo")
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert ran.stderr.splitlines()[-1] == f"liquidity: {tmp_path / 'charts'} cannot be made a folder: File exists."


@recorded
@pytest.mark.parametrize(("symbol", "bps", "levels"), [("BTC/USD", 0.39, 20), ("ETH/USD", 2.25, 36)])
def test_a_quarter_million_on_the_recorded_coinbase_books_costs_what_is_on_record(symbol, bps, levels):
    ran = liquidity(
        "call",
        "calculate_market_impact",
        json.dumps({"symbol": symbol, "order_size_usd": 250_000, "exchange": "coinbase"}),
        "--replay",
        BOOKS / "2026-08-09-full",
    )
    result = json.loads(ran.stdout)
    assert (round(result["slippage_vs_mid_bps"], 2), result["levels_consumed"], result["source"]) == (bps, levels, "replay")


@recorded
def test_ask_says_of_the_recorded_book_what_the_tool_says():
    ran = liquidity("ask", "How much slippage for a $250k market buy of BTC on Coinbase?", "--replay", BOOKS / "2026-08-09-full")
    assert "0.39 bps against mid over 20 levels" in " ".join(ran.stdout.split())


def test_simulate_prints_a_configuration_that_points_a_live_command_at_its_venues(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-m", "mcp_server.cli", "simulate", "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as venues:
        lines = []
        while not lines or lines[-1] != "}\n":
            lines.append(venues.stdout.readline())
        config = tmp_path / "exchanges.json"
        config.write_text("".join(lines))
        ran = liquidity("call", "get_order_book", '{"symbol": "BTC", "exchange": "okx"}', env={"LIQUIDITY_EXCHANGE_CONFIG": str(config)})
        venues.terminate()
        assert venues.wait(5) == 0
    assert json.loads(ran.stdout)["source"] == "simulated"


def test_doctor_says_what_works_on_the_simulated_venues():
    ran = liquidity("doctor", "--demo")
    assert "simulated books" in ran.stdout
    assert all(f"{exchange} " in ran.stdout for exchange in ("binance", "coinbase", "kraken"))
    assert "rules (no LLM)" in ran.stdout


def test_the_help_of_an_export_says_what_it_does_not_hold():
    assert "Down-sampled hours, failed looks, alerts and rules stay in the database alone." in " ".join(liquidity("history", "export", "--help").stdout.split())


def test_help_imports_nothing_heavy():
    code = "import sys; sys.argv = ['liquidity', '--help']\ntry:\n    from mcp_server.cli import main; main()\nexcept SystemExit:\n    print(sorted({'rich', 'numpy', 'pydantic', 'ccxt', 'plotly', 'mcp', 'chainlit', 'pydantic_ai', 'tools'} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout.splitlines()[-1] == "[]"
