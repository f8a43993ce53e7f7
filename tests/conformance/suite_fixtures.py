"""What the conformance suite expects a server under test to offer besides its own tools: content of every kind, prompts, resources, notifications."""

import asyncio
import base64
import json
from typing import Annotated, Any

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.prompts.base import UserMessage
from mcp_types import (
    AudioContent,
    EmbeddedResource,
    EmptyResult,
    ImageContent,
    SubscribeRequestParams,
    TextContent,
    TextResourceContents,
    UnsubscribeRequestParams,
)
from pydantic import Field

RED_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
SILENCE = base64.b64encode(b"RIFF&\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0@\x1f\0\0\x80>\0\0\2\0\x10\0data\2\0\0\0\0\0").decode()
PAUSE_S = 0.05
# JSON Schema 2020-12 in all its breadth, which must reach the client unchanged.
BROAD_SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {"address": {"$anchor": "addressDef", "type": "object", "properties": {"street": {"type": "string"}, "city": {"type": "string"}}}},
    "properties": {
        "name": {"type": "string"},
        "address": {"$ref": "#/$defs/address"},
        "contactMethod": {"type": "string", "enum": ["phone", "email"]},
        "phone": {"type": "string"},
        "email": {"type": "string"},
    },
    "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
    "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
    "then": {"required": ["phone"]},
    "else": {"required": ["email"]},
    "additionalProperties": False,
}


def add(server: MCPServer[Any]) -> None:
    """Offer every fixture that answers without asking back."""
    _add_content(server)
    _add_notifications(server)
    _add_schemas(server)
    _add_prompts(server)
    _add_resources(server)
    _add_older_methods(server)


def _add_content(server: MCPServer[Any]) -> None:
    image = ImageContent(data=RED_PIXEL, mime_type="image/png")

    @server.tool(structured_output=False)
    def test_simple_text() -> str:
        """A line of text."""
        return "This is a simple text response for testing."

    @server.tool(structured_output=False)
    def test_image_content() -> ImageContent:
        """An image."""
        return image

    @server.tool(structured_output=False)
    def test_audio_content() -> AudioContent:
        """A sound."""
        return AudioContent(data=SILENCE, mime_type="audio/wav")

    @server.tool(structured_output=False)
    def test_embedded_resource() -> EmbeddedResource:
        """A resource in the answer itself."""
        return _embedded("test://embedded-resource", "This is an embedded resource content.")

    @server.tool(structured_output=False)
    def test_multiple_content_types() -> list[TextContent | ImageContent | EmbeddedResource]:
        """Text, an image and a resource in one answer."""
        return [
            TextContent(text="Multiple content types test:"),
            image,
            _embedded("test://mixed-content-resource", '{"test":"data","value":123}', "application/json"),
        ]

    @server.tool(structured_output=False)
    def test_error_handling() -> str:
        """Always an error."""
        raise ToolError("This tool intentionally returns an error for testing")


def _add_notifications(server: MCPServer[Any]) -> None:
    @server.tool(structured_output=False)
    async def test_tool_with_logging(ctx: Context[Any, Any]) -> str:
        """Three log messages on the way."""
        for message in ("Tool execution started", "Tool processing data", "Tool execution completed"):
            await ctx.info(message)
            await asyncio.sleep(PAUSE_S)
        return "Tool with logging executed successfully"

    @server.tool(structured_output=False)
    async def test_logging_tool(ctx: Context[Any, Any]) -> str:
        """A log message that reaches only who asked for a log level."""
        await ctx.info("Tool execution started")
        return "Logged"

    @server.tool(structured_output=False)
    async def test_tool_with_progress(ctx: Context[Any, Any]) -> str:
        """Three steps of progress on the way."""
        for done in (0, 50, 100):
            await ctx.report_progress(done, 100, f"Completed step {done} of 100")
            await asyncio.sleep(PAUSE_S)
        return "Tool with progress executed successfully"


def _add_schemas(server: MCPServer[Any]) -> None:
    @server.tool(structured_output=False)
    def test_custom_headers(region: Annotated[str, Field(json_schema_extra={"x-mcp-header": "Region"})]) -> str:
        """An argument that travels in a header, too."""
        return region

    @server.tool(structured_output=False)
    def json_schema_2020_12_tool() -> str:
        """Tool with JSON Schema 2020-12 features."""
        return "ok"

    server._tool_manager.get_tool("json_schema_2020_12_tool").parameters = BROAD_SCHEMA


def _add_prompts(server: MCPServer[Any]) -> None:
    @server.prompt()
    def test_simple_prompt() -> str:
        """A prompt without blanks."""
        return "This is a simple prompt for testing."

    @server.prompt()
    def test_prompt_with_arguments(arg1: str, arg2: str) -> str:
        """A prompt with two blanks."""
        return f"Prompt with arguments: arg1='{arg1}', arg2='{arg2}'"

    @server.prompt()
    def test_prompt_with_embedded_resource(resourceUri: str) -> list[UserMessage]:  # noqa: N803 - the suite's name for it
        """A prompt with a resource in it."""
        resource = _embedded(resourceUri, "Embedded resource content for testing.")
        return [UserMessage(resource), UserMessage("Please process the embedded resource above.")]

    @server.prompt()
    def test_prompt_with_image() -> list[UserMessage]:
        """A prompt with an image in it."""
        return [UserMessage(ImageContent(data=RED_PIXEL, mime_type="image/png")), UserMessage("Please analyze the image above.")]


def _add_resources(server: MCPServer[Any]) -> None:
    @server.resource("test://static-text", description="A text.", mime_type="text/plain")
    def static_text() -> str:
        return "This is the content of the static text resource."

    @server.resource("test://static-binary", description="An image.", mime_type="image/png")
    def static_binary() -> bytes:
        return base64.b64decode(RED_PIXEL)

    @server.resource("test://watched-resource", description="A text to subscribe to.", mime_type="text/plain")
    def watched_resource() -> str:
        return "Watched resource content"

    @server.resource("test://template/{id}/data", description="What its address says.", mime_type="application/json")
    def template(id: str) -> str:  # noqa: A002 - the suite's name for it
        return json.dumps({"id": id, "templateTest": True, "data": f"Data for ID: {id}"})


def _add_older_methods(server: MCPServer[Any]) -> None:
    """What 2026-07-28 has done away with and the product does not offer: subscriptions by session."""
    subscribed: set[str] = set()

    async def subscribe(_: Any, params: SubscribeRequestParams) -> EmptyResult:
        subscribed.add(params.uri)
        return EmptyResult()

    async def unsubscribe(_: Any, params: UnsubscribeRequestParams) -> EmptyResult:
        subscribed.discard(params.uri)
        return EmptyResult()

    for method, params, handler in (
        ("resources/subscribe", SubscribeRequestParams, subscribe),
        ("resources/unsubscribe", UnsubscribeRequestParams, unsubscribe),
    ):
        server._lowlevel_server.add_request_handler(method, params, handler)


def _embedded(uri: str, text: str, mime_type: str = "text/plain") -> EmbeddedResource:
    return EmbeddedResource(resource=TextResourceContents(uri=uri, mime_type=mime_type, text=text))
