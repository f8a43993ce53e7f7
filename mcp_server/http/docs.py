"""The page at /docs: every operation of /openapi.json, as HTML that loads nothing from anywhere."""

import json
from collections.abc import Mapping
from html import escape
from string import Template
from typing import Any
from urllib.parse import quote, urlencode

_PAGE = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>$title</title><style>
:root { color-scheme: light dark; } body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
pre, code { font: 14px/1.5 ui-monospace, monospace; } pre { padding: .75rem; overflow-x: auto; border: 1px solid #8884; border-radius: 6px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #8884; }
section { margin-top: 2.5rem; }
</style></head><body><h1>$title</h1><p>$description</p><p>The machine-readable description is at <a href="/openapi.json">/openapi.json</a>.</p>
$operations
<section><h2>Problems</h2><p>Every refusal is <code>application/problem+json</code> with one of these kinds.</p><table>$problems</table></section>
</body></html>
""")


def page(openapi: Mapping[str, Any], base_url: str, kinds: Mapping[str, int]) -> str:
    """The page for an OpenAPI description, its example calls to `base_url`; `kinds` of problems with their status."""
    operations = [_operation(path, operation, base_url) for path, methods in openapi["paths"].items() for operation in methods.values()]
    rows = [f'<tr id="{escape(kind)}"><td><code>{escape(kind)}</code></td><td>{status}</td></tr>' for kind, status in kinds.items()]
    info = openapi["info"]
    return _PAGE.substitute(title=escape(info["title"]), description=escape(info["description"]), operations="\n".join(operations), problems="".join(rows))


def _operation(path: str, operation: Mapping[str, Any], base_url: str) -> str:
    rows = "".join(_row(parameter) for parameter in operation["parameters"])
    example = operation["requestBody"]["content"]["application/json"]["example"]
    url = f"{base_url}{path}?{urlencode(example, doseq=True, quote_via=quote, safe='/')}"
    return (
        f'<section id="{escape(operation["operationId"])}"><h2><code>POST {escape(path)}</code></h2><p>{escape(operation["description"])}</p>'
        f"<table><tr><th>parameter</th><th>type</th><th>default</th><th>meaning</th></tr>{rows}</table>"
        f"<pre>curl -X POST {escape(json.dumps(url))}</pre></section>"
    )


def _row(parameter: Mapping[str, Any]) -> str:
    schema = parameter["schema"]
    kind = " or ".join(schema["enum"]) if "enum" in schema else f"{schema['type']}{', ' + schema['unit'] if 'unit' in schema else ''}"
    cells = (parameter["name"], kind, json.dumps(schema["default"]) if "default" in schema else "required", parameter["description"])
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
