"""One browser for a module, whose Playwright holds the thread's event loop for as long as it runs, and a chat server for each kind of books, each in a process and a folder of its own."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

REPOSITORY = Path(__file__).parents[2]
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# The browser's own housekeeping calls home, which is neither ours nor reachable everywhere.
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-extensions"]


@dataclass(frozen=True)
class Server:
    """A chat being served. `working_directory` is where it was started, `temporary` where it may put files while it runs, `data` where its history is."""

    url: str
    process: subprocess.Popen[str]
    working_directory: Path
    temporary: Path
    data: Path


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[Server]:
    """A chat server as a process of its own, since Chainlit can be mounted once per process."""
    working_directory, temporary = folder / "cwd", folder / "tmp"
    working_directory.mkdir()
    temporary.mkdir()
    environment = {
        **os.environ,
        "PYTHONPATH": str(REPOSITORY),
        "TMPDIR": str(temporary),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "XDG_DATA_HOME": str(folder / "data"),
    }
    with (folder / "log").open("w") as log:
        command = [sys.executable, str(Path(__file__).with_name("chat_server.py")), *arguments]
        process = subprocess.Popen(command, cwd=working_directory, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            assert url, f"the chat did not start: {(folder / 'log').read_text()[-2_000:]}"
            yield Server(url, process, working_directory, temporary, folder / "data")
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=20)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if executable is None:
        reason = f"no browser on PATH: looked for {', '.join(BROWSERS)}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=[*QUIET, *sandbox])
        yield started
        started.close()


@pytest.fixture
def serve():
    """`serving`, for tests that start a server of their own."""
    return serving


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("simulated")) as server:
        yield server


@dataclass(frozen=True)
class Chat:
    """One conversation in the browser."""

    page: Page

    @property
    def answers(self) -> Locator:
        return self.page.locator('[data-step-type="assistant_message"]')

    @property
    def steps(self) -> Locator:
        return self.page.locator('[data-step-type="tool"]')

    @property
    def charts(self) -> Locator:
        return self.page.locator(".js-plotly-plot")

    def send(self, question: str) -> None:
        """Type a question and send it off."""
        self.page.locator("#chat-input").fill(question)
        self.page.keyboard.press("Enter")

    def ask(self, question: str) -> Locator:
        """Ask, and wait until the answer stands and the next question can be asked."""
        before = self.answers.count()
        self.send(question)
        expect(self.answers).to_have_count(before + 1)
        expect(self.page.locator("#stop-button")).to_have_count(0)
        return self.answers.last


OpenChat = Callable[..., Chat]


@pytest.fixture(scope="module")
def profile(browser: Browser) -> Iterator[BrowserContext]:
    """One browser profile, so that the page's ten megabytes of scripts are parsed once."""
    context = browser.new_context(color_scheme="light")
    yield context
    context.close()


@pytest.fixture
def open_chat(profile: BrowserContext) -> Iterator[OpenChat]:
    """Open a server's chat as a new conversation in a page of its own, which is closed at the end of the test."""
    pages: list[Page] = []

    def open_page(url: str, *, width: int = 1280, height: int = 900) -> Chat:
        page = profile.new_page()
        pages.append(page)
        page.set_viewport_size({"width": width, "height": height})
        page.goto(url)
        # Starters can be pressed once the page is connected to the server.
        expect(page.locator("#starters button").first).to_be_enabled()
        return Chat(page)

    yield open_page
    for page in pages:
        page.close()
