"""A conversation of messages as RSMF: a message with ``rsmf.zip`` in it. Source: Relativity Short Message Format 2.0.0."""

import zipfile
from collections.abc import AsyncIterator
from typing import Any

from shiftline.discovery import canonical
from shiftline.discovery.canonical import instant
from shiftline.discovery.model import Content, Conversation, Export, Facts, Message, Messages, Participant
from shiftline.discovery.package import mime, records
from shiftline.discovery.package.files import of_bytes

VERSION = "2.0.0"
SCHEMA = "rsmf-manifest"
MEDIA_TYPE = "message/rfc822"
_MANIFEST = "rsmf_manifest.json"
# A ZIP holds no instant before it, and no zone: one for all, so that the same facts give the same bytes.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX, _PLAIN_FILE = 3, 0o100644 << 16


def write(facts: Facts, conversation: Conversation, messages: Messages) -> AsyncIterator[bytes]:
    """The file, in pieces."""
    export = facts.export
    sent = sorted(each.sent_at for each in messages.messages)
    headers = [
        ("X-RSMF-Version", VERSION),
        ("X-RSMF-Generator", export.software),
        ("X-RSMF-EventCount", str(len(messages.messages))),
        *((("X-RSMF-BeginDate", instant(sent[0])), ("X-RSMF-EndDate", instant(sent[-1]))) if sent else ()),
        ("From", _address(_first(conversation, "agent", "user"))),
        ("To", _address(_first(conversation, "customer", "external"))),
        ("Date", mime.date(conversation.started_at)),
        ("Subject", conversation.subject or f"{messages.platform} {conversation.id}"),
    ]
    text = "".join(f"{_line(conversation, each)}\r\n" for each in messages.messages)
    parts = [
        mime.Part("text/plain; charset=utf-8", of_bytes(text.encode())),
        mime.Part("application/zip", lambda: _zip(facts, conversation, messages), "rsmf.zip"),
    ]
    return mime.write(headers, parts, f"rsmf {conversation.id}")


def manifest(export: Export, conversation: Conversation, messages: Messages) -> dict[str, Any]:
    """``rsmf_manifest.json``."""
    return {
        "version": VERSION,
        "eventcollectionid": conversation.id,
        "participants": [_participant(each) for each in conversation.participants],
        "conversations": [
            {
                "id": conversation.id,
                "platform": messages.platform,
                "display": conversation.subject or conversation.id,
                "type": "channel",
                "participants": [each.id for each in conversation.participants],
                "custom": [
                    {"name": "Document number", "value": export.numbered(messages.number)},
                    {"name": "Matter", "value": export.matter_name},
                ],
            }
        ],
        "events": [_event(conversation, each) for each in messages.messages],
    }


def _participant(each: Participant) -> dict[str, Any]:
    address = (each.address or "").removeprefix("mailto:")
    return {
        "id": each.id,
        "display": each.name or each.purpose,
        "email": address if "@" in address else None,
        "account_id": each.person_id,
        "custom": [{"name": "Purpose", "value": each.purpose}],
    }


def _event(conversation: Conversation, message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "type": "message",
        "parent": message.reply_to,
        "body": message.text,
        "participant": message.participant_id,
        "conversation": conversation.id,
        "timestamp": instant(message.sent_at),
        "direction": "incoming" if message.incoming else "outgoing",
        "attachments": [
            {"id": records.attachment_name(each), "display": each.file_name or each.id, "size": each.size}
            for each in message.attachments
        ],
    }


def _line(conversation: Conversation, message: Message) -> str:
    names = {each.id: each.name or each.purpose for each in conversation.participants}
    attached = "".join(f" [{each.file_name or each.id}]" for each in message.attachments)
    return f"{instant(message.sent_at)} {names.get(message.participant_id, message.participant_id)}: {message.text}{attached}"


def _first(conversation: Conversation, *purposes: str) -> Participant | None:
    return next((each for each in conversation.participants if each.purpose in purposes), None)


def _address(participant: Participant | None) -> str:
    if participant is None:
        return "undisclosed <undisclosed@invalid>"
    address = (participant.address or "").removeprefix("mailto:")
    name = (participant.name or participant.purpose).replace('"', "'")
    return f'"{name}" <{address if "@" in address else f"{participant.id}@invalid"}>'


class _Drain:
    """What a ZIP is written into: it gives away what was written, and cannot go back."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def write(self, content: bytes) -> int:
        self._waiting += content
        return len(content)

    def flush(self) -> None:
        """Nothing is kept back."""

    def take(self) -> bytes:
        taken = bytes(self._waiting)
        self._waiting.clear()
        return taken


async def _zip(facts: Facts, conversation: Conversation, messages: Messages) -> AsyncIterator[bytes]:
    drain = _Drain()
    described = canonical.whole(manifest(facts.export, conversation, messages))
    attached = {records.attachment_name(each): each for message in messages.messages for each in message.attachments}
    # Not compressed: another zlib would give other bytes.
    with zipfile.ZipFile(drain, "w", zipfile.ZIP_STORED) as archive:  # pyright: ignore[reportArgumentType, reportCallIssue]
        archive.writestr(_info(_MANIFEST), described)
        yield drain.take()
        for name, content in attached.items():
            async for chunk in _entry(archive, drain, name, facts, content):
                yield chunk
    yield drain.take()


async def _entry(
    archive: zipfile.ZipFile, drain: _Drain, name: str, facts: Facts, content: Content
) -> AsyncIterator[bytes]:
    with archive.open(_info(name), "w", force_zip64=True) as entry:
        async for chunk in facts.content(content):
            entry.write(chunk)
            yield drain.take()
    yield drain.take()


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.create_system, info.external_attr = _UNIX, _PLAIN_FILE
    return info
