"""Deployments, guests, messages and files in PostgreSQL."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
from psycopg.types.json import Jsonb

from shiftline.conversations.model.conversations import Direction
from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.messaging.model import (
    Address,
    Attachment,
    Deployment,
    DeploymentDraft,
    Dispatch,
    DispatchState,
    Guest,
    Mail,
    Message,
)
from shiftline.routing.model.queues import Medium

SQL = Queries.beside(__file__)


def _mark(tx: Transaction) -> Row:
    return {"organization_id": tx.context.organization_id, "now": tx.context.now(), "by": tx.context.actor.id}


def _deployment(row: Row) -> Deployment:
    values: Row = {**row, "allowed_origins": tuple(row["allowed_origins"])}
    return Deployment(**values)


async def list_deployments(reader: Reader, organization_id: str) -> list[Deployment]:
    """An organization's deployments, by name."""
    rows = await reader.all(SQL["list_deployments"], {"organization_id": organization_id})
    return [_deployment(row) for row in rows]


async def find_deployment(reader: Reader, organization_id: str, deployment_id: str) -> Deployment | None:
    """A deployment by id."""
    row = await reader.one(SQL["find_deployment"], {"organization_id": organization_id, "id": deployment_id})
    return None if row is None else _deployment(row)


async def find_open_deployment(reader: Reader, deployment_id: str) -> Deployment | None:
    """A deployment that takes guests, of whatever organization."""
    row = await reader.one(SQL["find_open_deployment"], {"id": deployment_id})
    return None if row is None else _deployment(row)


async def insert_deployment(tx: Transaction, deployment_id: str, draft: DeploymentDraft) -> None:
    """A new deployment. Raises psycopg.errors.UniqueViolation for a name that is taken."""
    await tx.execute(SQL["insert_deployment"], {**_mark(tx), "id": deployment_id, **_drafted(draft)})


async def update_deployment(tx: Transaction, deployment_id: str, version: int, draft: DeploymentDraft) -> bool:
    """Change a deployment of this version; whether it was. Raises psycopg.errors.UniqueViolation."""
    values = {**_mark(tx), "id": deployment_id, "version": version, **_drafted(draft)}
    return await tx.execute(SQL["update_deployment"], values) == 1


def _drafted(draft: DeploymentDraft) -> Row:
    return {
        "name": draft.name,
        "queue_id": draft.queue_id,
        "allowed_origins": list(draft.allowed_origins),
        "enabled": draft.enabled,
    }


async def lock_address(tx: Transaction, address: str) -> None:
    """Wait for others who begin something from this address."""
    await tx.one(SQL["lock_address"], {"address": address})


async def count_from_address(reader: Reader, address: str) -> int:
    """How many conversations of guests of an address are under way."""
    row = await reader.one(SQL["count_from_address"], {"address": address})
    return 0 if row is None else row["guests"]


async def insert_guest(tx: Transaction, guest: Guest, secret_digest: bytes) -> None:
    """A new guest."""
    values = {
        "id": guest.id,
        "deployment_id": guest.deployment_id,
        "name": guest.name,
        "remote_address": guest.remote_address,
        "secret_digest": secret_digest,
    }
    await tx.execute(SQL["insert_guest"], {**_mark(tx), **values})


def _guest(row: Row) -> Guest:
    names = (
        "organization_id",
        "id",
        "deployment_id",
        "name",
        "remote_address",
        "conversation_id",
        "participant_id",
        "made_at",
    )
    values: Row = {name: row[name] for name in names}
    return Guest(**values)


async def find_guest(reader: Reader, guest_id: str, secret_digest: bytes) -> Guest | None:
    """A guest by id and the digest of their secret, of whatever organization."""
    row = await reader.one(SQL["find_guest"], {"id": guest_id, "secret_digest": secret_digest})
    return None if row is None else _guest(row)


async def read_guest(reader: Reader, organization_id: str, guest_id: str) -> Guest | None:
    """A guest as they are now."""
    row = await reader.one(SQL["read_guest"], {"organization_id": organization_id, "id": guest_id})
    return None if row is None else _guest(row)


async def lock_guest(tx: Transaction, guest_id: str) -> Guest | None:
    """A guest, held until the transaction ends."""
    row = await tx.one(SQL["lock_guest"], {**_mark(tx), "id": guest_id})
    return None if row is None else _guest(row)


async def place_guest(tx: Transaction, guest_id: str, conversation_id: str, participant_id: str) -> None:
    """Say which conversation a guest's messages belong to."""
    values = {"id": guest_id, "conversation_id": conversation_id, "participant_id": participant_id}
    await tx.execute(SQL["place_guest"], {**_mark(tx), **values})


async def delete_unused_guests(tx: Transaction, before: datetime) -> int:
    """Forget guests of all organizations who never wrote; how many."""
    return await tx.execute(SQL["delete_unused_guests"], {"before": before})


async def last_of(reader: Reader, organization_id: str, conversation_id: str) -> Row | None:
    """The position, digest and instant of a conversation's last message."""
    wanted = {"organization_id": organization_id, "conversation_id": conversation_id}
    return await reader.one(SQL["last_of"], wanted)


async def insert_message(tx: Transaction, message: Message) -> None:
    """Write a message, for good."""
    values = {name: getattr(message, name) for name in message.__dataclass_fields__}
    stored = {
        "mail": None if message.mail is None else Jsonb(msgspec.to_builtins(message.mail)),
        "attachments": Jsonb(msgspec.to_builtins(message.attachments)),
    }
    await tx.execute(SQL["insert_message"], {**values, **stored})


def _message(row: Row) -> Message:
    values: Row = {name: row[name] for name in Message.__dataclass_fields__}
    raw, mail = row["raw_sha256"], row["mail"]
    read: Row = {
        **values,
        "medium": Medium(row["medium"]),
        "direction": Direction(row["direction"]),
        "mail": None if mail is None else msgspec.convert(mail, Mail),
        "attachments": msgspec.convert(row["attachments"], tuple[Attachment, ...]),
        "raw_sha256": None if raw is None else raw.hex(),
    }
    return Message(**read)


async def find_by_client_id(
    reader: Reader, organization_id: str, conversation_id: str, participant_id: str, client_id: str
) -> Message | None:
    """What somebody wrote by the id that they gave it."""
    wanted = {
        "organization_id": organization_id,
        "conversation_id": conversation_id,
        "participant_id": participant_id,
        "client_id": client_id,
    }
    row = await reader.one(SQL["find_by_client_id"], wanted)
    return None if row is None else _message(row)


async def find_messages(
    reader: Reader, organization_id: str, conversation_id: str, ids: Collection[str]
) -> list[Message]:
    """Those of the messages that there are in a conversation, in order."""
    wanted = {"organization_id": organization_id, "conversation_id": conversation_id, "ids": list(ids)}
    return [_message(row) for row in await reader.all(SQL["find_messages"], wanted)]


async def list_messages(
    reader: Reader, organization_id: str, conversation_id: str, after: int = 0, limit: int | None = None
) -> list[Message]:
    """A conversation's messages in order, after a position; None: all of them."""
    wanted = {
        "organization_id": organization_id,
        "conversation_id": conversation_id,
        "after": after,
        "limit": limit,
    }
    return [_message(row) for row in await reader.all(SQL["list_messages"], wanted)]


async def find_zone(reader: Reader, organization_id: str, person_id: str) -> str | None:
    """The IANA zone in which an agent works."""
    row = await reader.one(SQL["find_zone"], {"organization_id": organization_id, "person_id": person_id})
    return None if row is None else row["zone"]


async def insert_attachment(
    tx: Transaction, attachment: Attachment, *, conversation_id: str | None, guest_id: str | None, person_id: str | None
) -> None:
    """A file that was let in."""
    values = {
        "id": attachment.id,
        "name": attachment.name,
        "media_type": attachment.media_type,
        "size": attachment.size,
        "sha256": attachment.sha256,
        "conversation_id": conversation_id,
        "guest_id": guest_id,
        "person_id": person_id,
    }
    await tx.execute(SQL["insert_attachment"], {**_mark(tx), **values})


def _writer(organization_id: str, conversation_id: str | None, guest_id: str | None, person_id: str | None) -> Row:
    return {
        "organization_id": organization_id,
        "conversation_id": conversation_id,
        "guest_id": guest_id,
        "person_id": person_id,
    }


async def count_unsent(
    reader: Reader, organization_id: str, *, conversation_id: str | None, guest_id: str | None, person_id: str | None
) -> int:
    """How many files of a writer went with no message yet."""
    row = await reader.one(SQL["count_unsent"], _writer(organization_id, conversation_id, guest_id, person_id))
    return 0 if row is None else row["files"]


async def lock_unsent(
    tx: Transaction,
    ids: Sequence[str],
    *,
    conversation_id: str | None,
    guest_id: str | None,
    person_id: str | None,
) -> list[Attachment]:
    """Those of the files that are a writer's and went with no message yet, in the order asked for."""
    wanted = _writer(tx.context.organization_id, conversation_id, guest_id, person_id)
    rows = await tx.all(SQL["lock_unsent"], {**wanted, "ids": list(ids)})
    found = {row["id"]: Attachment(**row) for row in rows}
    return [found[each] for each in ids if each in found]


async def send_attachments(tx: Transaction, ids: Sequence[str], conversation_id: str, message_id: str) -> None:
    """Files went with a message."""
    values = {"ids": list(ids), "conversation_id": conversation_id, "message_id": message_id}
    await tx.execute(SQL["send_attachments"], {**_mark(tx), **values})


async def find_attachment(
    reader: Reader, organization_id: str, conversation_id: str, attachment_id: str
) -> Attachment | None:
    """A file that went with a message of a conversation."""
    wanted = {"organization_id": organization_id, "conversation_id": conversation_id, "id": attachment_id}
    row = await reader.one(SQL["find_attachment"], wanted)
    return None if row is None else Attachment(**row)


async def find_offer_to(reader: Reader, organization_id: str, conversation_id: str, person_id: str) -> str | None:
    """The offer by which a conversation alerts somebody."""
    wanted = {"organization_id": organization_id, "conversation_id": conversation_id, "person_id": person_id}
    row = await reader.one(SQL["find_offer_to"], wanted)
    return None if row is None else row["id"]


async def unplaced_offers(reader: Reader, limit: int) -> list[tuple[str, str]]:
    """Offers, as (organization, offer), whose agent is not told yet."""
    return [(row["organization_id"], row["id"]) for row in await reader.all(SQL["unplaced_offers"], {"limit": limit})]


async def list_addresses(reader: Reader, organization_id: str) -> list[Address]:
    """An organization's addresses."""
    rows = await reader.all(SQL["list_addresses"], {"organization_id": organization_id})
    return [Address(**row) for row in rows]


async def find_address(reader: Reader, address: str) -> Address | None:
    """Where e-mail to an address goes, of whatever organization."""
    row = await reader.one(SQL["find_address"], {"address": address.lower()})
    return None if row is None else Address(**row)


async def put_address(tx: Transaction, address: str, name: str, queue_id: str) -> bool:
    """Lead an address to a queue; whether it was free or the organization's."""
    values = {**_mark(tx), "address": address, "name": name, "queue_id": queue_id}
    return await tx.execute(SQL["put_address"], values) == 1


async def delete_address(tx: Transaction, address: str) -> bool:
    """Take an address away; whether there was one."""
    return await tx.execute(SQL["delete_address"], {**_mark(tx), "address": address}) == 1


async def lock_mail(tx: Transaction, message_id: str) -> None:
    """Wait for others who take an e-mail of this id, or of its thread."""
    await tx.one(SQL["lock_mail"], {**_mark(tx), "message_id": message_id})


async def find_mails(reader: Reader, organization_id: str, message_ids: Collection[str]) -> list[Message]:
    """Messages by the ids that their e-mails have, the latest first."""
    wanted = {"organization_id": organization_id, "message_ids": list(message_ids)}
    return [_message(row) for row in await reader.all(SQL["find_mails"], wanted)]


async def last_mail(reader: Reader, organization_id: str, conversation_id: str) -> Message | None:
    """What was written to us last in a conversation."""
    wanted = {"organization_id": organization_id, "conversation_id": conversation_id}
    row = await reader.one(SQL["last_mail"], wanted)
    return None if row is None else _message(row)


async def insert_dispatch(tx: Transaction, message: Message, sender: str, recipients: Sequence[str]) -> None:
    """A reply is to be sent, from now on."""
    values = {
        "message_id": message.id,
        "conversation_id": message.conversation_id,
        "participant_id": message.participant_id,
        "sender": sender,
        "recipients": list(recipients),
        "real_now": tx.context.clock.real_now(),
    }
    await tx.execute(SQL["insert_dispatch"], {**_mark(tx), **values})


def _dispatch(row: Row) -> Dispatch:
    values: Row = {name: row.get(name) for name in Dispatch.__dataclass_fields__}
    values["recipients"] = tuple(row["recipients"])
    return Dispatch(**values)


async def claim_dispatch(tx: Transaction, real_now: datetime, until: datetime) -> Dispatch | None:
    """One reply of any organization that is due, the caller's to try until then."""
    row = await tx.one(SQL["claim_dispatch"], {"real_now": real_now, "until": until})
    return None if row is None else _dispatch(row)


async def settle_dispatch(
    tx: Transaction, dispatch: Dispatch, state: DispatchState, due_at: datetime, said: str
) -> bool:
    """Write what came of a try; whether it was still this try's to write."""
    tried = [{"at": tx.context.clock.real_now(), "outcome": state, "text": said}]
    values = {
        "message_id": dispatch.message_id,
        "attempts": dispatch.attempts,
        "state": state,
        "due_at": due_at,
        "tried": Jsonb(msgspec.to_builtins(tried)),
    }
    return await tx.execute(SQL["settle_dispatch"], {**_mark(tx), **values}) == 1


async def find_dispatches(reader: Reader, organization_id: str, conversation_id: str) -> dict[str, Dispatch]:
    """The replies of a conversation on their way, by message."""
    wanted = {"organization_id": organization_id, "conversation_id": conversation_id}
    rows = await reader.all(SQL["find_dispatches"], wanted)
    return {row["message_id"]: _dispatch(row) for row in rows}


async def share_content(tx: Transaction, digest: str) -> None:
    """Keep a content (SHA-256, hex) from being taken away until the transaction ends."""
    await tx.one(SQL["share_content"], {**_mark(tx), "sha256": digest})
