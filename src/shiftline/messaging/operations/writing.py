"""Messages are written here and nowhere else, into the transcript of a conversation that the caller holds."""

from shiftline.conversations.model.changes import PutMessage
from shiftline.conversations.model.conversations import (
    CallState,
    Conversation,
    Direction,
    MessageFile,
    MessageMark,
    MessageStatus,
    Participant,
)
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.ids import new_id
from shiftline.foundation.time import TZDATA_VERSION, find_zone
from shiftline.messaging import store
from shiftline.messaging.errors import AttachmentNotFound, MessageDiffers, NotInConversation, TextInvalid
from shiftline.messaging.events import MessageWritten
from shiftline.messaging.model import LONGEST_TEXT, MOST_FILES, Attachment, Message, MessageDraft
from shiftline.messaging.rules.chain import NOTHING, chain
from shiftline.messaging.rules.conversing import agents_of

NO_ZONE = "UTC"
"""Until somebody of ours takes part."""


def check_draft(draft: MessageDraft) -> None:
    """Raises TextInvalid for a message that says nothing, or too much."""
    if len(draft.text) > LONGEST_TEXT and draft.mail is None:
        raise TextInvalid("text", f"has {len(draft.text)} characters; a message has at most {LONGEST_TEXT}.")
    if not draft.text.strip() and not draft.attachment_ids and draft.mail is None:
        raise TextInvalid("text", "is empty: a message says something or brings a file.")
    if len(draft.attachment_ids) > MOST_FILES:
        raise TextInvalid(
            "attachmentIds", f"names {len(draft.attachment_ids)} files; a message has at most {MOST_FILES}."
        )


async def find_repeat(
    reader: Reader, organization_id: str, conversation_id: str, participant_id: str, draft: MessageDraft
) -> Message | None:
    """The message that a draft repeats. Raises MessageDiffers where it says something else by the same id."""
    if draft.client_id is None:
        return None
    known = await store.find_by_client_id(reader, organization_id, conversation_id, participant_id, draft.client_id)
    if known is None:
        return None
    if known.text != draft.text or tuple(each.id for each in known.attachments) != draft.attachment_ids:
        raise MessageDiffers(draft.client_id)
    return known


async def write_in(
    tx: Transaction,
    conversation: Conversation,
    author: Participant,
    draft: MessageDraft,
    *,
    guest_id: str | None = None,
    files: tuple[Attachment, ...] | None = None,
    status: MessageStatus | None = None,
) -> tuple[Message, PutMessage]:
    """Write a message of somebody who is connected, after all that was written before; and the change that tells of it.

    ``files``: those that are stored already; None: the draft's own are looked up as the writer's. Raises TextInvalid,
    NotInConversation, AttachmentNotFound.
    """
    check_draft(draft)
    if author.state is not CallState.CONNECTED:
        raise NotInConversation(author.state)
    if files is None:
        files = await _take_files(tx, conversation, author, draft, guest_id)
    message = await _compose(tx, conversation, author, draft, files)
    await store.insert_message(tx, message)
    if files:
        await store.send_attachments(tx, [each.id for each in files], conversation.id, message.id)
    tx.record(
        MessageWritten(
            organization_id=message.organization_id,
            conversation_id=message.conversation_id,
            message_id=message.id,
            position=message.position,
            medium=message.medium,
            direction=message.direction,
            participant_id=message.participant_id,
            person_id=message.person_id,
            digest=message.digest.hex(),
            attachments=len(files),
        )
    )
    mark = MessageMark(
        message.id,
        message.sent_at,
        status or (MessageStatus.RECEIVED if message.direction is Direction.INBOUND else MessageStatus.SENT),
        tuple(MessageFile(each.id, each.name, each.media_type, each.size) for each in files),
    )
    return message, PutMessage(author.id, mark)


async def _take_files(
    tx: Transaction, conversation: Conversation, author: Participant, draft: MessageDraft, guest_id: str | None
) -> tuple[Attachment, ...]:
    ids = tuple(dict.fromkeys(draft.attachment_ids))
    if not ids:
        return ()
    found = await store.lock_unsent(
        tx, ids, conversation_id=conversation.id, guest_id=guest_id, person_id=author.person_id
    )
    missing = [each for each in ids if each not in {known.id for known in found}]
    if missing:
        raise AttachmentNotFound(missing[0])
    return tuple(found)


async def _compose(
    tx: Transaction,
    conversation: Conversation,
    author: Participant,
    draft: MessageDraft,
    files: tuple[Attachment, ...],
) -> Message:
    """The message with its place, instant and digest. Instants of a transcript never go back."""
    last = await store.last_of(tx, conversation.organization_id, conversation.id)
    now = tx.context.now() if last is None else max(tx.context.now(), last["sent_at"])
    zone = await _zone_of(tx, conversation)
    offset = now.astimezone(find_zone(zone, "zone")).utcoffset()
    assert offset is not None
    message = Message(
        organization_id=conversation.organization_id,
        conversation_id=conversation.id,
        position=1 if last is None else last["position"] + 1,
        id=new_id(),
        medium=conversation.medium,
        direction=Direction.INBOUND if author.person_id is None else Direction.OUTBOUND,
        participant_id=author.id,
        communication_id=author.communication_id,
        purpose=author.purpose,
        author=author.name or author.address or author.purpose,
        sent_at=now,
        real_at=tx.context.clock.real_now(),
        zone=zone,
        utc_offset_seconds=int(offset.total_seconds()),
        tzdata_version=TZDATA_VERSION,
        text=draft.text,
        person_id=author.person_id,
        queue_id=author.queue_id,
        client_id=draft.client_id,
        mail=draft.mail,
        attachments=files,
        raw_sha256=draft.raw_sha256,
    )
    return chain(message, NOTHING if last is None else last["digest"])


async def _zone_of(tx: Transaction, conversation: Conversation) -> str:
    """Where whoever answers works, or answered last."""
    for agent in agents_of(conversation):
        if agent.connected_at is not None and agent.person_id is not None:
            return await store.find_zone(tx, conversation.organization_id, agent.person_id) or NO_ZONE
    return NO_ZONE
