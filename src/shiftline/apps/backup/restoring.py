"""A backup is put back: into a new data folder, or into empty engines of one's own.

A data folder is made beside its place and moved there once it is whole, so that what was cut short is never taken for an
installation. Afterwards the ledgers are recomputed and held against what they said at the cut, and some recordings are opened.
"""

import asyncio
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import psycopg

from shiftline.apps.backup import checking, copying, facts, manifest, recovering, sealing
from shiftline.apps.backup.choosing import Chosen, check_backup, choose
from shiftline.apps.backup.manifest import KEYS, IndexEntry, write_whole
from shiftline.apps.backup.showing import Shown
from shiftline.apps.backup.streaming import write_stream
from shiftline.apps.engines import postgres
from shiftline.apps.supervisor.child import StartRefusedError
from shiftline.apps.supervisor.folder import DataFolder
from shiftline.foundation.migrations import migrate
from shiftline.foundation.objects import Objects
from shiftline.foundation.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be put back, and where: a data folder, or (``data`` None) the engines of ``settings``.

    ``keys`` are the files of keys (recordings', ledger's) that were kept apart; ``passphrase`` opens those in the backup.
    ``later`` is a file of ledger entries of a later time.
    """

    root: Path
    data: Path | None
    settings: Settings | None = None
    backup_id: str | None = None
    to_time: datetime | None = None
    keys: tuple[Path | None, Path | None] = (None, None)
    passphrase: str | None = None
    later: Path | None = None


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of it. ``missing``: objects that the database names and the backup does not hold; ``back_again``: recordings that were
    destroyed later; ``findings`` of the check afterwards.
    """

    chosen: Chosen
    place: str
    recordings: int
    objects: int
    missing: tuple[str, ...]
    back_again: tuple[str, ...]
    check: checking.Checked


async def restore(wanted: Wanted, say: Callable[[str], None]) -> Restored:
    """Put a backup back. Raises StartRefusedError, ChildFailedError; then nothing was put in the place."""
    tombstones = checking.read_tombstones(wanted.later)
    held = _read_keys(wanted)
    chosen = choose(wanted.root, wanted.backup_id, wanted.to_time)
    if wanted.passphrase is not None:
        held = {**sealing.open_keys(chosen.folder / KEYS, wanted.passphrase), **held}
    chosen = replace(chosen, signed_by=_check_signature(chosen, held.get(sealing.LEDGER)))
    await _require_empty(wanted)
    say(f"checking the backup {chosen.manifest.id} of {chosen.manifest.cut.at:%Y-%m-%d %H:%M:%S}Z")
    await check_backup(chosen, say)
    if wanted.data is not None:
        return await _into_folder(wanted.data.resolve(), chosen, held, tombstones, say)
    assert wanted.settings is not None
    return await _into_engines(wanted.settings, chosen, tombstones, say)


def _check_signature(chosen: Chosen, ledger_keys: bytes | None) -> str | None:
    """Who signed the manifest, by the ledger's keys that are at hand."""
    if ledger_keys is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / sealing.LEDGER
        write_whole(file, ledger_keys)
        known = manifest.known_keys(file, chosen.manifest.environment)
        return manifest.check_signature(chosen.folder, chosen.manifest.environment, known)


def _read_keys(wanted: Wanted) -> dict[str, bytes]:
    """The files of keys that are named."""
    found: dict[str, bytes] = {}
    for name, path in zip((sealing.RECORDINGS, sealing.LEDGER), wanted.keys, strict=True):
        if path is not None:
            try:
                found[name] = path.read_bytes()
            except OSError as error:
                raise StartRefusedError(f"{path} cannot be read: {error.strerror}.") from None
    return found


async def _require_empty(wanted: Wanted) -> None:
    if wanted.data is not None:
        if wanted.data.exists() and (not wanted.data.is_dir() or any(wanted.data.iterdir())):
            raise StartRefusedError(
                f"--data: {wanted.data} is not empty. Nothing is put over what is there: choose another."
            )
        postgres.require_usable(wanted.data)
        return
    assert wanted.settings is not None
    try:
        async with await psycopg.AsyncConnection.connect(
            wanted.settings.database_url, connect_timeout=10
        ) as connection:
            cursor = await connection.execute(
                "select count(*) from pg_namespace n where n.nspname not in ('pg_catalog', 'information_schema', 'public') "
                "and n.nspname not like 'pg\\_%'"
            )
            row = await cursor.fetchone()
    except psycopg.Error as error:
        raise StartRefusedError(f"The database cannot be reached: {str(error).strip()}") from None
    if row is not None and row[0]:
        raise StartRefusedError(
            "The database of SHIFTLINE_DATABASE_URL is not empty. Nothing is put over what is there: make an empty one."
        )


async def _into_folder(
    place: Path, chosen: Chosen, held: Mapping[str, bytes], tombstones: Sequence[str], say: Callable[[str], None]
) -> Restored:
    staged = place.with_name(f".{place.name}.restoring")
    lock = DataFolder.open(staged).lock()
    try:
        folder = DataFolder.open(staged)
        if (staged / "postgres" / "data").exists():  # its server may be ending just now
            postgres.choose_place(folder).clear_leftovers()
        _empty(staged)  # of what an attempt left that was cut short: nobody can have used it
        folder = DataFolder.open(staged)
        for name, content in held.items():
            place_of_it = "secrets" if name == sealing.SAMPLE else "keys"
            write_whole(folder.path / place_of_it / name, content)
        say("putting the database back")
        if chosen.manifest.kind == "log":
            recovering.replay_log(chosen, folder)  # a server is started from the main thread only
        server = postgres.prepare(folder)
        running = postgres.start_prepared(server, folder.log("postgres"))
        try:
            settings = Settings(
                environment=chosen.manifest.environment,
                database_url=running.url,
                nats_url="nats://127.0.0.1:1",
                objects_url=(folder.path / "objects").as_uri(),
                listen="127.0.0.1:0",
                recording_keys=_there(folder.path / "keys" / sealing.RECORDINGS),
                ledger_keys=_there(folder.path / "keys" / sealing.LEDGER),
            )
            restored = await _fill(settings, chosen, str(place), tombstones, say)
        finally:
            recovering.stop(running)
        await asyncio.to_thread(_move, staged, place)
    except OSError as error:
        raise StartRefusedError(f"{staged} cannot be written: {error.strerror} ({error.filename}).") from None
    finally:
        os.close(lock)
    return restored


def _move(staged: Path, place: Path) -> None:
    """Give what is whole and on the disk its name."""
    (staged / "lock").unlink()
    os.sync()
    if place.exists():
        place.rmdir()
    staged.rename(place)


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.name == "lock":
            continue
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _there(path: Path) -> Path | None:
    return path if path.exists() else None


async def _into_engines(
    settings: Settings, chosen: Chosen, tombstones: Sequence[str], say: Callable[[str], None]
) -> Restored:
    if chosen.manifest.kind == "log":
        raise StartRefusedError(
            f"The backup {chosen.manifest.id} is of a server's own files, which an external database cannot take: put it "
            "back into a data folder, and back that up without --archive-to."
        )
    say("putting the database back")
    return await _fill(settings, chosen, "the engines of SHIFTLINE_DATABASE_URL", tombstones, say)


async def _fill(
    settings: Settings, chosen: Chosen, place: str, tombstones: Sequence[str], say: Callable[[str], None]
) -> Restored:
    """The database where it is not there yet, then the objects that it names, then the checks."""
    if chosen.manifest.kind == "dump":
        await recovering.load_dump(chosen, settings.database_url)
    try:
        await migrate(settings.database_url)
    except RuntimeError as error:
        raise StartRefusedError(f"The database of the backup cannot be brought up to this version: {error}.") from None
    named = await facts.list_named(settings.database_url)
    wanted = {**chosen.index, **{key: _of(each, key) for key, each in named.items() if key not in chosen.index}}
    missing = await _put_objects(Objects(settings.objects_url), settings, chosen.root, wanted, say)
    checked = await checking.check_restored(settings, chosen)
    recordings = {each.recording_id for each in named.values() if each.recording_id is not None}
    return Restored(
        chosen=chosen,
        place=place,
        recordings=len(recordings),
        objects=len(wanted) - len(missing),
        missing=tuple(f"{key}: {named[key].what}" if key in named else key for key in missing),
        back_again=tuple(each for each in tombstones if each in recordings),
        check=checked,
    )


def _of(named: facts.Named, key: str) -> IndexEntry:
    return IndexEntry(key, named.size or -1, named.sha256)


async def _put_objects(
    objects: Objects, settings: Settings, root: Path, wanted: Mapping[str, IndexEntry], say: Callable[[str], None]
) -> list[str]:
    """Put objects where the installation looks for them; the keys of those that the folder of backups does not hold."""
    shown, missing = Shown(say), list[str]()
    shown.begin("putting objects back")
    turns = asyncio.Semaphore(copying.WORKERS)
    target = Path(settings.objects_url.removeprefix("file://")) if settings.objects_url.startswith("file://") else None

    async def put(entry: IndexEntry) -> None:
        async with turns:
            source = copying.place_of(root, entry.key)
            if not source.is_file():
                missing.append(entry.key)
            elif target is not None:
                _, sha256 = await write_stream(target / entry.key, copying.read_pieces(source), shown.written)
                if sha256 != entry.sha256:
                    raise StartRefusedError(f"The backup is damaged: {source} changed while it was put back.")
            else:
                await objects.put_file(entry.key, source)
            shown.copied(entry.size)

    entries = list(wanted.values())
    for first in range(0, len(entries), 1000):
        for each in entries[first : first + 1000]:
            shown.found(each.size)
        await asyncio.gather(*map(put, entries[first : first + 1000]))
    return sorted(missing)


def in_json(restored: Restored) -> str:
    """What came of it, for scripts."""
    told = restored.chosen.manifest
    return json.dumps(
        {
            "event": "restored",
            "backup": told.id,
            "place": restored.place,
            "cut": (restored.chosen.to_time or told.cut.at).isoformat(),
            "signedBy": restored.chosen.signed_by,
            "recordings": restored.recordings,
            "objects": restored.objects,
            "missing": restored.missing,
            "backAgain": restored.back_again,
            "opened": restored.check.opened,
            "findings": [{"holds": each.holds, "sentence": each.sentence} for each in restored.check.findings],
        }
    )
