"""The freeze: all that a package will hold is read in one snapshot of the database and kept."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from shiftline.discovery.anchors import attestations
from shiftline.discovery.exports import rules
from shiftline.discovery.exports.errors import ExportRefused, Superseded
from shiftline.discovery.exports.model import ExportState
from shiftline.discovery.exports.operations.tools import Tools
from shiftline.discovery.exports.store import frozen, states
from shiftline.discovery.exports.store.frozen import KnownRecording
from shiftline.discovery.model import (
    Channel,
    Content,
    Conversation,
    Exclusion,
    Export,
    Hold,
    Messages,
    Person,
    RecordedLeg,
)
from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.identity.operations.organizations import get_organization
from shiftline.ledger.model import EntryDraft
from shiftline.ledger.operations.appending import append_in
from shiftline.messaging.model import Message as Written
from shiftline.messaging.operations.transcripts import object_key, transcript_of

BATCH = 200
WRITTEN = "json"
"""The container of what was written, which is handed over as messages and e-mails; all others hold sound."""
NOTHING = (
    "Nothing that can be exported matches the selection any more: what it found is still being made, or is gone. "
    "Begin a new export with a wider selection."
)


class _Freeze:
    """One freeze under way."""

    def __init__(self, tx: Transaction, tools: Tools, export: ExportState) -> None:
        self.tx = tx
        self.tools = tools
        self.export = export
        self.counting = rules.Counting()
        self.exclusions: list[Exclusion] = []
        self.digest = hashlib.sha256()
        self._written: dict[str, list[KnownRecording]] = {}
        self._transcripts: dict[str, list[RecordedLeg]] = {}
        self._holds: dict[str, list[Hold]] = {}

    async def take(self, ids: Sequence[str]) -> None:
        """The next conversations."""
        organization_id = self.tx.context.organization_id
        found = await frozen.conversations_of(self.tx, organization_id, ids)
        legs = await self._legs(found)
        kept: list[tuple[int, Conversation, bytes]] = []
        for each in found:
            conversation = await self._complete(replace(each, recordings=tuple(legs[each.id])))
            if not conversation.recordings and conversation.messages is None and not conversation.emails:
                continue
            self.counting.add(conversation)
            encoded = frozen.encode(conversation)
            self.digest.update(hashlib.sha256(encoded).digest())
            kept.append((self.counting.conversations, conversation, encoded))
        if kept:
            await frozen.insert_conversations(self.tx, self.export.id, kept)

    async def _legs(self, found: Sequence[Conversation]) -> dict[str, list[RecordedLeg]]:
        """The recordings of conversations, not numbered yet; those that cannot be in a package are left out by name."""
        organization_id = self.tx.context.organization_id
        known = await frozen.recordings_of(self.tx, organization_id, [each.id for each in found])
        self._written = {
            conversation_id: [each for each in some if each.container == WRITTEN]
            for conversation_id, some in known.items()
        }
        sealed = [each.id for some in known.values() for each in some if each.state == "sealed"]
        self._holds = await frozen.holds_of(self.tx, organization_id, sealed)
        revisions = await frozen.revisions_of(self.tx, organization_id, sealed)
        accesses = await frozen.accesses_of(self.tx, organization_id, sealed)
        legs: dict[str, list[RecordedLeg]] = {}
        self._transcripts = {}
        for conversation in found:
            legs[conversation.id], self._transcripts[conversation.id] = [], []
            for each in known.get(conversation.id, ()):
                if each.state == "destroyed" or (each.state != "sealed" and each.container != WRITTEN):
                    kind = "messages" if each.container == WRITTEN else "recording"
                    self.exclusions.append(rules.leave_out(kind, each.id, conversation, each.state))
                if each.state != "sealed":
                    continue
                history = tuple(revisions[each.id])
                leg = RecordedLeg(
                    number=0,
                    metadata=history[-1].metadata,
                    revisions=history,
                    accesses=tuple(accesses.get(each.id, ())),
                    holds=tuple(self._holds.get(each.id, ())),
                )
                mine = self._transcripts if each.container == WRITTEN else legs
                mine[conversation.id].append(leg)
        return legs

    async def _complete(self, conversation: Conversation) -> Conversation:
        """A conversation with its documents numbered, recordings first."""
        number = self.counting.documents
        recordings = tuple(replace(leg, number=number + nth) for nth, leg in enumerate(conversation.recordings, 1))
        number += len(recordings)
        conversation = replace(conversation, recordings=recordings)
        if conversation.channel is Channel.CALL:
            return conversation
        kept = self._written.get(conversation.id, [])
        transcript = await transcript_of(self.tx, self.tx.context.organization_id, conversation.id)
        if transcript is None or not transcript.messages or any(each.state == "destroyed" for each in kept):
            return conversation
        more = self._retention(kept)
        transcripts = tuple(replace(leg, number=number + 1) for leg in self._transcripts[conversation.id])
        conversation = replace(conversation, transcripts=transcripts)
        if conversation.channel is Channel.EMAIL:
            written = [each for each in transcript.messages if each.mail is not None]
            emails = [
                replace(rules.email_of(each, number + nth, await self._original(each)), **more)
                for nth, each in enumerate(written, 1)
            ]
            return replace(conversation, emails=tuple(emails))
        messages = tuple(map(rules.message_of, transcript.messages))
        told = Messages(number=number + 1, platform="webmessaging", messages=messages, **more)
        return replace(conversation, messages=told)

    def _retention(self, kept: Sequence[KnownRecording]) -> dict[str, Any]:
        """What keeps what was written, and until when: as of the recordings of it."""
        holds = {each.matter_id: each for recording in kept for each in self._holds.get(recording.id, ())}
        return {
            "holds": tuple(holds.values()),
            "archive_at": min((each.archive_at for each in kept if each.archive_at is not None), default=None),
            "delete_at": min((each.delete_at for each in kept if each.delete_at is not None), default=None),
        }

    async def _original(self, written: Written) -> Content | None:
        """An e-mail as it stood on the wire. Raises ExportRefused when it is gone."""
        if written.raw_sha256 is None:
            return None
        size = await self.tools.vault.objects.size(object_key(written.organization_id, written.raw_sha256))
        if size is None:
            raise ExportRefused(
                "export.source.gone",
                f"The e-mail {written.id} of the conversation {written.conversation_id} is not where it was kept: "
                "bring the objects back from a backup, then resume the export.",
            )
        return Content(id=written.id, media_type="message/rfc822", size=size, sha256=written.raw_sha256)


async def freeze(context: Context, tools: Tools, export: ExportState) -> None:
    """Fix the selection's conversations, recordings, revisions, transcripts and their order, and enter it in the ledger.

    One transaction: it is frozen wholly or not at all. Raises ExportRefused when nothing is there, Superseded.
    """
    key = tools.newest_key(context.organization_id)
    organization = await get_organization(context)
    async with context.transaction() as tx:
        await frozen.take_snapshot(tx)
        if not await states.hold_freeze(tx, export.id):
            raise Superseded
        going = _Freeze(tx, tools, export)
        after: tuple[datetime, str] | None = None
        while True:
            found = await frozen.select_conversations(
                tx, context.organization_id, export.selection, after=after, limit=BATCH
            )
            if found:
                await going.take([each for _, each in found])
            if len(found) < BATCH:
                break
            after = found[-1]
        if not going.counting.documents:
            raise ExportRefused("export.selection.empty", NOTHING)
        await _settle(tx, going, organization.name, attestations.public_pem(key.public_key()))


async def _settle(tx: Transaction, going: _Freeze, organization_name: str, public_pem: bytes) -> None:
    state, context = going.export, tx.context
    names = await frozen.names_of(tx, context.organization_id, list(going.counting.agents))
    export = Export(
        id=state.id,
        organization_id=context.organization_id,
        organization_name=organization_name,
        matter_id=state.matter_id or state.matter_name,
        matter_name=state.matter_name,
        reason=state.reason,
        operator=Person(state.operator_id, state.operator_name),
        query=rules.show_query(state.selection),
        frozen_at=context.now(),
        counts=going.counting.total(names),
        software=going.tools.software,
        exclusions=tuple(going.exclusions),
        vendor_media=state.vendor_media,
    )
    counts = export.counts
    entry = await append_in(
        tx,
        EntryDraft(
            "export.frozen",
            state.id,
            {
                "matterId": export.matter_id,
                "operatorId": state.operator_id,
                "reason": state.reason,
                "query": export.query,
                "conversations": counts.conversations,
                "documents": counts.documents,
                "recordings": counts.recordings,
                "messages": counts.messages,
                "emails": counts.emails,
                "exclusions": len(export.exclusions),
                "factsSha256": going.digest.hexdigest(),
            },
        ),
    )
    kept = await frozen.freeze_export(
        tx, export, state.run, frozen=frozen.encode(export), entry_id=entry.id, attestation_key=public_pem
    )
    if not kept:
        raise Superseded
    left = f", {len(export.exclusions)} left out" if export.exclusions else ""
    told = f"{counts.conversations} conversations with {counts.documents} documents were frozen{left}."
    await states.insert_step(tx, state.id, state.run, "frozen", told)
