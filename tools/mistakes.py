"""What pydantic finds wrong with what was given, in our words."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from .errors import outside_text

_KINDS = {
    "bool": "true or false",
    "dict": "an object",
    "float": "a number",
    "int": "a whole number",
    "list": "a list",
    "model": "an object",
    "path": "a path",
    "string": "text",
    "tuple": "a list",
}
_PLAIN = {"missing": "is required", "extra_forbidden": "is not known", "too_short": "must not be empty", "string_too_short": "must not be empty"}
_OF_ANOTHER_KIND = {"type", "parsing", "parsing_size", "from_float", "attributes_type"}


class Mistake(NamedTuple):
    """The place of what is wrong, what is wrong with it (`must be a number`), and what was given there, empty where that says nothing."""

    where: tuple[int | str, ...]
    problem: str
    given: str = ""


def mistake(error: ValidationError) -> Mistake:
    """The first mistake of a validation error."""
    first = error.errors(include_url=False)[0]
    where, kind, given = first["loc"], first["type"], outside_text(repr(first["input"]))
    if kind in _PLAIN:
        return Mistake(where, _PLAIN[kind])
    word, _, how = kind.partition("_")
    if word in _KINDS and how in _OF_ANOTHER_KIND:
        return Mistake(where, f"must be {_KINDS[word]}", given)
    return Mistake(where, _said(first, given), given)


def explain(error: ValidationError) -> str:
    """The first mistake in one sentence: which parameter, what is wrong, what was given."""
    where, problem, given = mistake(error)
    return f"{'.'.join(str(part) for part in where) or 'the arguments'} {problem}{f', not {given}' if given else ''}."


def _said(first: ErrorDetails, given: str) -> str:
    context: Mapping[str, Any] = first.get("ctx", {})
    problem = first["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    match first["type"]:
        case "too_long" | "string_too_long":
            return f"is too long: at most {context['max_length']}"
        case "sequence_str":
            return f"must be a list, such as [{given}]"
        case "less_than_equal" if str(first["loc"][-1]).endswith("hours"):
            return f"{problem} ({context['le'] / 24:g} days)"
        case _:
            return problem
