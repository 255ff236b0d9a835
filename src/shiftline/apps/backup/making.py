"""A backup is made, or one that was cut short is gone on with."""

import asyncio
import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from shiftline.apps.backup import base, copying, facts, instructing, manifest, sealing
from shiftline.apps.backup.manifest import (
    DUMP,
    INDEX,
    KEYS,
    README,
    BaseFact,
    Cut,
    FileFact,
    LedgerFact,
    Manifest,
    Problem,
    State,
)
from shiftline.apps.backup.programs import environment_of, output_of
from shiftline.apps.backup.showing import Shown
from shiftline.apps.backup.streaming import pieces_of, write_stream
from shiftline.apps.supervisor.child import StartRefusedError
from shiftline.foundation.errors import Unavailable
from shiftline.foundation.ids import new_id
from shiftline.foundation.objects import Objects
from shiftline.foundation.settings import Settings
from shiftline.ledger.keys import SigningKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of a backup: into which folder, of which running installation (``data``: its folder, of engines of its own).

    ``passphrase`` None: without the keys. ``new_base``: although there is one to build upon.
    """

    root: Path
    settings: Settings
    data: Path | None
    passphrase: str | None = None
    new_base: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """A backup, how much of it was new, and why it is not signed, if it is not."""

    folder: Path
    manifest: Manifest
    new_objects: int
    new_bytes: int
    resumed: bool
    unsigned: str | None


class _Known(msgspec.Struct, kw_only=True):
    """What is fixed once the database is in the backup."""

    kind: str
    cut: Cut
    postgres: int
    migrations: list[str]
    ledgers: list[LedgerFact]
    key_ids: list[str]
    recordings: int
    base: BaseFact | None
    files: list[FileFact]
    segments: list[FileFact]


async def make_backup(asked: Asked, say: Callable[[str], None]) -> Made:
    """Make a backup, or finish the one that was cut short. Raises StartRefusedError, ChildFailedError."""
    try:
        return await _make(asked, Shown(say), say)
    except OSError as error:
        raise StartRefusedError(_told(asked.root, error)) from None
    except Unavailable as error:
        raise StartRefusedError(
            f"{error.message} What was backed up so far stays; run the same command again."
        ) from None


def _told(root: Path, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"The disk of {root} is full. The backup is not complete; what is there stays. Make room and run the same "
            "command again: nothing is copied twice."
        )
    return f"{root} cannot be used: {error.strerror} ({error.filename})."


async def _make(asked: Asked, shown: Shown, say: Callable[[str], None]) -> Made:
    root = asked.root
    for name in (root, root / "backups", root / "objects"):
        name.mkdir(mode=0o711 if name == root else 0o700, parents=True, exist_ok=True)
    lock = manifest.lock(root)
    try:
        folder, state = _begin(root, say)
        resumed = state.step != "new"
        if state.step == "new":
            if asked.passphrase is not None:
                sealing.require_long(asked.passphrase)
            known = await _take_database(asked, folder, shown)
            state.step, state.known = "database", msgspec.to_builtins(known)
            manifest.write_state(folder, state)
        known = msgspec.convert(state.known, _Known)
        return await _finish(asked, folder, known, shown, resumed=resumed)
    finally:
        os.close(lock)


def _begin(root: Path, say: Callable[[str], None]) -> tuple[Path, State]:
    """Go on with a backup that has the database, or begin one; of one that has less nothing is kept."""
    for folder in reversed(manifest.list_unfinished(root)):
        state = manifest.read_state(folder)
        if state is not None and state.step == "database":
            say(f"going on with the backup {folder.name}, which was cut short: it is one of {state.started_at:%F %T}Z")
            return folder, state
        _remove(folder)
    now = datetime.now(UTC)
    folder = root / "backups" / f"{now:%Y%m%dT%H%M%S.%fZ}-{new_id()[:8]}"
    folder.mkdir(mode=0o700)
    state = State(id=folder.name, step="new", started_at=now)
    manifest.write_state(folder, state)
    return folder, state


def _remove(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


async def _take_database(asked: Asked, folder: Path, shown: Shown) -> _Known:
    settings = asked.settings
    if settings.archive_to is not None and settings.archive_to.resolve() == asked.root.resolve():
        return await _take_log(asked, folder, shown)
    shown.begin("copying the database")
    async with facts.snapshot_of(settings.database_url) as snapshot:
        found = await facts.read_facts(snapshot)
        arguments = ("-Fc", f"--snapshot={snapshot.id}", "--no-password")
        async with output_of("pg_dump", *arguments, environment=environment_of(settings.database_url)) as output:
            size, sha256 = await write_stream(folder / DUMP, pieces_of(output), shown.written)
    return _known(found, "dump", Cut(found.at), files=[FileFact(DUMP, size, sha256)])


async def _take_log(asked: Asked, folder: Path, shown: Shown) -> _Known:
    """A base where one is needed, then a mark in the log: all that was committed before it is in the backup."""
    root, database_url = asked.root, asked.settings.database_url
    if asked.data is None:
        raise StartRefusedError(
            "--archive-to is for the database server that serve starts; external ones have their own ways."
        )
    url, files = base.superuser_url(database_url, asked.data), list[FileFact]()
    system = await base.require_archiving(url, root)
    found = None if asked.new_base else await asyncio.to_thread(base.find_base, root, system, datetime.now(UTC))
    if found is None:
        found, file = await base.take_base(url, system, folder, shown)
        files.append(file)
    cut = await base.mark_cut(url, root, folder.name)
    async with facts.snapshot_of(database_url) as snapshot:
        told = await facts.read_facts(snapshot)
    segments = await asyncio.to_thread(base.list_segments, root, found.first_segment, cut.last_segment or "")
    return _known(told, "log", cut, base=found, files=files, segments=segments)


def _known(found: facts.Facts, kind: str, cut: Cut, **more: Any) -> _Known:
    whole: dict[str, Any] = {"base": None, "segments": [], **more}
    return _Known(
        kind=kind,
        cut=cut,
        postgres=found.postgres,
        migrations=found.migrations,
        ledgers=found.ledgers,
        key_ids=found.key_ids,
        recordings=found.recordings,
        **whole,
    )


async def _finish(asked: Asked, folder: Path, known: _Known, shown: Shown, *, resumed: bool) -> Made:
    """The objects, the keys, what explains it, and last of all the manifest."""
    settings, root = asked.settings, asked.root
    # What the database names now, and not what it named at the cut: what was destroyed meanwhile is not there any more.
    named = await facts.list_named(settings.database_url)
    shown.begin("copying objects")
    copied = await copying.copy_objects(Objects(settings.objects_url), root, named, shown)
    problems = await _still(settings, copied.problems)
    await asyncio.to_thread(copying.write_index, folder, copied.entries.values())
    files = [*known.files, manifest.fact_of(folder, folder / INDEX)]
    if asked.passphrase is not None:
        held = {sealing.RECORDINGS: settings.recording_keys, sealing.LEDGER: settings.ledger_keys}
        held |= _secret(asked.data)
        manifest.write_whole(folder / KEYS, sealing.seal_keys(held, asked.passphrase))
        files.append(manifest.fact_of(folder, folder / KEYS))
    made = Manifest(
        format=manifest.FORMAT,
        id=folder.name,
        kind=known.kind,
        cut=known.cut,
        finished_at=datetime.now(UTC),
        environment=settings.environment,
        shiftline=version("shiftline"),
        postgres=known.postgres,
        migrations=known.migrations,
        base=known.base,
        ledgers=known.ledgers,
        recordings=known.recordings,
        key_ids=known.key_ids,
        objects=len(copied.entries),
        object_bytes=sum(each.size for each in copied.entries.values()),
        with_keys=asked.passphrase is not None,
        files=files,
        segments=known.segments,
        problems=problems,
    )
    readme = instructing.describe(made).encode()
    manifest.write_whole(folder / README, readme)
    made = msgspec.structs.replace(made, files=[*files, manifest.fact_of(folder, folder / README)])
    await asyncio.to_thread(os.sync)  # objects and their names are on the disk before anything says that they are
    unsigned = manifest.write_manifest(folder, made, SigningKeys(settings.ledger_keys))
    (folder / manifest.STATE).unlink(missing_ok=True)
    return Made(folder, made, copied.new, copied.new_bytes, resumed, unsigned)


def _secret(data: Path | None) -> dict[str, Path | None]:
    secret = None if data is None else data / "secrets" / sealing.SAMPLE
    return {sealing.SAMPLE: secret} if secret is not None and secret.exists() else {}


async def _still(settings: Settings, problems: list[Problem]) -> list[Problem]:
    """Without what was destroyed while we copied: that is no fault, and nothing of it is named any more."""
    if not problems:
        return []
    named = await facts.list_named(settings.database_url)
    return [each for each in problems if each.key in named]
