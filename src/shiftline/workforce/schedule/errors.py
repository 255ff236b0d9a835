"""What this room refuses."""

from shiftline.foundation.errors import Conflict, Invalid, NotFound, Problem
from shiftline.workforce.schedule.model import PartStamp, Schedule
from shiftline.workforce.schedule.model.open_shifts import OpenShift, OpenShiftState


class ScheduleNotFound(NotFound):
    """No such schedule, or not in that unit and week."""

    def __init__(self, schedule_id: str) -> None:
        super().__init__("schedule", schedule_id)


class RevisionNotFound(NotFound):
    """The schedule has no such revision."""

    def __init__(self, schedule_id: str, number: int) -> None:
        super().__init__(f"revision of schedule {schedule_id}", str(number))


class UploadNotFound(NotFound):
    """No such upload: never made, used, or expired."""

    def __init__(self, upload_id: str) -> None:
        super().__init__("upload", upload_id)


class OperationNotFound(NotFound):
    """No such operation, or somebody else's."""

    def __init__(self, operation_id: str) -> None:
        super().__init__("operation", operation_id)


class StaleVersion(Conflict):
    """The schedule changed since the caller read it."""

    def __init__(self, current: Schedule, sent: int) -> None:
        super().__init__(
            f"You sent version {sent} of schedule {current.id}; the current version is {current.version}.",
            current_version=current.version,
            changed_by=current.changed_by,
            changed_at=current.changed_at,
        )


class StalePart(Conflict):
    """An agent's part of the schedule changed since the caller read it."""

    def __init__(self, field: str, agent_id: str, current: PartStamp, sent: int) -> None:
        super().__init__(
            f"{field}.metadata.version: you sent version {sent} for agent {agent_id}; the current version is "
            f"{current.version}.",
            current_version=current.version,
            changed_by=current.changed_by,
            changed_at=current.changed_at,
        )


class PartGone(Conflict):
    """The caller changes an agent's part that is not (any more) in the schedule."""

    def __init__(self, field: str, agent_id: str) -> None:
        super().__init__(f"{field}.metadata.version: agent {agent_id} is not in the schedule any more.")


class VersionMissing(Invalid):
    """A change that does not say which version it changes."""

    def __init__(self, field: str) -> None:
        super().__init__(Problem(field, "must be the version that you read.", "version.required"))


class IdTaken(Conflict):
    """A schedule with the id exists."""

    def __init__(self, schedule_id: str) -> None:
        super().__init__(f"There is already a schedule with id {schedule_id}.")


class WeekOccupied(Conflict):
    """Another schedule came into force for the same weeks meanwhile."""

    def __init__(self) -> None:
        super().__init__("Another schedule came into force for these weeks at the same moment. Read again and repeat.")


class ShiftsOverlap(Conflict):
    """A shift of the schedule overlaps one that is in force elsewhere; ``detail`` is what the constraint says."""

    def __init__(self, detail: str) -> None:
        super().__init__(
            f"A shift would overlap another of the same agent that is in force. Nothing was changed. {detail}".strip(),
            code="shift.overlap",
        )


class CannotUnpublish(Invalid):
    """A schedule leaves force only when another comes into it."""

    def __init__(self) -> None:
        sentence = "a published schedule cannot be unpublished; publish another one over it, or republish a revision."
        super().__init__(Problem("published", sentence, "schedule.published"))


class UploadUnfit(Invalid):
    """The file is not what was announced, or cannot be read."""

    def __init__(self, field: str, sentence: str, code: str = "upload.invalid") -> None:
        super().__init__(Problem(field, sentence, code))


class ShiftMoved(Conflict):
    """A shift does not stand any more as whoever wants to hand it over has seen it."""

    def __init__(self, shift_id: str, agent_id: str) -> None:
        super().__init__(
            f"The shift {shift_id} is no longer in force for {agent_id} at the times that were agreed. "
            "Nothing was changed.",
            code="shift.moved",
        )


class FeedNotFound(NotFound):
    """No such calendar: its address was never made, made anew or revoked, or its owner may not see their shifts."""

    def __init__(self) -> None:
        super().__init__("calendar", "of this address")


class OpenShiftNotFound(NotFound):
    """No such open shift, or none that the caller may know of."""

    def __init__(self, open_shift_id: str) -> None:
        super().__init__("openShift", open_shift_id)


class StaleOpenShift(Conflict):
    """The open shift changed since the caller read it."""

    def __init__(self, current: OpenShift, sent: int) -> None:
        super().__init__(
            f"You sent version {sent} of the open shift {current.id}; the current version is {current.version}.",
            code="open.shift.version.stale",
            current_version=current.version,
            changed_by=current.changed_by,
            changed_at=current.changed_at,
        )


_BECAME = {
    OpenShiftState.CLAIMED: "was claimed, and that waits for a review, since",
    OpenShiftState.TAKEN: "was taken at",
    OpenShiftState.WITHDRAWN: "was withdrawn at",
    OpenShiftState.EXPIRED: "has begun at",
}


class OpenShiftGone(Conflict):
    """The open shift is not open any more. ``told``: whether the caller may know by whom."""

    def __init__(self, current: OpenShift, *, told: bool) -> None:
        begun = current.state is OpenShiftState.EXPIRED
        taker = current.taker
        at = current.shift.start if begun else current.changed_at if taker is None else taker.at
        by = current.changed_by if taker is None else taker.person_id
        who = f" by {by}" if told and not begun else ""
        became = _BECAME.get(current.state, f"is {current.state} since")
        super().__init__(
            f"The open shift {current.id} {became} {at:%Y-%m-%dT%H:%M:%SZ}{who}. Nothing was changed.",
            code="open.shift.gone",
            current_version=current.version,
            changed_by=by if told else None,
            changed_at=at,
        )


class OpenShiftStands(Conflict):
    """An open shift cannot be handed out: its schedule is not in force any more, or somebody works it again."""

    def __init__(self, open_shift_id: str, schedule_id: str) -> None:
        super().__init__(
            f"The open shift {open_shift_id} cannot be worked: the schedule {schedule_id} is no longer in force, or an earlier "
            "revision of it, in which somebody works the shift, was put into force again. Withdraw it. Nothing was changed.",
            code="open.shift.stands",
        )


class NotInForce(Invalid):
    """Shifts are left open in schedules that are in force only."""

    def __init__(self, field: str, schedule_id: str) -> None:
        sentence = f"the schedule {schedule_id} is not in force; shifts are left open in published weeks only."
        super().__init__(Problem(field, sentence, "schedule.not.published"))
