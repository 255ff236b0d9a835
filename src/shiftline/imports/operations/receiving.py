"""A folder is read: each recording in it lands in quarantine as it is, and leaves it at once when nothing is left to ask.

In order of the paths, some at a time: the media of a batch become objects, then one transaction has its rows, its entries in the ledger, its
recordings and how far the import is. Whoever dies leaves objects at most; the next attempt finds what there is and goes on.
"""

import asyncio
import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.ids import new_id
from shiftline.imports import store
from shiftline.imports.errors import FolderInvalid, ImportNotFound, ImportRunning
from shiftline.imports.events import ItemReceived
from shiftline.imports.model import (
    LARGEST_MEDIA,
    LARGEST_METADATA,
    Evidence,
    Examined,
    Import,
    Item,
    ItemState,
    Known,
    Refused,
)
from shiftline.imports.operations.adopting import adopt_in, digests_of
from shiftline.imports.operations.entering import record_in
from shiftline.imports.rules import media, paths
from shiftline.imports.rules.examining import examine
from shiftline.imports.rules.paths import Pair
from shiftline.recordings.container import LARGEST_CHUNK, Counts, Writer
from shiftline.recordings.errors import KeysUnavailable
from shiftline.recordings.operations.adopting import find_known_in
from shiftline.recordings.operations.vault import Vault

BATCH = 25
READERS = 4
AUTOMATIC = "corrected from the file itself"

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:@-]{0,99}")


@dataclass(frozen=True, slots=True)
class _Arrived:
    """A pair of files as it was read; ``content`` is the digest of both."""

    evidence: Evidence
    content: bytes
    sound: bytes | None


async def run_import(
    context: Context, vault: Vault, import_id: str, folder: Path, seen: Callable[[int, int], None] | None = None
) -> Import:
    """Read an import's folder to its end, or go on where it was cut short. ``seen`` hears how many of how many are done.

    Raises ImportNotFound, ImportRunning, FolderInvalid, KeysUnavailable, Unavailable.
    """
    async with context.reader() as holder:
        if not await store.try_running(holder, context.organization_id):
            raise ImportRunning
        try:
            return await _run(context, vault, import_id, folder, seen or _nobody)
        finally:
            await store.give_up_running(holder, context.organization_id)


def _nobody(done: int, total: int) -> None:
    del done, total


async def _run(
    context: Context, vault: Vault, import_id: str, folder: Path, seen: Callable[[int, int], None]
) -> Import:
    running = await _find(context, import_id)
    if running.state != "running":
        return running
    if vault.keys.problem is not None:
        raise KeysUnavailable(vault.keys.problem)
    pairs = await asyncio.to_thread(list_pairs, folder)
    async with context.reader() as reader:
        known = await store.find_known(reader, context.organization_id, running.zone, running.organization_ids)
    batch = _Batch(context, vault, running, folder, known)
    for first in range(0, len(pairs), BATCH):
        part = pairs[first : first + BATCH]
        await batch.receive(part, len(pairs), first + len(part))
        seen(first + len(part), len(pairs))
    async with context.transaction() as tx:
        await store.end_import(tx, import_id, None)
    return await _find(context, import_id)


async def _find(context: Context, import_id: str) -> Import:
    async with context.reader() as reader:
        found = await store.find_import(reader, context.organization_id, import_id)
    if found is None:
        raise ImportNotFound(import_id)
    return found


def list_pairs(folder: Path) -> list[Pair]:
    """The recordings of a folder. Links are not followed. Raises FolderInvalid."""
    if not folder.is_dir():
        raise FolderInvalid(f"{folder} is no folder.")
    names: list[str] = []
    try:
        for place, _, files in os.walk(folder, onerror=_raise):
            here = Path(place)
            names += [(here / name).relative_to(folder).as_posix() for name in files if not (here / name).is_symlink()]
    except OSError as error:
        raise FolderInvalid(f"{error.filename} cannot be read: {error.strerror}.") from None
    return paths.pair_files(names)


def _raise(error: OSError) -> None:
    raise error


@dataclass(frozen=True, slots=True)
class _Batch:
    """What the batches of an import share."""

    context: Context
    vault: Vault
    running: Import
    folder: Path
    known: Known

    async def receive(self, pairs: Sequence[Pair], total: int, done: int) -> None:
        """Read some pairs, keep what is new of them, and note how far the import is."""
        async with self.context.reader() as reader:
            there = await store.known_contents(reader, self.context.organization_id, [each.path for each in pairs])
        turns = asyncio.Semaphore(READERS)

        async def take(pair: Pair) -> tuple[Item, Evidence, bytes] | Refused | None:
            async with turns:
                arrived = await asyncio.to_thread(self._read, pair)
                if isinstance(arrived, Refused):
                    return arrived
                if (pair.path, arrived.content) in there:
                    return None
                foreign = examine(arrived.evidence, self.known).foreign
                if foreign is not None:
                    told = f"It is of the organization {foreign}, which is not this one: nothing of it was kept."
                    return Refused(pair.path, told)
                return await self._keep(arrived), arrived.evidence, arrived.content

        taken = await asyncio.gather(*map(take, pairs))
        async with self.context.transaction() as tx:
            known = await self._known_in(tx, [each[1] for each in taken if isinstance(each, tuple)])
            for each in taken:
                if isinstance(each, Refused):
                    await store.insert_refusal(tx, self.running.id, each)
                elif each is not None:
                    known = await self._insert_in(tx, *each, known)
            await store.advance_import(tx, self.running.id, total, done)

    def _read(self, pair: Pair) -> _Arrived | Refused:
        if not _ID.fullmatch(pair.recording_id):
            return Refused(pair.path, f"Its name, {pair.recording_id[:100]!r}, is none that a recording's id can be.")
        try:
            held = self._read_file(pair.metadata, LARGEST_METADATA)
            sound = self._read_file(pair.media, LARGEST_MEDIA)
        except ValueError as error:
            return Refused(pair.path, str(error))
        digests = [None if each is None else hashlib.sha256(each).digest() for each in (held, sound)]
        evidence = Evidence(
            path=pair.path,
            recording_id=pair.recording_id,
            conversation_id=paths.read_conversation(pair.path),
            folder_hour=paths.read_hour(pair.path),
            metadata=held,
            media=media.probe(sound) if sound else None,
            media_size=None if sound is None else len(sound),
            media_sha256=digests[1],
        )
        return _Arrived(evidence, hashlib.sha256(b"".join(each or bytes(32) for each in digests)).digest(), sound)

    def _read_file(self, name: str | None, largest: int) -> bytes | None:
        if name is None:
            return None
        path = self.folder / name
        try:
            size = path.stat().st_size
            if size > largest:
                raise ValueError(f"{name} has {size} bytes, more than the {largest} that are taken.")
            return path.read_bytes()
        except OSError as error:
            raise ValueError(f"{name} cannot be read: {error.strerror}.") from None

    async def _keep(self, arrived: _Arrived) -> Item:
        """The media as an object, encrypted by a key that is bound to the recording that they may become."""
        evidence, found = arrived.evidence, arrived.evidence.media
        item = Item(
            id=new_id(),
            import_id=self.running.id,
            path=evidence.path,
            recording_id=evidence.recording_id,
            conversation_id=evidence.conversation_id,
            folder_hour=evidence.folder_hour,
            metadata=evidence.metadata,
            metadata_sha256=None if evidence.metadata is None else hashlib.sha256(evidence.metadata).digest(),
            media_sha256=evidence.media_sha256,
            media_size=evidence.media_size,
            media_type=None if found is None else found.media_type,
            container=None if found is None else found.container,
            codec=None if found is None else found.codec,
            duration_ms=None if found is None else found.duration // timedelta(milliseconds=1),
            packets=None if found is None else found.packets,
            truncated=found is not None and found.truncated,
            object_key=None,
            stored_sha256=None,
            stored_size=None,
            key_id=None,
            wrapped_key=None,
            state=ItemState.WAITING,
            problems=(),
            before={},
            after=None,
            corrections={},
            received_at=self.context.now(),
        )
        if arrived.sound is None:
            return item
        keys, recording_id = self.vault.keys, evidence.recording_id
        data_key = keys.new_data_key()
        wrapped = keys.wrap(data_key, recording_id)
        packets = 0 if found is None else found.packets or 0
        sealed = await asyncio.to_thread(_encrypt, data_key, recording_id, arrived.sound, self.context.now(), packets)
        digest = hashlib.sha256(sealed).digest()
        object_key = f"imports/{self.context.organization_id}/{item.id}/{digest.hex()}"
        with (
            tempfile.TemporaryDirectory() as place
        ):  # encrypted already; a file is what is on the disk once it is stored
            path = Path(place) / "media"
            await asyncio.to_thread(path.write_bytes, sealed)
            await self.vault.objects.put_file(object_key, path)
        return replace(
            item,
            object_key=object_key,
            stored_sha256=digest,
            stored_size=len(sealed),
            key_id=wrapped.key_id,
            wrapped_key=wrapped.wrapped,
        )

    async def _known_in(self, tx: Transaction, arrived: Sequence[Evidence]) -> Known:
        digests = [each.media_sha256 for each in arrived if each.media_sha256 is not None]
        same = await store.known_media(tx, tx.context.organization_id, digests)
        ids = await find_known_in(tx, [each.recording_id for each in arrived])
        return replace(self.known, recording_ids=ids, media_of={digest: found[0] for digest, found in same.items()})

    async def _insert_in(self, tx: Transaction, item: Item, evidence: Evidence, content: bytes, known: Known) -> Known:
        """One more item, adopted where nothing is left to ask; what is known for those after it."""
        examined = examine(evidence, known)
        whole = replace(item, problems=examined.problems, before=examined.before)
        await store.insert_item(tx, whole, content)
        await record_in(tx, _received(tx, whole, examined), {"metadata_size": len(item.metadata or b"")})
        ids = known.recording_ids
        if self.running.repair and not examined.open_problems:
            await adopt_in(tx, whole, examined, known, reason=f"{self.running.reason}: {AUTOMATIC}")
            ids |= {item.recording_id}
        found = dict(known.media_of)
        if item.media_sha256 is not None:
            found.setdefault(item.media_sha256, item.recording_id)
        return replace(known, recording_ids=ids, media_of=found)


def _encrypt(data_key: bytes, recording_id: str, sound: bytes, at: datetime, packets: int) -> bytes:
    writer = Writer(data_key, recording_id)
    chunks = [writer.chunk(sound[place : place + LARGEST_CHUNK], at) for place in range(0, len(sound), LARGEST_CHUNK)]
    return b"".join((writer.header, *chunks, writer.end(Counts(packets, 0))))


def _received(tx: Transaction, item: Item, examined: Examined) -> ItemReceived:
    digests = digests_of(item)
    return ItemReceived(
        organization_id=tx.context.organization_id,
        item_id=item.id,
        import_id=item.import_id,
        path=item.path,
        recording_id=item.recording_id,
        conversation_id=examined.fields.conversation_id,
        metadata_sha256=None if item.metadata_sha256 is None else item.metadata_sha256.hex(),
        media_sha256=None if digests["media_sha256"] is None else str(digests["media_sha256"]),
        media_size=item.media_size,
        rules=store.rules_of(examined.problems),
    )
