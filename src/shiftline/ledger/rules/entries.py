"""An entry as bytes: what a leaf's hash is of."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from shiftline.ledger.errors import NoteError
from shiftline.ledger.model import Entry
from shiftline.ledger.rules import canonical

VERSION = 1
LARGEST = 65_535
"""Bytes of an entry at most: entry bundles tell its length in two (C2SP tlog-tiles)."""

_KIND = re.compile(r"[a-z][a-z_]*(\.[a-z][a-z_]*)+")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_TEXTS = {
    "id": "id",
    "organizationId": "organization_id",
    "kind": "kind",
    "subjectId": "subject_id",
    "actorId": "actor_id",
    "actorKind": "actor_kind",
}
_NAMES = {*_TEXTS, "version", "conversationId", "at", "digest"}


def encode(entry: Entry) -> bytes:
    """An entry's canonical bytes: RFC 8785 JSON, instants in UTC with microseconds. Raises NoteError for one without."""
    if not _KIND.fullmatch(entry.kind):
        raise NoteError(f"{entry.kind!r} is no kind such as recording.sealed.")
    if entry.at.utcoffset() is None:
        raise NoteError("its instant has no zone.")
    body = canonical.encode(
        {
            "version": VERSION,
            "conversationId": entry.conversation_id,
            "at": entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "digest": entry.digest.hex(),
            **{name: getattr(entry, field) for name, field in _TEXTS.items()},
        }
    )
    if len(body) > LARGEST:
        raise NoteError(f"it has {len(body)} bytes, more than {LARGEST}.")
    return body


def parse(body: bytes) -> Entry:
    """The entry of canonical bytes. Raises NoteError saying what is wrong with them."""
    value = _load(body)
    if not isinstance(value, dict) or set[Any](value) != _NAMES:  # type: ignore[reportUnknownArgumentType]
        raise NoteError(f"it must have exactly the fields {', '.join(sorted(_NAMES))}.")
    found: dict[str, Any] = value
    if found["version"] != VERSION:
        raise NoteError(f"its version {found['version']} is not known here.")
    for name in (*_TEXTS, "at", "digest"):
        if not isinstance(found[name], str) or not found[name]:
            raise NoteError(f"{name} must be a text.")
    entry = Entry(
        **{field: found[name] for name, field in _TEXTS.items()},
        conversation_id=_optional(found["conversationId"]),
        at=_instant(found["at"]),
        digest=_digest(found["digest"]),
    )
    if encode(entry) != body:
        raise NoteError("its JSON is not in the canonical form of RFC 8785.")
    return entry


def encode_facts(facts: Mapping[str, Any]) -> bytes:
    """The canonical bytes of what happened. Raises NoteError."""
    return canonical.encode(facts)


def digest_facts(facts: bytes) -> bytes:
    """The SHA-256 of what happened, of its canonical bytes."""
    return hashlib.sha256(facts).digest()


def _load(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NoteError("it is no JSON.") from error


def _optional(value: Any) -> str | None:
    if value is None or (isinstance(value, str) and value):
        return value
    raise NoteError("conversationId must be a text or null.")


def _instant(text: str) -> datetime:
    if not _INSTANT.fullmatch(text):
        raise NoteError("at must be an instant in UTC with microseconds.")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise NoteError(f"at: {text} is no instant.") from error


def _digest(text: str) -> bytes:
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise NoteError("digest must be 64 hexadecimal digits.")
    return bytes.fromhex(text)
