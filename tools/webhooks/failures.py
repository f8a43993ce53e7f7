"""What keeps an alert from its receiver: whether it may pass, when to try again, and how it is said."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from ..errors import LiquidityError

_TRY_AGAIN = frozenset({408, 425, 429})
# Beyond that the receiver would be back long before it is asked.
_LONGEST_ASKED_S = 600.0


class Refused(LiquidityError):
    """The receiver did not take the alert; `again` where it may later, after `after_s` seconds where it says so."""

    def __init__(self, answer: httpx.Response, now: datetime) -> None:
        status = answer.status_code
        super().__init__(f"HTTP {status}{', a redirect, which is not followed' if 300 <= status < 400 else ''}")
        self.again = status >= 500 or status in _TRY_AGAIN
        self.after_s = _seconds(answer.headers.get("Retry-After", ""), now)


def again(error: Exception) -> bool | float:
    """Whether the same request may succeed later, or in how many seconds where the receiver says that."""
    if isinstance(error, Refused):
        return error.again and (error.after_s or True)
    return isinstance(error, httpx.TransportError | OSError)


def words(error: Exception) -> str:
    """What an error says, of those whose words never quote the address."""
    return str(error) if isinstance(error, httpx.HTTPError | OSError | LiquidityError) and str(error) else type(error).__name__


def _seconds(retry_after: str, now: datetime) -> float:
    """How long a Retry-After, in seconds or as a date (RFC 9110), asks to wait: at most ten minutes, 0 where it asks for nothing that can be read."""
    if retry_after.isdecimal():
        return min(float(retry_after), _LONGEST_ASKED_S)
    try:
        date = parsedate_to_datetime(retry_after)
        # The oldest of the three ways to write the date leaves out that it is UTC.
        left = (date.replace(tzinfo=date.tzinfo or UTC) - now).total_seconds()
    except (ValueError, OverflowError):
        return 0.0
    return min(max(left, 0.0), _LONGEST_ASKED_S)
