"""The files of a conversation."""

from collections.abc import Iterator, Sequence

from shiftline.discovery import canonical, places
from shiftline.discovery.model import Content, Conversation, Facts, RecordedLeg
from shiftline.discovery.package import emails, records, rsmf, vcons, vendor
from shiftline.discovery.package.files import JSON, PackageFile, Stream, of_bytes
from shiftline.recordings.model import MEDIA_TYPES


def files_of(facts: Facts, conversation: Conversation) -> Iterator[PackageFile]:
    """Each file of a conversation, always in the same order."""
    described = records.describe_conversation(facts.export, conversation)
    yield _json(conversation, "conversation.json", described, records.CONVERSATION)
    yield _json(conversation, "vcon.json", vcons.describe(facts.export, conversation), vcons.SCHEMA)
    for leg in conversation.recordings:
        yield from _recording(facts, conversation, leg)
    for leg in conversation.transcripts:
        yield from _sealed(
            facts, conversation, leg, [places.conversation(conversation.id, records.media_name(leg.metadata))]
        )
    yield from _messages(facts, conversation)
    for email in conversation.emails:
        original = email.original
        yield _file(
            conversation,
            places.conversation(conversation.id, records.email_name(email)),
            "message/rfc822",
            emails.stream(facts, email),
            number=email.number,
            sha256=None if original is None else original.sha256,
            size=None if original is None else original.size,
        )
        for each in email.attachments:
            yield _attachment(facts, conversation, each, email.number)


def _recording(facts: Facts, conversation: Conversation, leg: RecordedLeg) -> Iterator[PackageFile]:
    media = [places.conversation(conversation.id, records.media_name(leg.metadata))]
    if facts.export.vendor_media:
        media.append(vendor.media_path(conversation, leg))
    yield from _sealed(facts, conversation, leg, media)
    yield _file(
        conversation,
        vendor.metadata_path(conversation, leg),
        JSON,
        of_bytes(canonical.whole(vendor.describe(facts.export, conversation, leg))),
        number=leg.number,
        schema=vendor.SCHEMA,
    )


def _sealed(facts: Facts, conversation: Conversation, leg: RecordedLeg, media: Sequence[str]) -> Iterator[PackageFile]:
    """What was sealed, where it is wanted, and what is known of it."""
    metadata = leg.metadata
    sound = Content(
        id=metadata.recording_id, media_type=MEDIA_TYPES[metadata.container], size=metadata.size, sha256=metadata.sha256
    )
    for path in media:
        yield _file(
            conversation,
            path,
            sound.media_type,
            lambda: facts.content(sound),
            number=leg.number,
            sha256=sound.sha256,
            size=sound.size,
        )
    record = canonical.whole(records.describe_recording(facts.export, leg))
    yield _file(
        conversation,
        places.conversation(conversation.id, records.record_name(metadata)),
        JSON,
        of_bytes(record),
        number=leg.number,
        schema=records.RECORD,
    )


def _messages(facts: Facts, conversation: Conversation) -> Iterator[PackageFile]:
    messages = conversation.messages
    if messages is None:
        return
    yield _file(
        conversation,
        places.conversation(conversation.id, records.MESSAGES_NAME),
        rsmf.MEDIA_TYPE,
        lambda: rsmf.write(facts, conversation, messages),
        number=messages.number,
    )
    for message in messages.messages:
        for each in message.attachments:
            yield _attachment(facts, conversation, each, messages.number)


def _attachment(facts: Facts, conversation: Conversation, content: Content, number: int) -> PackageFile:
    return _file(
        conversation,
        places.conversation(conversation.id, f"attachments/{records.attachment_name(content)}"),
        content.media_type,
        lambda: facts.content(content),
        number=number,
        sha256=content.sha256,
        size=content.size,
    )


def _json(conversation: Conversation, name: str, value: object, schema: str) -> PackageFile:
    path = places.conversation(conversation.id, name)
    return _file(conversation, path, JSON, of_bytes(canonical.whole(value)), schema=schema)


def _file(
    conversation: Conversation,
    path: str,
    media_type: str,
    stream: Stream,
    *,
    number: int | None = None,
    sha256: str | None = None,
    size: int | None = None,
    schema: str | None = None,
) -> PackageFile:
    return PackageFile(
        path=path,
        media_type=media_type,
        stream=stream,
        number=number,
        sha256=sha256,
        size=size,
        schema=schema,
        conversation_id=conversation.id,
        agent_ids=conversation.agent_ids,
    )
