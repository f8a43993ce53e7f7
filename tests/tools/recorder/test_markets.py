"""Which markets are recorded under the names that were asked for, and which cannot be."""

import pytest
from make_snapshots import snapshot

from tools.errors import ExchangeTimeout, InvalidArgument, UnknownExchange, UnknownSymbol
from tools.recorder import record


async def test_an_asset_is_settled_by_the_first_success_and_misses_before_it_belong_to_no_market(setting):
    setting.books.errors["kraken"] = ExchangeTimeout("kraken", "10 s")
    async with setting.recording(["BTC"]) as ending:
        await setting.until_failed()
        del setting.books.errors["kraken"]
        await setting.reach(60)
        await setting.until_stored(1)
        setting.books.markets["BTC"] = "BTC/USDT"
        await setting.reach(120)
        await setting.until_stored(2)
    assert await setting.stored() == ([60, 120], [])
    assert await setting.stored(symbol="BTC/USDT") == ([], [])
    assert ending.result().pairs[0].failed == 1


async def test_a_market_that_is_gone_is_a_miss_and_never_another_markets_book(setting):
    async with setting.recording(["BTC"]):
        await setting.until_stored(1)
        setting.books.markets["BTC/USD"] = "BTC/USDT"
        await setting.reach(60)
        await setting.until_failed()
    assert await setting.stored() == ([0], [60])


async def test_two_names_of_one_market_are_recorded_once(setting):
    async with setting.recording(["BTC", "BTC/USD"]) as ending:
        await setting.until_stored(1)
        await setting.reach(1)
        await setting.seen.until(lambda progress: progress.pairs[1].state == "duplicate")
    assert [pair.stored for pair in ending.result().pairs] == [1, 0]
    assert ending.result().pairs[1].note == "BTC/USD on kraken is recorded as BTC already."


async def test_what_cannot_be_recorded_is_said_and_the_rest_goes_on(setting):
    setting.books.errors["coinbase"] = UnknownSymbol("coinbase", "BTC")
    async with setting.recording(["BTC"], ["coinbase", "kraken"]) as ending:
        await setting.reach(1)
        await setting.until_stored(1)
    assert [(pair.exchange, pair.state, pair.stored) for pair in ending.result().pairs] == [("coinbase", "refused", 0), ("kraken", "recording", 1)]
    assert setting.seen.lines[0] == "BTC on coinbase: coinbase does not list BTC. Give an asset such as BTC, or a market such as BTC/USDT."


async def test_a_name_that_no_database_takes_ends_nothing(setting):
    """As what is typed in no encoding of this machine."""
    setting.books.errors["kra\udcff"] = UnknownExchange("kra\udcff")
    async with setting.recording(["BTC/USD"], ["kra\udcff", "kraken"]) as ending:
        await setting.until_stored(1)
        await setting.reach(1)
        await setting.seen.until(lambda progress: progress.pairs[1].state == "refused")
    assert ending.result().pairs[0].state == "recording"


async def test_where_nothing_can_be_recorded_the_mistake_is_raised(setting):
    setting.books.errors["kraken"] = UnknownSymbol("kraken", "NOPE")
    with pytest.raises(UnknownSymbol, match="kraken does not list NOPE"):
        await record(setting.market, ["NOPE"], clock=setting.clock)


@pytest.mark.parametrize(
    ("symbols", "interval", "sentence"),
    [
        ([], 60, "Name at least one symbol to record, such as BTC."),
        (["BTC"], 0, "interval_seconds must be greater than or equal to 1, not 0."),
        (["  "], 60, "symbol must not be empty."),
    ],
)
async def test_wrong_arguments_are_told_in_one_sentence(setting, symbols, interval, sentence):
    with pytest.raises(InvalidArgument) as raised:
        await record(setting.market, symbols, interval_seconds=interval)
    assert str(raised.value) == sentence


async def test_a_market_that_is_stored_already_is_known_while_its_exchange_is_away(setting):
    await setting.history.append([snapshot(at=setting.clock.utc, after_s=-3_600)])
    setting.books.errors["kraken"] = ExchangeTimeout("kraken", "10 s")
    async with setting.recording(["BTC/USD"]):
        await setting.until_failed()
        await setting.reach(60)
        await setting.until_failed(2)
    assert await setting.stored() == ([-3600], [0, 60])
