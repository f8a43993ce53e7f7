"""What `liquidity record` shows: the live table in terminals of any size, lines without one, and the summary at the end."""

import asyncio
import os
import signal
import socket
import sys
from asyncio import create_subprocess_exec, subprocess, timeout
from contextlib import suppress
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import stamina
from make_alerts import alert
from make_books import NOON
from make_snapshots import snapshot
from rich.console import Console
from simulated import simulated

from mcp_server.commands import record
from mcp_server.commands.live_table import live_table
from mcp_server.commands.screens import Lines, delivering, screen, shown_and
from mcp_server.commands.simulate import simulate
from mcp_server.commands.telling import duration, summary, who_instead, why_nothing
from tools.errors import NotReadable
from tools.history import History
from tools.history.urls import of_source
from tools.market import utc_now
from tools.recorder import Gap, PairProgress, Progress
from tools.settings import Settings

NO_ROOM = r"^The result cannot be written to stdout: No space left on device\.$"
TIMED_OUT = "kraken timed out (10 s). Try again, or ask another exchange."
RECORDING = PairProgress("kraken", "BTC", 60, "BTC/USD", "recording", last=snapshot(), stored=1_440, failed=2, skipped=1)
FAILING = PairProgress("kraken", "ETH", 60, "ETH/USD", "failing", TIMED_OUT, snapshot(symbol="ETH/USD"), stored=1_430, failed=12)
STARTING = PairProgress("kraken", "BTC", 60)
ELSEWHERE = PairProgress("coinbase", "BTC", 60, "BTC/USD", "elsewhere", "another recorder has it")
REFUSED = PairProgress("kraken", "NOPE", 60, state="refused", note="kraken does not list NOPE.")
THREE = Progress((RECORDING, ELSEWHERE, FAILING))


def many(*, failing):
    """A recording of 30 pairs, of which some fail for a reason of their own."""
    pairs = [PairProgress("binance", f"C{i:02}", 60, f"C{i:02}/USDT", "recording", last=snapshot(), stored=100) for i in range(30)]
    for place in range(30 - failing, 30):
        note = f"binance sent an empty book for C{place:02}/USDT (no usable bids). Try again, or ask another exchange."
        pairs[place] = PairProgress("binance", f"C{place:02}", 60, f"C{place:02}/USDT", "failing", note, failed=1)
    return Progress(tuple(pairs))


def shown(progress, width, height=24):
    """The lines of the live table in a terminal of that size."""
    console = Console(file=StringIO(), force_terminal=True, width=width, height=height, color_system=None)
    console.print(live_table(progress, 83, console))
    lines = [line.rstrip() for line in console.file.getvalue().splitlines()]
    assert len(lines) <= height
    assert max(map(len, lines)) <= width
    assert lines.pop() == ""
    return lines


def test_at_80_columns_the_least_important_columns_give_way_and_no_word_is_cut():
    assert shown(THREE, 80) == [
        "2,870 snapshots stored, 14 looks failed, 1 tick skipped in 1 min 23 s",
        "3 pairs: 1 failing, 1 recording, 1 elsewhere; no alerts",
        "ETH/USD on kraken: kraken timed out (10 s). Try again, or ask another exchange.",
        "market   exchange  state      book UTC     spread  depth 1 %  stored  failed",
        "ETH/USD  kraken    failing    12:00:00  10.00 bps   $600,000   1,430      12",
        "BTC/USD  kraken    recording  12:00:00  10.00 bps   $600,000   1,440       2",
        "BTC/USD  coinbase  elsewhere                                       0       0",
    ]


def test_at_120_columns_nothing_is_left_out():
    assert shown(THREE, 120)[3:] == [
        "market   exchange  state      book UTC         mid     spread  depth 1 %  stored  failed  skipped",
        "ETH/USD  kraken    failing    12:00:00  100.00 USD  10.00 bps   $600,000   1,430      12        0",
        "BTC/USD  kraken    recording  12:00:00  100.00 USD  10.00 bps   $600,000   1,440       2        1",
        "BTC/USD  coinbase  elsewhere                                                   0       0        0",
    ]


@pytest.mark.parametrize("width", [40, 80, 120])
def test_of_30_pairs_those_that_fail_come_first_and_those_without_room_are_counted(width):
    lines = shown(many(failing=1), width)
    header = next(place for place, line in enumerate(lines) if line.startswith("market"))
    words = " ".join(lines[:header])
    assert words == (
        "2,900 snapshots stored, 1 look failed, 0 ticks skipped in 1 min 23 s 30 pairs: 29 recording, 1 failing; no alerts "
        "C29/USDT on binance: binance sent an empty book for C29/USDT (no usable bids). Try again, or ask another exchange."
    )
    rows = lines[header + 1 : -1]
    assert [row.split()[:3] for row in rows[:2]] == [["C29/USDT", "binance", "failing"], ["C00/USDT", "binance", "recording"]]
    assert lines[-1] == f"and {30 - len(rows)} more recording"
    assert len(lines) == 23


def test_reasons_take_half_of_the_screen_at_most_and_each_stands_whole():
    lines = shown(many(failing=20), 80)
    header = next(place for place, line in enumerate(lines) if line.startswith("market"))
    assert (header - 2, lines[header - 1], lines[-1]) == (10, "Try again, or ask another exchange.", "and 11 more failing, 10 more recording")


def test_what_fails_is_said_before_what_cannot_be_recorded_at_all():
    assert [line.partition(":")[0] for line in shown(Progress((REFUSED, FAILING)), 80)[1:4]] == ["2 pairs", "ETH/USD on kraken", "NOPE on kraken"]


def test_a_reason_that_many_pairs_share_is_said_once():
    pairs = tuple(PairProgress("kraken", symbol, 60, symbol, "failing", TIMED_OUT) for symbol in ("BTC/USD", "ETH/USD", "SOL/USD"))
    assert shown(Progress(pairs), 80)[2] == f"3 pairs: {TIMED_OUT}"


def test_what_is_raised_stands_above_the_table_and_its_pair_at_the_top():
    raised = PairProgress("kraken", "SOL", 60, "SOL/USD", "recording", standing=(alert(symbol="SOL/USD"),))
    lines = shown(Progress((RECORDING, raised), raised=3, cleared=2), 80)
    assert lines[1:4] == [
        "2 pairs: 2 recording; 3 alerts raised, 2 cleared, 1 standing",
        "MEDIUM SOL/USD on kraken since 2026-08-09 12:00:00 UTC: spread 60% above its",
        "median",
    ]
    assert [line.split()[0] for line in lines[-2:]] == ["SOL/USD", "BTC/USD"]


def test_a_database_that_is_away_is_said_with_what_waits_for_it():
    assert shown(Progress((RECORDING,), buffered=12, database_fault="The history cannot be used (it is away)."), 120)[:3] == [
        "1,440 snapshots stored, 2 looks failed, 1 tick skipped, database unavailable, 12 buffered in 1 min 23 s",
        "1 pair: 1 recording; no alerts",
        "The history cannot be used (it is away).",
    ]


def test_a_depth_that_the_book_does_not_reach_is_a_lower_bound():
    assert "≥ $600,000" in shown(Progress((PairProgress("kraken", "BTC", 60, last=snapshot(bid_complete=(False,) * 6)),)), 80)[-1]


@pytest.mark.parametrize(("width", "height"), [(80, 24), (20, 5), (1, 1)])
def test_a_table_without_pairs_or_room_can_be_drawn(width, height):
    for progress in (Progress(()), THREE):
        console = Console(file=StringIO(), force_terminal=True, width=width, height=height, color_system=None)
        console.print(live_table(progress, 0, console))


def test_without_a_terminal_there_is_a_line_a_minute_and_one_for_what_happens(capsys):
    times = iter([0, 1, 61, 62, 122])
    lines = Lines(lambda: next(times))
    for _ in range(4):
        lines.show(THREE)
    shown_and(lambda _: None, lines)(alert())
    assert capsys.readouterr().err.splitlines() == [
        *["2,870 snapshots stored, 14 looks failed, 1 tick skipped"] * 2,
        "ALERT MEDIUM BTC/USD on kraken: spread 60% above its median. Split large orders.",
    ]


async def test_a_webhook_that_is_tried_again_and_again_in_vain_is_told_once_and_in_our_words(capsys, caplog):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/alerts"
    settings = Settings(_env_file=None, webhook_url=address, webhook_secret="a secret", webhook_allow_private=True)
    async with simulated() as venues:
        with stamina.set_testing(True, attempts=3):
            async with delivering(settings, venues.market, Lines()) as deliver:
                deliver(alert())
    assert capsys.readouterr().err.splitlines() == [
        "ALERT MEDIUM BTC/USD on kraken: spread 60% above its median. Split large orders.",
        "Alerts do not reach the webhook at 127.0.0.1: All connection attempts failed",
        "Alerts not delivered to the webhook at 127.0.0.1: 1 failed for good.",
    ]
    assert [record.name for record in caplog.records if record.name == "stamina"] == []


@pytest.mark.parametrize("fails", [False, True])
async def test_after_the_delivery_whatever_else_is_retried_is_told_again(fails):
    told = []
    stamina.instrumentation.set_on_retry_hooks([told.append])
    try:
        async with simulated() as venues:
            with suppress(KeyError):
                async with delivering(Settings(_env_file=None), venues.market, Lines()):
                    assert stamina.instrumentation.get_on_retry_hooks() == ()
                    if fails:
                        raise KeyError
        assert stamina.instrumentation.get_on_retry_hooks() == (told.append,)
    finally:
        stamina.instrumentation.set_on_retry_hooks(None)


def test_colours_forced_on_a_file_make_it_no_terminal(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert type(screen()) is Lines


def test_the_summary_names_every_pair_every_gap_the_time_and_the_alerts():
    lost = PairProgress("kraken", "SOL", 60, "SOL/USD", "recording", stored=1, gap=Gap(3, NOON, NOON + timedelta(minutes=2)), standing=(alert(),))
    assert summary(Progress((RECORDING, lost, REFUSED), raised=2, cleared=1), 86_400).splitlines() == [
        "BTC/USD on kraken: 1,440 snapshots stored, 2 looks failed, 1 tick skipped",
        "SOL/USD on kraken: 1 snapshot stored, 0 looks failed, 0 ticks skipped",
        "NOPE on kraken: kraken does not list NOPE.",
        "SOL/USD on kraken: a gap, 3 looks from 2026-08-09 12:00:00 to 2026-08-09 12:02:00 UTC could not be stored.",
        "In all: 1,441 snapshots stored, 2 looks failed, 1 tick skipped, 3 lost in 1 d 0 h; 2 alerts raised, 1 cleared, 1 standing.",
    ]


@pytest.mark.parametrize(("seconds", "said"), [(0.4, "0 s"), (59.6, "1 min 0 s"), (83, "1 min 23 s"), (3_725, "1 h 2 min"), (90_000, "1 d 1 h")])
def test_a_duration_is_told_to_its_two_largest_units(seconds, said):
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("progress", "why"),
    [
        (Progress((FAILING, ELSEWHERE)), TIMED_OUT),
        (Progress((FAILING,), database_fault="The history cannot be used (it is away)."), "The history cannot be used (it is away)."),
        (Progress((STARTING, ELSEWHERE)), "another recorder has it."),
        (Progress((STARTING,)), "it ended before anything was seen."),
    ],
)
def test_why_nothing_was_stored_is_one_sentence(progress, why):
    assert why_nothing(progress) == f"No snapshot was stored: {why}"


async def test_a_signal_that_comes_twice_at_once_is_one_and_a_later_one_ends_the_process(monkeypatch):
    stop, loop = record._told_to_stop(), asyncio.get_running_loop()
    scheduled = []
    monkeypatch.setattr(loop, "call_later", lambda delay, call: scheduled.append((delay, call)))
    os.kill(os.getpid(), signal.SIGINT)
    await stop.wait()
    assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    [(delay, call)] = scheduled
    call()
    assert (delay, signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == (1, signal.default_int_handler, signal.SIG_DFL)


@pytest.mark.parametrize(
    ("holders", "said"),
    [
        (["process 4711 on desk-1 has it"] * 2, "process 4711 on desk-1 has it."),
        (["process 4711 on desk-1 has it", "process 12 on desk-2 has it"], "process 4711 on desk-1 has it and process 12 on desk-2 has it."),
    ],
)
def test_who_recorded_instead_is_one_sentence(holders, said):
    pairs = [PairProgress("kraken", "BTC", 60, "BTC/USD", "elsewhere", holder) for holder in holders]
    assert who_instead(pairs) == f"Stood by the whole time, so nothing was stored from here: {said}"


class EndedBy(Lines):
    """Lines on which one that ends in `words` is followed by SIGTERM."""

    def __init__(self, words):
        super().__init__()
        self._words = words

    def say(self, line):
        super().say(line)
        if line.endswith(self._words):
            os.kill(os.getpid(), signal.SIGTERM)


@pytest.fixture
async def elsewhere(tmp_path, monkeypatch):
    """BTC on kraken is another recorder's; ours ends once it has said so."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'history.db'}"
    monkeypatch.setenv("LIQUIDITY_DATABASE_URL", url)
    monkeypatch.setattr(record, "screen", lambda: EndedBy("has it"))
    history = History(of_source(url, "simulated"), "simulated", now=utc_now)
    await history.claim([("kraken", "BTC/USD")], "desk-1:4711:0a1b2c3d", 60)
    await history.close()


@pytest.mark.usefixtures("elsewhere")
async def test_a_recorder_that_stood_by_the_whole_time_says_who_recorded_and_has_not_failed(capsys):
    assert await record.record(["btc"], "kraken", 60, demo=True, replay=None) == 0
    said = capsys.readouterr()
    assert said.err.splitlines()[-1] == "Stood by the whole time, so nothing was stored from here: process 4711 on desk-1 has it."
    assert said.out.startswith("BTC/USD on kraken: 0 snapshots stored")


@pytest.fixture
def full():
    with Path("/dev/full").open("w") as file:
        yield file


@pytest.mark.usefixtures("elsewhere")
async def test_a_summary_for_which_there_is_no_room_is_one_sentence(full, monkeypatch):
    monkeypatch.setattr(sys, "stdout", full)
    with pytest.raises(NotReadable, match=NO_ROOM):
        await record.record(["btc"], "kraken", 60, demo=True, replay=None)


async def test_a_configuration_of_the_venues_for_which_there_is_no_room_is_one_sentence(full, monkeypatch):
    monkeypatch.setattr(sys, "stdout", full)
    with pytest.raises(NotReadable, match=NO_ROOM):
        await simulate(0, 1, None)


async def test_a_run_that_stored_nothing_says_why_and_fails(tmp_path):
    command = [sys.executable, "-m", "mcp_server.cli", "record", "btc", "--exchanges", "kraken", "--interval", "1", "--demo"]
    database = {"LIQUIDITY_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'a-file' / 'history.db'}"}
    (tmp_path / "a-file").touch()
    process = await create_subprocess_exec(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **database})
    async with timeout(60):
        while b"are kept until it answers" not in (line := await process.stderr.readline()):
            assert line, "it ended instead of recording"
        process.send_signal(signal.SIGTERM)
        output, rest = (part.decode() for part in await process.communicate())
    assert process.returncode == 1
    assert rest.splitlines()[-1].startswith("liquidity: No snapshot was stored: The history cannot be used (")
    assert [line.partition(",")[0].partition(" look")[0] for line in output.splitlines()[1:2]] == ["BTC/USD on kraken: a gap"]
