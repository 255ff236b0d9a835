"""WFM notifications over HTTP."""

from litestar import get, post

from shiftline.foundation.context import Context
from shiftline.workforce.notices import operations, wire

ROOT = "/api/v2/workforcemanagement/notifications"
TAGS = ["Workforce Management"]


@get(ROOT, operation_id="getWorkforcemanagementNotifications", tags=TAGS)
async def list_own(context: Context) -> wire.NotificationList:
    """What the caller was told, the latest first."""
    return wire.show(await operations.list_own_notices(context))


@post(
    f"{ROOT}/update",
    operation_id="postWorkforcemanagementNotificationsUpdate",
    status_code=200,
    tags=TAGS,
)
async def mark_own(context: Context, data: wire.Marks) -> wire.MarkedList:
    """Mark notifications as read or unread, all or none."""
    return wire.show_marked(await operations.mark_own_notices(context, data.by_id()))


ROUTES = [list_own, mark_own]
