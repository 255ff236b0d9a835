"""What was sealed of a written conversation: whether its messages hold together, and whether the files made for reviewers say the
same. Source: docs/explanation/messages-and-mail.md, the form ``shiftline-transcript-1``.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from shiftline.discovery.verification.model import Check, Finding
from shiftline.discovery.verification.package import Document, Package, fails

FORMAT = "shiftline-transcript-1"
_NOTHING = bytes(32).hex()
_MILLISECOND = 0.001


def check_transcripts(package: Package) -> Iterator[Finding]:
    """Every transcript: each message follows from the one before, and e-mails are the very files that it names."""
    originals: dict[str, dict[str, str]] = {}
    for each in package.documents.values():
        if each.kind == "email" and each.sha256 is not None:
            originals.setdefault(each.path.rpartition("/")[0], {})[each.id] = package.payload.get(each.path, "")
    for document in package.transcripts.values():
        if package.payload.get(document.path) is None:
            continue  # told already
        problem = _judge(package, document, originals.get(document.path.rpartition("/")[0], {}))
        if problem is not None:
            yield fails(Check.MEDIA, f"{document.path}: {problem}.", file=document.path)


def find_difference(package: Package, path: str, events: Sequence[Mapping[str, Any]]) -> str | None:
    """What messages for reviewers say other than what was sealed of their conversation; None: nothing, or nothing was."""
    folder = path.rpartition("/")[0]
    sealed = [each for each in package.transcripts.values() if each.path.rpartition("/")[0] == folder]
    for document in sealed:
        messages = {each["id"]: each for each in _read(package, document)["messages"]}
        if sorted(messages) != sorted(each["id"] for each in events):
            return f"it has {len(events)} messages that are not the {len(messages)} of {document.path}"
        for event in events:
            message = messages[event["id"]]
            same = event["body"] == message["text"] and _same_instant(event["timestamp"], message["sent_at"])
            if not same:
                return f"its message {event['id']} does not say what {document.path} says"
    return None


def _judge(package: Package, document: Document, originals: Mapping[str, str]) -> str | None:
    try:
        transcript = _read(package, document)
        former = _NOTHING
        for message in transcript["messages"]:
            content = {name: value for name, value in message.items() if name != "digest"}
            digest = hashlib.sha256(_canonical(content)).hexdigest()
            if message["former_digest"] != former or message["digest"] != digest:
                return f"its message {message['id']} does not follow from those before it"
            former = digest
            original = originals.get(message["id"])
            if original is not None and message.get("raw_sha256") != original:
                return f"the e-mail {message['id']} is not the one that was sealed, whose SHA-256 is {message.get('raw_sha256')}"
        return None if transcript["head"] == former else "its last message is not the one that it ends with"
    except (ValueError, KeyError) as error:
        return f"it is no transcript of the form {FORMAT}: {error}"


def _read(package: Package, document: Document) -> dict[str, Any]:
    """A transcript. Raises ValueError."""
    transcript = json.loads(package.read_small(document.path))
    if not isinstance(transcript, dict) or transcript.get("format") != FORMAT:
        raise ValueError("it names another form")
    messages = transcript.get("messages")
    if not isinstance(messages, list) or not all(isinstance(each, dict) for each in messages):
        raise ValueError("it has no list of messages")
    return transcript


def _canonical(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _same_instant(shown: str, sealed: str) -> bool:
    """Whether two texts are one instant; what is shown ends with milliseconds."""
    return abs((datetime.fromisoformat(shown) - datetime.fromisoformat(sealed)).total_seconds()) < _MILLISECOND
