"""A tool's arguments as a request gives them: in the query string, in a JSON body, or in both."""

from collections.abc import Collection
from typing import Any

from pydantic_core import from_json
from starlette.datastructures import QueryParams
from starlette.requests import Request

from tools.errors import InvalidArgument, outside_text

from .problems import Refused


async def arguments(request: Request, lists: Collection[str]) -> dict[str, Any]:
    """The arguments by name, as raw as they came; `lists` are those that take several values.

    Raises InvalidArgument for one that is given twice, Refused for a body that is not a JSON object.
    """
    query, body = _in_query(request.query_params, lists), _in_body(await request.body())
    twice = sorted(query.keys() & body.keys())
    if twice:
        raise InvalidArgument(f"{outside_text(twice[0])} is given in the query string and in the body; give it once.")
    return query | body


def _in_query(query: QueryParams, lists: Collection[str]) -> dict[str, Any]:
    given = {name: query.getlist(name) for name in query}
    repeated = next((name for name, values in given.items() if name not in lists and len(values) > 1), None)
    if repeated is not None:
        raise InvalidArgument(f"{outside_text(repeated)} is given {len(given[repeated])} times; give it once.")
    return {name: values if name in lists else values[0] for name, values in given.items()}


def _in_body(body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    try:
        given = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise Refused("malformed_json", f"The body is not JSON: {outside_text(str(error))}.") from error
    if not isinstance(given, dict):
        raise Refused("malformed_json", """The body must be a JSON object of arguments, such as {"symbol": "BTC"}.""")
    return given
