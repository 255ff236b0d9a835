"""The agent swap over HTTP."""

from litestar import post

from shiftline.foundation.context import Context
from shiftline.publishing.operations import swapping as operations
from shiftline.publishing.wire import swapping as wire


@post(
    "/api/v2/wfm/schedule/agent/swap",
    operation_id="postWfmScheduleAgentSwap",
    status_code=200,
    tags=["Shiftline Publishing"],
)
async def publish_swap(context: Context, data: wire.SwapBody) -> wire.SwapAnswer:
    """Put shifts in force in place of an agent's shifts of the same days, and file the time-off requests that come along.

    One transaction over all weeks that the days touch; the previous revision stays and can be republished.
    """
    request = wire.to_request(data)
    return wire.to_answer(request, await operations.publish_swap(context, request))


ROUTES = [publish_swap]
