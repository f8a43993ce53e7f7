"""The words of the grammar: assets, exchanges and quotes as people spell them, and those that name nothing."""

from collections.abc import Mapping


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ASSET_NAMES: Mapping[str, str] = {
    "bitcoin": "BTC", "bitcoins": "BTC", "xbt": "BTC", "btcs": "BTC", "sats": "BTC",
    "ether": "ETH", "ethers": "ETH", "ethereum": "ETH", "etherium": "ETH", "eths": "ETH",
    "solana": "SOL", "ripple": "XRP", "cardano": "ADA", "dogecoin": "DOGE", "polkadot": "DOT", "litecoin": "LTC", "avalanche": "AVAX",
    "chainlink": "LINK", "polygon": "POL", "tron": "TRX", "toncoin": "TON", "shiba": "SHIB", "uniswap": "UNI", "cosmos": "ATOM",
    "stellar": "XLM", "monero": "XMR", "aptos": "APT", "arbitrum": "ARB", "optimism": "OP", "filecoin": "FIL", "hedera": "HBAR",
    "aave": "AAVE", "algorand": "ALGO", "celestia": "TIA", "injective": "INJ", "hyperliquid": "HYPE", "bonk": "BONK", "tether": "USDT",
}  # fmt: skip
"""Names, and common misspellings of them."""

TICKERS = _words(
    "BTC ETH SOL XRP ADA DOGE DOT LTC AVAX LINK POL MATIC TRX TON SHIB UNI ATOM XLM XMR APT ARB OP FIL HBAR AAVE ALGO TIA INJ HYPE BONK BNB BCH ETC"
    " NEAR SUI SEI PEPE WIF FLOKI JUP PYTH ENA WLD ONDO MKR LDO CRV SNX COMP GRT IMX STX RUNE FTM EOS XTZ KAS ICP VET SAND MANA AXS GALA APE DYDX"
    " ENS BLUR PENDLE FET TAO RENDER JTO ORDI CAKE ZEC DASH WBTC STETH PAXG TRUMP 1INCH"
)
"""Tickers known in any case, but for those below."""

WORDLIKE_TICKERS = _words("LINK NEAR DOT ATOM SAND OP APE COMP HYPE TON FIL POL GALA BLUR RENDER TRUMP DASH CAKE ARB ENS SUI SEI STX")
"""Tickers that are also words: an asset only in capitals, behind a dollar sign or right behind a size."""

STABLECOINS = _words("USDT USDC DAI FDUSD PYUSD TUSD")
"""Assets only where the question names no other: mostly they say what an asset is priced in."""

QUOTES = "USDT|USDC|USD|EUR|GBP|JPY|TRY|BRL|KRW|AUD|CAD|CHF|FDUSD|DAI|PYUSD|TUSD|BTC|ETH|BNB|XBT"
"""What a pair may be priced in."""

NOT_ASSETS = _words(
    "USD US USA EU UK EUR GBP JPY CHF CEX DEX API OTC TWAP VWAP UTC GMT EST CET AM PM OK FYI ASAP VS AND OR NOT ETF AI LLM GPT FAQ PNL BBO TOB MM ATM"
    " EOD NOW MID BID BIDS ASK ASKS BPS BP PCT MCP CCXT REST JSON CSV HFT MEV TVL KYC DCA ROI THE FOR OF ON IN AT TO BUY SELL HOW WHAT WHERE WHICH"
    " DEPTH SPREAD BOOK PRICE COST PLEASE HELP HI HELLO IS IT ME MY WHO WHY L1 L2 L3 PERP PERPS SPOT SWAP SWAPS FUTURES"
)
"""Capitals that are no asset."""

COMMON_WORDS = _words(
    "a an the this that these those it its them they you your me my mine we our us one ones some any each every all both either more most less much many"
    " market markets limit order orders book books exchange exchanges venue venues place price prices spread spreads depth liquidity slippage impact cost"
    " costs fee fees size sizes side sides bid bids ask asks mid top level levels chart charts wall walls support resistance buy buying sell selling trade"
    " trading dollar dollars usd bucks cash coin coins crypto asset assets token tokens money now today moment average least best worst cheap cheapest total"
    " large small big bigger smaller same other another what which where when how why who time way terms general particular between about across around"
    " good bad fair real live course sure fun example instance details detail info information advice help there here range percent per"
    " high low higher lower execution fills fill volume volumes everything anything something nothing once first last night noon midnight usual normal"
    " weekend weekends weekday weekdays night nights morning mornings evening evenings"
    " yesterday tomorrow alert alerts rule rules history trend snapshot snapshots forecast"
)
"""Words that are never taken for an asset, however the sentence stands."""

EXCHANGE_NAMES: Mapping[str, str] = {
    "coinbase pro": "coinbase", "coinbase exchange": "coinbase", "coinbase advanced": "coinbase", "coinbase": "coinbase", "gdax": "coinbase",
    "binance.us": "binanceus", "binance us": "binanceus", "binanceus": "binanceus", "binance": "binance",
    "kraken pro": "kraken", "kraken": "kraken", "okx": "okx", "okex": "okx", "bybit": "bybit", "by bit": "bybit", "ok x": "okx",
    "bitfinex": "bitfinex", "bitstamp": "bitstamp", "gemini": "gemini", "kucoin": "kucoin", "gate.io": "gate", "gateio": "gate",
    "htx": "htx", "huobi": "htx", "mexc": "mexc", "bitget": "bitget", "crypto.com": "cryptocom", "cryptocom": "cryptocom", "upbit": "upbit",
    "bithumb": "bithumb", "bitmex": "bitmex", "deribit": "deribit", "bitvavo": "bitvavo", "bitflyer": "bitflyer", "whitebit": "whitebit",
    "lbank": "lbank", "poloniex": "poloniex", "bingx": "bingx", "phemex": "phemex", "coinex": "coinex", "bitmart": "bitmart", "bitso": "bitso",
    "luno": "luno", "exmo": "exmo", "ascendex": "ascendex", "okcoin": "okcoin", "bitbank": "bitbank", "coincheck": "coincheck",
}  # fmt: skip
"""Exchanges as people spell them, and their ids."""

FILLERS = _words(
    "and or but so then also too well as what whats about how hows now right instead please pls plz ok okay thanks same question again try"
    " show me give tell do does is are be was would will could can i we it that this there the a an for on in at to of with via from using"
    " if just only let lets make my our size order orders amount worth side exchange exchanges venue venues pro say maybe rather"
    " not no yes yeah yep compared compare versus vs against add include including hmm um er btw like want need see check look current currently today"
    " s re us within percent all every everywhere anywhere market"
)
"""What a follow-up ("and on Kraken, please?") may be made of besides its slots."""

IDLE = _words(
    "have has had got gets get did done been being am were your you they them their its his he she who whom whose which where there here these"
    " those some any much many into out up by as than per know think going go really actually basically simply kindly quick quickly hi hey hello"
    " dear thank having im ive id ill theres thats question answer wonder wondering possible possibly able may might shall must need needs wants"
    " wanted looking find found asset assets coin coins crypto token tokens ticker spot cash perp pair pairs usd usdt usdc dollar dollars bucks"
    " worth trading trade trades traded trader desk order's me's ll ve d t m don doesn isn wasn aren didn won couldn liquidity liquid market"
    " markets order orders book books taker please plz pls figure figures number numbers data value values terms kind sort way ways case bit lot"
    " today's everyone somebody anyone anything something thing things moment currently present live real actual latest recent recently lately"
    " should"
)
"""Words that say nothing of their own, so that an answer may pass over them."""

OF_REMOVALS = _words(
    "all every each of my our own the a that this those these it one ones them rule rules alert alerts alarm alarms notification notifications id number"
    " on at for about in from and please pls thanks now stored spread spreads depth liquidity price prices imbalance bid ask side usd eur"
)
"""What a plain wish to remove rules is made of, beside its verb, assets and exchanges: no word that takes something of it back."""
