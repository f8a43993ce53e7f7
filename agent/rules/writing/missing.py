"""What history lacks, said once, and without a way out that is none."""

import re
from dataclasses import replace
from datetime import datetime

from .phrases import Outcomes

_TOO_FEW = re.compile(r"^There (?P<have>(?:is|are) .+?) in those (?P<hours>[\d.]+ h), and .*")


def told_once(outcomes: Outcomes, until: str) -> Outcomes:
    """The outcomes without a check for alerts that failed where the history it needs did; of a window that ended `until`, no record can be made any more."""
    lacking = {name.removeprefix("history_") for name in outcomes.failures if name.startswith("history_")}
    kept = {name: told for name, told in outcomes.failures.items() if not (name.startswith("alerts_") and name.removeprefix("alerts_") in lacking)}
    return replace(outcomes, failures={name: (about, _of_the_past(why, until)) for name, (about, why) in kept.items()})


def _of_the_past(why: str, until: str) -> str:
    found = _TOO_FEW.match(why) if until else None
    if not found:
        return why
    end = datetime.fromisoformat(until)
    return f"There {found['have']} in the {found['hours']} up to {end:%Y-%m-%d %H:%M} UTC, and recording cannot fill the past."
