"""The command line `liquidity`. Everything heavy is imported inside the command that needs it, so that --help answers at once."""

import gc
from collections.abc import Coroutine, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

# ruff: noqa: PLC0415 - imports inside functions are this module's purpose

app = typer.Typer(
    name="liquidity",
    help="Order-book liquidity across exchanges: what an order would cost, where it is cheapest, where the walls are.",
    epilog="Books come from live exchanges; --demo uses simulated venues (no network, no keys), --replay recorded ones. Settings: README, or a .env file.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

alerts = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Alerts that were raised, and when a rule would have been.")
history = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Move history in and out.")
app.add_typer(alerts, name="alerts")
app.add_typer(history, name="history")

Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 picks a free one.")]
AlertsAsJson = Annotated[bool, typer.Option("--json", help="Print one alert a line as JSON.")]
Until = Annotated[str, typer.Option(metavar="TIME", help="The end of that time, ISO 8601 such as 2026-11-22T14:00Z; now where left out.")]
Demo = Annotated[bool, typer.Option("--demo", help="Use simulated venues on this machine instead of live exchanges.", rich_help_panel="Where books come from")]
Replay = Annotated[
    Path | None,
    typer.Option(
        "--replay", metavar="PATH", help="Use recorded order books: a .jsonl or .jsonl.gz file, or a folder of them.", rich_help_panel="Where books come from"
    ),
]


def _finish(command: Coroutine[Any, Any, int]) -> None:
    from .commands.running import finish

    raise typer.Exit(finish(command))


@contextmanager
def _uncollected() -> Generator[None]:
    """No garbage is collected meanwhile, nor looked for in what is made: importing leaves none, and looking costs a tenth of the start."""
    gc.disable()
    yield
    gc.freeze()
    gc.enable()


@app.command()
def chat(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Port = 8000,
    demo: Demo = False,
    replay: Replay = None,
) -> None:
    """Open the chat: ask in plain language, read the answer with its chart in the browser."""
    from .commands.chat import chat

    _finish(chat(host, port, demo=demo, replay=replay))


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help='For example: "Which exchange is cheapest to buy $50k of BTC?"')],
    json: Annotated[bool, typer.Option("--json", help="Print the whole answer as JSON: text, tool results, charts.")] = False,
    charts: Annotated[Path | None, typer.Option(metavar="DIR", help="Keep the answer's charts there as PNG and Plotly JSON.")] = None,
    demo: Demo = False,
    replay: Replay = None,
) -> None:
    """Answer one question in the terminal."""
    from .commands.ask import ask

    _finish(ask(question, as_json=json, charts=charts, demo=demo, replay=replay))


@app.command()
def call(
    tool: Annotated[str, typer.Argument(help="The tool's name; leave it out to list the tools with their parameters.")] = "",
    arguments: Annotated[str, typer.Argument(metavar="JSON", help="""Its arguments, such as '{"symbol": "BTC", "order_size_usd": 50000}'.""")] = "{}",
    png: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the chart of a tool that draws to this file.")] = None,
    demo: Demo = False,
    replay: Replay = None,
) -> None:
    """Call one tool and print its result as JSON."""
    from .commands.call import call

    _finish(call(tool, arguments, png=png, demo=demo, replay=replay))


@app.command()
def mcp(demo: Demo = False, replay: Replay = None) -> None:
    """Serve the tools to an MCP host over stdin and stdout; the host starts this command itself."""
    with _uncollected():
        from .commands.mcp import mcp

    _finish(mcp(demo=demo, replay=replay))


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; any but this machine's own needs LIQUIDITY_API_TOKENS.")] = "127.0.0.1",
    port: Port = 8000,
    demo: Demo = False,
    replay: Replay = None,
) -> None:
    """Serve MCP, REST and the chat from one process."""
    from .commands.serve import serve

    _finish(serve(host, port, demo=demo, replay=replay))


@app.command()
def record(
    symbols: Annotated[list[str], typer.Argument(help="Assets or markets, such as BTC ETH/USD.")],
    exchanges: Annotated[str, typer.Option(help="Exchange ids separated by commas; the configured ones where left out.")] = "",
    interval: Annotated[
        float,
        typer.Option(
            min=1,
            max=86_400,
            help="Seconds between two looks at a market, each at a book of its own as far as the exchange's rate limits let it.",
        ),
    ] = 60.0,
    demo: Demo = False,
    replay: Replay = None,
) -> None:
    """Record liquidity into the history until told to stop, and watch it for alerts."""
    from .commands.record import record

    _finish(record(symbols, exchanges, interval, demo=demo, replay=replay))


@alerts.command("list")
def list_alerts(
    symbol: Annotated[str, typer.Argument(help="An asset or market; all where left out.")] = "",
    exchange: Annotated[str, typer.Option(help="Of this exchange only.")] = "",
    hours: Annotated[float, typer.Option(min=0.01, max=876_000, help="Alerts that stood at some time of the last hours.")] = 24.0,
    until: Until = "",
    standing: Annotated[bool, typer.Option("--standing", help="Only those that stand now, or stood at --until.")] = False,
    json: AlertsAsJson = False,
    demo: Demo = False,
    replay: Replay = None,
) -> None:
    """List the alerts that were raised, newest first."""
    from .commands.alerts import list_alerts

    _finish(list_alerts(symbol, exchange, hours, until, standing=standing, as_json=json, demo=demo, replay=replay))


@alerts.command("acknowledge")
def acknowledge_alert(
    alert_id: Annotated[str, typer.Argument(metavar="ID", help="The alert's id, as `liquidity alerts list` shows it.")],
    demo: Demo = False,
    replay: Replay = None,
) -> None:
    """Mark an alert as seen."""
    from .commands.alerts import acknowledge

    _finish(acknowledge(alert_id, demo=demo, replay=replay))


@alerts.command("backtest")
def backtest_alerts(
    symbol: Annotated[str, typer.Argument(help="An asset or market that is recorded; may be left out where the rule names it.")] = "",
    exchange: Annotated[str, typer.Option(help="The exchange; the first configured one where left out.")] = "",
    hours: Annotated[float, typer.Option(min=0.1, max=2160, help="How far back to try.")] = 168.0,
    until: Until = "",
    threshold: Annotated[float, typer.Option(min=1, max=1000, help="Deviation from the median that counts, in per cent.")] = 30.0,
    rule: Annotated[str, typer.Option(help='A rule of your own to try alone, such as "BTC spread on kraken > 5 bps".')] = "",
    json: AlertsAsJson = False,
    demo: Demo = False,
    replay: Replay = None,
) -> None:
    """Show when the default rules, or one of your own, would have fired over the stored history."""
    from .commands.alerts import try_out

    _finish(try_out(symbol, exchange, hours, until, threshold, rule, as_json=json, demo=demo, replay=replay))


@history.command("export")
def export_history(
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="A .jsonl, .jsonl.gz or .parquet file; JSON Lines on stdout where left out.")] = None,
    symbol: Annotated[str, typer.Option(help="Of this asset or market only.")] = "",
    exchange: Annotated[str, typer.Option(help="Of this exchange only.")] = "",
    hours: Annotated[float, typer.Option(min=0, max=876_000, help="The last hours only; 0 is everything.")] = 0.0,
    since: Annotated[str, typer.Option(metavar="TIME", help="From this ISO 8601 time on, in place of --hours.")] = "",
    until: Until = "",
    demo: Demo = False,
    replay: Replay = None,
) -> None:
    """Write stored snapshots to a file or stdout. Down-sampled hours, failed looks, alerts and rules stay in the database alone."""
    from .commands.history import export_history

    _finish(export_history(output, symbol, exchange, hours, since, until, demo=demo, replay=replay))


@history.command("import")
def import_history(
    files: Annotated[
        list[Path],
        typer.Argument(help="JSON Lines, Parquet, or lists such as binance_SOL_USDT.json, whose name says what rows without exchange and symbol are of."),
    ],
    demo: Demo = False,
    replay: Replay = None,
) -> None:
    """Store the snapshots of files, each whole or not at all."""
    from .commands.history import import_history

    _finish(import_history(files, demo=demo, replay=replay))


@app.command()
def simulate(
    port: Port = 18080,
    seed: Annotated[int, typer.Option(help="Books are generated from this seed.")] = 7,
    replay: Replay = None,
) -> None:
    """Run the simulated venues alone, and print the exchange configuration that points ccxt at them."""
    from .commands.simulate import simulate

    _finish(simulate(port, seed, replay))


@app.command()
def doctor(demo: Demo = False, replay: Replay = None) -> None:
    """Check what works here, and say what to do about the rest."""
    from .commands.doctor import doctor

    _finish(doctor(demo=demo, replay=replay))


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
