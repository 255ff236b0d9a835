"""Entries are made in the transaction of what they tell of."""

from collections.abc import Sequence

import msgspec

from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.ids import new_id
from shiftline.ledger import store
from shiftline.ledger.model import Entry, EntryDraft
from shiftline.ledger.rules import entries


async def append_in(tx: Transaction, draft: EntryDraft) -> Entry:
    """Enter what happens in the caller's transaction: by its actor, now. It gets its place within seconds of the commit.

    Nobody waits for anybody: it is rows of its own. ``facts`` may hold instants, enums and dataclasses, which are written as
    msgspec writes them. Raises NoteError (a mistake in the caller's code) for fractions and what is no JSON.
    """
    (entry,) = await append_all_in(tx, [draft])
    return entry


async def append_all_in(tx: Transaction, drafts: Sequence[EntryDraft]) -> list[Entry]:
    """``append_in`` for several at once, which get their places in this order."""
    made = [_make(tx.context, draft) for draft in drafts]
    await store.insert_entries(tx, [(entry, entries.encode(entry), facts) for entry, facts in made])
    return [entry for entry, _ in made]


def _make(context: Context, draft: EntryDraft) -> tuple[Entry, bytes]:
    facts = entries.encode_facts(msgspec.to_builtins(draft.facts))
    entry = Entry(
        id=new_id(),
        organization_id=context.organization_id,
        kind=draft.kind,
        subject_id=draft.subject_id,
        conversation_id=draft.conversation_id,
        at=context.now(),
        actor_id=context.actor.id,
        actor_kind=context.actor.kind,
        digest=entries.digest_facts(facts),
    )
    return entry, facts
