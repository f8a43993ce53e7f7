"""Builds the .mcpb bundle that desktop hosts install with one click: `python -m mcp_server.bundle FOLDER`."""

import inspect
import json
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from tools import TOOLS

_ROOT = Path(__file__).parent.parent
_BESIDE_THE_CODE = ("pyproject.toml", "README.md", "LICENSE")


def build(folder: Path) -> Path:
    """Write the bundle into `folder`; the same sources give the same bytes."""
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    about = project["project"]
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{about['name']}-{about['version']}.mcpb"
    with ZipFile(target, "w", ZIP_DEFLATED) as bundle:
        _add(bundle, "manifest.json", json.dumps(manifest(about), indent=2).encode())
        for path in _files(project["tool"]["uv"]["build-backend"]["module-name"]):
            _add(bundle, path.relative_to(_ROOT).as_posix(), path.read_bytes())
    return target


def manifest(about: dict[str, Any]) -> dict[str, Any]:
    """What the host shows, asks and runs; dependencies come by uv from pyproject.toml, so one bundle serves every system."""
    return {
        "manifest_version": "0.4",
        "name": about["name"],
        "display_name": "Market Liquidity Monitor",
        "version": about["version"],
        "description": about["description"],
        "author": {"name": "The Market Liquidity Monitor developers"},
        "license": about["license"],
        "keywords": about["keywords"],
        "server": {
            "type": "uv",
            "entry_point": "mcp_server/cli.py",
            "mcp_config": {
                "command": "uv",
                "args": ["run", "--directory", "${__dirname}", "--no-dev", "liquidity", "mcp"],
                "env": {"LIQUIDITY_EXCHANGES": "${user_config.exchanges}", "LIQUIDITY_DEMO": "${user_config.demo}"},
            },
        },
        "user_config": {
            "exchanges": {
                "type": "string",
                "title": "Exchanges",
                "description": "Exchange ids, separated by commas, that are meant where a question names none.",
                "default": "binance,coinbase,kraken",
            },
            "demo": {
                "type": "boolean",
                "title": "Simulated exchanges",
                "description": "Use made-up books from simulated exchanges on this computer: no network needed, and no basis for a trade.",
                "default": False,
            },
        },
        "tools": [{"name": tool.__name__, "description": inspect.getdoc(tool)} for tool in TOOLS],
        "prompts_generated": True,
        "compatibility": {"platforms": ["darwin", "win32", "linux"], "runtimes": {"python": about["requires-python"]}},
    }


def _files(packages: list[str]) -> Iterator[Path]:
    yield from (_ROOT / name for name in _BESIDE_THE_CODE)
    for package in packages:
        yield from sorted(path for path in (_ROOT / package).rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def _add(bundle: ZipFile, name: str, content: bytes) -> None:
    # A ZipInfo made by hand carries the same early date every time.
    entry = ZipInfo(name)
    entry.compress_type = ZIP_DEFLATED
    bundle.writestr(entry, content)


if __name__ == "__main__":
    print(build(Path(sys.argv[1])))  # noqa: T201 - the path is the command's result
