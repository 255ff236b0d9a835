"""What an organization records, and its settings of recordings."""

from typing import Annotated

from litestar import get, put
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.recordings.operations import policies
from shiftline.recordings.wire.media import MEDIA
from shiftline.recordings.wire.own import PolicyBody, WirePolicies, show_policies
from shiftline.recordings.wire.vendor import SettingsBody, WireSettings, read_settings, show_settings

SETTINGS = "/api/v2/recording/settings"
POLICIES = f"{MEDIA}/policies"
TAGS = ["Recording"]


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
    """Whether calls are recorded, and the queues that differ."""
    return show_policies(await policies.get_policies(context))


@put(POLICIES, operation_id="putShiftlineRecordingsPolicies", tags=TAGS)
async def put_policy(context: Context, data: PolicyBody) -> WirePolicies:
    """Whether calls of a queue, or all others, are recorded from now on."""
    return show_policies(await policies.set_policy(context, data.queue_id, record=data.record))


ROUTES = [get_settings, put_settings, get_policies, put_policy]
