"""What the commands take: their parameters with their help, and how what was typed is read and refused."""

import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console

from shiftline.apps.supervisor.child import StartRefusedError
from shiftline.foundation.settings import MOST_MEDIA_PROCESSES, parse_environment

# Everything for people goes to standard error: standard output is for what scripts read.
people = Console(stderr=True, highlight=False, soft_wrap=True)

_LARGEST_PORT = 65535
# Each costs a tenth of a core.
_MOST_CALLERS = 20
_YEARS = range(1990, 2201)

Data = Annotated[
    Path | None, Parameter(help="Data folder. [default: .data here, or the user's own where that cannot be]")
]
Port = Annotated[int, Parameter(help="Port of the edge.")]
Bind = Annotated[str, Parameter(help="Address to listen on; this machine only unless told otherwise.")]
EnvironmentName = Annotated[
    str | None, Parameter(name="--environment", help="HOST[:PORT] as clients see it. [default: localhost:PORT]")
]
RecordingKeys = Annotated[
    Path | None,
    Parameter(help="File of the keys that encrypt recordings. [default: DATA/keys/recording-keys.json]"),
]
LedgerKeys = Annotated[
    Path | None,
    Parameter(help="File of the keys that sign the ledger. [default: DATA/keys/ledger-keys.json]"),
]
ArchiveTo = Annotated[
    Path | None,
    Parameter(help="Folder of backups into which the database's log is archived, so that any instant can be put back."),
]
MediaProcesses = Annotated[
    int, Parameter(help="Processes that carry calls. [default: one for each core, 8 at most]", show_default=False)
]
Json = Annotated[bool, Parameter(name="--json", negative=(), help="One line of JSON on standard output once ready.")]


def require_no_empty(arguments: Sequence[str]) -> None:
    """Raise StartRefusedError for an argument without a letter: a variable that was not set, and `--data ""` is here."""
    for before, argument in zip(("", *arguments), arguments, strict=False):
        if not argument.strip():
            raise StartRefusedError(f"{before if before.startswith('-') else 'An argument'} is empty.")


def require_text(name: str, argument: str) -> None:
    """Raise StartRefusedError for bytes that are no text: they come as lone surrogates, which nobody's name holds."""
    if any("\ud800" <= letter <= "\udfff" for letter in argument):
        raise StartRefusedError(f"{name}: {os.fsencode(argument)!r} is no UTF-8 text.")


def choose_archive(named: Path | None) -> Path | None:
    """Return the folder of backups that the database's log goes to, as named or as SHIFTLINE_ARCHIVE_TO says."""
    told = named or os.environ.get("SHIFTLINE_ARCHIVE_TO")
    return None if not told else Path(told).absolute()


def parse_instant(option: str, text: str) -> datetime:
    """Return the instant of ISO 8601 text given for `option`; raises StartRefusedError for one without an offset."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise StartRefusedError(
            f"{option}: {text!r} is no ISO 8601 instant such as 2023-10-27T05:45:00-05:00."
        ) from None
    if instant.tzinfo is None:
        wall = instant.isoformat()
        raise StartRefusedError(
            f"{option}: {text!r} has no offset, so it names no instant. Add one: {wall}-05:00, {wall}Z."
        )
    if instant.year not in _YEARS:
        raise StartRefusedError(f"{option}: the year must be from {_YEARS.start} to {_YEARS.stop - 1}.")
    return instant


def check_callers(number: int, *, least: int) -> int:
    """Return the number; raises StartRefusedError for what cannot be."""
    if not least <= number <= _MOST_CALLERS:
        raise StartRefusedError(f"--callers: choose a number from {least} to {_MOST_CALLERS}, not {number}.")
    return number


def check_media_processes(number: int) -> int:
    """Return the number, 0 for the usual one; raises StartRefusedError for what cannot be."""
    if not 0 <= number <= MOST_MEDIA_PROCESSES:
        raise StartRefusedError(f"--media-processes: choose a number from 1 to {MOST_MEDIA_PROCESSES}, not {number}.")
    return number


def choose_environment(given: str | None, port: int) -> str:
    """Return HOST[:PORT] as clients see it: a host given without a port is served on the edge's."""
    if not 0 < port <= _LARGEST_PORT:
        raise StartRefusedError(f"--port: {port} is no port: choose one from 1 to {_LARGEST_PORT}.")
    try:
        text = given or "localhost"
        return parse_environment(text if ":" in text else f"{text}:{port}")
    except ValueError as error:
        raise StartRefusedError(f"--environment: {error}.") from None


def default_data_folder() -> Path:
    """Return `.data` here where it can be used, else a folder of the user's that can."""
    from shiftline.apps.engines.account import is_traversable

    here = Path.cwd()
    if os.access(here, os.W_OK) and is_traversable(here):
        return here / ".data"
    if os.geteuid() == 0:
        fallback = Path("/var/lib/shiftline")
    elif sys.platform == "darwin":
        fallback = Path.home() / "Library" / "Application Support" / "Shiftline"
    else:
        fallback = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "shiftline"
    people.print(f"The data folder is {fallback}: {here} cannot hold it.", markup=False)
    return fallback
