"""What desktop hosts and registries are given: a bundle that runs as it is unpacked, and a description that fits its schema."""

import json
import os
import re
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest
from jsonschema import Draft7Validator
from mcp import Client, StdioServerParameters

from mcp_server.bundle import build
from tools import TOOLS

ROOT = Path(__file__).parents[3]
ABOUT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
TEXT = {"type": "string", "minLength": 1}


def closed(required, **properties):
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def listed(item):
    return {"type": "array", "items": item}


# The parts of MCPB manifest 0.4 that are used, as strict as the published schema is on them.
MANIFEST = closed(
    ["manifest_version", "name", "version", "description", "author", "server"],
    manifest_version={"const": "0.4"},
    name=TEXT,
    display_name=TEXT,
    version=TEXT,
    description=TEXT,
    license=TEXT,
    keywords=listed(TEXT),
    author=closed(["name"], name=TEXT),
    server=closed(
        ["type", "entry_point", "mcp_config"],
        type={"const": "uv"},
        entry_point=TEXT,
        mcp_config=closed(["command"], command=TEXT, args=listed(TEXT), env={"type": "object", "additionalProperties": TEXT}),
    ),
    tools=listed(closed(["name"], name=TEXT, description=TEXT)),
    prompts_generated={"type": "boolean"},
    compatibility=closed([], platforms=listed({"enum": ["darwin", "win32", "linux"]}), runtimes=closed([], python=TEXT)),
    user_config={
        "type": "object",
        "additionalProperties": closed(
            ["type", "title", "description"],
            type={"enum": ["string", "number", "boolean", "directory", "file"]},
            title=TEXT,
            description=TEXT,
            default={"type": ["string", "number", "boolean"]},
        ),
    },
)
# The same of the registry's server.json, schema of 2025-12-11.
VALUE = {"name": TEXT, "description": TEXT, "default": TEXT, "format": {"enum": ["string", "number", "boolean", "filepath"]}}
SERVER = closed(
    ["$schema", "name", "description", "version", "packages"],
    **{"$schema": {"const": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"}},
    name={"type": "string", "pattern": r"^[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+$", "minLength": 3, "maxLength": 200},
    title={"type": "string", "minLength": 1, "maxLength": 100},
    description={"type": "string", "minLength": 1, "maxLength": 100},
    version={"type": "string", "maxLength": 255, "pattern": r"^\d+\.\d+\.\d+$"},
    packages=listed(
        closed(
            ["registryType", "identifier", "version", "transport"],
            registryType={"enum": ["npm", "pypi", "oci", "nuget", "mcpb"]},
            identifier=TEXT,
            version=TEXT,
            runtimeHint=TEXT,
            transport=closed(["type"], type={"const": "stdio"}),
            packageArguments=listed(closed(["type", "value"], type={"const": "positional"}, value=TEXT)),
            environmentVariables=listed(closed(["name"], **VALUE)),
        )
    ),
)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    with ZipFile(build(tmp_path_factory.mktemp("bundle"))) as opened:
        yield opened


def test_the_manifest_fits_its_schema_and_the_project(bundle):
    manifest = json.loads(bundle.read("manifest.json"))
    assert list(Draft7Validator(MANIFEST).iter_errors(manifest)) == []
    assert (manifest["name"], manifest["version"], manifest["description"]) == (ABOUT["name"], ABOUT["version"], ABOUT["description"])
    assert [tool["name"] for tool in manifest["tools"]] == [tool.__name__ for tool in TOOLS]
    assert manifest["server"]["entry_point"] in bundle.namelist()
    asked = set(re.findall(r"\$\{user_config\.(\w+)\}", json.dumps(manifest["server"])))
    assert asked == set(manifest["user_config"])


def test_the_bundle_holds_sources_and_nothing_built(bundle):
    names = bundle.namelist()
    assert len(names) == len(set(names))
    assert {"manifest.json", "pyproject.toml", "LICENSE", "README.md", "mcp_server/protocol/heatmap.html"} <= set(names)
    assert not [name for name in names if "__pycache__" in name or name.startswith(("/", "..", ".venv", "server/lib")) or name.endswith(".pyc")]


def test_the_same_sources_give_the_same_bundle(tmp_path):
    assert build(tmp_path / "one").read_bytes() == build(tmp_path / "two").read_bytes()


async def test_the_bundle_runs_as_it_is_unpacked(bundle, tmp_path):
    bundle.extractall(tmp_path)
    code = "import sys; sys.path[:0] = [sys.argv.pop(1)]; import mcp_server; assert mcp_server.__file__.startswith(sys.path[0]); from mcp_server.cli import main; main()"
    environment = {**os.environ, "LIQUIDITY_DEMO": "true", "LIQUIDITY_EXCHANGES": "kraken,okx"}
    server = StdioServerParameters(command=sys.executable, args=["-c", code, str(tmp_path), "mcp"], env=environment, cwd=tmp_path)
    async with Client(server) as client:
        assert "kraken, okx" in client.instructions
        assert "simulated" in client.instructions
        assert [tool.name for tool in (await client.list_tools()).tools] == [tool.__name__ for tool in TOOLS]


def test_the_registry_entry_fits_its_schema_and_the_project():
    server = json.loads((ROOT / "server.json").read_text())
    assert list(Draft7Validator(SERVER).iter_errors(server)) == []
    (package,) = server["packages"]
    assert (server["version"], package["version"], package["identifier"]) == (ABOUT["version"], ABOUT["version"], ABOUT["name"])
