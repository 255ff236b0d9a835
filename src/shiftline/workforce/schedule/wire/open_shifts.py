"""Open shifts on the wire; all of it is ours."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated

from msgspec import Meta

from shiftline.foundation.web.wire import Identifier, Instant, LongText, Reference, ShortText, Wire
from shiftline.workforce.schedule.model import LONGEST_SHIFT_MINUTES, ActivityDraft
from shiftline.workforce.schedule.model.open_shifts import OpenShift, OpenShiftDraft, OpenShiftState

Minutes = Annotated[int, Meta(ge=1, le=2 * LONGEST_SHIFT_MINUTES)]
Payable = Annotated[int, Meta(ge=0, le=2 * LONGEST_SHIFT_MINUTES)]
Ids = Annotated[list[Identifier], Meta(max_length=100)]


class OpenShiftActivityAsked(Wire):
    """An activity of an open shift."""

    start_date: Instant
    length_minutes: Minutes
    activity_code_id: Identifier
    paid: bool | None = None
    payable_minutes: Payable | None = None
    description: ShortText | None = None


class OpenShiftRequest(Wire):
    """A new open shift. Gaps between activities are on queue. ``skillIds`` (languages are skills, too) and ``queueIds``
    are what whoever takes it needs; ``reason`` is told to whoever could take it.
    """

    management_unit_id: Identifier
    start_date: Instant
    length_minutes: Minutes
    activities: Annotated[list[OpenShiftActivityAsked], Meta(max_length=100)] | None = None
    skill_ids: Ids | None = None
    queue_ids: Ids | None = None
    reason: LongText | None = None

    def draft(self) -> OpenShiftDraft:
        """The draft."""
        return _draft(self)


class OpenShiftVersion(Wire):
    """The version that was read."""

    version: Annotated[int, Meta(ge=1)]


class OpenShiftChangeRequest(Wire):
    """What shall become of an open shift; what is not named stays. A new length without ``activities`` is all on queue.
    ``state`` Withdrawn: nobody shall work it any more.
    """

    metadata: OpenShiftVersion
    state: Annotated[str, Meta(pattern="^Withdrawn$")] | None = None
    management_unit_id: Identifier | None = None
    start_date: Instant | None = None
    length_minutes: Minutes | None = None
    activities: Annotated[list[OpenShiftActivityAsked], Meta(max_length=100)] | None = None
    skill_ids: Ids | None = None
    queue_ids: Ids | None = None
    reason: LongText | None = None

    def draft(self) -> OpenShiftDraft:
        """The draft."""
        return _draft(self)


def _draft(asked: OpenShiftRequest | OpenShiftChangeRequest) -> OpenShiftDraft:
    return OpenShiftDraft(
        management_unit_id=asked.management_unit_id,
        start=asked.start_date,
        minutes=asked.length_minutes,
        activities=None
        if asked.activities is None
        else [
            ActivityDraft(
                start=each.start_date,
                minutes=each.length_minutes,
                code_id=each.activity_code_id,
                paid=each.paid,
                payable_minutes=each.payable_minutes,
                description=each.description,
            )
            for each in asked.activities
        ],
        skill_ids=None if asked.skill_ids is None else tuple(dict.fromkeys(asked.skill_ids)),
        queue_ids=None if asked.queue_ids is None else tuple(dict.fromkeys(asked.queue_ids)),
        reason=(asked.reason or "").strip() or None,
    )


class OpenShiftActivity(Wire):
    """An activity of an open shift."""

    start_date: datetime
    length_minutes: int
    activity_code_id: str
    paid: bool
    payable_minutes: int
    description: str | None = None


class OpenShiftRuling(Wire):
    """The rule that decided how it stands, in words."""

    code: str
    sentence: str


class OpenShiftMetadata(Wire):
    """Who changed it last, and when."""

    version: int
    modified_by: Reference
    date_modified: datetime


class OpenShiftShown(Wire):
    """An open shift as planners see it. ``takenInRevision``: of its schedule. ``inForce`` False: its schedule is not, or
    somebody works the shift again.
    """

    id: str
    state: OpenShiftState
    schedule: Reference
    business_unit: Reference
    management_unit: Reference
    week_date: date
    shift_id: str
    start_date: datetime
    length_minutes: int
    paid_minutes: int
    time_zone: str
    activities: list[OpenShiftActivity]
    skill_ids: list[str]
    queue_ids: list[str]
    in_force: bool
    opened_by: Reference
    date_opened: datetime
    metadata: OpenShiftMetadata
    reason: str | None = None
    taken_from: Reference | None = None
    taken_by: Reference | None = None
    date_taken: datetime | None = None
    taken_in_revision: int | None = None
    decided_by: OpenShiftRuling | None = None


class OpenShiftListing(Wire):
    """Open shifts, the earliest first."""

    entities: list[OpenShiftShown]


def show(found: OpenShift) -> OpenShiftShown:
    """An open shift."""
    shift, taker = found.shift, found.taker
    return OpenShiftShown(
        id=found.id,
        state=found.state,
        schedule=Reference(id=found.schedule_id),
        business_unit=Reference(id=found.business_unit_id),
        management_unit=Reference(id=found.management_unit_id),
        week_date=found.week_date,
        shift_id=shift.id,
        start_date=shift.start,
        length_minutes=shift.minutes,
        paid_minutes=shift.paid_minutes,
        time_zone=shift.zone,
        activities=[
            OpenShiftActivity(
                start_date=each.start,
                length_minutes=each.minutes,
                activity_code_id=each.code_id,
                paid=each.paid,
                payable_minutes=each.payable_minutes,
                description=each.description,
            )
            for each in shift.activities
        ],
        skill_ids=list(shift.skill_ids),
        queue_ids=list(found.queue_ids),
        in_force=found.in_force,
        opened_by=Reference(id=found.opened_by),
        date_opened=found.opened_at,
        metadata=OpenShiftMetadata(
            version=found.version, modified_by=Reference(id=found.changed_by), date_modified=found.changed_at
        ),
        reason=found.reason,
        taken_from=None if found.former_agent_id is None else Reference(id=found.former_agent_id),
        taken_by=None if taker is None else Reference(id=taker.person_id),
        date_taken=None if taker is None else taker.at,
        taken_in_revision=None if taker is None else taker.revision,
        decided_by=None if found.ruling is None else OpenShiftRuling(code=found.ruling[0], sentence=found.ruling[1]),
    )


def show_list(found: Iterable[OpenShift]) -> OpenShiftListing:
    """Open shifts."""
    return OpenShiftListing(entities=[show(each) for each in found])
