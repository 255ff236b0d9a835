"""What an organization records, and its settings of recordings."""

from dataclasses import replace

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.foundation.errors import Invalid, Problem
from shiftline.recordings import store
from shiftline.recordings.control import store as control
from shiftline.recordings.control.model import Channel, Policies, Policy, Scope, Terms
from shiftline.recordings.events import PolicyChanged, SettingsChanged
from shiftline.recordings.model import RecordingSettings

VIEW = "recording:retentionPolicy:view"
EDIT = "recording:retentionPolicy:edit"
SETTINGS = ("recording:settings:editRegionalStorage", "recording:settings:editScreenRecordings")
DEFAULT = "default"


async def get_policies(context: Context) -> Policies:
    """Whether calls are recorded, and the queues that differ. Raises PermissionMissing."""
    require(context, VIEW)
    async with context.reader() as reader:
        return await _policies(reader, context.organization_id)


async def _policies(reader: Reader, organization_id: str) -> Policies:
    """What holds for calls of both directions: the default, and the queues that differ."""
    default, queues = Policy(record=True), list[Policy]()
    for each in await control.find_policies(reader, organization_id):
        if each.scope.channel is not Channel.CALL or each.scope.direction is not None:
            continue
        queue_id = each.scope.queue_id
        policy = Policy(
            each.terms.record, queue_id, own=queue_id is not None, since=each.since, changed_by=each.changed_by
        )
        if queue_id is None:
            default = policy
        else:
            queues.append(policy)
    return Policies(default, tuple(queues))


async def set_policy(context: Context, queue_id: str | None, *, record: bool) -> Policies:
    """Whether calls of a queue (None: all for which nothing else is said) are recorded from now on.

    What is being recorded goes on. Raises Invalid for an unknown queue, PermissionMissing.
    """
    require(context, EDIT)
    async with context.transaction() as tx:
        organization_id = context.organization_id
        if queue_id is not None and not await store.known_queues(tx, organization_id, [queue_id]):
            raise Invalid(Problem("queueId", f"there is no queue {queue_id[:100]}."))
        scope = Scope(Channel.CALL, queue_id)
        former = await control.lock_policy(tx, scope)
        terms = Terms() if former is None else former.terms
        terms = replace(terms, record=record, snippet=terms.snippet and not record)
        if not record and not terms.snippet:
            terms = replace(terms, announce=False)
        if await control.put_policy(tx, scope, terms):
            tx.record(PolicyChanged(organization_id=organization_id, policy_id=queue_id or DEFAULT, record=record))
        return await _policies(tx, organization_id)


async def get_settings(context: Context) -> RecordingSettings:
    """The organization's settings of recordings."""
    async with context.reader() as reader:
        return await find_settings(reader, context.organization_id)


async def find_settings(reader: Reader, organization_id: str) -> RecordingSettings:
    """The settings of an organization."""
    return await store.find_settings(reader, organization_id)


async def set_settings(context: Context, settings: RecordingSettings) -> RecordingSettings:
    """Change the organization's settings of recordings. Raises PermissionMissing."""
    require(context, *SETTINGS)
    async with context.transaction() as tx:
        if settings != await store.find_settings(tx, context.organization_id):
            await store.set_settings(tx, settings)
            tx.record(
                SettingsChanged(
                    organization_id=context.organization_id,
                    settings_id=context.organization_id,
                    playback_minutes=settings.playback_minutes,
                )
            )
    return settings
