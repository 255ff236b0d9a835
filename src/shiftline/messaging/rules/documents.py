"""A transcript as one document, which is what is recorded of a conversation. Pure.

JSON with sorted keys, no spaces, UTF-8: the same messages are the same bytes. Each message stands as it is digested, with its
digest beside: whoever has the document can compute the chain again.
"""

import json
from typing import Any

from shiftline.messaging.model import Transcript
from shiftline.messaging.rules.chain import canonical

FORMAT = "shiftline-transcript-1"


def document_of(transcript: Transcript) -> bytes:
    """The document."""
    messages: list[Any] = [{**json.loads(canonical(each)), "digest": each.digest.hex()} for each in transcript.messages]
    whole = {
        "conversation_id": transcript.conversation_id,
        "format": FORMAT,
        "head": transcript.head.hex(),
        "medium": str(transcript.medium),
        "messages": messages,
    }
    return json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
