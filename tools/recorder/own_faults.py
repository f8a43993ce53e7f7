"""Telling a mistake in this program from the errors of which callers are warned."""

from ..errors import LiquidityError


def own_fault(error: Exception) -> Exception | None:
    """The first error in it that is no LiquidityError; None where there is none."""
    rest = ExceptionGroup("", [error]).split(LiquidityError)[1]
    return None if rest is None else first(rest)


def first(error: Exception) -> Exception:
    """The error itself, or the first of a group's."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error
