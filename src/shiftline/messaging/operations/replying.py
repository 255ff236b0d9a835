"""Replies by e-mail: written into the transcript with the bytes that go out, sent by the worker, and what came of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from shiftline.authorization.operations import require
from shiftline.conversations.errors import ConversationNotFound
from shiftline.conversations.model.changes import PutMessage
from shiftline.conversations.model.conversations import (
    CallState,
    Conversation,
    MessageFile,
    MessageMark,
    MessageStatus,
    Participant,
    Purpose,
)
from shiftline.conversations.operations.conversations import change_conversation_in
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.errors import Invalid, Problem, Unavailable
from shiftline.foundation.ids import new_id
from shiftline.foundation.objects import Objects
from shiftline.messaging import store
from shiftline.messaging.errors import NoRelay, NotInConversation
from shiftline.messaging.events import MailDispatched
from shiftline.messaging.model import (
    MOST_FILES,
    MOST_RECIPIENTS,
    Attachment,
    Dispatch,
    DispatchState,
    Mail,
    MailAddress,
    Message,
    MessageDraft,
    ReplyDraft,
)
from shiftline.messaging.operations.answering import require_read
from shiftline.messaging.operations.attachments import ensure_object_in, keep_object
from shiftline.messaging.operations.moving import lock_written_in, move_in
from shiftline.messaging.operations.transcripts import object_key
from shiftline.messaging.operations.writing import write_in
from shiftline.messaging.rules.replies import chain_references, compose, subject_of
from shiftline.routing.model.queues import Medium

CREATE = "conversation:email:create"
LEASE = timedelta(minutes=2)
"""So long is one try of a relay at most; whoever died while trying is followed by another then."""
PAUSES = tuple(timedelta(seconds=each) for each in (10, 60, 300, 900, 3600, 3600, 7200, 14400, 28800, 43200))
"""Before the next try; after the last one nobody tries any more. About a day and a half in all."""
LONGEST_SAID = 500


async def reply_by_mail(
    context: Context, objects: Objects, conversation_id: str, draft: ReplyDraft, *, relay: bool
) -> Message:
    """An agent's reply in a conversation by e-mail that they are connected to; it is sent as soon as the relay takes it.

    Raises ConversationNotFound, NotInConversation, NoRelay, Invalid (recipients), AttachmentNotFound, PermissionMissing.
    """
    async with context.transaction() as tx:
        conversation = await lock_written_in(tx, conversation_id, Medium.EMAIL)
        author = _own_part(context, conversation)
        require(context, CREATE)
        if not relay:
            raise NoRelay
        if author.state is not CallState.CONNECTED:
            raise NotInConversation(author.state)
        mail = await _address(tx, conversation, draft)
        files = await _take_files(tx, conversation, author, draft)
        contents = [(each.name, each.media_type, await _content(objects, tx, each)) for each in files]
        raw = compose(mail, draft.text, tx.context.now(), contents, new_id())
        digest = await keep_object(objects, tx.context.organization_id, raw)
        await ensure_object_in(tx, objects, raw, digest)
        written = MessageDraft(text=draft.text, mail=mail, raw_sha256=digest)
        message, told = await write_in(tx, conversation, author, written, files=files, status=MessageStatus.QUEUED)
        recipients = tuple(dict.fromkeys(each.email for each in (*mail.to, *mail.cc)))
        await store.insert_dispatch(tx, message, mail.sender.email, recipients)
        await move_in(tx, conversation, [told])
        return message


def _own_part(context: Context, conversation: Conversation) -> Participant:
    mine = context.actor.person_id
    own = [each for each in conversation.participants if mine is not None and each.person_id == mine]
    if not own:
        require_read(context, conversation)
        raise ConversationNotFound(conversation.id)
    return next((each for each in own if each.live), own[-1])


async def _address(tx: Transaction, conversation: Conversation, draft: ReplyDraft) -> Mail:
    """From whom to whom, under which subject, after which e-mails."""
    known = await store.last_mail(tx, conversation.organization_id, conversation.id)
    last = known.mail if known is not None else None
    ours = conversation.address or ""
    address = await store.find_address(tx, ours)
    customer = next(each for each in conversation.participants if each.purpose is Purpose.CUSTOMER)
    to = draft.to or ((last.reply_to or last.sender,) if last else (MailAddress(customer.address or ""),))
    if len(to) + len(draft.cc) > MOST_RECIPIENTS:
        raise Invalid(Problem("to", f"an e-mail has at most {MOST_RECIPIENTS} recipients."))
    return Mail(
        message_id=f"<{new_id()}@{ours.rpartition('@')[2]}>",
        subject=subject_of(draft.subject, conversation.subject),
        sender=MailAddress(ours, address.name if address else ""),
        to=to,
        cc=draft.cc,
        references=chain_references(last),
        html=draft.html,
    )


async def _take_files(
    tx: Transaction, conversation: Conversation, author: Participant, draft: ReplyDraft
) -> tuple[Attachment, ...]:
    ids: Sequence[str] = tuple(dict.fromkeys(draft.attachment_ids))
    if len(ids) > MOST_FILES:
        raise Invalid(Problem("attachments", f"an e-mail has at most {MOST_FILES} files."))
    found = await store.lock_unsent(tx, ids, conversation_id=conversation.id, guest_id=None, person_id=author.person_id)
    missing = next((each for each in ids if each not in {known.id for known in found}), None)
    if missing is not None:
        raise Invalid(
            Problem("attachments", f"there is no file {missing} that waits for a message of this conversation.")
        )
    return tuple(found)


async def _content(objects: Objects, tx: Transaction, attachment: Attachment) -> bytes:
    content = await objects.get(object_key(tx.context.organization_id, attachment.sha256))
    if content is None:
        raise Unavailable(f"The file {attachment.name} cannot be read right now.")
    return content


async def claim_dispatch(context: Context) -> Dispatch | None:
    """A reply that is due, of any organization, for the caller to try; None: nothing is due."""
    async with context.transaction() as tx:
        now = tx.context.clock.real_now()
        return await store.claim_dispatch(tx, now, now + LEASE)


async def read_raw(context: Context, objects: Objects, dispatch: Dispatch) -> bytes:
    """The bytes that go to the relay. Raises Unavailable."""
    async with context.reader() as reader:
        found = await store.find_messages(
            reader, dispatch.organization_id, dispatch.conversation_id, [dispatch.message_id]
        )
    digest = found[0].raw_sha256 if found else None
    content = await objects.get(object_key(dispatch.organization_id, digest)) if digest else None
    if content is None:
        raise Unavailable("The e-mail cannot be read right now.")
    return content


async def settle_dispatch(context: Context, dispatch: Dispatch, state: DispatchState, said: str) -> None:
    """Write what came of a try; ``queued``: it is tried again after a pause, and given up after the last one."""
    owner = context.acting_as(Actor(dispatch.organization_id, "system"))
    pause = PAUSES[dispatch.attempts - 1] if dispatch.attempts <= len(PAUSES) else None
    if state == "queued" and pause is None:
        state, said = "failed", f"given up after {dispatch.attempts} tries: {said}"
    async with owner.transaction() as tx:
        conversation = await lock_written_in(tx, dispatch.conversation_id)
        due_at = tx.context.clock.real_now() + (pause or timedelta(0))
        if not await store.settle_dispatch(tx, dispatch, state, due_at, said[:LONGEST_SAID]):
            return
        tx.record(
            MailDispatched(
                organization_id=dispatch.organization_id,
                conversation_id=dispatch.conversation_id,
                message_id=dispatch.message_id,
                state=state,
                attempt=dispatch.attempts,
                said=said[:LONGEST_SAID],
            )
        )
        if state != "queued":
            await _tell(tx, conversation, dispatch, MessageStatus(state))


async def _tell(tx: Transaction, conversation: Conversation, dispatch: Dispatch, status: MessageStatus) -> None:
    part = conversation.participant(dispatch.participant_id)
    mark = next((each for each in part.messages if each.id == dispatch.message_id), None) if part else None
    if mark is None:
        found = await store.find_messages(tx, dispatch.organization_id, conversation.id, [dispatch.message_id])
        files = tuple(MessageFile(each.id, each.name, each.media_type, each.size) for each in found[0].attachments)
        mark = MessageMark(dispatch.message_id, found[0].sent_at, status, files)
    told = PutMessage(dispatch.participant_id, replace(mark, status=status))
    # Nothing but the mark changes: who takes part stays as it is, even where nobody is left.
    await change_conversation_in(tx, conversation.id, told)


async def list_dispatches(context: Context, conversation_id: str) -> dict[str, Dispatch]:
    """How far the replies of a conversation are, by message; the caller has been let in already."""
    async with context.reader() as reader:
        return await store.find_dispatches(reader, context.organization_id, conversation_id)
