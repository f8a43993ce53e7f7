"""Which of the media types on offer a request would rather have."""

from collections.abc import Sequence

from .problems import Refused


def preferred(accept: str, offers: Sequence[str]) -> str:
    """The offer that an Accept header ranks highest, of equals the first; raises Refused (406) where it takes none."""
    ranges = [_parsed(part) for part in (accept or "*/*").split(",")]
    best = max(offers, key=lambda offer: _quality(offer, ranges))
    if _quality(best, ranges) <= 0:
        raise Refused("not_acceptable", f"This answers {' or '.join(offers)}; ask for one of them in the Accept header.")
    return best


def _parsed(media_range: str) -> tuple[str, float]:
    media, *parameters = (part.strip().lower() for part in media_range.split(";"))
    quality = next((part[2:] for part in parameters if part.startswith("q=")), "1")
    try:
        return media, float(quality)
    except ValueError:
        return media, 0.0


def _quality(offer: str, ranges: Sequence[tuple[str, float]]) -> float:
    """What the most specific range that covers the offer says of it."""
    for covering in (offer, f"{offer.partition('/')[0]}/*", "*/*"):
        said = [quality for media, quality in ranges if media == covering]
        if said:
            return max(said)
    return 0.0
