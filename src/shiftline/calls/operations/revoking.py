"""What happens to somebody's calls when their access is taken away while they talk."""

from shiftline.calls import store
from shiftline.calls.operations.nodes import give_up_in, lock_leg_in
from shiftline.foundation.context import Context

REVOKED = "access.revoked"
"""The reason for which a leg ended."""


async def end_calls_of(context: Context, person_id: str, *, jid: str | None = None) -> int:
    """End a person's legs, or only those of the softphone ``jid``; whoever talked to them waits in the queue again. How many there were.

    Doing it again is harmless.
    """
    async with context.reader() as reader:
        legs = await store.legs_of_person(reader, context.organization_id, person_id)
    ended = 0
    for leg in legs:
        if jid is not None and leg.jid != jid:
            continue
        async with context.transaction() as tx:
            call, current = await lock_leg_in(tx, leg)
            if current is not None:
                await give_up_in(tx, call, current, REVOKED)
                ended += 1
    return ended
