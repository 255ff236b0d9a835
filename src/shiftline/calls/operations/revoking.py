"""What happens to somebody's calls when their access is taken away while they talk."""

from collections.abc import Sequence

from shiftline.calls import store
from shiftline.calls.operations.nodes import give_up_in, lock_leg_in
from shiftline.foundation.context import Context

REVOKED = "access.revoked"
"""The reason for which a leg ended."""


async def find_people_on_calls(context: Context, person_ids: Sequence[str] | None) -> list[str]:
    """Those of some people, or (None) of the whole organization, who have a live leg."""
    async with context.reader() as reader:
        return await store.people_on_calls(reader, context.organization_id, person_ids)


async def find_people_without_session(context: Context) -> list[tuple[str, str]]:
    """Who has a live leg at a softphone without a live session, everywhere, as (organization, person)."""
    async with context.reader() as reader:
        return await store.people_without_session(reader, context.clock.real_now())


async def find_softphones_of(context: Context, person_id: str) -> list[str | None]:
    """The full JIDs of the softphones at which a person has a live leg; None among them for one that nobody took yet."""
    async with context.reader() as reader:
        legs = await store.legs_of_person(reader, context.organization_id, person_id)
    return list(dict.fromkeys(leg.jid for leg in legs))


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
