"""How long recordings are kept: policies, dates, and the grace between a mark and the destruction."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.errors import Invalid, Problem
from shiftline.recordings.deletion import rules, store
from shiftline.recordings.deletion.errors import RecordingDestroyed
from shiftline.recordings.deletion.events import GraceChanged, RetentionChanged
from shiftline.recordings.deletion.model import Deletion, Expiry, RetentionPolicy, Tombstone
from shiftline.recordings.deletion.operations.marking import VIEW, withdraw_expiry_in

EDIT = "recording:deletion:edit"
VIEW_POLICY = "recording:retentionPolicy:view"
EDIT_POLICY = "recording:retentionPolicy:edit"
DEFAULT = "default"


async def get_grace(context: Context) -> int:
    """Days between a mark and the destruction. Raises PermissionMissing."""
    require(context, VIEW)
    async with context.reader() as reader:
        return await store.find_grace(reader, context.organization_id)


async def set_grace(context: Context, days: int) -> int:
    """Days between a mark and the destruction, for what is marked from now on. Raises PermissionMissing."""
    require(context, EDIT)
    async with context.transaction() as tx:
        if days != await store.find_grace(tx, context.organization_id):
            await store.set_grace(tx, days)
            tx.record(
                GraceChanged(
                    organization_id=context.organization_id, settings_id=context.organization_id, grace_days=days
                )
            )
    return days


async def list_policies(context: Context) -> list[RetentionPolicy]:
    """The policies; the one of all other queues first. Raises PermissionMissing."""
    require(context, VIEW_POLICY)
    async with context.reader() as reader:
        return await store.list_policies(reader, context.organization_id)


async def set_policy(context: Context, policy: RetentionPolicy) -> list[RetentionPolicy]:
    """Recordings of a queue, or of all that have no policy of their own, get such dates when they are sealed from now on.

    Raises Invalid for an unknown queue, PolicyInvalid, PermissionMissing.
    """
    require(context, EDIT_POLICY)
    rules.check_policy(policy)
    organization_id = context.organization_id
    async with context.transaction() as tx:
        if policy.queue_id is not None and not await store.known_queues(tx, organization_id, [policy.queue_id]):
            raise Invalid(Problem("queueId", f"there is no queue {policy.queue_id[:100]}."))
        if await store.set_policy(tx, policy):
            tx.record(
                RetentionChanged(
                    organization_id=organization_id,
                    policy_id=policy.queue_id or DEFAULT,
                    archive_days=policy.archive_days,
                    delete_days=policy.delete_days,
                )
            )
        return await store.list_policies(tx, organization_id)


async def find_expiry(reader: Reader, organization_id: str, queue_id: str | None, ended_at: datetime) -> Expiry:
    """The dates of a recording that ended then, by policy."""
    return rules.choose_expiry(await store.list_policies(reader, organization_id), queue_id, ended_at)


async def keep_expiry_author_in(tx: Transaction, recording_id: str, expiry: Expiry) -> None:
    """Whose policy gave a recording its dates: the first approval of its deletion."""
    if expiry.delete_at is not None and expiry.set_by is not None:
        await store.set_expiry_author(tx, recording_id, expiry.set_by)


async def follow_dates_in(
    tx: Transaction, recording_id: str, archive_at: datetime | None, delete_at: datetime | None
) -> None:
    """A locked recording has new dates: with a later one it is archived no more, and its date has marked nothing."""
    now = tx.context.now()
    if archive_at is None or archive_at > now:
        await store.restore(tx, recording_id)
    if delete_at is None or delete_at > now:
        await withdraw_expiry_in(tx, recording_id, "Its date of deletion was moved.")


class Present(Protocol):
    """A recording, as far as it matters whether it is there."""

    @property
    def id(self) -> str: ...  # noqa: D102 - a recording's own words
    @property
    def organization_id(self) -> str: ...  # noqa: D102
    @property
    def destroyed_at(self) -> datetime | None: ...  # noqa: D102


async def require_present_in(reader: Reader, recording: Present) -> None:
    """Go on only with a recording that was not destroyed. Raises RecordingDestroyed, which says when, why and by whom."""
    if recording.destroyed_at is not None:
        left = await store.find_tombstones(reader, recording.organization_id, [recording.id])
        raise RecordingDestroyed(recording.id, recording.destroyed_at, left.get(recording.id))


async def find_deletions_of(reader: Reader, organization_id: str, ids: Collection[str]) -> Mapping[str, Deletion]:
    """The deletion in force, else the last one, of recordings that have any."""
    return await store.latest_deletions(reader, organization_id, ids)


async def find_tombstones(reader: Reader, organization_id: str, ids: Collection[str]) -> Mapping[str, Tombstone]:
    """What is left of recordings that were destroyed."""
    return await store.find_tombstones(reader, organization_id, ids)
