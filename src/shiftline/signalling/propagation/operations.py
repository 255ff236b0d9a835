"""What is done with spreads."""

from shiftline.access.operations.deciding import VIEW
from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.signalling.propagation import store
from shiftline.signalling.propagation.model import NodeSpread


async def read_propagation(context: Context, minutes: int) -> list[NodeSpread]:
    """What each node counted in the last minutes, with ``access:decision:view``. Raises PermissionMissing."""
    require(context, VIEW)
    async with context.reader() as reader:
        return await store.read_spreads(reader, minutes)


async def forget_old(context: Context) -> None:
    """Forget what is older than a day."""
    async with context.reader() as reader:
        await store.forget_spreads(reader)
