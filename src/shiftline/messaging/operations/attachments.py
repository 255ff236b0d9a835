"""Files: checked by their content, kept as objects by their digest, read by whoever may read the conversation."""

import hashlib
from datetime import timedelta

from shiftline.authorization.operations import require
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.errors import LimitReached, Unavailable
from shiftline.foundation.ids import new_id
from shiftline.foundation.objects import Objects
from shiftline.messaging import store
from shiftline.messaging.errors import AttachmentNotFound
from shiftline.messaging.events import AttachmentRead
from shiftline.messaging.model import MOST_UNSENT_FILES, Attachment, Guest
from shiftline.messaging.operations.answering import CREATE, lock_own_in, read_written
from shiftline.messaging.operations.transcripts import object_key
from shiftline.messaging.rules.files import check_file


async def keep_for_guest(context: Context, objects: Objects, guest: Guest, name: str, content: bytes) -> Attachment:
    """A file that a guest will send with a message. Raises FileRefused, LimitReached."""
    attachment = await _keep(objects, guest.organization_id, name, content)
    async with context.acting_as(Actor(guest.organization_id, "system")).transaction() as tx:
        await store.lock_guest(tx, guest.id)
        await ensure_object_in(tx, objects, content, attachment.sha256)
        return await _insert(tx, attachment, guest_id=guest.id)


async def keep_for_agent(
    context: Context, objects: Objects, conversation_id: str, name: str, content: bytes
) -> Attachment:
    """A file that an agent will send with a message of a conversation that they are in.

    Raises ConversationNotFound, FileRefused, LimitReached, PermissionMissing.
    """
    require(context, *CREATE, "conversation:email:create")
    async with context.transaction() as tx:
        await lock_own_in(tx, conversation_id)
    attachment = await _keep(objects, context.organization_id, name, content)
    async with context.transaction() as tx:
        await lock_own_in(tx, conversation_id)
        await ensure_object_in(tx, objects, content, attachment.sha256)
        return await _insert(tx, attachment, conversation_id=conversation_id, person_id=context.actor.person_id)


async def _keep(objects: Objects, organization_id: str, name: str, content: bytes) -> Attachment:
    media_type = check_file(name, content)
    digest = await keep_object(objects, organization_id, content)
    return Attachment(new_id(), name, media_type, len(content), digest)


async def keep_object(objects: Objects, organization_id: str, content: bytes) -> str:
    """Keep a content by its digest, which is returned; one that is there already is the same."""
    digest = hashlib.sha256(content).hexdigest()
    await objects.put(object_key(organization_id, digest), content)
    return digest


async def ensure_object_in(tx: Transaction, objects: Objects, content: bytes, digest: str) -> None:
    """A content that was kept is there until this transaction, which refers to it, ends: no purge takes it meanwhile."""
    await store.share_content(tx, digest)
    key = object_key(tx.context.organization_id, digest)
    if await objects.size(key) != len(content):
        await objects.put(key, content)


async def _insert(
    tx: Transaction,
    attachment: Attachment,
    *,
    conversation_id: str | None = None,
    guest_id: str | None = None,
    person_id: str | None = None,
) -> Attachment:
    unsent = await store.count_unsent(
        tx, tx.context.organization_id, conversation_id=conversation_id, guest_id=guest_id, person_id=person_id
    )
    if unsent >= MOST_UNSENT_FILES:
        raise LimitReached(
            f"{MOST_UNSENT_FILES} files wait for a message already: send them first.",
            limit=("messaging.files.unsent", "shiftline", MOST_UNSENT_FILES),
            retry_after=timedelta(seconds=30),
        )
    await store.insert_attachment(
        tx, attachment, conversation_id=conversation_id, guest_id=guest_id, person_id=person_id
    )
    return attachment


async def read_as_guest(
    context: Context, objects: Objects, guest: Guest, attachment_id: str
) -> tuple[Attachment, bytes]:
    """A file of the guest's own conversation. Raises AttachmentNotFound, Unavailable."""
    async with context.reader() as reader:
        found = await store.find_attachment(reader, guest.organization_id, guest.conversation_id or "", attachment_id)
    if found is None:
        raise AttachmentNotFound(attachment_id)
    return found, await _content(objects, guest.organization_id, found)


async def read_as_agent(
    context: Context, objects: Objects, conversation_id: str, attachment_id: str
) -> tuple[Attachment, bytes]:
    """A file of a conversation, for whoever may read it; the audit says who did.

    Raises ConversationNotFound, AttachmentNotFound, PermissionMissing, Unavailable.
    """
    async with context.transaction() as tx:
        await read_written(context, tx, conversation_id)
        found = await store.find_attachment(tx, context.organization_id, conversation_id, attachment_id)
        if found is None:
            raise AttachmentNotFound(attachment_id)
        tx.record(
            AttachmentRead(
                organization_id=context.organization_id,
                conversation_id=conversation_id,
                attachment_id=attachment_id,
                person_id=context.actor.person_id,
            )
        )
    return found, await _content(objects, context.organization_id, found)


async def _content(objects: Objects, organization_id: str, attachment: Attachment) -> bytes:
    content = await objects.get(object_key(organization_id, attachment.sha256))
    # Better nothing than something else: what was sent is evidence.
    if content is None or hashlib.sha256(content).hexdigest() != attachment.sha256:
        raise Unavailable(f"The file {attachment.name} cannot be read right now as it was sent.")
    return content
