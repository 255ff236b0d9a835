"""What differs between two states of a schedule, on the wire."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from shiftline.foundation.web.wire import Reference, Wire
from shiftline.workforce.schedule.model import AcceptedBreach, Activity, FullDay, Revision, Shift
from shiftline.workforce.schedule.operations.changes import OwnChange
from shiftline.workforce.schedule.operations.comparing import Comparison
from shiftline.workforce.schedule.rules.comparing import (
    ActivityDifference,
    AgentDifference,
    DayDifference,
    Difference,
    ShiftDifference,
)


class ActivityShown(Wire):
    """An activity with its instant and length."""

    start_date: datetime
    length_minutes: int
    activity_code_id: str
    paid: bool
    payable_minutes: int
    description: str | None = None
    time_off_request_id: str | None = None
    external_activity_id: str | None = None


class ShiftShown(Wire):
    """A shift with its instants, its wall times, and everything in it."""

    id: str
    start_date: datetime
    length_minutes: int
    wall_start: str
    wall_end: str
    time_zone: str
    paid_minutes: int
    is_swap: bool
    skill_ids: list[str]
    activities: list[ActivityShown]


class FullDayShown(Wire):
    """A whole day off."""

    business_unit_date: date
    activity_code_id: str
    payable_minutes: int
    time_off_request_id: str | None = None


class ActivityChange(Wire):
    """An activity before and after; work on queue, which other activities leave, is not told by itself."""

    kind: Difference
    before: ActivityShown | None = None
    after: ActivityShown | None = None


class ShiftChange(Wire):
    """A shift before and after."""

    kind: Difference
    activities: list[ActivityChange]
    before: ShiftShown | None = None
    after: ShiftShown | None = None


class DayChange(Wire):
    """A whole day off before and after."""

    kind: Difference
    before: FullDayShown | None = None
    after: FullDayShown | None = None


class AgentChange(Wire):
    """How an agent's part differs; paid minutes are those of shifts and whole days off."""

    user: Reference
    paid_minutes_before: int
    paid_minutes_after: int
    paid_minutes_difference: int
    shifts: list[ShiftChange]
    full_days: list[DayChange]


class AcceptedShown(Wire):
    """A rule that a planner broke knowingly, for which agent."""

    code: str
    user: Reference
    sentence: str


class RevisionShown(Wire):
    """Who made a revision, when, and why."""

    number: int
    kind: str
    published: bool
    description: str
    by: Reference
    at: datetime
    accepted_breaches: list[AcceptedShown]
    reason: str | None = None
    restores: int | None = None


class OwnChangeShown(Wire):
    """One change of the caller's own work in force."""

    schedule_id: str
    week_date: date
    revision: RevisionShown
    paid_minutes_difference: int
    shifts: list[ShiftChange]
    full_days: list[DayChange]


class OwnChangesAnswer(Wire):
    """What changed in the caller's own work in force, the latest first."""

    entities: list[OwnChangeShown]


class ComparisonAnswer(Wire):
    """Two revisions, what lies between them (oldest first), and how every agent's part differs."""

    schedule_id: str
    from_revision: RevisionShown
    to_revision: RevisionShown
    between: list[RevisionShown]
    agents: list[AgentChange]
    paid_minutes_difference: int
    other_schedule_id: str | None = None


def user_ref(person_id: str) -> Reference:
    """A person by their id."""
    return Reference(id=person_id, self_uri=f"/api/v2/users/{person_id}")


def show_agents(differences: Sequence[AgentDifference]) -> list[AgentChange]:
    """How agents' parts differ, on the wire."""
    return [
        AgentChange(
            user=user_ref(each.agent_id),
            paid_minutes_before=each.paid_before,
            paid_minutes_after=each.paid_after,
            paid_minutes_difference=each.paid_after - each.paid_before,
            shifts=[_shift_change(shift) for shift in each.shifts],
            full_days=[_day_change(day) for day in each.days],
        )
        for each in differences
    ]


def show_comparison(found: Comparison) -> ComparisonAnswer:
    """A comparison on the wire."""
    agents = show_agents(found.agents)
    one, other = found.earlier[0], found.later[0]
    return ComparisonAnswer(
        schedule_id=one.id,
        other_schedule_id=None if other.id == one.id else other.id,
        from_revision=_revision(found.earlier[1]),
        to_revision=_revision(found.later[1]),
        between=[_revision(each) for each in found.between],
        agents=agents,
        paid_minutes_difference=sum(each.paid_minutes_difference for each in agents),
    )


def show_own_changes(changes: Sequence[OwnChange]) -> OwnChangesAnswer:
    """The caller's changes on the wire."""
    return OwnChangesAnswer(
        entities=[
            OwnChangeShown(
                schedule_id=each.schedule.id,
                week_date=each.schedule.week_date,
                revision=_revision(_as_told_to(each.revision, each.difference.agent_id)),
                paid_minutes_difference=each.difference.paid_after - each.difference.paid_before,
                shifts=[_shift_change(shift) for shift in each.difference.shifts],
                full_days=[_day_change(day) for day in each.difference.days],
            )
            for each in changes
        ]
    )


def show_accepted(accepted: Sequence[AcceptedBreach]) -> list[AcceptedShown]:
    """Rules that were broken knowingly, on the wire."""
    return [AcceptedShown(code=each.code, user=user_ref(each.agent_id), sentence=each.sentence) for each in accepted]


def _as_told_to(revision: Revision, person_id: str) -> Revision:
    """A revision without what was accepted for others."""
    return replace(revision, accepted=tuple(each for each in revision.accepted if each.agent_id == person_id))


def _revision(revision: Revision) -> RevisionShown:
    return RevisionShown(
        number=revision.number,
        kind=revision.kind.value,
        published=revision.published,
        description=revision.description,
        by=user_ref(revision.by),
        at=revision.at,
        accepted_breaches=show_accepted(revision.accepted),
        reason=revision.reason,
        restores=revision.restores,
    )


def _shift_change(difference: ShiftDifference) -> ShiftChange:
    return ShiftChange(
        kind=difference.kind,
        activities=[_activity_change(each) for each in difference.activities],
        before=_shift(difference.before),
        after=_shift(difference.after),
    )


def _activity_change(difference: ActivityDifference) -> ActivityChange:
    before, after = difference.before, difference.after
    return ActivityChange(
        kind=difference.kind,
        before=None if before is None else _activity(before),
        after=None if after is None else _activity(after),
    )


def _day_change(difference: DayDifference) -> DayChange:
    return DayChange(kind=difference.kind, before=_day(difference.before), after=_day(difference.after))


def _shift(shift: Shift | None) -> ShiftShown | None:
    if shift is None:
        return None
    return ShiftShown(
        id=shift.id,
        start_date=shift.start,
        length_minutes=shift.minutes,
        wall_start=shift.wall_start.isoformat(timespec="minutes"),
        wall_end=shift.wall_end.isoformat(timespec="minutes"),
        time_zone=shift.zone,
        paid_minutes=shift.paid_minutes,
        is_swap=shift.is_swap,
        skill_ids=list(shift.skill_ids),
        activities=[_activity(each) for each in shift.activities],
    )


def _activity(activity: Activity) -> ActivityShown:
    return ActivityShown(
        start_date=activity.start,
        length_minutes=activity.minutes,
        activity_code_id=activity.code_id,
        paid=activity.paid,
        payable_minutes=activity.payable_minutes,
        description=activity.description,
        time_off_request_id=activity.time_off_request_id,
        external_activity_id=activity.external_activity_id,
    )


def _day(day: FullDay | None) -> FullDayShown | None:
    if day is None:
        return None
    return FullDayShown(
        business_unit_date=day.day,
        activity_code_id=day.code_id,
        payable_minutes=day.payable_minutes,
        time_off_request_id=day.time_off_request_id,
    )
