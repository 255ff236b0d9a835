"""Deletions and retention over HTTP."""

from typing import Annotated, TypeAlias

from litestar import get, post, put
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.foundation.web.paging import Listing, Page, listing
from shiftline.recordings.deletion.model import DeletionState
from shiftline.recordings.deletion.operations import marking, retaining
from shiftline.recordings.deletion.wire import (
    DELETIONS,
    RETENTION,
    ApprovalBody,
    MarkBody,
    RetentionBody,
    WireDeletion,
    WireDeletions,
    WireGrace,
    WirePolicies,
    WithdrawalBody,
    read_policy,
    show_deletion,
    show_deletions,
    show_policies,
)

TAGS = ["Shiftline Legal Hold"]
SETTINGS = f"{DELETIONS}/settings"

OfState: TypeAlias = Annotated[DeletionState | None, Parameter(query="state", description="All, else these")]
Waiting: TypeAlias = Annotated[bool, Parameter(query="waiting", description="Only those that nobody approved yet")]


@get(DELETIONS, operation_id="getShiftlineRecordingdeletions", tags=TAGS)
async def get_deletions(
    context: Context, page: Page, *, wanted: OfState = None, waiting: Waiting = False
) -> Listing[WireDeletion]:
    """Deletions of recordings, the next due first."""
    found, total = await marking.list_deletions(context, page, state=wanted, waiting=waiting)
    return listing([show_deletion(each) for each in found], total, page, DELETIONS)


@post(DELETIONS, operation_id="postShiftlineRecordingdeletions", status_code=201, tags=TAGS)
async def post_deletions(context: Context, data: MarkBody) -> WireDeletions:
    """Mark recordings for deletion: the first approval. They are destroyed after the grace, once a second person agreed."""
    return show_deletions(await marking.mark_recordings(context, data.recording_ids, data.reason))


@get(f"{DELETIONS}/{{deletion_id:str}}", operation_id="getShiftlineRecordingdeletion", tags=TAGS)
async def get_deletion(context: Context, deletion_id: str) -> WireDeletion:
    """A deletion, and where it is."""
    return show_deletion(await marking.get_deletion(context, deletion_id))


@post(f"{DELETIONS}/approvals", operation_id="postShiftlineRecordingdeletionsApprovals", status_code=200, tags=TAGS)
async def post_approvals(context: Context, data: ApprovalBody) -> WireDeletions:
    """Approve deletions as the second person."""
    return show_deletions(await marking.approve_deletions(context, data.deletion_ids))


@post(f"{DELETIONS}/withdrawals", operation_id="postShiftlineRecordingdeletionsWithdrawals", status_code=200, tags=TAGS)
async def post_withdrawals(context: Context, data: WithdrawalBody) -> WireDeletions:
    """Withdraw deletions that were marked."""
    return show_deletions(await marking.withdraw_deletions(context, data.deletion_ids, data.reason))


@get(SETTINGS, operation_id="getShiftlineRecordingdeletionsSettings", tags=TAGS)
async def get_settings(context: Context) -> WireGrace:
    """How many days pass between a mark and the destruction."""
    return WireGrace(grace_days=await retaining.get_grace(context))


@put(SETTINGS, operation_id="putShiftlineRecordingdeletionsSettings", tags=TAGS)
async def put_settings(context: Context, data: WireGrace) -> WireGrace:
    """Change how many days pass, for what is marked from now on."""
    return WireGrace(grace_days=await retaining.set_grace(context, data.grace_days))


@get(RETENTION, operation_id="getShiftlineRecordingretention", tags=TAGS)
async def get_policies(context: Context) -> WirePolicies:
    """After how many days recordings are archived and deleted."""
    return show_policies(await retaining.list_policies(context))


@put(RETENTION, operation_id="putShiftlineRecordingretention", tags=TAGS)
async def put_policy(context: Context, data: RetentionBody) -> WirePolicies:
    """After how many days recordings of a queue, or all others, that are sealed from now on are archived and deleted."""
    return show_policies(await retaining.set_policy(context, read_policy(data)))


ROUTES = [
    get_deletions,
    post_deletions,
    get_deletion,
    post_approvals,
    post_withdrawals,
    get_settings,
    put_settings,
    get_policies,
    put_policy,
]
