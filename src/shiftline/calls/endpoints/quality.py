"""The quality of a call, leg by leg."""

from litestar import get

from shiftline.calls.operations import quality
from shiftline.calls.wire import WireLegs, show_leg
from shiftline.foundation.context import Context


@get(
    "/api/v2/shiftline/conversations/{conversation_id:str}/legs",
    operation_id="getShiftlineConversationLegs",
    tags=["Shiftline Calls"],
)
async def get_legs(context: Context, conversation_id: str) -> WireLegs:
    """The media sessions of a call, each with its loss, jitter, round trip and MOS: five seconds old at most while it lives."""
    return WireLegs(entities=[show_leg(leg) for leg in await quality.list_legs(context, conversation_id)])


ROUTES = [get_legs]
