"""An agent's own calendar subscription, and the calendar itself, which whoever has its secret address may read."""

from typing import Annotated, Any
from urllib.parse import quote

from litestar import Request, Response, delete, get, post
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.workforce.schedule.endpoints.weeks import base_of
from shiftline.workforce.schedule.operations import feeds
from shiftline.workforce.schedule.wire import feeds as wire

ROOT = "/api/v2/shiftline/workforce"
CALENDAR = f"{ROOT}/calendar.ics"
MINE = f"{ROOT}/calendarfeeds/mine"
TAGS = ["Shiftline Schedules"]
MEDIA_TYPE = "text/calendar"

Token = Annotated[str, Parameter(query="token", max_length=200, description="The secret of a calendar's address")]


@post(MINE, operation_id="postShiftlineWorkforceCalendarfeedsMine", status_code=200, tags=TAGS)
async def post_own_feed(context: Context, request: Request[Any, Any, Any]) -> wire.NewFeedAnswer:
    """A secret address at which a calendar subscribes to the caller's shifts; the one before ends."""
    made = await feeds.renew_own_feed(context)
    url = f"{base_of(request)}{CALENDAR}?token={quote(made.token)}"
    return wire.NewFeedAnswer(url=url, date_created=made.created_at)


@get(MINE, operation_id="getShiftlineWorkforceCalendarfeedsMine", tags=TAGS)
async def get_own_feed(context: Context) -> wire.FeedState:
    """Whether the caller's calendar has an address; which one is never told again."""
    since = await feeds.find_own_feed(context)
    return wire.FeedState(active=since is not None, date_created=since)


@delete(MINE, operation_id="deleteShiftlineWorkforceCalendarfeedsMine", status_code=204, tags=TAGS)
async def delete_own_feed(context: Context) -> None:
    """End the address of the caller's calendar."""
    await feeds.revoke_own_feed(context)


@get(
    CALENDAR,
    operation_id="getShiftlineWorkforceCalendar",
    opt={"public": True},
    media_type=MEDIA_TYPE,
    tags=TAGS,
)
async def get_calendar(context: Context, token: Token) -> Response[str]:
    """An agent's shifts and time off in force as iCalendar (RFC 5545). Whoever knows the address may read them."""
    text = await feeds.read_calendar(context, token)
    headers = {"Cache-Control": "private, no-cache", "Content-Disposition": 'inline; filename="shifts.ics"'}
    return Response(text, media_type=MEDIA_TYPE, headers=headers)


ROUTES = [post_own_feed, get_own_feed, delete_own_feed, get_calendar]
