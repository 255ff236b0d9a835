"""E-mail that comes in: it joins the conversation that it answers, else one begins and waits in the address's queue.

What was taken is kept whole, as an object by its digest. A repeat of an e-mail that is there already is taken and changes nothing.
"""

import asyncio
from dataclasses import replace

from shiftline.conversations.model.conversations import (
    CallState,
    Conversation,
    ConversationDraft,
    Direction,
    ParticipantDraft,
    Purpose,
)
from shiftline.conversations.operations.conversations import open_conversation_in
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.ids import new_id
from shiftline.foundation.objects import Objects
from shiftline.messaging import store
from shiftline.messaging.model import Address, Attachment, Letter, Message, MessageDraft
from shiftline.messaging.operations.attachments import ensure_object_in, keep_object
from shiftline.messaging.operations.moving import lock_written_in, move_in
from shiftline.messaging.operations.recording import open_transcript_in
from shiftline.messaging.operations.writing import write_in
from shiftline.messaging.rules.conversing import agents_of
from shiftline.messaging.rules.files import classify
from shiftline.messaging.rules.mail import read_letter
from shiftline.routing.model.interactions import InteractionDraft
from shiftline.routing.model.queues import Medium
from shiftline.routing.operations.interactions import enqueue_in


async def find_address(context: Context, address: str) -> Address | None:
    """Where e-mail to an address goes; None: it is none of ours."""
    async with context.reader() as reader:
        return await store.find_address(reader, address)


async def receive_mail(context: Context, objects: Objects, addresses: list[Address], content: bytes) -> list[Message]:
    """Take an e-mail for addresses of ours; the messages that it became, one for each organization.

    Raises MailRefused (its sentence is for the sender), Unavailable.
    """
    letter = await asyncio.to_thread(read_letter, content)
    taken: list[Message] = []
    for address in {each.organization_id: each for each in reversed(addresses)}.values():
        owner = context.acting_as(Actor(address.organization_id, "system"))
        raw = await keep_object(objects, address.organization_id, content)
        files = [await _keep(objects, address.organization_id, each.name, each.content) for each in letter.files]
        pairs = tuple(zip(letter.files, files, strict=True))
        async with owner.transaction() as tx:
            for kept, digest in ((content, raw), *((each.content, known.sha256) for each, known in pairs)):
                await ensure_object_in(tx, objects, kept, digest)
            taken.append(await _take(tx, address, letter, tuple(files), raw))
    return taken


async def _keep(objects: Objects, organization_id: str, name: str, content: bytes) -> Attachment:
    media_type = classify(content) or "application/octet-stream"
    return Attachment(new_id(), name, media_type, len(content), await keep_object(objects, organization_id, content))


async def _take(tx: Transaction, address: Address, letter: Letter, files: tuple[Attachment, ...], raw: str) -> Message:
    mail = letter.mail
    if mail.message_id:
        await store.lock_mail(tx, mail.message_id)
        for known in await store.find_mails(tx, address.organization_id, [mail.message_id]):
            if known.direction is Direction.INBOUND and (known.text, known.mail and known.mail.subject) == (
                letter.text,
                mail.subject,
            ):
                return known
    conversation, last_agent = await _find_thread(tx, address, letter)
    if conversation is None:
        conversation = await _begin(tx, address, letter, last_agent)
    author = next(each for each in conversation.participants if each.purpose is Purpose.CUSTOMER)
    for each in files:
        await store.insert_attachment(tx, each, conversation_id=conversation.id, guest_id=None, person_id=None)
    # Who writes may be another than the one who began: the transcript names the sender.
    writer = replace(author, name=mail.sender.name or mail.sender.email)
    draft = MessageDraft(text=letter.text, mail=mail, raw_sha256=raw)
    message, told = await write_in(tx, conversation, writer, draft, files=files)
    await move_in(tx, conversation, [told])
    return message


async def _find_thread(tx: Transaction, address: Address, letter: Letter) -> tuple[Conversation | None, str | None]:
    """The live conversation that an e-mail answers, held; or who answered the one before, if that is over."""
    if not letter.mail.references:
        return None, None
    for known in await store.find_mails(tx, address.organization_id, letter.mail.references):
        conversation = await lock_written_in(tx, known.conversation_id)
        customer = next((each for each in conversation.participants if each.purpose is Purpose.CUSTOMER), None)
        if customer is not None and customer.live:
            return conversation, None
        return None, next((each.person_id for each in agents_of(conversation) if each.connected_at), None)
    return None, None


async def _begin(tx: Transaction, address: Address, letter: Letter, last_agent: str | None) -> Conversation:
    customer = ParticipantDraft(
        purpose=Purpose.CUSTOMER,
        direction=Direction.INBOUND,
        state=CallState.CONNECTED,
        queue_id=address.queue_id,
        name=letter.mail.sender.name or letter.mail.sender.email,
        address=letter.mail.sender.email,
    )
    queue = ParticipantDraft(
        purpose=Purpose.ACD, direction=Direction.INBOUND, state=CallState.CONNECTED, queue_id=address.queue_id
    )
    conversation = await open_conversation_in(
        tx,
        ConversationDraft(
            direction=Direction.INBOUND,
            participants=(customer, queue),
            address=address.address,
            medium=Medium.EMAIL,
            subject=letter.mail.subject or None,
        ),
    )
    await enqueue_in(tx, InteractionDraft(conversation.id, address.queue_id, Medium.EMAIL, last_agent_id=last_agent))
    await open_transcript_in(tx, conversation, conversation.participants[0])
    return conversation
