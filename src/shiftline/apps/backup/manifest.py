"""What a backup says of itself, as files: read, written, signed and checked."""

import fcntl
import hashlib
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from shiftline.apps.supervisor.child import StartRefusedError
from shiftline.ledger.errors import NoteError, SigningUnavailable
from shiftline.ledger.keys import SigningKeys
from shiftline.ledger.model import Checkpoint, VerifierKey
from shiftline.ledger.rules import checkpoints

FORMAT = 1
MANIFEST, NOTE, STATE = "manifest.json", "manifest.note", "state.json"
DUMP, BASE, INDEX, KEYS, README = "database.dump", "base.tar.gz", "objects.jsonl.gz", "keys.age", "README.txt"
_PIECE = 1024 * 1024


class FileFact(msgspec.Struct, frozen=True):
    """A file of a backup; ``path`` from the backup's own folder, of segments of the log from the folder of all backups."""

    path: str
    size: int
    sha256: str


class LedgerFact(msgspec.Struct, frozen=True, rename="camel"):
    """What an organization's ledger said at the cut; ``note`` is its last signed checkpoint."""

    organization_id: str
    origin: str
    size: int
    note: str


class Cut(msgspec.Struct, frozen=True, rename="camel"):
    """The instant of a backup, by the machine's clock. ``restore_point`` names it in the log, ``last_segment`` is where it stands."""

    at: datetime
    restore_point: str | None = None
    last_segment: str | None = None


class BaseFact(msgspec.Struct, frozen=True, rename="camel"):
    """A copy of the database server's files, in the backup ``backup``: whole from ``usable_from`` on, with ``first_segment``."""

    backup: str
    system: str
    usable_from: datetime
    first_segment: str


class Problem(msgspec.Struct, frozen=True, rename="camel"):
    """An object that the database names and that is not, or not as it was sealed, among the objects."""

    key: str
    sentence: str


class Manifest(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """All that a backup is. ``kind``: ``dump``, or ``log`` for one that a base and the log of the server make."""

    format: int
    id: str
    kind: str
    cut: Cut
    finished_at: datetime
    environment: str
    shiftline: str
    postgres: int
    migrations: list[str]
    base: BaseFact | None
    ledgers: list[LedgerFact]
    recordings: int
    key_ids: list[str]
    objects: int
    object_bytes: int
    with_keys: bool
    files: list[FileFact]
    segments: list[FileFact]
    problems: list[Problem]


class State(msgspec.Struct, rename="camel", kw_only=True):
    """How far a backup is that has no manifest yet; ``known`` is what goes into it."""

    id: str
    step: str
    started_at: datetime
    known: dict[str, Any] = msgspec.field(default_factory=dict[str, Any])


class IndexEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One object."""

    key: str
    size: int
    sha256: str


def digest_file(path: Path) -> tuple[int, str]:
    """A file's size and SHA-256."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
            size += len(piece)
    return size, digest.hexdigest()


def fact_of(folder: Path, path: Path) -> FileFact:
    """What a manifest says of a file."""
    return FileFact(path.relative_to(folder).as_posix(), *digest_file(path))


def write_whole(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write a file beside its place and move it there: it is whole or not there, also after a power cut."""
    partial = path.with_name(f".{path.name}.partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    settle(path.parent)


def settle(folder: Path) -> None:
    """Wait until a folder's names are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_manifest(folder: Path, manifest: Manifest, keys: SigningKeys) -> str | None:
    """Write a backup's manifest, its signature first; why it is not signed, or None when it is."""
    content = msgspec.json.format(msgspec.json.encode(manifest)) + b"\n"
    problem: str | None = None
    try:
        note = keys.sign(_checkpoint(manifest.environment, content))
        write_whole(folder / NOTE, note.encode())
    except SigningUnavailable as error:
        problem = error.message
    write_whole(folder / MANIFEST, content)
    return problem


def read_manifest(folder: Path) -> Manifest:
    """A backup's manifest. Raises StartRefusedError saying what is wrong with it."""
    path = folder / MANIFEST
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except OSError as error:
        raise StartRefusedError(f"{path} cannot be read: {error.strerror}. The backup is not complete.") from None
    except msgspec.MsgspecError as error:
        raise StartRefusedError(f"{path} is no manifest of a backup: {error}.") from None
    if manifest.format != FORMAT:
        raise StartRefusedError(f"{path} is of format {manifest.format}, and this Shiftline reads {FORMAT} only.")
    return manifest


def check_signature(folder: Path, environment: str, known: Sequence[VerifierKey]) -> str | None:
    """Who signed a manifest, of the keys that are known; None when nothing is known to check it by, or it is not signed.

    Raises StartRefusedError for a signature that is none.
    """
    note = folder / NOTE
    if not known:
        return None
    if not note.exists():
        raise StartRefusedError(f"{folder / MANIFEST} is not signed, and keys to check it by were given.")
    expected = _checkpoint(environment, (folder / MANIFEST).read_bytes())
    try:
        found = checkpoints.open_checkpoint(note.read_text(), expected.origin, known)
    except (NoteError, UnicodeDecodeError) as error:
        raise StartRefusedError(f"The signature of {folder / MANIFEST} does not hold: {error}") from None
    if found != expected:
        raise StartRefusedError(f"{folder / MANIFEST} was changed after it was signed.")
    return ", ".join(checkpoints.format_verifier(each) for each in known)


def known_keys(file: Path | None, environment: str) -> tuple[VerifierKey, ...]:
    """The public halves of the ledger's keys, under the name by which they sign backups. Raises StartRefusedError."""
    if file is None:
        return ()
    try:
        return SigningKeys(file).verifiers(_origin(environment))
    except SigningUnavailable as error:
        raise StartRefusedError(f"--ledger-keys: {error.message}") from None


def _origin(environment: str) -> str:
    return f"{environment}/shiftline/backup"


def _checkpoint(environment: str, content: bytes) -> Checkpoint:
    """A note in the checkpoint's form says so many bytes have this SHA-256, so that nothing else need be read to check it."""
    return Checkpoint(_origin(environment), len(content), hashlib.sha256(content).digest())


def read_state(folder: Path) -> State | None:
    """How far a backup is that was not finished, None when there is none to go on with."""
    try:
        return msgspec.json.decode((folder / STATE).read_bytes(), type=State)
    except (OSError, msgspec.MsgspecError):
        return None


def write_state(folder: Path, state: State) -> None:
    """Note how far a backup is."""
    write_whole(folder / STATE, msgspec.json.encode(state))


def list_backups(root: Path) -> Mapping[str, Path]:
    """The folders of the backups that are complete, oldest first."""
    found = sorted(root.glob(f"backups/*/{MANIFEST}"))
    return {path.parent.name: path.parent for path in found}


def list_unfinished(root: Path) -> list[Path]:
    """The folders of the backups that were begun and not finished, oldest first."""
    return [path.parent for path in sorted(root.glob(f"backups/*/{STATE}")) if not (path.parent / MANIFEST).exists()]


def lock(root: Path) -> int:
    """Take a folder of backups for this process; the descriptor of the lock. Raises StartRefusedError when another has it."""
    descriptor = os.open(root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise StartRefusedError(f"Another backup is being made in {root}. Let it finish first.") from None
    return descriptor
