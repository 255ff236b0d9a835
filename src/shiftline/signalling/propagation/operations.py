"""What is done with spreads and arrivals."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from shiftline.access.model.changes import Arrival
from shiftline.access.operations.deciding import VIEW
from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.signalling.propagation import store
from shiftline.signalling.propagation.model import NodeSpread
from shiftline.signalling.propagation.rules import tell_arrivals

KEPT = timedelta(days=1)


async def read_propagation(context: Context, minutes: int) -> list[NodeSpread]:
    """What each node counted in the last minutes, with ``access:decision:view``. Raises PermissionMissing."""
    require(context, VIEW)
    async with context.reader() as reader:
        return await store.read_spreads(reader, minutes)


async def find_arrivals(reader: Reader, written: Mapping[int, datetime]) -> Mapping[int, tuple[Arrival, ...]]:
    """At which nodes events are, by id, which the caller may see (with the real instant of each writing); only of what is known."""
    followers, now = await store.list_followers(reader)
    if now is None:
        return {}
    known = {event_id: at for event_id, at in written.items() if now - at < KEPT}
    return tell_arrivals(known, await store.read_arrivals(reader, known), followers, now)


async def forget_old(context: Context) -> None:
    """Forget what is older than a day."""
    async with context.reader() as reader:
        await store.forget_old(reader)
