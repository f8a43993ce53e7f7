"""Recordings replay at their own pace, over and over, exactly as recorded, or say what is wrong with them."""

import gzip
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import ccxt
import pytest

from tools.errors import NotReadable, UnknownSymbol
from tools.simulator import ListedMarket, RawBook, RecordedBooks, Simulator

BEGIN = 1_786_309_548_848
BIDS, ASKS = [["100.50", "2.10"], ["100.00", "3"]], [["101.00", "1.25"]]
SHARED = Path(os.environ.get("LIQUIDITY_TEST_BOOKS", Path(__file__).parents[3] / ".." / "shared" / "books"))


class Clock:
    """A monotonic clock that moves when told."""

    def __init__(self):
        self.seconds = 5_000.0

    def __call__(self):
        return self.seconds


def row(**changes):
    return {"exchange": "kraken", "symbol": "BTC/USD", "timestamp": BEGIN, "bids": BIDS, "asks": ASKS} | changes


def write(path, *rows):
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in rows).encode()
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    return path


def series(*offsets_ms, **changes):
    return [row(timestamp=BEGIN + offset, bids=[["100.50", str(number)]], **changes) for number, offset in enumerate(offsets_ms, 1)]


def test_a_series_replays_at_its_own_pace_and_loops_after_a_usual_gap(tmp_path):
    clock = Clock()
    books = RecordedBooks(write(tmp_path / "a.jsonl", *series(0, 1_000, 2_000, 5_000)), monotonic=clock)

    seen = []
    for elapsed in (0, 0.999, 1, 4.5, 5, 5.999, 6, 7, 13):
        clock.seconds = 5_000.0 + elapsed
        book = books.book("kraken", "BTC/USD")
        seen.append((book.bids[0][1], book.clock_ms - BEGIN, book.clock_ms - book.timestamp_ms, book.loop))

    assert seen == [
        ("1", 0, 0, 0),
        ("1", 999, 999, 0),
        ("2", 1_000, 0, 0),
        ("3", 4_500, 2_500, 0),
        ("4", 5_000, 0, 0),
        ("4", 5_999, 999, 0),
        ("1", 0, 0, 1),
        ("2", 1_000, 0, 1),
        ("2", 1_000, 0, 2),
    ]


def test_a_single_book_stands_still(tmp_path):
    clock = Clock()
    books = RecordedBooks(write(tmp_path / "a.jsonl.gz", row()), monotonic=clock)
    clock.seconds += 86_400

    assert books.book("kraken", "BTC/USD") == RawBook(BEGIN, BEGIN, [("100.50", "2.10"), ("100.00", "3")], [("101.00", "1.25")], 0)
    assert books.now() == datetime(2026, 8, 9, 21, 5, 48, 848_000, tzinfo=UTC)


def test_series_loop_on_their_own_and_the_clock_shows_the_latest(tmp_path):
    clock = Clock()
    rows = [*series(0, 1_000), *series(10_000, 12_000, exchange="okx", symbol="BTC/USDT")]
    books = RecordedBooks(write(tmp_path / "a.jsonl", *rows), monotonic=clock)
    clock.seconds += 3

    assert [(book.clock_ms - BEGIN, book.loop) for book in (books.book("kraken", "BTC/USD"), books.book("okx", "BTC/USDT"))] == [(1_000, 1), (13_000, 0)]
    assert books.now().timestamp() * 1_000 == BEGIN + 13_000
    assert books.exchanges == ("kraken", "okx")


def test_a_folder_is_read_with_its_sub_folders_and_the_first_file_counts_at_one_moment(tmp_path):
    (tmp_path / "b").mkdir()
    write(tmp_path / "a.jsonl", row())
    write(tmp_path / "b" / "c.jsonl.gz", row(bids=[["99", "1"]]), row(exchange="bybit", symbol="ETH/USDT"))
    (tmp_path / "README.md").write_text("not a book")

    books = RecordedBooks(tmp_path)

    assert books.exchanges == ("kraken", "bybit")
    assert books.book("kraken", "BTC/USD").bids[0] == ("100.50", "2.10")


def test_rows_out_of_order_are_put_in_order(tmp_path):
    books = RecordedBooks(write(tmp_path / "a.jsonl", row(timestamp=BEGIN + 1_000), row(bids=[["7", "1"]])), monotonic=Clock())

    assert books.book("kraken", "BTC/USD").bids == [("7", "1")]


def test_tick_and_step_are_the_finest_that_the_first_book_shows(tmp_path):
    books = RecordedBooks(write(tmp_path / "a.jsonl", row(bids=[["61837.63000000", "3.78826000"]], asks=[["61838.10000000", "20"]])))

    assert books.markets("kraken") == [ListedMarket("BTC/USD", "0.01", "0.00001")]
    assert books.markets("binance") == []


def test_the_best_levels_are_had_without_the_rest(tmp_path):
    books = RecordedBooks(write(tmp_path / "a.jsonl", row()))

    assert books.book("kraken", "BTC/USD", 1).bids == [("100.50", "2.10")]
    with pytest.raises(UnknownSymbol, match="kraken does not list ETH/USD"):
        books.book("kraken", "ETH/USD")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"exchange": "kraken"', "is not JSON"),
        ("[]", "a row is a JSON object"),
        ({"exchange": "kraken", "symbol": "BTC/USD"}, "timestamp, bids, asks missing"),
        (row(exchange="kucoin"), "the simulator does not speak kucoin; it speaks binance, coinbase, kraken, okx, bybit"),
        (row(exchange=["kraken"]), "the simulator does not speak"),
        (row(symbol="BTCUSD"), "the symbol BTCUSD is not a spot market such as BTC/USDT"),
        (row(symbol="BTC/USDT:USDT"), "is not a spot market"),
        (row(timestamp="now"), "the timestamp now is not milliseconds since 1970"),
        (row(timestamp=True), "the timestamp True is not milliseconds"),
        (row(timestamp=1786309548848.5), "is not milliseconds"),
        (row(bids=[]), "bids is not a list of levels"),
        (row(asks={"101": "1"}), "asks is not a list of levels"),
        (row(asks=[[101.0, 1.0]]), "asks holds a level that is not two numbers in strings"),
        (row(bids=[["100"]]), "bids holds a level that is not two numbers in strings"),
        (row(bids=[["100", "much"]]), "bids holds a level that is not two numbers in strings"),
        (row(bids=[["NaN", "1"]]), "bids holds a level that is not two numbers in strings"),
        (row(bids=["100", "1"]), "bids holds a level that is not two numbers in strings"),
        (row(bids=[5]), "bids holds a level that is not two numbers in strings"),
    ],
)
def test_a_bad_row_is_named_by_file_line_and_fault(tmp_path, line, problem):
    file = write(tmp_path / "bad.jsonl", row(), "", line)

    with pytest.raises(NotReadable) as raised:
        RecordedBooks(file)
    assert f"{file}, line 3" in str(raised.value)
    assert problem in str(raised.value)


def test_a_missing_path_says_what_would_work(tmp_path):
    with pytest.raises(NotReadable, match=r"There is no recording at .*nowhere; give a .jsonl"):
        RecordedBooks(tmp_path / "nowhere")


def test_an_empty_file_and_an_empty_folder_are_named(tmp_path):
    with pytest.raises(NotReadable, match=r"The folder .* holds no"):
        RecordedBooks(tmp_path)
    with pytest.raises(NotReadable, match=r"empty\.jsonl is empty"):
        RecordedBooks(write(tmp_path / "empty.jsonl"))


@pytest.mark.parametrize("content", [b"no gzip at all", gzip.compress(json.dumps(row()).encode())[:40]], ids=["no gzip at all", "cut short"])
def test_a_broken_gzip_file_is_named(tmp_path, content):
    file = tmp_path / "broken.jsonl.gz"
    file.write_bytes(content)

    with pytest.raises(NotReadable, match=r"broken\.jsonl\.gz cannot be read"):
        RecordedBooks(file)


async def test_a_replay_is_served_with_the_recordings_time_and_label(tmp_path, connect):
    clock = Clock()
    async with Simulator(RecordedBooks(write(tmp_path / "a.jsonl", *series(0, 1_000, 2_000)), monotonic=clock)) as simulator:
        clock.seconds += 4.25
        client = connect(simulator.exchange_config, "kraken")
        book = await client.fetch_order_book("BTC/USD", 10)

    assert simulator.exchange_config["kraken"]["source"] == "replay"
    assert book["bids"] == [[100.5, 2.0, (BEGIN + 1_000) // 1_000]]
    said = {name: value for name, value in client.last_response_headers.items() if name.startswith("X-Liquidity")}
    assert said == {"X-Liquidity-Source": "replay", "X-Liquidity-As-Of": str(BEGIN + 1_000), "X-Liquidity-Clock": str(BEGIN + 1_250)}


needs_recordings = pytest.mark.skipif(not SHARED.is_dir(), reason=f"no recorded books at {SHARED}; set LIQUIDITY_TEST_BOOKS")


@needs_recordings
async def test_the_whole_recorded_coinbase_book_is_served_exactly(connect):
    file = SHARED / "2026-08-09-full" / "coinbase-BTC-USD.jsonl.gz"
    recorded = json.loads(gzip.decompress(file.read_bytes()))
    books = RecordedBooks(file)

    raw = books.book("coinbase", "BTC/USD")
    async with Simulator(books) as simulator:
        client = connect(simulator.exchange_config, "coinbase")
        book = await client.fetch_order_book("BTC/USD")
        assert "ETH/USD" not in client.markets
        with pytest.raises(ccxt.BadSymbol):
            await client.fetch_order_book("ETH/USD")

    assert ([list(level) for level in raw.bids], [list(level) for level in raw.asks]) == (recorded["bids"], recorded["asks"])
    assert (len(book["bids"]), len(book["asks"])) == (18_764, 27_236)
    assert book["bids"] == [[float(price), float(size)] for price, size in recorded["bids"]]
    assert book["asks"] == [[float(price), float(size)] for price, size in recorded["asks"]]
    assert book["timestamp"] == recorded["timestamp"]


@needs_recordings
def test_the_whole_folder_of_recordings_can_be_replayed():
    books = RecordedBooks(SHARED)

    assert books.exchanges == ("binance", "coinbase", "bybit")
    assert {market.symbol for market in books.markets("binance")} == {"BTC/USDT", "ETH/USDT"}
    assert books.markets("binance")[0] == ListedMarket("BTC/USDT", "0.01", "0.00001")
