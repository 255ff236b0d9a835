"""What this room refuses."""

from collections.abc import Sequence
from datetime import datetime

from shiftline.foundation.errors import Conflict, Gone, Invalid, NotFound, Problem
from shiftline.recordings.deletion.model import Deletion, Tombstone


class DeletionNotFound(NotFound):
    """No such deletion in the caller's divisions."""

    def __init__(self, deletion_id: str) -> None:
        super().__init__("deletion", deletion_id)


class HeldByMatters(Conflict):
    """What matters hold is not deleted."""

    def __init__(self, recording_id: str, matters: Sequence[str]) -> None:
        who = f"matter {matters[0]}" if len(matters) == 1 else f"{len(matters)} matters ({', '.join(matters[:5])})"
        super().__init__(
            f"Recording {recording_id} is held by {who}. It can be deleted once they are closed or have released it.",
            code="recording.held",
        )


class NotDeletable(Conflict):
    """A recording without sound to destroy: it is still being made, or lost."""

    def __init__(self, recording_id: str, state: str) -> None:
        told = {"lost": "is lost: nothing of its sound was found"}.get(state, "is still being made")
        super().__init__(f"Recording {recording_id} {told}. Nothing was marked.", code=f"recording.{state}")


class AlreadyMarked(Conflict):
    """The recording is marked already."""

    def __init__(self, recording_id: str, deletion: Deletion) -> None:
        super().__init__(
            f"Recording {recording_id} was marked for deletion by {deletion.asked_by} (deletion {deletion.id}). Approve or "
            "withdraw that one.",
            code="deletion.marked",
            changed_by=deletion.asked_by,
            changed_at=deletion.marked_at,
        )


class DeletionOver(Conflict):
    """A deletion that is not waiting any more."""

    def __init__(self, deletion: Deletion) -> None:
        why = f": {deletion.ended_why}" if deletion.ended_why else ""
        super().__init__(
            f"Deletion {deletion.id} of recording {deletion.recording_id} is {deletion.state.value}{why}.",
            code=f"deletion.{deletion.state.value}",
            changed_by=deletion.ended_by,
            changed_at=deletion.ended_at,
        )


class AlreadyApproved(Conflict):
    """Somebody else approved it before."""

    def __init__(self, deletion: Deletion) -> None:
        super().__init__(
            f"Deletion {deletion.id} was approved by {deletion.approved_by}.",
            code="deletion.approved",
            changed_by=deletion.approved_by,
            changed_at=deletion.approved_at,
        )


class SamePerson(Conflict):
    """Who marked it, or set the date, cannot be the second who approves."""

    def __init__(self, deletion: Deletion) -> None:
        what = "set the date of" if deletion.cause.value == "retention" else "asked for"
        super().__init__(
            f"You {what} the deletion {deletion.id} of recording {deletion.recording_id}: somebody else must approve it.",
            code="deletion.same.person",
        )


class RecordingDestroyed(Gone):
    """The recording was destroyed: by whom, when, why. Its metadata are still there."""

    def __init__(self, recording_id: str, destroyed_at: datetime, tombstone: Tombstone | None = None) -> None:
        told = (
            ""
            if tombstone is None
            else (
                f": {tombstone.reason} ({tombstone.cause.value}; asked by {tombstone.asked_by}, approved by "
                f"{tombstone.approved_by})"
            )
        )
        super().__init__(
            "recording.destroyed",
            f"Recording {recording_id} was destroyed at {destroyed_at.isoformat()}{told}. Its metadata are kept.",
            {"id": recording_id, "dateDestroyed": destroyed_at.isoformat()},
        )


class PolicyInvalid(Invalid):
    """Days of retention that cannot be."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(Problem(field, sentence, "retention.policy.invalid"))
