"""What makes a function a tool: its arguments are validated, and a mistake in them is told in one sentence, at whatever door it came in."""

import inspect
from collections.abc import Callable, Coroutine
from functools import cache, partial, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from ..errors import InsufficientHistory, InvalidArgument, outside_text
from ..market import Market
from ..mistakes import explain
from ..observer import timed
from .remembering import knowing_what_is_stored

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T", bound=Callable[..., Any])


def arguments_model(tool: Callable[..., Any]) -> type[BaseModel]:
    """The caller's parameters of a tool (all but the market) as a model that forbids unknown ones."""
    return _model(inspect.unwrap(tool))


@cache
def _model(function: Callable[..., Any]) -> type[BaseModel]:
    hints = get_type_hints(function, include_extras=True)
    parameters = list(inspect.signature(function).parameters.values())[1:]
    fields: dict[str, Any] = {one.name: (hints[one.name], ... if one.default is one.empty else one.default) for one in parameters}
    return create_model(function.__name__, __config__=ConfigDict(extra="forbid"), **fields)


def tool(function: Callable[Concatenate[Market, P], Coroutine[Any, Any, R]]) -> Callable[Concatenate[Market, P], Coroutine[Any, Any, R]]:
    """Make `function(market, ...)` a tool: raises InvalidArgument for arguments that do not fit its parameter types.

    Where history is too short it is told when the market's begins and ends.
    """
    model = arguments_model(function)
    signature = inspect.signature(function)
    caller_names = list(model.model_fields)

    def validated(market: Market, /, *args: Any, **kwargs: Any) -> BaseModel:
        unknown = next((name for name in kwargs if name not in model.model_fields), None)
        if unknown is not None:
            raise InvalidArgument(f"{outside_text(unknown)} is no parameter of {function.__name__}, which takes {', '.join(caller_names)}.")
        try:
            given = signature.bind_partial(market, *args, **kwargs).arguments
        except TypeError as error:
            raise InvalidArgument(f"{function.__name__}: {outside_text(str(error))}. It takes {', '.join(caller_names)}.") from error
        try:
            return model.model_validate({name: value for name, value in given.items() if name in model.model_fields})
        except ValidationError as error:
            raise InvalidArgument(explain(error)) from error

    @wraps(function)
    async def call(market: Market, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with timed(partial(market.observer.called, function.__name__)):
            arguments = validated(market, *args, **kwargs)
            try:
                return await function(market, **{name: getattr(arguments, name) for name in caller_names})  # pyright: ignore[reportCallIssue]
            except InsufficientHistory as error:
                raise await knowing_what_is_stored(market, error) from None

    return call


def writes(*, destructive: bool = False) -> Callable[[T], T]:
    """Mark a tool that changes what is stored, and `destructive` one that can take something away; all others only read."""

    def mark(tool: T) -> T:
        vars(tool).update(writes=True, destructive=destructive)
        return tool

    return mark
