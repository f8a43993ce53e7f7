"""The interactive heatmap: an MCP App for hosts that show one, beside the text and image that every host gets."""

from pathlib import Path
from typing import Any

from mcp.server.apps import Apps

from tools import Chart, liquidity_heatmap
from tools.registry import Tool

URI = "ui://liquidity/heatmap.html"
RESULT_KEY = "liquidity/chart"
"""Where the app finds the chart in a result's `_meta`, which hosts keep from their model."""

_PAGE = Path(__file__).with_name("heatmap.html")


def apps() -> Apps:
    """The extension with the app's page, which loads nothing from anywhere."""
    extension = Apps()
    extension.add_html_resource(
        URI,
        _PAGE.read_text(encoding="utf-8"),
        name="liquidity-heatmap",
        title="Liquidity heatmap",
        description="Where liquidity stands by price on one exchange, to hover over and zoom.",
        prefers_border=True,
    )
    return extension


def tool_meta(tool: Tool) -> dict[str, Any] | None:
    """What binds the tool that draws the heatmap to the app, None for every other."""
    return {"ui": {"resourceUri": URI, "visibility": ["model", "app"]}} if tool is liquidity_heatmap else None


def result_meta(chart: Chart) -> dict[str, Any] | None:
    """What the app draws from, None for a chart that it does not draw."""
    return {RESULT_KEY: chart.model_dump(mode="json")} if chart.kind == "heatmap" else None
