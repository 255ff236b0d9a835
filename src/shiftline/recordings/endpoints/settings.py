"""What an organization records, and its settings of recordings."""

from typing import Annotated, TypeAlias

from litestar import delete, get, post, put
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.recordings.control.model import Channel
from shiftline.recordings.operations import policies, reasons, scoping
from shiftline.recordings.wire.control import (
    PolicyBody,
    WireChannel,
    WireDirection,
    WirePolicies,
    WireReasons,
    WireScopedPolicy,
    read_reasons,
    read_scope,
    read_terms,
    show_policies,
    show_reasons,
    show_scoped,
)
from shiftline.recordings.wire.media import MEDIA
from shiftline.recordings.wire.vendor import SettingsBody, WireSettings, read_settings, show_settings

SETTINGS = "/api/v2/recording/settings"
POLICIES = f"{MEDIA}/policies"
REASONS = f"{MEDIA}/reasons"
TAGS = ["Recording"]

OfQueue: TypeAlias = Annotated[str | None, Parameter(query="queueId", max_length=100)]
OfDirection: TypeAlias = Annotated[WireDirection | None, Parameter(query="direction")]
OfChannel: TypeAlias = Annotated[WireChannel, Parameter(query="channel")]


@get(SETTINGS, operation_id="getRecordingSettings", tags=TAGS)
async def get_settings(
    context: Context,
    *,
    create_default: Annotated[bool, Parameter(query="createDefault", description="There always are settings")] = False,
) -> WireSettings:
    """The organization's settings of recordings."""
    del create_default
    return show_settings(await policies.get_settings(context))


@put(SETTINGS, operation_id="putRecordingSettings", tags=TAGS)
async def put_settings(context: Context, data: SettingsBody) -> WireSettings:
    """Change the organization's settings of recordings."""
    return show_settings(await policies.set_settings(context, read_settings(data)))


@get(POLICIES, operation_id="getShiftlineRecordingsPolicies", tags=TAGS)
async def get_policies(context: Context) -> WirePolicies:
    """Whether calls are recorded, the queues that differ, and all policies by queue, direction and channel."""
    return await _show(context)


@put(POLICIES, operation_id="putShiftlineRecordingsPolicies", tags=TAGS)
async def put_policy(context: Context, data: PolicyBody) -> WirePolicies:
    """What is recorded of a queue, direction and channel from now on; what is left out stays as it is."""
    terms, scope = read_terms(data), read_scope(data.queue_id, data.direction, data.channel)
    if set(terms) == {"record"} and scope.direction is None and scope.channel is Channel.CALL:
        await policies.set_policy(context, scope.queue_id, record=terms["record"])
    else:
        await scoping.set_scoped_policy(context, scope, terms)
    return await _show(context)


@post(POLICIES, operation_id="postShiftlineRecordingsPolicies", tags=TAGS)
async def post_policy(context: Context, data: PolicyBody) -> WireScopedPolicy:
    """A new policy of a queue, direction and channel; refused where there is one already."""
    scope = read_scope(data.queue_id, data.direction, data.channel)
    return show_scoped(await scoping.create_scoped_policy(context, scope, read_terms(data)))


@delete(POLICIES, operation_id="deleteShiftlineRecordingsPolicies", tags=TAGS)
async def delete_policy(
    context: Context, *, queue_id: OfQueue = None, direction: OfDirection = None, channel: OfChannel = "call"
) -> None:
    """Take a policy away; the next wider one holds."""
    await scoping.remove_scoped_policy(context, read_scope(queue_id, direction, channel))


@get(f"{POLICIES}/effective", operation_id="getShiftlineRecordingsPoliciesEffective", tags=TAGS)
async def get_effective(
    context: Context, *, queue_id: OfQueue = None, direction: OfDirection = None, channel: OfChannel = "call"
) -> WireScopedPolicy:
    """The policy that holds for conversations of a queue and direction."""
    return show_scoped(await scoping.find_effective_policy(context, read_scope(queue_id, direction, channel)))


async def _show(context: Context) -> WirePolicies:
    return show_policies(await policies.get_policies(context), await scoping.list_scoped_policies(context))


@get(REASONS, operation_id="getShiftlineRecordingsReasons", tags=TAGS)
async def get_reasons(context: Context) -> WireReasons:
    """The reasons for which recordings may be heard."""
    return show_reasons(await reasons.list_reasons(context))


@put(REASONS, operation_id="putShiftlineRecordingsReasons", tags=TAGS)
async def put_reasons(context: Context, data: WireReasons) -> WireReasons:
    """The reasons for which recordings may be heard from now on."""
    return show_reasons(await reasons.set_reasons(context, read_reasons(data)))


ROUTES = [
    get_reasons,
    put_reasons,
    get_settings,
    put_settings,
    get_policies,
    put_policy,
    post_policy,
    delete_policy,
    get_effective,
]
