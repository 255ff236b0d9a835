"""What happens in routing without a caller, beside what the router does."""

from datetime import timedelta

from shiftline.foundation.context import Context
from shiftline.foundation.jobs import every
from shiftline.routing.operations.repairs import release_idle_interacting


@every(timedelta(seconds=10))
async def sweep_statuses(context: Context) -> None:
    """Release those whose routing status says that they handle an interaction which there is not."""
    await release_idle_interacting(context)
