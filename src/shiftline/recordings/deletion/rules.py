"""When a recording may be destroyed, and its dates by policy. Pure."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from shiftline.recordings.deletion.errors import PolicyInvalid
from shiftline.recordings.deletion.model import Deletion, DeletionState, Expiry, RetentionPolicy, Target, Tombstone


def judge_destruction(deletion: Deletion, target: Target, now: datetime) -> str | None:
    """Why a recording is not destroyed now, as a word; None: it is, by its deletion."""
    if target.state != "sealed":
        return target.state
    if target.held_by:
        return "held"
    if deletion.state is not DeletionState.MARKED:
        return deletion.state.value
    if deletion.approved_at is None or deletion.approved_by is None or deletion.approved_by == deletion.asked_by:
        return "unapproved"
    return "grace" if now < deletion.due_at else None


def describe_destruction(deletion: Deletion, target: Target, now: datetime) -> Tombstone:
    """What is kept of a recording that is destroyed now. Raises ValueError for one without key or sound."""
    if (
        target.wrapped_key is None
        or target.key_id is None
        or target.sha256 is None
        or target.stored_sha256 is None
        or target.object_key is None
        or deletion.approved_by is None
        or deletion.approved_at is None
    ):
        raise ValueError("only a sealed recording whose deletion was approved is destroyed")
    return Tombstone(
        recording_id=target.id,
        deletion_id=deletion.id,
        destroyed_at=now,
        cause=deletion.cause,
        reason=deletion.reason,
        asked_by=deletion.asked_by,
        asked_at=deletion.marked_at,
        approved_by=deletion.approved_by,
        approved_at=deletion.approved_at,
        sha256=target.sha256,
        size=target.size or 0,
        stored_sha256=target.stored_sha256,
        key_id=target.key_id,
        key_digest=hashlib.sha256(target.wrapped_key).digest(),
        object_key=target.object_key,
    )


def choose_expiry(policies: Sequence[RetentionPolicy], queue_id: str | None, ended_at: datetime) -> Expiry:
    """When a recording that ended then is archived and deleted: by its queue's policy, else by the one of all others."""
    own = next((each for each in policies if queue_id is not None and each.queue_id == queue_id), None)
    policy = own or next((each for each in policies if each.queue_id is None), RetentionPolicy())
    return Expiry(_after(ended_at, policy.archive_days), _after(ended_at, policy.delete_days), policy.changed_by)


def _after(ended_at: datetime, days: int | None) -> datetime | None:
    return None if days is None else ended_at + timedelta(days=days)


def check_policy(policy: RetentionPolicy) -> None:
    """Archiving does not come after deletion. Raises PolicyInvalid."""
    if policy.archive_days is not None and policy.delete_days is not None and policy.archive_days > policy.delete_days:
        raise PolicyInvalid(
            "archiveDays", f"is {policy.archive_days}; it must not be more than deleteDays, {policy.delete_days}."
        )
