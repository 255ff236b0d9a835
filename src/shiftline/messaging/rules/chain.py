"""How the messages of a conversation hold together: each digest covers its message and the digest before. Pure.

The content is JSON with sorted keys, no spaces, UTF-8: whoever has the exported rows can compute it again.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from shiftline.messaging.model import Message

NOTHING = bytes(32)
"""What stands before the first message."""


def canonical(message: Message) -> bytes:
    """A message as it is digested: everything but the digest itself, and whether it was destroyed since; instants as ISO 8601 in UTC with microseconds."""
    content = asdict(message)
    del content["digest"], content["destroyed_at"]
    content["former_digest"] = message.former_digest.hex()
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_text).encode()


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    raise TypeError(f"a transcript has no {type(value).__name__}")


def chain(message: Message, former_digest: bytes) -> Message:
    """A message with its digest, after the one whose digest is given."""
    linked = replace(message, former_digest=former_digest)
    return replace(linked, digest=hashlib.sha256(canonical(linked)).digest())


def find_break(messages: Sequence[Message]) -> int | None:
    """The position of the first message that does not follow from those before, or None for a whole transcript."""
    former = NOTHING
    for number, message in enumerate(messages, 1):
        if message.position != number or message.former_digest != former:
            return number
        # Of a destroyed one the place in the chain is left: what it said cannot be digested again.
        if message.destroyed_at is None and chain(message, former).digest != message.digest:
            return number
        former = message.digest
    return None
