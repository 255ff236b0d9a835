"""What happens to conversations without a caller."""

from datetime import timedelta

from shiftline.conversations.operations.repairs import end_orphans, release_idle_communicating
from shiftline.foundation.context import Context
from shiftline.foundation.jobs import every


@every(timedelta(seconds=10))
async def sweep_orphans(context: Context) -> None:
    """End what stands in routing and presence for conversations in which nobody takes part any more."""
    await end_orphans(context)
    await release_idle_communicating(context)
