"""Where the keys are by which a folder's recordings are encrypted, and those that sign its ledger: made once, found again,
never silently replaced.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from shiftline.apps.supervisor.child import StartRefusedError
from shiftline.apps.supervisor.folder import DataFolder


@dataclass(frozen=True, slots=True)
class _Kind:
    """A file of keys: its usual name, the note that tells where it was, and what a person is told who misses it."""

    usual: str
    note: str
    what: str
    option: str
    loss: str
    given_up: str
    create: Callable[[Path], None]


def _create_recording_keys(file: Path) -> None:
    # Loaded at a first start only: the supervisor stays small.
    from shiftline.recordings.keys import create_key_file

    create_key_file(file, datetime.now(UTC))


def _create_ledger_keys(file: Path) -> None:
    from shiftline.ledger.keys import create_key_file

    create_key_file(file, datetime.now(UTC))


_RECORDINGS = _Kind(
    usual="recording-keys.json",
    note="where",
    what="recordings' keys",
    option="--recording-keys",
    loss="without it nobody can open what was recorded.",
    given_up="what was recorded so far",
    create=_create_recording_keys,
)
_LEDGER = _Kind(
    usual="ledger-keys.json",
    note="where-ledger",
    what="ledger's keys",
    option="--ledger-keys",
    loss="without it nothing is signed by the keys that others know.",
    given_up="that they recognize the signatures",
    create=_create_ledger_keys,
)


def known_key_file(data: Path) -> Path | None:
    """Return where the recordings' keys of the folder were at its last start, None before its first."""
    return _known(data, _RECORDINGS)


def place_key_file(folder: DataFolder, named: Path | None) -> Path:
    """Return the file of the recordings' keys: the one that is named, else that of the last start, else one in the folder's
    `keys`.

    It is made when the folder never had one. Raises StartRefusedError when it had one that is not there: recordings made
    with a new one would hide that the others cannot be opened any more.
    """
    return _place(folder, named, _RECORDINGS)


def place_ledger_keys(folder: DataFolder, named: Path | None) -> Path:
    """Return the file of the ledger's keys, likewise: a new key would sign what nobody who knows the old one can check."""
    return _place(folder, named, _LEDGER)


def _known(data: Path, kind: _Kind) -> Path | None:
    note = data / "keys" / kind.note
    return Path(note.read_text()) if note.exists() else None


def _place(folder: DataFolder, named: Path | None, kind: _Kind) -> Path:
    note = folder.path / "keys" / kind.note
    known = _known(folder.path, kind)
    file = (named or known or folder.path / "keys" / kind.usual).absolute()
    if not file.exists():
        if known is not None:
            raise StartRefusedError(_missing(file, known, note, kind))
        _make(file, kind)
    if file != known:
        note.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        note.write_text(str(file))
    return file


def _make(file: Path, kind: _Kind) -> None:
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        kind.create(file)
    except OSError as error:
        raise StartRefusedError(f"The file of the {kind.what} {file} cannot be made: {error.strerror}.") from error


def _missing(file: Path, known: Path, note: Path, kind: _Kind) -> str:
    before = "" if file == known else f" At the last start it was {known}: move it, or name that one."
    return (
        f"The file of the {kind.what} {file} is not there; {kind.loss}{before} "
        f"Put it back, or say where it is with {kind.option}. To begin anew with other keys, and give up {kind.given_up}, "
        f"remove {note} first."
    )
