"""What went wrong, as RFC 9457 problem details with a stable `kind`."""

import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from tools import errors

MEDIA_TYPE = "application/problem+json"

# The nearest parent counts. 502 is an exchange whose answer cannot be used, 503 one that gives none, 504 one that is late.
STATUS: Mapping[type[errors.LiquidityError], HTTPStatus] = {
    errors.LiquidityError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.InvalidArgument: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.UnknownTool: HTTPStatus.NOT_FOUND,
    errors.ExchangeError: HTTPStatus.BAD_GATEWAY,
    errors.ExchangeTimeout: HTTPStatus.GATEWAY_TIMEOUT,
    errors.RateLimited: HTTPStatus.TOO_MANY_REQUESTS,
    errors.ExchangeUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.NoUsableExchange: HTTPStatus.BAD_GATEWAY,
    errors.NoNetwork: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.InsufficientHistory: HTTPStatus.CONFLICT,
    errors.HistoryUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.ChartUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
DOOR: Mapping[str, HTTPStatus] = {
    "malformed_json": HTTPStatus.BAD_REQUEST,
    "unauthorized": HTTPStatus.UNAUTHORIZED,
    "foreign_origin": HTTPStatus.FORBIDDEN,
    "not_found": HTTPStatus.NOT_FOUND,
    "method_not_allowed": HTTPStatus.METHOD_NOT_ALLOWED,
    "not_acceptable": HTTPStatus.NOT_ACCEPTABLE,
    "slow_body": HTTPStatus.REQUEST_TIMEOUT,
    "too_long": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "not_json": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "foreign_host": HTTPStatus.MISDIRECTED_REQUEST,
    "too_many_requests": HTTPStatus.TOO_MANY_REQUESTS,
    "internal_error": HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""The kinds of refusal that are not about liquidity, told before a tool is called."""


class Problem(BaseModel):
    """RFC 9457 problem details."""

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)

    type: str = Field(description="Where this kind of problem is described.", json_schema_extra={"format": "uri-reference"})
    title: str = Field(description="The kind of problem in words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What happened and what to do about it, for a person.")
    kind: str = Field(description="The kind of problem as a stable word, for programs.")
    failures: dict[str, str] | None = Field(default=None, description="The reason of each exchange, where every one of them failed.")


class Refused(Exception):
    """A request that never reaches a tool; `kind` is one of DOOR."""

    def __init__(self, kind: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.response = problem(DOOR[kind], kind, detail, headers=headers)


def problem(status: HTTPStatus, kind: str, detail: str, *, failures: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None) -> Response:
    """The response that tells of one problem."""
    title = kind.replace("_", " ").capitalize()
    about = Problem(type=f"/docs#{kind}", title=title, status=status, detail=detail, kind=kind, failures=dict(failures) if failures else None)
    return Response(about.model_dump_json(exclude_none=True), status, headers, MEDIA_TYPE)


def status_of(error: type[errors.LiquidityError]) -> HTTPStatus:
    """The status of the error, or of its nearest parent that has one."""
    return next(STATUS[parent] for parent in error.__mro__ if parent in STATUS)


def kinds() -> dict[str, int]:
    """Every kind of problem with its status."""
    return {**{error.kind: status_of(error).value for error in _tree(errors.LiquidityError)}, **{kind: status.value for kind, status in DOOR.items()}}


def _tree(error: type[errors.LiquidityError]) -> list[type[errors.LiquidityError]]:
    return [error, *(one for child in error.__subclasses__() if child.__module__ == errors.__name__ for one in _tree(child))]


def of_liquidity_error(error: errors.LiquidityError) -> Response:
    """The problem that an error of ours is."""
    wait_s = error.wait_s or 1 if isinstance(error, errors.RateLimited) else None
    headers = {"Retry-After": str(math.ceil(wait_s))} if wait_s else None
    failures = error.failures if isinstance(error, errors.NoUsableExchange) else None
    return problem(status_of(type(error)), error.kind, str(error), failures=failures, headers=headers)


async def on_liquidity_error(_: Request, error: Any) -> Response:
    """Starlette's handler of errors that tools raise."""
    return of_liquidity_error(error)


async def on_refused(_: Request, error: Any) -> Response:
    """Starlette's handler of requests that never reach a tool."""
    return error.response


async def on_http_exception(request: Request, error: Any) -> Response:
    """Starlette's handler of what its router has no answer to."""
    kind = "method_not_allowed" if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED else "not_found"
    detail = f"There is no {request.method} {errors.outside_text(request.url.path)} here; /docs lists what there is."
    return problem(DOOR[kind], kind, detail, headers=error.headers)


async def on_anything_else(_: Request, __: Exception) -> Response:
    """Starlette's handler of mistakes in the program, which the log tells of."""
    return Refused("internal_error", "Something went wrong here; the server's log has the details.").response


HANDLERS: Mapping[Any, Any] = {
    errors.LiquidityError: on_liquidity_error,
    Refused: on_refused,
    HTTPException: on_http_exception,
    Exception: on_anything_else,
}
