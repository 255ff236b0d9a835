"""The sound itself on the wire: byte ranges, names of files, and uris with their tickets.

Source: RFC 9110, section 14 (ranges); RFC 6266 (Content-Disposition).
"""

import re
from urllib.parse import quote, urlencode

from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.time import find_zone, wall_at
from shiftline.recordings.model import ByteRange, Recording, State
from shiftline.recordings.operations.tickets import Ticketing

MEDIA = "/api/v2/shiftline/recordings"

_RANGE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", re.IGNORECASE)
_LONGEST_NAME = 120


def read_range(header: str | None, if_range: str | None) -> ByteRange | None:
    """The part that a request asks for, of the content that it knows (If-Range).

    None: all of it; also for what a server may leave unheeded: another unit, several ranges, one that ends before it begins.
    """
    found = None if header is None else _RANGE.fullmatch(header.strip())
    if found is None or not (found[1] or found[2]):
        return None
    start, end = (int(text) if text else None for text in found.groups())
    if start is not None and end is not None and end < start:
        return None
    return ByteRange(start, end, None if if_range is None else if_range.strip().strip('"'))


def entity_tag(recording: Recording) -> str:
    """What names this very sound."""
    return f'"{(recording.sha256 or b"").hex()}"'


def disposition(recording: Recording, *, download: bool, file_name: str | None) -> str:
    """How a browser names the file: by the start on the wall clock of its zone, unless told otherwise."""
    local = wall_at(recording.started_at, find_zone(recording.zone))
    name = (
        f"{local:%Y-%m-%d_%H-%M-%S}_{recording.id}.{recording.container}"
        if file_name is None
        else _check_name(file_name)
    )
    plain = re.sub(r"[^A-Za-z0-9 ._-]", "_", name)
    kind = "attachment" if download else "inline"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"


def _check_name(name: str) -> str:
    if not 0 < len(name) <= _LONGEST_NAME or re.search(r"[\x00-\x1f/\\]", name):
        raise Invalid(Problem("fileName", f"must be 1 to {_LONGEST_NAME} characters, and no path."))
    return name


def media_uri(
    recording: Recording, environment: str, ticketing: Ticketing, *, download: bool, file_name: str | None
) -> str | None:
    """Where a sealed recording is heard without a header, for as long as its ticket lasts; None for any other."""
    if recording.state is not State.SEALED or recording.archived_at is not None:
        return None
    asked = {
        "ticket": ticketing.ticket(recording.id),
        "download": "true" if download else None,
        "fileName": None if file_name is None else _check_name(file_name),
    }
    query = urlencode({name: value for name, value in asked.items() if value is not None})
    return f"https://api.{environment}{MEDIA}/{recording.id}/media" + (f"?{query}" if query else "")
