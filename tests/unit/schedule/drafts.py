"""Values for the rules of schedules: Chicago's week of 2023-10-22, the default codes."""

from datetime import UTC, date, datetime

from shiftline.foundation.time import find_zone, week_bounds
from shiftline.workforce.schedule.model import ActivityDraft, Part, PartDraft, Shift, ShiftDraft
from shiftline.workforce.schedule.rules.parts import plan_part
from shiftline.workforce.schedule.rules.reporting import Report
from shiftline.workforce.schedule.rules.shifts import Frame, plan_shift
from shiftline.workforce.units.model import DEFAULT_CODES

CHICAGO = find_zone("America/Chicago")
CODES = {code.id: code for code in DEFAULT_CODES}


def at(text: str) -> datetime:
    """An instant, from Chicago's wall."""
    return datetime.fromisoformat(text).replace(tzinfo=CHICAGO).astimezone(UTC)


def frame(first: str = "2023-10-22", weeks: int = 1, longest: int = 24 * 60) -> Frame:
    """The frame of some weeks."""
    day = date.fromisoformat(first)
    return Frame(week_bounds(day, CHICAGO, weeks), day, date.fromordinal(day.toordinal() + 7 * weeks), CODES, longest)


def draft(start: str, minutes: int = 480, **more: object) -> ShiftDraft:
    """A shift as asked for."""
    return ShiftDraft(field="s", start=at(start), minutes=minutes, **more)  # type: ignore[arg-type]


def activity(start: str, minutes: int, code_id: str, **more: object) -> ActivityDraft:
    """An activity as asked for."""
    return ActivityDraft(start=at(start), minutes=minutes, code_id=code_id, **more)  # type: ignore[arg-type]


def planned(wanted: ShiftDraft, former: Shift | None = None, **more: object) -> Shift:
    """The shift that a draft becomes; nothing is wrong with it."""
    report = Report()
    shift = plan_shift(wanted, former, CHICAGO, frame(**more), report)  # type: ignore[arg-type]
    report.check()
    assert shift is not None
    return shift


def refusals(wanted: ShiftDraft, **more: object) -> list[tuple[str, str]]:
    """What is wrong with a draft, as (field, code)."""
    report = Report()
    assert plan_shift(wanted, None, CHICAGO, frame(**more), report) is None  # type: ignore[arg-type]
    return [(problem.field, problem.code) for problem in report.problems]


def part_of(*drafts: ShiftDraft, former: Part | None = None) -> tuple[Part, Report]:
    """What becomes of an agent's part, and what is to say about it."""
    report = Report()
    wanted = PartDraft(field="p", agent_id="ann", shifts=drafts)
    return plan_part(wanted, former, CHICAGO, frame(), report).part, report
