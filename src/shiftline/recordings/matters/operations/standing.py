"""Standing holds: what is sealed, or comes to match, is held in the same transaction."""

from shiftline.foundation.database import Transaction
from shiftline.recordings.matters import store
from shiftline.recordings.matters.model import Taker
from shiftline.recordings.matters.operations.taking import take_sealed_in


async def guard_standing_in(tx: Transaction) -> None:
    """Nobody places a standing hold or closes a matter until the end of the transaction.

    Asked for before any recording is locked: then whoever seals sees a standing hold, or the hold sees what was sealed.
    """
    await store.guard_standing(tx)


async def take_standing_in(tx: Transaction, recording_id: str) -> None:
    """Every standing hold that matches a recording as it is now takes it; the caller has locked it, and guarded before."""
    for row in await store.list_standing(tx, recording_id):
        await take_sealed_in(tx, Taker(**row), recording_id)
