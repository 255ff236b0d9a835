"""A schedule changed by small edits, previewed, and any of its revisions held against any other."""

from typing import Annotated

from litestar import get, post
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.foundation.time import parse_instant
from shiftline.publishing.operations import editing
from shiftline.publishing.wire import differences, edits
from shiftline.workforce.schedule.operations import changes, comparing

ONE = "/api/v2/shiftline/schedules/{schedule_id:str}"
TAGS = ["Shiftline Publishing"]

From = Annotated[int | None, Parameter(query="from")]
To = Annotated[int | None, Parameter(query="to")]
Since = Annotated[str | None, Parameter(query="since", max_length=64, description="ISO 8601 instant with a zone")]
Other = Annotated[str | None, Parameter(query="otherScheduleId")]


@post(f"{ONE}/edits", operation_id="postShiftlineScheduleEdits", status_code=200, tags=TAGS)
async def post_edits(context: Context, schedule_id: str, data: edits.EditsBody) -> edits.EditsAnswer:
    """Change a schedule by edits: one new revision, or nothing. Approved time off stays over what they change.

    Rules that they break must be named in ``acceptBreaches``, with a ``reason``; both stay in the revision.
    """
    order = edits.to_order(schedule_id, data)
    return edits.to_answer(await editing.edit_schedule(context, order, edits.to_acceptances(data)))


@post(f"{ONE}/edits/preview", operation_id="postShiftlineScheduleEditsPreview", status_code=200, tags=TAGS)
async def post_preview(context: Context, schedule_id: str, data: edits.EditsBody) -> edits.EditsAnswer:
    """What the same body would do: who is affected, paid minutes, coverage, rules that break. Nothing is written."""
    order = edits.to_order(schedule_id, data)
    return edits.to_answer(await editing.preview_edits(context, order))


@get(f"{ONE}/revisions/compare", operation_id="getShiftlineScheduleRevisionsCompare", tags=TAGS)
async def get_comparison(
    context: Context, schedule_id: str, earlier: From = None, later: To = None, other: Other = None
) -> differences.ComparisonAnswer:
    """What two revisions differ in, by agent; by default the latest and the one before. ``otherScheduleId``: the later
    one is of another schedule of the same weeks.
    """
    pair = comparing.Pair(schedule_id, earlier, later, other)
    return differences.show_comparison(await comparing.compare_revisions(context, pair))


@get(
    "/api/v2/shiftline/workforce/schedulechanges/mine",
    operation_id="getShiftlineWorkforceSchedulechangesMine",
    tags=TAGS,
)
async def get_own_changes(context: Context, since: Since = None) -> differences.OwnChangesAnswer:
    """What changed in the caller's own work in force in the last two weeks: what, by whom, why. The latest first."""
    after = None if since is None else parse_instant(since, "since")
    return differences.show_own_changes(await changes.list_own_changes(context, after))


ROUTES = [post_edits, post_preview, get_comparison, get_own_changes]
