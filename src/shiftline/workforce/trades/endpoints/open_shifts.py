"""Open shifts, for agents: which they could take and why not, taken and given back; and claims, for whoever reviews trades."""

from datetime import date
from typing import Annotated

from litestar import get, post
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.workforce.trades.operations import open_shifts
from shiftline.workforce.trades.wire import open_shifts as wire

ALL = "/api/v2/shiftline/workforce/openshifts"
ONE = f"{ALL}/{{open_shift_id:str}}"
CLAIMS = "/api/v2/shiftline/workforce/businessunits/{business_unit_id:str}/openshifts/claims"
TAGS = ["Shiftline"]

Week = Annotated[list[date] | None, Parameter(query="weekDate", max_items=10)]


@get(f"{ALL}/mine", operation_id="getShiftlineWorkforceOpenshiftsMine", tags=TAGS)
async def list_mine(context: Context, weeks: Week = None) -> wire.TakeableListing:
    """The open shifts that the caller could take, the earliest first, each with the verdict of every rule on that; also
    those that a rule refuses them, and those that they have claimed. ``weekDate``: only of these weeks.
    """
    return wire.show_list(await open_shifts.list_takeable(context, weeks))


@post(f"{ONE}/take", operation_id="postShiftlineWorkforceOpenshiftTake", status_code=200, tags=TAGS)
async def take(context: Context, open_shift_id: str, data: wire.OpenShiftTakeRequest) -> wire.TakeableOpenShift:
    """Take an open shift: it is the caller's at once (``Taken``), or after a review (``Claimed``), as the rules say."""
    return wire.show(await open_shifts.take_open_shift(context, data.wish(open_shift_id)))


@post(f"{ONE}/release", operation_id="postShiftlineWorkforceOpenshiftRelease", status_code=200, tags=TAGS)
async def release(context: Context, open_shift_id: str, data: wire.OpenShiftTakeRequest) -> wire.TakeableOpenShift:
    """Give a claim back that waits for its review."""
    return wire.show(await open_shifts.release_open_shift(context, data.wish(open_shift_id)))


@post(f"{ONE}/review", operation_id="postShiftlineWorkforceOpenshiftReview", status_code=200, tags=TAGS)
async def review(context: Context, open_shift_id: str, data: wire.OpenShiftReviewRequest) -> wire.TakeableOpenShift:
    """Approve a claim, or deny it: the shift is open for others again then."""
    wish, approve = data.wish(open_shift_id), data.state == "Approved"
    return wire.show(await open_shifts.review_open_shift(context, wish, approve=approve))


@get(CLAIMS, operation_id="getShiftlineWorkforceOpenshiftsClaims", tags=TAGS)
async def list_claims(context: Context, business_unit_id: str) -> wire.TakeableListing:
    """The claims that wait for a review, with what the rules say of each."""
    return wire.show_list(await open_shifts.list_claims(context, business_unit_id))


ROUTES = [list_mine, take, release, review, list_claims]
