"""Data keys are wrapped anew by the newest key-encryption key; no object is touched. Whoever dies left whole batches behind."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass

from shiftline.foundation.context import Actor, Context
from shiftline.ledger.model import EntryDraft
from shiftline.ledger.operations.appending import append_in
from shiftline.recordings import rewraps
from shiftline.recordings.keys import Keys

REWRAPPED = "keys.rewrapped"
BATCH = 500


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a rewrapping is: ``done`` keys of ``total`` that other key-encryption keys had wrapped, all under ``key_id`` now."""

    key_id: str
    done: int
    total: int


async def rewrap_all(context: Context, keys: Keys, size: int = BATCH) -> AsyncIterator[Progress]:
    """Wrap every recording's data key by the newest key-encryption key, of every organization, a batch a transaction.

    Recordings are made and heard meanwhile. What an unknown key wrapped stops it: nothing of that batch is changed. Raises
    KeysUnavailable, KeyUnknown.
    """
    newest = keys.newest
    async with context.reader() as reader:
        total, done = await rewraps.count_others(reader, newest), 0
    yield Progress(newest, done, total)
    while True:
        async with context.reader() as reader:
            organization_id = await rewraps.next_organization(reader, newest)
        if organization_id is None:
            return
        done += await _rewrap(context.acting_as(Actor(organization_id, "system")), keys, newest, size)
        yield Progress(newest, done, max(total, done))


async def _rewrap(context: Context, keys: Keys, newest: str, size: int) -> int:
    async with context.transaction() as tx:
        rows = await rewraps.lock_others(tx, newest, size)
        wrapped = [
            (row["id"], keys.wrap(keys.unwrap(bytes(row["wrapped_key"]), row["key_id"], row["id"]), row["id"]))
            for row in rows
        ]
        await rewraps.set_wrapped(tx, [(recording_id, each.key_id, each.wrapped) for recording_id, each in wrapped])
        former = Counter(row["key_id"] for row in rows)
        if rows:
            facts = {
                "key_id": newest,
                "former": dict(sorted(former.items())),
                "recordings": [row["id"] for row in rows],
            }
            await append_in(tx, EntryDraft(REWRAPPED, newest, facts))
    return len(rows)
