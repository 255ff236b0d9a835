"""What waits in queues, who was offered it and why not the others."""

from litestar import get

from shiftline.foundation.context import Context
from shiftline.foundation.web.paging import Listing, Page, listing
from shiftline.routing.operations import stories
from shiftline.routing.wire.interactions import (
    CONVERSATIONS,
    WireConversationOffers,
    WireWaiting,
    show_stories,
    show_waiting,
)

QUEUES = "/api/v2/shiftline/routing/queues"
TAGS = ["Shiftline Routing"]


@get(
    f"{CONVERSATIONS}/{{conversation_id:str}}/offers",
    operation_id="getShiftlineRoutingConversationOffers",
    tags=TAGS,
)
async def get_offers(context: Context, conversation_id: str) -> WireConversationOffers:
    """Every offer of a conversation with who was considered and why not the others.

    Whoever may view the queue is told of everybody, an agent of themselves.
    """
    return show_stories(conversation_id, await stories.tell_conversation(context, conversation_id))


@get(
    f"{QUEUES}/{{queue_id:str}}/interactions",
    operation_id="getShiftlineRoutingQueueInteractions",
    tags=TAGS,
)
async def get_waiting(context: Context, queue_id: str, page: Page) -> Listing[WireWaiting]:
    """What waits in a queue, in line."""
    found, total = await stories.list_waiting(context, queue_id, page)
    return listing([show_waiting(each) for each in found], total, page, f"{QUEUES}/{queue_id}/interactions")


ROUTES = [get_offers, get_waiting]
