"""Which backup is put back, and whether it can be: everything is looked at before anything is written."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from shiftline.apps.backup import copying, manifest
from shiftline.apps.backup.manifest import FileFact, IndexEntry, Manifest
from shiftline.apps.backup.showing import Shown
from shiftline.apps.supervisor.child import StartRefusedError
from shiftline.foundation import migrations

READERS = 4


@dataclass(frozen=True, slots=True)
class Chosen:
    """A backup that may be put back; ``to_time`` an instant before its cut, None: the cut. ``index`` by key."""

    root: Path
    folder: Path
    manifest: Manifest
    to_time: datetime | None
    index: dict[str, IndexEntry]
    signed_by: str | None = None


def choose(root: Path, backup_id: str | None, to_time: datetime | None) -> Chosen:
    """The backup that is named, or the one for an instant, else the last. Raises StartRefusedError saying why none."""
    found = manifest.list_backups(root)
    if not found:
        begun = manifest.list_unfinished(root)
        more = f"; {len(begun)} were begun and not finished: run shiftline backup --to {root}" if begun else ""
        raise StartRefusedError(f"There is no complete backup in {root}{more}.")
    if backup_id is not None and backup_id not in found:
        raise StartRefusedError(
            f"--backup: there is no complete backup {backup_id} in {root}. Known: {', '.join(found)}."
        )
    folder = found[backup_id] if backup_id is not None else _at(found, to_time)
    told = manifest.read_manifest(folder)
    _require_known(told)
    if to_time is not None:
        to_time = _check_time(root, told, to_time)
    index = {each.key: each for each in copying.read_index(folder)}
    return Chosen(root, folder, told, to_time, index)


def _at(found: Mapping[str, Path], to_time: datetime | None) -> Path:
    folders = list(found.values())
    if to_time is None:
        return folders[-1]
    # The first whose cut is not before the instant: it has all objects that were there then.
    for folder in folders:
        told = manifest.read_manifest(folder)
        if told.base is not None and told.base.usable_from <= to_time <= told.cut.at:
            return folder
    with_log = [folder for folder in folders if manifest.read_manifest(folder).base is not None]
    return with_log[-1] if with_log else folders[-1]


def _check_time(root: Path, told: Manifest, to_time: datetime) -> datetime | None:
    if told.base is None:
        cuts = ", ".join(
            f"{manifest.read_manifest(folder).cut.at:%Y-%m-%dT%H:%M:%SZ}"
            for folder in manifest.list_backups(root).values()
        )
        raise StartRefusedError(
            f"--to-time: {told.id} holds the database at its cut only, since its log was not archived (serve --archive-to). "
            f"What can be put back: {cuts}."
        )
    if to_time < told.base.usable_from:
        raise StartRefusedError(
            f"--to-time: {to_time.isoformat()} is before the first instant that can be put back, "
            f"{told.base.usable_from.isoformat(timespec='seconds')}."
        )
    return to_time


def _require_known(told: Manifest) -> None:
    ours = {path.name for path in migrations.folder().glob("*.sql")}
    newer = [name for name in told.migrations if name not in ours]
    if newer:
        raise StartRefusedError(
            f"The backup {told.id} was made by a newer Shiftline ({told.shiftline}, migration {newer[-1]}), and this one "
            f"({len(ours)} migrations) cannot read its database. Install that version or a later one."
        )


async def check_backup(chosen: Chosen, say: Callable[[str], None]) -> None:
    """Read all of a backup and hold it against its manifest. Raises StartRefusedError for the first that differs."""
    told = chosen.manifest
    base = [] if told.base is None or told.base.backup == told.id else _of_other(chosen)
    files = [(chosen.folder / each.path, each) for each in told.files]
    files += [(chosen.root / each.path, each) for each in told.segments] + base
    for path, fact in files:
        await _check(path, fact)
    shown = Shown(say)
    shown.begin("checking objects")
    turns = asyncio.Semaphore(READERS)

    async def check(entry: IndexEntry) -> str | None:
        async with turns:
            problem = await copying.check_object(copying.place_of(chosen.root, entry.key), entry)
            shown.copied(entry.size)
            return problem

    entries = list(chosen.index.values())
    for first in range(0, len(entries), 1000):
        part = entries[first : first + 1000]
        for each in part:
            shown.found(each.size)
        for problem in await asyncio.gather(*map(check, part)):
            if problem is not None:
                raise StartRefusedError(f"The backup is damaged: {problem}")


def _of_other(chosen: Chosen) -> list[tuple[Path, FileFact]]:
    """The base that an earlier backup holds, by that one's manifest."""
    assert chosen.manifest.base is not None
    folder = chosen.root / "backups" / chosen.manifest.base.backup
    other = manifest.read_manifest(folder)
    return [(folder / each.path, each) for each in other.files if each.path == manifest.BASE]


async def _check(path: Path, fact: FileFact) -> None:
    try:
        size, sha256 = await asyncio.to_thread(manifest.digest_file, path)
    except OSError as error:
        raise StartRefusedError(f"The backup is damaged: {path} cannot be read: {error.strerror}.") from None
    if (size, sha256) != (fact.size, fact.sha256):
        raise StartRefusedError(f"The backup is damaged: {path} is not what its manifest says; its SHA-256 is another.")
