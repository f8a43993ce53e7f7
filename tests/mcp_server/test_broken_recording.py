"""What a mistake in this program that ends the recording of a pair looks like to whoever started `liquidity record` or asks `liquidity serve`."""

from io import StringIO

import pytest
from endings import Ending
from rich.console import Console
from simulated import simulated

from mcp_server.commands import record
from mcp_server.commands.live_table import live_table
from mcp_server.commands.screens import Lines
from mcp_server.commands.serve import _recorded_badly, _recording
from mcp_server.commands.telling import summary
from mcp_server.http.health import health
from mcp_server.http.watch import Watch
from tools.history.watch import Watch as AlertWatch
from tools.recorder import PairProgress, Progress
from tools.settings import Settings

NOTE = "a mistake in this program has ended its recording (KeyError('a mistake'))"
FAILING = PairProgress("kraken", "SOL", 60, "SOL/USD", "failing", "kraken timed out (10 s).", stored=7)
BROKEN = PairProgress("kraken", "BTC", 60, "BTC/USD", "broken", NOTE, stored=3)


@pytest.fixture
def mistaken(monkeypatch):
    """Every look is judged by mistake."""

    async def observe(*_):
        raise KeyError("a mistake")

    monkeypatch.setattr(AlertWatch, "observe", observe)


def test_the_table_shows_it_before_all_else_and_the_summary_with_what_was_stored():
    progress = Progress((FAILING, BROKEN))
    console = Console(file=StringIO(), force_terminal=True, width=120, height=24, color_system=None)
    console.print(live_table(progress, 83, console))
    lines = console.file.getvalue().splitlines()
    assert lines[2].rstrip() == f"BTC/USD on kraken: {NOTE}"
    assert lines[5].split()[:3] == ["BTC/USD", "kraken", "broken"]
    assert summary(progress, 83).splitlines()[1] == f"BTC/USD on kraken: 3 snapshots stored, 0 looks failed, 0 ticks skipped; {NOTE}"


@pytest.mark.usefixtures("mistaken")
async def test_record_ends_where_every_pair_has_so_ended_and_fails_although_snapshots_are_stored(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LIQUIDITY_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'history.db'}")
    monkeypatch.setattr(record, "screen", Lines)
    assert await record.record(["btc"], "kraken", 60, demo=True, replay=None) == 1
    assert capsys.readouterr().out.startswith(f"BTC/USD on kraken: 1 snapshot stored, 0 looks failed, 0 ticks skipped; {NOTE}\nIn all: 1 snapshot")


@pytest.mark.parametrize("pairs", [(BROKEN,), (FAILING, BROKEN)])
async def test_health_is_degraded_by_it_and_serve_fails_in_the_end(pairs):
    watch = Watch()
    watch.recorded(Progress(pairs))
    async with simulated(("kraken",)) as venues:
        told = await health(venues.market, watch, "none", "not served")
    recording = told["parts"]["recording"]
    assert (told["status"], recording["state"], recording["pairs"][-1]["state"], recording["pairs"][-1]["note"]) == ("degraded", "broken", "broken", NOTE)
    assert _recorded_badly(watch)


@pytest.mark.usefixtures("mistaken")
async def test_a_recording_that_has_so_ended_altogether_is_told_at_once_while_serving_goes_on():
    settings, watch = Settings(_env_file=None, demo=True, record=({"symbol": "BTC/USD", "exchange": "kraken"},)), Ending()
    async with simulated(("kraken",)) as venues, _recording(venues.market, settings, watch):
        await watch.ended.wait()
        assert (watch.recording.fault, watch.recording.progress.stored) == ("unexpected", 1)
