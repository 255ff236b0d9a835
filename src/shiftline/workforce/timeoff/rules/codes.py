"""Which activity codes stand for time off, and what a type of time off means in a unit."""

from collections.abc import Iterable
from dataclasses import dataclass

from shiftline.foundation.errors import Invalid, Problem
from shiftline.workforce.timeoff.model import PAID_TIME_OFF, UNPAID_TIME_OFF
from shiftline.workforce.units.model import ActivityCategory, ActivityCode


def time_off_codes(codes: Iterable[ActivityCode]) -> list[ActivityCode]:
    """The codes that stand for time off and are in use, the unit's default one first."""
    found = [code for code in codes if code.active and code.category is ActivityCategory.TIME_OFF]
    return sorted(found, key=lambda code: (not code.default_code, code.id))


def choose_code(codes: Iterable[ActivityCode], code_id: str, field: str, *, by_agent: bool) -> ActivityCode:
    """The time-off activity code of an id. Raises Invalid for one that is none, or that an agent may not choose."""
    known = time_off_codes(codes)
    for code in known:
        if code.id == code_id:
            if by_agent and not code.agent_time_off_selectable:
                raise Invalid(Problem(field, f"{code.name} cannot be chosen by agents.", "timeoff.code.not.selectable"))
            return code
    there_are = ", ".join(f"{code.id} ({code.name})" for code in known[:20]) or "none"
    sentence = f"{code_id!r} is no time-off activity code in use in the business unit; there are: {there_are}."
    raise Invalid(Problem(field, sentence, "timeoff.code.unknown"))


@dataclass(frozen=True, slots=True)
class KindOfTimeOff:
    """The activity code and whether it is paid."""

    code: ActivityCode
    paid: bool


def choose_kind(codes: Iterable[ActivityCode], text: str, field: str) -> KindOfTimeOff:
    """What a filing's type means in a unit: its default time-off code, paid or not, or a code by its id. Raises Invalid."""
    known = time_off_codes(codes)
    if text in (PAID_TIME_OFF, UNPAID_TIME_OFF):
        if not known:
            raise Invalid(
                Problem(field, "the business unit has no time-off activity code in use.", "timeoff.code.none")
            )
        return KindOfTimeOff(known[0], text == PAID_TIME_OFF)
    for code in known:
        if code.id == text:
            return KindOfTimeOff(code, code.counts_as_paid)
    possible = ", ".join((PAID_TIME_OFF, UNPAID_TIME_OFF, *(code.id for code in known[:20])))
    raise Invalid(Problem(field, f"{text!r} is no type of time off; there are: {possible}.", "timeoff.type.unknown"))
