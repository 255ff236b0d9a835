"""Metadata change by a new revision only: this is the one place that writes them after the first."""

from dataclasses import replace

from shiftline.foundation.database import Transaction
from shiftline.recordings import rules, store
from shiftline.recordings.events import RecordingRefreshed
from shiftline.recordings.model import Recording, Revision
from shiftline.recordings.operations.entering import REVISED, enter_in, facts_of


async def revise_in(tx: Transaction, before: Recording, after: Recording, reason: str) -> Revision | None:
    """A new revision of a sealed recording that was locked; None when nothing differs, and nothing is written then."""
    metadata = rules.describe_metadata(after)
    difference = rules.find_difference(rules.describe_metadata(before), metadata)
    if not difference:
        return None
    former, context = await store.latest_revision(tx, before.organization_id, before.id), tx.context
    number = before.revision + 1
    digest = rules.digest_revision(b"" if former is None else former.digest, number, metadata, reason)
    revision = Revision(before.id, number, metadata, difference, reason, context.actor.id, context.now(), digest)
    await store.update_recording(tx, replace(after, revision=number))
    await store.insert_revision(tx, revision)
    refreshed = RecordingRefreshed(
        organization_id=before.organization_id,
        recording_id=before.id,
        conversation_id=before.conversation_id,
        revision=number,
        fields=tuple(each.field for each in difference),
        reason=reason,
    )
    tx.record(refreshed)
    await enter_in(tx, REVISED, refreshed, facts_of(revision))
    return revision
