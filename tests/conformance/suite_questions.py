"""The conformance suite's fixtures that ask the client back: for a person's input, for its model's, for its roots."""

# ruff: noqa: N815 - the fields of a form are named by the suite

from collections.abc import Callable
from typing import Annotated, Any, Literal

from mcp.server import MCPServer
from mcp.server.elicitation import ElicitationResult
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.prompts import Prompt
from mcp.server.mcpserver.resolve import Elicit, Resolve, Sample
from mcp_types import (
    CreateMessageRequest,
    CreateMessageRequestParams,
    CreateMessageResult,
    ElicitRequest,
    ElicitRequestFormParams,
    InputRequests,
    InputRequiredResult,
    InputResponses,
    ListRootsRequest,
    SamplingMessage,
    TextContent,
)
from pydantic import BaseModel, Field


class Person(BaseModel):
    username: str = Field(description="User's response")
    email: str = Field(description="User's email address")


class Defaults(BaseModel):
    name: str = "John Doe"
    age: int = 30
    score: float = 95.5
    status: Literal["active", "inactive", "pending"] = "active"
    verified: bool = True


def _titled(*titles: str) -> list[dict[str, str]]:
    return [{"const": f"value{number}", "title": title} for number, title in enumerate(titles, 1)]


OPTIONS = ["option1", "option2", "option3"]


class Choices(BaseModel):
    untitledSingle: str = Field(json_schema_extra={"enum": OPTIONS})
    titledSingle: str = Field(json_schema_extra={"oneOf": _titled("First Option", "Second Option", "Third Option")})
    legacyEnum: str = Field(json_schema_extra={"enum": ["opt1", "opt2", "opt3"], "enumNames": ["Option One", "Option Two", "Option Three"]})
    untitledMulti: list[str] = Field(json_schema_extra={"items": {"type": "string", "enum": OPTIONS}})
    titledMulti: list[str] = Field(json_schema_extra={"items": {"anyOf": _titled("First Choice", "Second Choice", "Third Choice")}})


def add(server: MCPServer[Any]) -> None:
    """Offer every fixture that asks."""
    _add_resolved(server)
    _add_rounds(server)


def _add_resolved(server: MCPServer[Any]) -> None:
    """Questions that the SDK asks for the tool, on either wire in its own way."""

    @server.tool(structured_output=False)
    def test_sampling(prompt: str, reply: Annotated[CreateMessageResult, Resolve(_sample)]) -> str:
        """Hands a prompt to the client's model."""
        return f"LLM response: {reply.content.text}"

    @server.tool(structured_output=False)
    def test_missing_capability(reply: Annotated[CreateMessageResult, Resolve(_sample_greeting)]) -> str:
        """Needs a client that has declared sampling."""
        return reply.content.text

    @server.tool(structured_output=False)
    def test_elicitation(message: str, reply: Annotated[ElicitationResult[Person], Resolve(_ask_person)]) -> str:
        """Asks a person."""
        return f"User response: {_told(reply)}"

    @server.tool(structured_output=False)
    def test_elicitation_sep1034_defaults(reply: Annotated[ElicitationResult[Defaults], Resolve(_ask_defaults)]) -> str:
        """Asks with an answer filled in for each kind of value."""
        return f"Elicitation completed: {_told(reply)}"

    @server.tool(structured_output=False)
    def test_elicitation_sep1330_enums(reply: Annotated[ElicitationResult[Choices], Resolve(_ask_choices)]) -> str:
        """Asks for choices of each kind."""
        return f"Elicitation completed: {_told(reply)}"


def _sample(prompt: str) -> Sample:
    return Sample([SamplingMessage(role="user", content=TextContent(text=prompt))], max_tokens=100)


def _sample_greeting() -> Sample:
    return _sample("Generate a greeting")


def _ask_person(message: str) -> Elicit[Person]:
    return Elicit(message, Person)


def _ask_defaults() -> Elicit[Defaults]:
    return Elicit("Please provide user information", Defaults)


def _ask_choices() -> Elicit[Choices]:
    return Elicit("Please choose", Choices)


def _told(reply: Any) -> str:
    content = reply.data.model_dump_json() if reply.action == "accept" else "{}"
    return f"action={reply.action}, content={content}"


def _add_rounds(server: MCPServer[Any]) -> None:
    """Questions that a tool or prompt of 2026-07-28 answers with, to be called again with what the client says to them."""
    name, confirmed = _question("What is your name?", name="string"), _question("Please confirm", ok="boolean")
    greeting, roots = _sampling("Generate a greeting", 50), ListRootsRequest()
    several: InputRequests = {"user_name": name, "greeting": greeting, "client_roots": roots}
    for suffix, tool in {
        "elicitation": _asking({"user_name": name}, lambda said: f"Hello, {said['user_name'].content['name']}!"),
        "sampling": _asking({"capital_question": _sampling("What is the capital of France?", 100)}, lambda said: said["capital_question"].content.text),
        "list_roots": _asking({"client_roots": roots}, lambda said: ", ".join(root.uri for root in said["client_roots"].roots)),
        "request_state": _asking({"confirm": confirmed}, lambda _: "state-ok", "confirmation asked for"),
        "tampered_state": _asking({"confirm": confirmed}, lambda _: "state-ok", "confirmation asked for"),
        "multiple_inputs": _asking(several, lambda said: f"Answered: {', '.join(sorted(said))}", "everything asked for"),
        "multi_round": _two_rounds,
        "capabilities": _within_capabilities,
    }.items():
        server.add_tool(tool, f"test_input_required_result_{suffix}", description="Asks before it answers.", structured_output=False)
    streaming = _asking({"user_name": name}, lambda _: "Answered")
    server.add_tool(streaming, "test_streaming_elicitation", description="Asks without a request of its own.", structured_output=False)
    prompt = _asking({"user_context": _question("What context should the prompt use?", context="string")}, lambda said: said["user_context"].content["context"])
    server.add_prompt(Prompt.from_function(prompt, "test_input_required_result_prompt", description="A prompt that asks before it answers."))


Asking = Callable[[Context[Any, Any]], str | InputRequiredResult]


def _asking(requests: InputRequests, say: Callable[[Any], str], state: str | None = None) -> Asking:
    """A tool or prompt that has something to say once every request is answered; the SDK seals `state`, and refuses what was tampered with."""

    def ask(ctx: Context[Any, Any]) -> str | InputRequiredResult:
        said = _said(ctx)
        if requests.keys() <= said.keys() and ctx.request_state == state:
            return say(said)
        return InputRequiredResult(input_requests=requests, request_state=state)

    return ask


def _two_rounds(ctx: Context[Any, Any]) -> str | InputRequiredResult:
    said = _said(ctx)
    if ctx.request_state == "name asked for" and "step1" in said:
        colour = _question("Step 2: What is your favorite color?", color="string")
        return InputRequiredResult(input_requests={"step2": colour}, request_state="colour asked for")
    if ctx.request_state == "colour asked for" and "step2" in said:
        return f"Your favorite color is {said['step2'].content['color']}."
    return InputRequiredResult(input_requests={"step1": _question("Step 1: What is your name?", name="string")}, request_state="name asked for")


def _within_capabilities(ctx: Context[Any, Any]) -> str | InputRequiredResult:
    """Asks only what the client has declared that it can answer."""
    if said := _said(ctx):
        return f"Answered: {', '.join(sorted(said))}"
    kinds = {"elicitation": _question("What is your name?", name="string"), "sampling": _sampling("Generate a greeting", 50), "roots": ListRootsRequest()}
    return InputRequiredResult(input_requests={kind: request for kind, request in kinds.items() if getattr(ctx.client_capabilities, kind)})


def _said(ctx: Context[Any, Any]) -> InputResponses:
    return ctx.input_responses or {}


def _question(message: str, **fields: str) -> ElicitRequest:
    schema = {"type": "object", "properties": {name: {"type": kind} for name, kind in fields.items()}, "required": list(fields)}
    return ElicitRequest(params=ElicitRequestFormParams(message=message, requested_schema=schema))


def _sampling(text: str, max_tokens: int) -> CreateMessageRequest:
    message = SamplingMessage(role="user", content=TextContent(text=text))
    return CreateMessageRequest(params=CreateMessageRequestParams(messages=[message], max_tokens=max_tokens))
