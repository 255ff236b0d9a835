"""Deletions and retention on the wire."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

from shiftline.foundation.web.wire import Identifier, NamedReference, Wire
from shiftline.recordings.deletion.model import Deletion, RetentionPolicy

DELETIONS = "/api/v2/shiftline/recordingdeletions"
RETENTION = "/api/v2/shiftline/recordingretention"

Reason: TypeAlias = Annotated[str, Meta(min_length=1, max_length=1000, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")]
Ids: TypeAlias = Annotated[list[Identifier], Meta(min_length=1, max_length=1000)]
Days: TypeAlias = Annotated[int, Meta(ge=0, le=36_500)]


class MarkBody(Wire):
    """Which recordings are to be deleted, and why."""

    recording_ids: Ids
    reason: Reason


class ApprovalBody(Wire):
    """Which deletions are approved."""

    deletion_ids: Ids


class WithdrawalBody(Wire):
    """Which deletions are withdrawn, and why."""

    deletion_ids: Ids
    reason: Reason


class WireDeletion(Wire, omit_defaults=False):
    """A recording's deletion; ``dateDue``: when its grace is over."""

    id: str
    recording_id: str
    conversation_id: str
    cause: Literal["retention", "person"]
    reason: str
    state: Literal["marked", "withdrawn", "held", "destroyed"]
    date_marked: datetime
    asked_by: NamedReference
    date_due: datetime
    date_approved: datetime | None
    approved_by: NamedReference | None
    date_ended: datetime | None
    ended_by: NamedReference | None
    ended_why: str | None
    self_uri: str


class WireDeletions(Wire):
    """Several deletions."""

    entities: list[WireDeletion]


class WireGrace(Wire, omit_defaults=False):
    """Days between a mark and the destruction."""

    grace_days: Annotated[int, Meta(ge=0, le=3650)]


class RetentionBody(Wire):
    """Days after its end until a recording is archived and deleted; what is left out: never."""

    archive_days: Days | None = None
    delete_days: Days | None = None
    queue_id: Identifier | None = None


class WirePolicy(Wire, omit_defaults=False):
    """Such days of a queue, or (null) of all that have none of their own."""

    queue_id: str | None
    archive_days: int | None
    delete_days: int | None
    since: datetime | None
    changed_by: str | None


class WirePolicies(Wire):
    """All policies of retention."""

    entities: list[WirePolicy]


def show_deletion(deletion: Deletion) -> WireDeletion:
    """A deletion."""
    return WireDeletion(
        id=deletion.id,
        recording_id=deletion.recording_id,
        conversation_id=deletion.conversation_id,
        cause=deletion.cause.value,
        reason=deletion.reason,
        state=deletion.state.value,
        date_marked=deletion.marked_at,
        asked_by=NamedReference(id=deletion.asked_by),
        date_due=deletion.due_at,
        date_approved=deletion.approved_at,
        approved_by=None if deletion.approved_by is None else NamedReference(id=deletion.approved_by),
        date_ended=deletion.ended_at,
        ended_by=None if deletion.ended_by is None else NamedReference(id=deletion.ended_by),
        ended_why=deletion.ended_why,
        self_uri=f"{DELETIONS}/{deletion.id}",
    )


def show_deletions(deletions: Sequence[Deletion]) -> WireDeletions:
    """Several deletions."""
    return WireDeletions(entities=[show_deletion(each) for each in deletions])


def read_policy(body: RetentionBody) -> RetentionPolicy:
    """What a body means."""
    return RetentionPolicy(body.archive_days, body.delete_days, body.queue_id)


def show_policies(policies: Sequence[RetentionPolicy]) -> WirePolicies:
    """All policies."""
    return WirePolicies(
        entities=[
            WirePolicy(
                queue_id=each.queue_id,
                archive_days=each.archive_days,
                delete_days=each.delete_days,
                since=each.since,
                changed_by=each.changed_by,
            )
            for each in policies
        ]
    )
