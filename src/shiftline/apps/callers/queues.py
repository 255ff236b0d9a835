"""Which queue a caller from the web reaches."""

from shiftline.foundation.context import Context
from shiftline.foundation.web.paging import Page
from shiftline.routing.model.queues import Queue, QueueFilter
from shiftline.routing.operations.queues import list_queues

MOST_QUEUES = 500


async def list_open_queues(context: Context, queue_id: str | None = None) -> list[Queue]:
    """The organization's queues that are open to callers from the web, those with most agents first; or the one named."""
    wanted = QueueFilter(ids=None if queue_id is None else (queue_id,))
    queues, _ = await list_queues(context, Page(MOST_QUEUES), wanted)
    is_open = [queue for queue in queues if queue.settings.web_calls.enabled]
    return sorted(is_open, key=lambda queue: -queue.joined_count)
