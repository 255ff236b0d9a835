"""A vendor's metadata file as values: what is there, whatever of it is wrong. Pure.

Its fields go by several names, since its exports changed over the years; the first that is there counts.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

NAMES: Mapping[str, tuple[str, ...]] = {
    "organizationId": ("organizationId", "orgId"),
    "conversationId": ("conversationId",),
    "recordingId": ("recordingId", "id"),
    "startTime": ("startTime", "recordingStartTime", "startDate"),
    "endTime": ("endTime", "recordingEndTime", "endDate"),
    "timeZone": ("timeZone", "zone"),
    "utcOffset": ("utcOffset",),
    "userId": ("userId", "agentId", "userIds", "agentIds"),
    "queueId": ("queueId", "queueIds"),
    "divisionIds": ("divisionIds", "divisions"),
    "direction": ("initialDirection", "direction", "originatingDirection"),
    "mediaFormat": ("mediaFormat", "format"),
    "sizeBytes": ("sizeBytes", "fileSize"),
    "sha256": ("sha256",),
    "archiveDate": ("archiveDate",),
    "deleteDate": ("deleteDate",),
    "address": ("ani", "remoteAddress"),
}
YEARS = range(1970, 2200)
_LISTS = frozenset({"divisionIds"})
_NUMBERS = frozenset({"sizeBytes"})


class MetadataUnreadableError(ValueError):
    """The file is no JSON object; the text says what it is."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a file tells, by our names; ``wrong`` are fields that are of another type than they must be, with what they have."""

    values: Mapping[str, Any]
    wrong: Mapping[str, Any]


def read_metadata(content: bytes) -> Told:
    """The values of a file. Raises MetadataUnreadableError."""
    try:
        found: Any = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        place = f" after byte {error.pos}" if isinstance(error, json.JSONDecodeError) else ""
        raise MetadataUnreadableError(f"the file is cut short or no JSON{place}") from error
    if not isinstance(found, dict):
        raise MetadataUnreadableError("the file holds no JSON object")
    return read_values(found)


def read_values(found: Mapping[str, Any]) -> Told:
    """The values of a JSON object."""
    values: dict[str, Any] = {}
    wrong: dict[str, Any] = {}
    for name, spellings in NAMES.items():
        given = next((found[each] for each in spellings if found.get(each) not in (None, "", [])), None)
        if given is None:
            continue
        value = _value(name, given)
        if value is None:
            wrong[name] = given
        else:
            values[name] = value
    return Told(values, wrong)


def _value(name: str, given: Any) -> Any:
    if name in _NUMBERS:
        return given if isinstance(given, int) and not isinstance(given, bool) and given >= 0 else None
    if name in _LISTS:
        listed: list[Any] = given if isinstance(given, list) else [given]
        return listed if all(_is_text(each) for each in listed) else None
    first: Any = given[0] if isinstance(given, list) else given
    return first if _is_text(first) else None


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 1000 and "\0" not in value and value.isprintable()  # noqa: PLR2004


def parse_time(text: str) -> datetime | None:
    """An ISO 8601 time, with or without an offset; None for what is none, or before or after anything was recorded."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.year in YEARS else None
