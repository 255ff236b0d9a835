"""A recording is stored into an integration's bucket in the vendor's layout: its sound, then its metadata, each whole.

The metadata file comes last and is read back and held against its schema, so where it is, the sound is whole. Nothing is
overwritten: what is there already is compared, and another content is a failure that says so.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from shiftline.discovery import canonical, places, schemas
from shiftline.discovery.bulk import store
from shiftline.discovery.bulk.model import ConversationFacts, Done, Item, Job, Outcome
from shiftline.discovery.bulk.rules import describing
from shiftline.discovery.integrations.operations.buckets import Bucket
from shiftline.discovery.integrations.operations.integrations import open_integration
from shiftline.discovery.package import vendor
from shiftline.foundation.context import Context
from shiftline.foundation.time import Interval
from shiftline.recordings import rules as recording_rules
from shiftline.recordings.errors import KeyUnknown, MediaUnavailable
from shiftline.recordings.matters.operations.asking import find_holders
from shiftline.recordings.model import MEDIA_TYPES, Recording
from shiftline.recordings.operations.playing import read_whole
from shiftline.recordings.operations.vault import Vault

JSON = "application/json"


async def open_exporter(context: Context, vault: Vault, job: Job) -> "Exporter":
    """What stores a job's recordings. Raises as ``open_integration``."""
    assert job.wanted.integration_id is not None
    async with context.reader() as reader:
        opened = await open_integration(reader, vault.keys, job.organization_id, job.wanted.integration_id)
    bucket = Bucket(opened.place, opened.access, job.organization_id, job.created_real)
    return Exporter(context, vault, job, bucket)


@dataclass(frozen=True, slots=True)
class Exporter:
    """Stores recordings of one job into one bucket."""

    context: Context
    vault: Vault
    job: Job
    bucket: Bucket

    async def export(self, item: Item, recording: Recording) -> Done:
        """Store a sealed recording; what concerns it alone is its failure.

        Raises BucketRefuses, BucketUnreachable, Unavailable: what concerns all of them.
        """
        conversation = await self._conversation(item, recording)
        if conversation is None:
            return Done(item, Outcome.FAILED, "Its conversation is not known any more.")
        try:
            sound = (await read_whole(self.vault, recording)).sound
        except (MediaUnavailable, KeyUnknown) as error:
            return Done(item, Outcome.FAILED, error.message)
        folder = places.vendor_folder(conversation.id, conversation.started_at)
        path = f"{folder}/{places.segment(recording.id)}"
        key = self.bucket.key(path)
        metadata = await self._describe(conversation, recording, key)
        problem = schemas.find_problem(vendor.SCHEMA, msgspec.json.decode(metadata))
        if problem is not None:
            return Done(item, Outcome.FAILED, f"Its metadata are not as their schema wants them: {problem}.")
        problem = await self._put(path, sound, MEDIA_TYPES[recording.container], self._notes(item, sound))
        if problem is None:
            problem = await self._put(f"{path}_metadata.json", metadata, JSON, self._notes(item, metadata))
        if problem is not None:
            return Done(item, Outcome.FAILED, problem)
        return Done(item, Outcome.PROCESSED, None, key, hashlib.sha256(sound).digest(), len(sound))

    async def _put(self, path: str, content: bytes, media_type: str, notes: Mapping[str, str]) -> str | None:
        """Store something and read it back; why that did not come to what it should, or None."""
        # What another job stored is locked for as long as that one wanted.
        found = None if self.bucket.place.lock is None else await self.bucket.read(path)
        there = found is not None or not await self.bucket.put_new(path, content, media_type, notes)
        found = await self.bucket.read(path) if found is None else found
        if found == content:
            return None
        key = self.bucket.key(path)
        if there:
            return (
                f"{key} is there already with other content. Nothing was overwritten: choose another prefix or bucket."
            )
        return f"{key} was stored, but what is read back is something else."

    def _notes(self, item: Item, content: bytes) -> dict[str, str]:
        return {
            "job": self.job.id,
            "sequence": str(item.position),
            "sha256": hashlib.sha256(content).hexdigest(),
            "operator": self.job.started_by or self.job.created_by,
        }

    async def close(self) -> None:
        """Let go of the connections."""
        await self.bucket.close()

    async def _conversation(self, item: Item, recording: Recording) -> ConversationFacts | None:
        began = Interval(self.job.wanted.query.began.start, max(self.job.wanted.query.began.end, recording.started_at))
        async with self.context.reader() as reader:
            found = await store.list_conversations(
                reader, self.job.organization_id, began, ids=[item.conversation_id], limit=1
            )
        return found[0] if found else None

    async def _describe(self, conversation: ConversationFacts, recording: Recording, key: str) -> bytes:
        async with self.context.reader() as reader:
            holders = (await find_holders(reader, self.job.organization_id, [recording.id])).get(recording.id, ())
        told, leg = describing.describe(conversation, recording_rules.describe_metadata(recording), holders)
        described = vendor.describe_at(self.job.organization_id, told, leg, key)
        return canonical.whole({**described, **vendor.form_of(recording.medium, recording.container)})
