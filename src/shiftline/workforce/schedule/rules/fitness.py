"""Whether somebody can work a shift beside what else is known of them: rest, time off, skills. Pure.

The one rule set of whoever puts shifts into a schedule in force: a swap tells what it finds, a trade weighs it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any, cast

from shiftline.foundation.time import MINUTE, Interval
from shiftline.workforce.schedule.model import Shift

LEAST_REST_MINUTES = 8 * 60


def least_rest_minutes(settings: Mapping[str, Any]) -> int:
    """The rest between shifts that a management unit's trading settings ask for, else eight hours."""
    trading = settings.get("shiftTrading")
    wanted = cast("Mapping[str, Any]", trading).get("minMinutesBetweenShifts") if isinstance(trading, Mapping) else None
    return wanted if isinstance(wanted, int) and wanted >= 0 else LEAST_REST_MINUTES


@dataclass(frozen=True, slots=True)
class ShortRest:
    """Two shifts of one agent with too little time between."""

    before: Shift
    after: Shift
    sentence: str


def find_short_rests(shifts: Iterable[Shift], least_minutes: int) -> list[ShortRest]:
    """Where the elapsed time from one shift's end to the next one's start is too short; overlaps are none of these."""
    found: list[ShortRest] = []
    for before, after in pairwise(sorted(shifts, key=lambda shift: shift.start)):
        rest = after.start - before.end
        if timedelta(0) <= rest < least_minutes * MINUTE:
            hours, minutes = divmod(rest // MINUTE, 60)
            sentence = (
                f"Between {before.wall_end:%a %Y-%m-%d %H:%M} and {after.wall_start:%a %Y-%m-%d %H:%M} {after.zone} lie "
                f"only {hours} h {minutes:02d} min of rest; the rule asks for {least_minutes / 60:g} h."
            )
            found.append(ShortRest(before, after, sentence))
    return found


def find_clash(span: Interval, taken: Iterable[Interval]) -> Interval | None:
    """The first of some spans that shares time with a shift."""
    return next((each for each in sorted(taken) if each.overlaps(span)), None)


def find_missing_skills(needed: Sequence[str], held: Collection[str]) -> tuple[str, ...]:
    """The skills of a shift that somebody does not have, in its order."""
    return tuple(skill_id for skill_id in needed if skill_id not in held)
