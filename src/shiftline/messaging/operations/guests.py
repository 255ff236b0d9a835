"""Guests: browsers that write to a deployment, each known by the secret in its resource's address.

A repeat is safe everywhere: a message that came twice with one client id is one message.
"""

import hashlib
import secrets
from dataclasses import replace
from datetime import timedelta

from shiftline.conversations.model.changes import Move
from shiftline.conversations.model.conversations import (
    CallState,
    Conversation,
    ConversationDraft,
    Direction,
    DisconnectType,
    ParticipantDraft,
    Purpose,
)
from shiftline.conversations.operations.conversations import find_conversation, open_conversation_in
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.errors import LimitReached
from shiftline.foundation.ids import new_id
from shiftline.messaging import store
from shiftline.messaging.errors import ConversationFull, DeploymentNotFound, GuestNotFound
from shiftline.messaging.model import (
    MOST_FROM_ONE_ADDRESS,
    MOST_MESSAGES,
    PAGE_OF_TRANSCRIPT,
    Deployment,
    Guest,
    GuestStatus,
    Message,
    MessageDraft,
)
from shiftline.messaging.operations.moving import lock_written_in, move_in
from shiftline.messaging.operations.recording import open_transcript_in
from shiftline.messaging.operations.writing import check_draft, find_repeat, write_in
from shiftline.messaging.rules.conversing import tell_guest
from shiftline.routing.model.interactions import InteractionDraft
from shiftline.routing.model.queues import Medium
from shiftline.routing.operations.interactions import enqueue_in, estimate_wait

SECRET_BYTES = 24
UNUSED_LIFETIME = timedelta(hours=1)
"""So long is a browser remembered that never wrote."""


async def get_open_deployment(context: Context, deployment_id: str, origin: str | None) -> Deployment:
    """A deployment that takes this guest. Raises DeploymentNotFound."""
    async with context.reader() as reader:
        return await _find_open(reader, context, deployment_id, origin)


async def _find_open(reader: Reader, context: Context, deployment_id: str, origin: str | None) -> Deployment:
    found = await store.find_open_deployment(reader, deployment_id)
    # Whoever brings a token of another organization learns no more than of one that never was.
    if found is None or context.organization_id not in {"", found.organization_id}:
        raise DeploymentNotFound(deployment_id)
    if found.allowed_origins and origin is not None and origin not in found.allowed_origins:
        raise DeploymentNotFound(deployment_id)
    return found


async def begin_guest(context: Context, deployment_id: str, name: str, origin: str | None) -> tuple[Guest, str]:
    """A new guest and the secret by which they are known, which is kept nowhere. Raises DeploymentNotFound."""
    async with context.reader() as reader:
        deployment = await _find_open(reader, context, deployment_id, origin)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    guest = Guest(
        organization_id=deployment.organization_id,
        id=new_id(),
        deployment_id=deployment.id,
        name=name or "Guest",
        remote_address=context.remote_address,
        conversation_id=None,
        participant_id=None,
        made_at=context.now(),
    )
    async with _owner(context, guest).transaction() as tx:
        await store.insert_guest(tx, guest, digest_of(secret))
    return guest, secret


async def find_guest(context: Context, guest_id: str, secret: str) -> Guest:
    """A guest by what their resource's address says. Raises GuestNotFound, also for a wrong secret."""
    async with context.reader() as reader:
        guest = await store.find_guest(reader, guest_id, digest_of(secret))
    if guest is None or context.organization_id not in {"", guest.organization_id}:
        raise GuestNotFound(guest_id)
    return guest


async def write_as_guest(context: Context, guest_id: str, secret: str, draft: MessageDraft) -> Message:
    """What a guest writes: into the conversation that lasts, else a new one begins and waits in the deployment's queue.

    Raises GuestNotFound, DeploymentNotFound (closed meanwhile, for a new conversation), TextInvalid, AttachmentNotFound,
    MessageDiffers, ConversationFull, LimitReached.
    """
    check_draft(draft)
    known = await find_guest(context, guest_id, secret)
    async with _owner(context, known).transaction() as tx:
        guest = await store.lock_guest(tx, known.id)
        if guest is None:
            raise GuestNotFound(guest_id)
        if guest.conversation_id is not None and guest.participant_id is not None:
            conversation = await lock_written_in(tx, guest.conversation_id)
            repeated = await find_repeat(tx, guest.organization_id, conversation.id, guest.participant_id, draft)
            if repeated is not None:
                return repeated
            mine = conversation.participant(guest.participant_id)
            if mine is not None and mine.live:
                return await _write(tx, conversation, guest, draft)
        conversation, guest = await _begin(tx, guest)
        return await _write(tx, conversation, guest, draft)


async def _write(tx: Transaction, conversation: Conversation, guest: Guest, draft: MessageDraft) -> Message:
    last = await store.last_of(tx, guest.organization_id, conversation.id)
    if last is not None and last["position"] >= MOST_MESSAGES:
        raise ConversationFull(MOST_MESSAGES)
    author = conversation.participant(guest.participant_id or "")
    assert author is not None
    message, told = await write_in(tx, conversation, author, draft, guest_id=guest.id)
    await move_in(tx, conversation, [told])
    return message


async def _begin(tx: Transaction, guest: Guest) -> tuple[Conversation, Guest]:
    """A conversation of a guest that waits in the deployment's queue."""
    deployment = await store.find_open_deployment(tx, guest.deployment_id)
    if deployment is None:
        raise DeploymentNotFound(guest.deployment_id)
    await _require_room(tx, guest.remote_address)
    customer = ParticipantDraft(
        purpose=Purpose.CUSTOMER,
        direction=Direction.INBOUND,
        state=CallState.CONNECTED,
        queue_id=deployment.queue_id,
        name=guest.name,
        address=guest.id,
    )
    queue = ParticipantDraft(
        purpose=Purpose.ACD, direction=Direction.INBOUND, state=CallState.CONNECTED, queue_id=deployment.queue_id
    )
    conversation = await open_conversation_in(
        tx,
        ConversationDraft(
            direction=Direction.INBOUND,
            participants=(customer, queue),
            address=deployment.id,
            medium=Medium.MESSAGE,
        ),
    )
    await enqueue_in(tx, InteractionDraft(conversation.id, deployment.queue_id, Medium.MESSAGE))
    await open_transcript_in(tx, conversation, conversation.participants[0])
    await store.place_guest(tx, guest.id, conversation.id, customer.id)
    return conversation, replace(guest, conversation_id=conversation.id, participant_id=customer.id)


async def _require_room(tx: Transaction, address: str | None) -> None:
    """Go on only while an address has not too many conversations; who comes from there at once waits. Raises LimitReached."""
    if address is None:
        return
    await store.lock_address(tx, address)
    if await store.count_from_address(tx, address) >= MOST_FROM_ONE_ADDRESS:
        raise LimitReached(
            f"This address has {MOST_FROM_ONE_ADDRESS} conversations already.",
            limit=("messaging.conversations.per.address", "shiftline", MOST_FROM_ONE_ADDRESS),
            retry_after=timedelta(seconds=30),
        )


async def list_for_guest(context: Context, guest: Guest, after: int = 0) -> tuple[GuestStatus, list[Message]]:
    """How a guest's conversation stands, and what was written in it after a position, in order."""
    async with context.reader() as reader:
        current = await store.read_guest(reader, guest.organization_id, guest.id) or guest
        if current.conversation_id is None:
            return tell_guest(None, None, None), []
        conversation = await find_conversation(reader, guest.organization_id, current.conversation_id)
        status = tell_guest(conversation, current.participant_id, None)
        if status.state == "waiting":
            place = await estimate_wait(reader, guest.organization_id, current.conversation_id)
            status = replace(status, position=place[0] if place else None)
        written = await store.list_messages(
            reader, guest.organization_id, current.conversation_id, after, PAGE_OF_TRANSCRIPT
        )
    return status, written


async def leave_as_guest(context: Context, guest_id: str, secret: str) -> None:
    """The guest ends their conversation; repeated, nothing happens. Raises GuestNotFound."""
    known = await find_guest(context, guest_id, secret)
    async with _owner(context, known).transaction() as tx:
        guest = await store.lock_guest(tx, known.id)
        if guest is None or guest.conversation_id is None:
            return
        conversation = await lock_written_in(tx, guest.conversation_id)
        mine = conversation.participant(guest.participant_id or "")
        if mine is not None and mine.live:
            end = Move(mine.id, CallState.DISCONNECTED, DisconnectType.ENDPOINT)
            await move_in(tx, conversation, [end], peers=DisconnectType.ENDPOINT)


async def forget_unused_guests(context: Context) -> int:
    """Forget browsers that opened a page and never wrote; how many."""
    async with context.transaction() as tx:
        return await store.delete_unused_guests(tx, context.now() - UNUSED_LIFETIME)


def _owner(context: Context, guest: Guest) -> Context:
    return context.acting_as(Actor(guest.organization_id, "system"))


def digest_of(secret: str) -> bytes:
    """How a secret is stored."""
    return hashlib.sha256(secret.encode()).digest()
