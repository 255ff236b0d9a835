"""An organization with many sealed recordings, put there row by row as sealing leaves them, and a worker that exports them."""

import os
import shutil
import tempfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import msgspec
from psycopg.types.json import Jsonb

from shiftline.apps.engines import postgres
from shiftline.discovery.exports.destinations.placing import Places
from shiftline.discovery.exports.errors import Waiting
from shiftline.discovery.exports.model import Destination, ExportDraft, ExportState, Place, Selection, Status
from shiftline.discovery.exports.operations.asking import create_export, get_export
from shiftline.discovery.exports.operations.running import run_export
from shiftline.discovery.exports.operations.tools import Tools
from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database, Transaction
from shiftline.foundation.migrations import migrate
from shiftline.foundation.objects import Objects
from shiftline.identity.operations.organizations import prepare_organization_in
from shiftline.ledger.keys import SigningKeys
from shiftline.ledger.keys import create_key_file as create_ledger_keys
from shiftline.ledger.model import EntryDraft
from shiftline.ledger.operations.appending import append_in
from shiftline.ledger.operations.sequencing import Notary, sequence_waiting
from shiftline.recordings.container import Counts, Writer
from shiftline.recordings.keys import Keys, create_key_file
from shiftline.recordings.model import EndedBy, Metadata, OffsetChange, ParticipantSnapshot
from shiftline.recordings.operations.vault import Vault
from shiftline.recordings.rules import digest_revision

ORGANIZATION = "org-1"
START = datetime(2023, 10, 27, 11, tzinfo=UTC)
BATCH = 500
CHUNK = 64 * 1024

CONVERSATIONS = """
insert into conversations.conversation
  (organization_id, id, direction, started_at, ended_at, division_ids, recording_state, version, changed_at, changed_by, medium)
select 'org-1', c.conversation_id, 'inbound', c.started_at, c.ended_at, array['division'], 'none', 1, c.ended_at, 'System', 'call'
from jsonb_to_recordset(%(rows)s) as c (conversation_id text, started_at timestamptz, ended_at timestamptz)
"""
RECORDINGS = """
insert into recordings.recording
  (organization_id, id, conversation_id, participant_id, leg_id, person_id, direction, division_ids, reason, started_at, zone,
   utc_offset_seconds, tzdata_version, participants, codec, container, key_id, wrapped_key, state, ended_at, ended_by, offsets,
   duration_ms, packets, lost, sha256, size, object_key, stored_sha256, stored_size, revision, changed_at, changed_by)
select 'org-1', r.recording_id, r.conversation_id, 'p-agent', 'leg-' || r.recording_id, 'agent-1', 'inbound', array['division'],
       'policy', r.started_at, 'America/Chicago', -18000, '2026b', '[]', 'opus', 'ogg', r.key_id, decode(r.wrapped, 'hex'), 'sealed',
       r.ended_at, 'call', r.offsets, 3000, 150, 0, decode(r.sha256, 'hex'), r.size, r.object_key, decode(r.stored_sha256, 'hex'),
       r.stored_size, 1, r.ended_at, 'System'
from jsonb_to_recordset(%(rows)s) as r (recording_id text, conversation_id text, started_at timestamptz, ended_at timestamptz,
  key_id text, wrapped text, offsets jsonb, sha256 text, size bigint, object_key text, stored_sha256 text, stored_size bigint)
"""
REVISIONS = """
insert into recordings.revision (organization_id, recording_id, revision, metadata, difference, reason, by, at, digest)
select 'org-1', r.recording_id, 1, r.metadata, '[]', 'sealed', 'System', r.ended_at, decode(r.digest, 'hex')
from jsonb_to_recordset(%(rows)s) as r (recording_id text, metadata jsonb, ended_at timestamptz, digest text)
"""


@dataclass
class Archive:
    """The organization, and where all of it lies."""

    folder: Path
    url: str
    context: Context
    vault: Vault
    keys: SigningKeys

    def tools(self, places: Places, together: int = 24) -> Tools:
        return Tools(vault=self.vault, keys=self.keys, places=places, software="Shiftline bench", together=together)

    async def fill(self, sizes: Sequence[int]) -> int:
        """A recording of each size (plain bytes), each of a call of its own; how many bytes that is."""
        for at in range(0, len(sizes), BATCH):
            rows = [self._make(number, size) for number, size in enumerate(sizes[at : at + BATCH], at)]
            async with self.context.transaction() as tx:
                for statement in (CONVERSATIONS, RECORDINGS, REVISIONS):
                    await tx.execute(statement, {"rows": Jsonb(rows)})
                await self._enter(tx, rows)
        while await sequence_waiting(self.context.acting_as(Actor("", "system")), Notary(self.keys, "bench")):
            pass
        return sum(sizes)

    async def _enter(self, tx: Transaction, rows: Sequence[dict[str, object]]) -> None:
        for each in rows:
            facts = {"sha256": each["sha256"], "size": each["size"]}
            await append_in(tx, EntryDraft("recording.sealed", str(each["recording_id"]), facts))

    def _make(self, number: int, size: int) -> dict[str, object]:
        recording_id, conversation_id = f"recording-{number:07d}", f"call-{number:07d}"
        sound, key = os.urandom(size), self.vault.keys.new_data_key()
        writer = Writer(key, recording_id)
        chunks = [writer.chunk(sound[at : at + CHUNK], START) for at in range(0, size, CHUNK)]
        stored = b"".join([writer.header, *chunks, writer.end(Counts(150, 0))])
        path = self.folder / "objects" / f"{number % 512:03d}" / recording_id
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(stored)
        wrapped = self.vault.keys.wrap(key, recording_id)
        started = START + timedelta(seconds=number)
        metadata = _metadata(recording_id, conversation_id, started, sha256(sound).hexdigest(), size)
        return {
            "recording_id": recording_id,
            "conversation_id": conversation_id,
            "started_at": started,
            "ended_at": metadata.ended_at,
            "key_id": wrapped.key_id,
            "wrapped": wrapped.wrapped.hex(),
            "offsets": msgspec.to_builtins(metadata.offsets),
            "sha256": metadata.sha256,
            "size": size,
            "object_key": f"{number % 512:03d}/{recording_id}",
            "stored_sha256": sha256(stored).hexdigest(),
            "stored_size": len(stored),
            "metadata": msgspec.to_builtins(metadata),
            "digest": digest_revision(b"", 1, metadata, "sealed").hex(),
        }

    async def export(self, name: str, places: Places, place: Place = Place.FOLDER) -> ExportState:
        """An export of everything, from its beginning to its seal."""
        export = await self.begin(name, places, place)
        for _ in range(5):
            try:
                await run_export(self.context, self.tools(places), export.id, 1)
            except Waiting:
                await sequence_waiting(self.context.acting_as(Actor("", "system")), Notary(self.keys, "bench"))
            else:
                break
        export = await get_export(self.context, export.id)
        if export.status is not Status.SEALED:
            raise RuntimeError(f"the export is {export.status}: {export.problem}")
        return export

    async def begin(self, name: str, places: Places, place: Place = Place.FOLDER) -> ExportState:
        draft = ExportDraft(
            matter_name="Bench", reason="bench", selection=Selection(), destination=Destination(place=place, name=name)
        )
        return await create_export(self.context, places, draft, "Bench")


def _metadata(recording_id: str, conversation_id: str, started: datetime, digest: str, size: int) -> Metadata:
    return Metadata(
        recording_id=recording_id,
        conversation_id=conversation_id,
        participant_id="p-agent",
        leg_id=f"leg-{recording_id}",
        person_id="agent-1",
        queue_id=None,
        direction="inbound",
        division_ids=("division",),
        reason="policy",
        started_at=started,
        zone="America/Chicago",
        utc_offset_seconds=-18000,
        tzdata_version="2026b",
        offsets=(OffsetChange(started, -18000),),
        participants=(ParticipantSnapshot("p-agent", "agent", "agent-1", None, "Agent"),),
        ended_at=started + timedelta(seconds=3),
        ended_by=EndedBy.CALL,
        duration_ms=3000,
        packets=150,
        lost=0,
        codec="opus",
        container="ogg",
        sha256=digest,
        size=size,
        archive_at=None,
        delete_at=None,
    )


def open_archive(folder: Path, url: str) -> tuple[Database, Archive]:
    """An archive that was filled before, or is to be."""
    database = Database(url, size=8)
    context = Context(database, Clock(), Actor(ORGANIZATION, "system"))
    vault = Vault(Objects((folder / "objects").as_uri()), Keys(folder / "keys.json"))
    return database, Archive(folder, url, context, vault, SigningKeys(folder / "ledger.json"))


def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="shiftline-bench-"))
    folder.chmod(0o755)
    return folder


@asynccontextmanager
async def archive() -> AsyncGenerator[Archive]:
    """A migrated database with the tuning of an installation, a folder of objects, and keys."""
    folder = _folder()
    running = postgres.start(folder / "data")
    create_key_file(folder / "keys.json", datetime.now(UTC))
    create_ledger_keys(folder / "ledger.json", datetime.now(UTC))
    database, made = open_archive(folder, running.server.url)
    try:
        await migrate(running.server.url)
        await database.open()
        async with made.context.transaction() as tx:
            await prepare_organization_in(tx, "Bench", ORGANIZATION)
        yield made
    finally:
        await database.close()
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)
