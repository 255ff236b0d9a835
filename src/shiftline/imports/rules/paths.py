"""What the vendor's layout says by the names of its folders. Pure.

Source: "Working with exported recordings in AWS S3 bucket" (the vendor's help): folders by the hour, in UTC, in which the conversation began.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

SUFFIX = "_metadata.json"
_HOUR = re.compile(r"(?:^|/)year=(\d{4})/month=(\d{1,2})/day=(\d{1,2})/hour=(\d{1,2})(?:/|$)")
_CONVERSATION = re.compile(r"(?:^|/)conversation_id=([^/]+)(?:/|$)")
_ENDING = re.compile(r"\.(ogg|opus|wav|mp3|webm)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pair:
    """A recording's files, by their paths in the folder; None: there is none."""

    path: str
    recording_id: str
    media: str | None
    metadata: str | None


def pair_files(names: Iterable[str]) -> list[Pair]:
    """The recordings of a folder in order of their paths: media and metadata that belong together, also where one is missing."""
    found: dict[str, list[str | None]] = {}
    for name in names:
        folder, _, file = name.rpartition("/")
        if file.startswith("."):
            continue
        is_metadata = file.endswith(SUFFIX)
        stem = file.removesuffix(SUFFIX) if is_metadata else _ENDING.sub("", file)
        pair = found.setdefault(f"{folder}/{stem}" if folder else stem, [None, None])
        pair[1 if is_metadata else 0] = name
    return [Pair(path, path.rpartition("/")[2], *found[path]) for path in sorted(found)]


def read_hour(path: str) -> datetime | None:
    """When the conversation began, to the hour, in UTC."""
    match = _HOUR.search(path)
    if match is None:
        return None
    try:
        return datetime(*map(int, match.groups()), tzinfo=UTC)  # type: ignore[arg-type] - four numbers
    except ValueError:
        return None


def read_conversation(path: str) -> str | None:
    """Whose recordings are in a folder."""
    match = _CONVERSATION.search(path)
    return None if match is None else match[1]
