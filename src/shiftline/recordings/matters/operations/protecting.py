"""The vendor's deletion protection: conversations whose recordings are held in a matter of that name."""

from collections.abc import Sequence
from dataclasses import dataclass

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Row, Transaction
from shiftline.recordings.matters import store
from shiftline.recordings.matters.errors import AllDestroyed
from shiftline.recordings.matters.model import HoldDraft, Kind, Matter, MatterDraft, Selection
from shiftline.recordings.matters.operations.opening import find_matter, lock_open_in, open_matter_in, release_named_in
from shiftline.recordings.matters.operations.placing import permitted_divisions, place_hold_in

APPLY = "recording:deletionProtection:apply"
REVOKE = "recording:deletionProtection:revoke"
NAME = "Deletion protection"
APPLIED = "Protected from deletion"
MOST = 1_000_000
"""The vendor's clients are told when it is done, so it is done then."""
REVOKED = "Protection from deletion was taken away"


@dataclass(frozen=True, slots=True)
class Failure:
    """A conversation that could not be protected, or set free."""

    conversation_id: str
    code: str
    sentence: str


async def protect_conversations(context: Context, conversation_ids: Sequence[str]) -> list[Failure]:
    """Hold the recordings that conversations have; those for which it failed, and why. Raises PermissionMissing."""
    divisions = permitted_divisions(context, APPLY)
    wanted = list(dict.fromkeys(conversation_ids))
    async with context.transaction() as tx:
        matter = await _matter_in(tx)
        recorded = await _recorded_in(tx, wanted, divisions)
        failures = [_missing(each) for each in wanted if each not in recorded]
        for conversation_id, rows in recorded.items():
            gone = [row["destroyed_at"] for row in rows if row["gone"]]
            if len(gone) == len(rows):
                told = f"Its recordings were destroyed, the last at {max(gone).isoformat()}."
                failures.append(Failure(conversation_id, "recording.destroyed", told))
        kept = [each for each, rows in recorded.items() if not all(row["gone"] for row in rows)]
        if kept:
            selection = Selection(conversation_ids=kept)
            try:
                await place_hold_in(tx, matter, HoldDraft(selection, APPLIED), divisions, MOST)
            except AllDestroyed as error:  # meanwhile
                failures += [Failure(each, error.code, error.message) for each in kept]
    return failures


async def unprotect_conversations(context: Context, conversation_ids: Sequence[str]) -> list[Failure]:
    """Release the recordings of conversations from the protection; those for which it failed. Raises PermissionMissing."""
    divisions = permitted_divisions(context, REVOKE)
    wanted = list(dict.fromkeys(conversation_ids))
    async with context.transaction() as tx:
        matter = await _matter_in(tx)
        recorded = await _recorded_in(tx, wanted, divisions)
        ids = [row["id"] for rows in recorded.values() for row in rows]
        held = await store.list_held_ids(tx, context.organization_id, matter.id, ids=ids)
        if held:
            await release_named_in(tx, matter, held, REVOKED)
    return [_missing(each) for each in wanted if each not in recorded]


async def list_protected(context: Context, conversation_ids: Sequence[str]) -> list[str]:
    """Those of the conversations of which the protection holds a recording. Raises PermissionMissing."""
    require(context, APPLY, REVOKE, "recording:recording:view")
    async with context.reader() as reader:
        matter_id = await store.find_protection(reader, context.organization_id)
        if matter_id is None:
            return []
        rows = await store.held_of_conversations(reader, context.organization_id, matter_id, conversation_ids)
    held = {row["conversation_id"] for row in rows if row["id"] is not None}
    return [each for each in dict.fromkeys(conversation_ids) if each in held]


async def _recorded_in(
    tx: Transaction, conversation_ids: Sequence[str], divisions: tuple[str, ...] | None
) -> dict[str, list[Row]]:
    """The recordings of conversations in some divisions, by conversation; those without one are left out."""
    found: dict[str, list[Row]] = {}
    for row in await store.recordings_of_conversations(tx, tx.context.organization_id, conversation_ids):
        if divisions is None or set(divisions) & set(row["division_ids"]):
            found.setdefault(row["conversation_id"], []).append(row)
    return found


async def _matter_in(tx: Transaction) -> Matter:
    """The matter of deletion protection, locked; made when it is first needed."""
    await store.change_standing(tx)
    organization_id = tx.context.organization_id
    matter_id = await store.find_protection(tx, organization_id)
    if matter_id is None:
        draft = MatterDraft(NAME, "Conversations that clients protect from deletion.")
        matter_id = (await open_matter_in(tx, draft, Kind.PROTECTION)).id
    await lock_open_in(tx, matter_id)
    return await find_matter(tx, organization_id, matter_id)


def _missing(conversation_id: str) -> Failure:
    return Failure(conversation_id, "not.found", f"There is no recording of conversation {conversation_id}.")
