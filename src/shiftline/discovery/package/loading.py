"""Load files of review tools: Concordance DAT and OPT, EDRM XML. Written document by document. Pure but for the reading.

Source: Concordance's default delimiters (U+0014 between fields, U+00FE around them, U+00AE for line breaks), UTF-8 with its
mark; Opticon's seven columns; EDRM XML 1.2.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from xml.sax.saxutils import quoteattr

from shiftline.discovery import places
from shiftline.discovery.canonical import instant
from shiftline.discovery.model import Conversation, Email, Export, Facts, Kind, Messages, RecordedLeg
from shiftline.discovery.package import records
from shiftline.recordings.model import MEDIA_TYPES

FIELDS = (
    "BEGDOC", "ENDDOC", "DOCTYPE", "CONVERSATIONID", "DOCUMENTID", "CUSTODIAN", "PARTICIPANTS", "DIRECTION", "QUEUEID",
    "STARTUTC", "ENDUTC", "STARTLOCAL", "TIMEZONE", "OFFSETS", "DURATIONMS", "SUBJECT", "ATTACHMENTS", "LEGALHOLD",
    "ARCHIVEDATE", "DELETEDATE", "FILESIZE", "SHA256", "MATTER", "NATIVELINK", "VCONLINK",
)  # fmt: skip
_BETWEEN, _AROUND, _BREAK = "\u0014", "\u00fe", "\u00ae"
_MARK = "\ufeff"
_MESSAGE = "message/rfc822"


@dataclass(frozen=True, slots=True)
class Row:
    """A document in the load files. ``sha256`` is empty for what is made as it is written: its manifest has it."""

    number: str
    kind: Kind
    path: str
    media_type: str
    at: datetime
    fields: Mapping[str, str]


async def rows(facts: Facts) -> AsyncIterator[Row]:
    """Every document, by number."""
    async for conversation in facts.conversations():
        for row in rows_of(facts.export, conversation):
            yield row


def rows_of(export: Export, conversation: Conversation) -> Iterator[Row]:
    """The documents of a conversation."""
    common = {
        "CONVERSATIONID": conversation.id,
        "CUSTODIAN": _names(conversation, agents=True),
        "PARTICIPANTS": _names(conversation, agents=False),
        "DIRECTION": conversation.direction,
        "SUBJECT": conversation.subject or "",
        "MATTER": export.matter_name,
        "VCONLINK": places.conversation(conversation.id, "vcon.json"),
    }
    for leg in conversation.recordings:
        yield _recording(export, conversation, leg, common)
    if conversation.messages is not None:
        yield _messages(export, conversation, conversation.messages, common)
    for email in conversation.emails:
        yield _email(export, conversation, email, common)


async def write_dat(facts: Facts) -> AsyncIterator[bytes]:
    """Concordance's data file."""
    yield (_MARK + _dat_line(FIELDS)).encode()
    async for row in rows(facts):
        yield _dat_line(row.fields.get(name, "") for name in FIELDS).encode()


async def write_opt(facts: Facts) -> AsyncIterator[bytes]:
    """Opticon's image file: documents are produced natively, so one sheet says so for all."""
    async for row in rows(facts):
        yield f"{row.number},{facts.export.prefix},{places.SLIP_SHEET},Y,,,1\r\n".encode()


async def write_edrm(facts: Facts) -> AsyncIterator[bytes]:
    """EDRM XML."""
    export = facts.export
    described = quoteattr(f"{export.matter_name}, export {export.id}")
    root = f'MajorVersion="1" MinorVersion="2" Description={described} DataInterchangeType="Update"'
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<Root {root}>\n<Batch name={quoteattr(export.id)}>\n<Documents>\n'.encode()
    async for row in rows(facts):
        yield _edrm_document(row).encode()
    yield b"</Documents>\n</Batch>\n</Root>\n"


def parse_dat_line(line: str) -> list[str]:
    """The fields of a line without its end. Raises ValueError."""
    if len(line) < 2 or line[0] != _AROUND or line[-1] != _AROUND:  # noqa: PLR2004 - one mark on each side
        raise ValueError("a line begins and ends with U+00FE")
    return line[1:-1].split(f"{_AROUND}{_BETWEEN}{_AROUND}")


def _recording(export: Export, conversation: Conversation, leg: RecordedLeg, common: Mapping[str, str]) -> Row:
    metadata = leg.metadata
    path = places.conversation(conversation.id, records.media_name(metadata))
    zone = timezone(timedelta(seconds=metadata.utc_offset_seconds))
    number = export.numbered(leg.number)
    fields = {
        **common,
        "DOCUMENTID": metadata.recording_id,
        "QUEUEID": metadata.queue_id or "",
        "STARTUTC": instant(metadata.started_at),
        "ENDUTC": instant(metadata.ended_at),
        "STARTLOCAL": metadata.started_at.astimezone(zone).isoformat(timespec="milliseconds"),
        "TIMEZONE": metadata.zone,
        "OFFSETS": "; ".join(f"{each['from']} {each['utcOffset']}" for each in records.offsets(metadata)),
        "DURATIONMS": str(metadata.duration_ms),
        "LEGALHOLD": _held(leg.holds),
        "ARCHIVEDATE": _date(metadata.archive_at),
        "DELETEDATE": _date(metadata.delete_at),
        "FILESIZE": str(metadata.size),
        "SHA256": metadata.sha256,
    }
    return _row(number, (Kind.RECORDING, MEDIA_TYPES[metadata.container]), path, metadata.started_at, fields)


def _messages(export: Export, conversation: Conversation, messages: Messages, common: Mapping[str, str]) -> Row:
    path = places.conversation(conversation.id, records.MESSAGES_NAME)
    attached = [records.attachment_name(each) for message in messages.messages for each in message.attachments]
    fields = {
        **common,
        "DOCUMENTID": conversation.id,
        "STARTUTC": instant(conversation.started_at),
        "ENDUTC": _date(conversation.ended_at),
        "ATTACHMENTS": "; ".join(attached),
        "LEGALHOLD": _held(messages.holds),
        "ARCHIVEDATE": _date(messages.archive_at),
        "DELETEDATE": _date(messages.delete_at),
    }
    number = export.numbered(messages.number)
    return _row(number, (Kind.MESSAGES, _MESSAGE), path, conversation.started_at, fields)


def _email(export: Export, conversation: Conversation, email: Email, common: Mapping[str, str]) -> Row:
    path = places.conversation(conversation.id, records.email_name(email))
    fields = {
        **common,
        "DOCUMENTID": email.id,
        "PARTICIPANTS": "; ".join((email.sender, *email.to, *email.cc)),
        "STARTUTC": instant(email.sent_at),
        "SUBJECT": email.subject,
        "ATTACHMENTS": "; ".join(records.attachment_name(each) for each in email.attachments),
        "LEGALHOLD": _held(email.holds),
        "ARCHIVEDATE": _date(email.archive_at),
        "DELETEDATE": _date(email.delete_at),
        "FILESIZE": "" if email.original is None else str(email.original.size),
        "SHA256": "" if email.original is None else email.original.sha256,
    }
    return _row(export.numbered(email.number), (Kind.EMAIL, _MESSAGE), path, email.sent_at, fields)


def _row(number: str, form: tuple[Kind, str], path: str, at: datetime, fields: Mapping[str, str]) -> Row:
    kind, media_type = form
    known = {"BEGDOC": number, "ENDDOC": number, "DOCTYPE": kind.value, "NATIVELINK": path}
    return Row(number, kind, path, media_type, at, {**fields, **known})


def _names(conversation: Conversation, *, agents: bool) -> str:
    chosen = [each for each in conversation.participants if not agents or each.person_id is not None]
    return "; ".join(dict.fromkeys(each.name or each.address or each.purpose for each in chosen))


def _held(holds: Iterable[object]) -> str:
    return "Y" if any(True for _ in holds) else "N"


def _date(at: datetime | None) -> str:
    return "" if at is None else instant(at)


def _dat_line(fields: Iterable[str]) -> str:
    quoted = (f"{_AROUND}{_plain(each)}{_AROUND}" for each in fields)
    return f"{_BETWEEN.join(quoted)}\r\n"


def _plain(text: str) -> str:
    """A field in which none of the delimiters stands for itself."""
    text = text.replace("\r\n", _BREAK).replace("\n", _BREAK).replace("\r", _BREAK)
    return text.replace(_BETWEEN, " ").replace(_AROUND, " ")


def _edrm_document(row: Row) -> str:
    tags = "".join(
        f'<Tag TagName={quoteattr(name)} TagDataType="Text" TagValue={_attribute(value)}/>'
        for name, value in row.fields.items()
        if value
    )
    folder, _, name = row.path.rpartition("/")
    size, sha256 = row.fields.get("FILESIZE"), row.fields.get("SHA256")
    known = (f" FileSize={quoteattr(size)}" if size else "") + (
        f' Hash={quoteattr(sha256)} HashType="SHA-256"' if sha256 else ""
    )
    external = f"<ExternalFile FilePath={_attribute(folder)} FileName={_attribute(name)}{known}/>"
    files = f'<Files><File FileType="Native">{external}</File></Files>'
    return (
        f'<Document DocID={quoteattr(row.number)} DocType="File" MimeType={quoteattr(row.media_type)}>'
        f"<Tags>{tags}</Tags>{files}</Document>\n"
    )


def _attribute(text: str) -> str:
    """An attribute with what XML can hold: control characters have no place in it."""
    return quoteattr("".join(letter if letter >= " " or letter in "\t\r\n" else " " for letter in text))
