"""The chat as people use it: Chromium against a served chat on simulated and recorded venues."""

import asyncio
import gzip
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, expect

from tools import calculate_market_impact, open_market
from tools.settings import Settings
from tools.units import format_value

pytestmark = pytest.mark.browser

CHEAPEST = "Which exchange is cheapest to buy $50k of BTC?"
BOOKS = Path(os.environ.get("LIQUIDITY_TEST_BOOKS", Path(__file__).parents[3] / "shared" / "books")) / "2026-08-09"


@pytest.fixture
def recording(tmp_path) -> Path:
    """The first book of each recorded market, which stands still while the answer is compared with the tools."""
    if not BOOKS.is_dir():
        pytest.skip(f"no recorded books in {BOOKS}")
    folder = tmp_path / "books"
    folder.mkdir()
    for path in BOOKS.glob("*.jsonl.gz"):
        with gzip.open(path, "rt") as books:
            (folder / path.name.removesuffix(".gz")).write_text(books.readline())
    return folder


def rows(table: Locator) -> list[list[str]]:
    return [row.locator("td").all_inner_texts() for row in table.locator("tbody tr").all()]


def ranking(answer: Locator) -> dict[str, list[str]]:
    """The answer's table: exchange to its other cells, in the answer's order."""
    return {cells[0].split(" ")[0]: cells[1:] for cells in rows(answer.locator("table").first)}


def step_results(chat) -> dict[str, dict[str, str]]:
    """What each market impact step says: exchange to field to value. Opens the steps."""
    results = {}
    for step in chat.steps.filter(has_text="calculate_market_impact").all():
        step.locator("button").first.click()
        expect(step.locator("table").first).to_be_visible()
        fields = dict(rows(step.locator("table").first))
        results[fields["exchange"]] = fields
    return results


def bps(text: str) -> float:
    return float(re.match(r"-?[\d.,]+(?= bps)", text)[0].replace(",", ""))


def costs_by_tool(recording: Path, exchanges: list[str]) -> dict[str, str]:
    """What the tool says of a recording when it is called directly."""

    async def costs() -> dict[str, str]:
        async with open_market(Settings(_env_file=None, replay=recording)) as market:
            impacts = {exchange: await calculate_market_impact(market, "BTC", 50_000, "buy", exchange) for exchange in exchanges}
        return {exchange: f"{format_value(one.all_in_bps, 'bps')}, {format_value(one.all_in_usd, 'usd')}" for exchange, one in impacts.items()}

    # In a thread of its own: Playwright's loop occupies this one.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, costs()).result()


def test_the_cheapest_exchange_is_answered_with_steps_a_ranking_that_equals_their_results_and_a_chart(simulated, open_chat):
    chat = open_chat(simulated.url)
    answer = chat.ask(CHEAPEST)
    ranked = ranking(answer)
    assert set(ranked) == {"binance", "coinbase", "kraken"}
    costs = [bps(cells[1]) for cells in ranked.values()]
    assert costs == sorted(costs)
    expect(answer).to_contain_text(f"{next(iter(ranked))} is cheapest")
    expect(answer).to_contain_text("simulated (not live)")

    steps = chat.steps.all_inner_texts()
    assert len(steps) == 4
    assert all(re.search(r"Called\s+\w+\(.*BTC.*\) · [\d.,]+ m?s", step) for step in steps), steps
    shown = {exchange: f"{fields['all in bps']}, {fields['all in usd']}" for exchange, fields in step_results(chat).items()}
    assert {exchange: cells[1] for exchange, cells in ranked.items()} == shown

    expect(chat.charts).to_have_count(1)
    expect(chat.charts.locator(".scatterlayer .trace").first).to_be_attached()
    assert chat.charts.evaluate("chart => chart.data.length") >= 3


def test_a_follow_up_keeps_what_was_asked(simulated, open_chat):
    chat = open_chat(simulated.url)
    chat.ask(CHEAPEST)
    answer = chat.ask("and selling?")
    expect(answer).to_contain_text("$50,000 market sell of BTC")
    assert set(ranking(answer)) == {"binance", "coinbase", "kraken"}


def test_a_starter_asks_its_question(simulated, open_chat):
    chat = open_chat(simulated.url)
    chat.page.locator("#starters button", has_text="Cheapest for $50k of BTC").click()
    expect(chat.page.locator('[data-step-type="user_message"]')).to_contain_text(CHEAPEST)
    expect(chat.answers).to_contain_text("is cheapest")


def test_an_unknown_symbol_gets_an_answer_that_names_it_and_the_way_out_and_the_conversation_goes_on(simulated, open_chat):
    chat = open_chat(simulated.url)
    answer = chat.ask("Compare exchanges for XYZQ")
    expect(answer).to_contain_text("XYZQ")
    expect(answer).to_contain_text("such as BTC")
    expect(chat.ask(CHEAPEST)).to_contain_text("is cheapest")


def test_recorded_books_answer_with_the_tools_own_numbers_and_the_server_leaves_nothing_behind(recording, serve, tmp_path, open_chat):
    with serve(tmp_path, str(recording)) as server:
        chat = open_chat(server.url)
        expect(chat.page.locator("#liquidity-badge")).to_have_text("rules (no LLM) · REPLAYED data")
        answer = chat.ask(CHEAPEST)
        expect(answer).to_contain_text("replay of recorded books")
        ranked = ranking(answer)
        assert {exchange: cells[1] for exchange, cells in ranked.items()} == costs_by_tool(recording, list(ranked))
        expect(chat.charts).to_have_count(1)
        assert [path.name.startswith("liquidity-chat-") for path in server.temporary.iterdir()] == [True]
    assert list(server.temporary.iterdir()) == []
    assert list(server.working_directory.iterdir()) == []


def test_the_badge_stays_in_view_over_a_long_conversation_and_over_the_about_page(simulated, open_chat):
    chat = open_chat(simulated.url, width=390, height=844)
    badge = chat.page.locator("#liquidity-badge")
    expect(badge).to_have_text("rules (no LLM) · SIMULATED data")
    answer = chat.ask(CHEAPEST)
    expect(chat.charts).to_have_count(1)
    for place in (chat.charts, answer, chat.steps.first):
        place.scroll_into_view_if_needed()
        expect(badge).to_be_in_viewport(ratio=1)
        assert badge.evaluate(
            "badge => { const box = badge.getBoundingClientRect(); return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2) === badge; }"
        )
    chat.page.locator("#readme-button").click()
    expect(chat.page.get_by_role("dialog")).to_contain_text("What leaves this machine")
    expect(badge).to_be_in_viewport(ratio=1)


def test_the_welcome_screen_says_what_leaves_the_machine(simulated, open_chat):
    chat = open_chat(simulated.url)
    said = chat.page.locator("#welcome-screen").evaluate("screen => getComputedStyle(screen, '::after').content")
    assert "Nothing you type leaves this machine" in said


def test_light_and_dark_both_read_and_are_kept_as_pictures(simulated, open_chat, tmp_path):
    chat = open_chat(simulated.url)
    chat.ask(CHEAPEST)
    expect(chat.charts.locator(".scatterlayer .trace").first).to_be_attached()
    for theme in ("Light", "Dark"):
        chat.page.locator("#theme-toggle").click()
        chat.page.get_by_role("menuitem", name=f"{theme} Theme").click()
        expect(chat.page.locator("html")).to_have_class(re.compile(theme.lower()))
        expect(chat.page.get_by_role("menu")).to_have_count(0)
        words = chat.charts.locator(".gtitle, .xtick text, .legendtext")
        assert words.count() >= 5
        contrasts = words.evaluate_all(CONTRASTS)
        assert min(contrasts) >= 4.5, (theme, contrasts)
        picture = tmp_path / f"answer-{theme.lower()}.png"
        chat.page.screenshot(path=picture)
        assert picture.stat().st_size > 20_000
    chat.page.evaluate("localStorage.setItem('vite-ui-theme', 'system')")


CONTRASTS = """elements => {
  const luminance = colour => {
    const [r, g, b] = colour.match(/[0-9.]+/g).slice(0, 3).map(c => c / 255).map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const page = luminance(getComputedStyle(document.body).backgroundColor);
  return elements.map(element => luminance(getComputedStyle(element).fill)).map(ink => (Math.max(ink, page) + 0.05) / (Math.min(ink, page) + 0.05));
}"""


@pytest.fixture
def venues(simulated, profile):
    """Switches what the simulated venues do, and lets them work again afterwards."""

    def switch(doing: str) -> None:
        assert profile.request.post(f"{simulated.url}/test/venues/{doing}").ok

    yield switch
    switch("working")


def test_the_stop_button_ends_the_tools_and_the_session_goes_on(simulated, open_chat, venues):
    chat = open_chat(simulated.url)
    before = chat.page.request.get(f"{simulated.url}/test/cancelled").json()
    venues("hanging")
    chat.send(CHEAPEST)
    expect(chat.steps).to_have_count(4)
    expect(chat.steps.first).to_contain_text("Calling")
    chat.page.locator("#stop-button").click()
    expect(chat.answers).to_have_text("Stopped.")
    expect(chat.page.locator("#stop-button")).to_have_count(0)
    expect(chat.steps.first).to_contain_text("Called")
    assert chat.page.request.get(f"{simulated.url}/test/cancelled").json() > before
    venues("working")
    expect(chat.ask(CHEAPEST)).to_contain_text("is cheapest")


def test_a_fault_of_our_own_is_one_plain_sentence_without_its_details_and_the_conversation_goes_on(simulated, open_chat, venues):
    chat = open_chat(simulated.url)
    venues("broken")
    answer = chat.ask(CHEAPEST)
    expect(answer).to_have_text("Something went wrong here while answering. Ask again, or ask differently; the details are in the log.")
    expect(chat.page.locator("body")).not_to_contain_text("secret")
    venues("working")
    expect(chat.ask(CHEAPEST)).to_contain_text("is cheapest")


def test_a_question_of_ten_thousand_characters_is_refused_with_the_limit(simulated, open_chat):
    chat = open_chat(simulated.url)
    expect(chat.ask("BTC? " * 2_000)).to_have_text("That is 9,999 characters long. Please ask in at most 2,000.")


def test_markup_in_a_question_is_shown_as_it_was_typed(simulated, open_chat):
    chat = open_chat(simulated.url)
    chat.ask("<img src=x onerror=document.title='owned'> **BTC**")
    expect(chat.page.locator('[data-step-type="user_message"]')).to_contain_text("<img src=x onerror=document.title='owned'> **BTC**")
    assert chat.page.locator('[data-step-type="user_message"] img').count() == 0
    expect(chat.page).to_have_title("Market Liquidity Monitor")


def test_the_page_loads_nothing_from_elsewhere(simulated, open_chat):
    chat = open_chat(simulated.url)
    loaded = []
    chat.page.on("requestfinished", lambda request: loaded.append(request.url))
    chat.page.reload()
    expect(chat.page.locator("#starters button").first).to_be_enabled()
    chat.ask(CHEAPEST)
    expect(chat.charts).to_have_count(1)
    assert {urlsplit(url).netloc for url in loaded if not url.startswith("data:")} == {urlsplit(simulated.url).netloc}


def test_another_site_cannot_talk_to_the_chat(simulated, browser):
    context = browser.new_context(extra_http_headers={"Origin": "https://evil.example"})
    handshake = context.request.get(f"{simulated.url}/ws/socket.io/?EIO=4&transport=polling")
    settings = context.request.get(f"{simulated.url}/project/settings?language=en-US")
    context.close()
    assert handshake.status == 400
    assert "access-control-allow-origin" not in settings.headers
