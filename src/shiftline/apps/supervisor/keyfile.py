"""Where the keys are by which a folder's recordings are encrypted: made once, found again, never silently replaced."""

from datetime import UTC, datetime
from pathlib import Path

from shiftline.apps.supervisor.child import StartRefusedError
from shiftline.apps.supervisor.folder import DataFolder

_USUAL = "recording-keys.json"
_NOTE = "where"


def known_key_file(data: Path) -> Path | None:
    """Return where the keys of the folder were at its last start, None before its first."""
    note = data / "keys" / _NOTE
    return Path(note.read_text()) if note.exists() else None


def place_key_file(folder: DataFolder, named: Path | None) -> Path:
    """Return the file of the keys: the one that is named, else that of the last start, else one in the folder's `keys`.

    It is made when the folder never had one. Raises StartRefusedError when it had one that is not there: recordings made
    with a new one would hide that the others cannot be opened any more.
    """
    note = folder.path / "keys" / _NOTE
    known = known_key_file(folder.path)
    file = (named or known or folder.path / "keys" / _USUAL).absolute()
    if not file.exists():
        if known is not None:
            raise StartRefusedError(_missing(file, known, note))
        _make(file)
    if file != known:
        note.write_text(str(file))
    return file


def _make(file: Path) -> None:
    # Loaded at a first start only: the supervisor stays small.
    from shiftline.recordings.keys import create_key_file

    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        create_key_file(file, datetime.now(UTC))
    except OSError as error:
        raise StartRefusedError(f"The file of the recordings' keys {file} cannot be made: {error.strerror}.") from error


def _missing(file: Path, known: Path, note: Path) -> str:
    before = "" if file == known else f" At the last start it was {known}: move it, or name that one."
    return (
        f"The file of the recordings' keys {file} is not there; without it nobody can open what was recorded.{before} "
        f"Put it back, or say where it is with --recording-keys. To begin anew with other keys, and give up what was "
        f"recorded so far, remove {note} first."
    )
