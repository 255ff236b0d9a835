"""Channels in PostgreSQL."""

from collections.abc import Sequence

from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.signalling.channels.model import MOST_CHANNELS, Channel, KnownChannel

SQL = Queries.beside(__file__)


def _channel(row: Row) -> Channel:
    return Channel(
        id=row["id"],
        organization_id=row["organization_id"],
        person_id=row["person_id"],
        client_id=row["client_id"],
        token_digest=bytes(row["token_digest"]),
        topics=tuple(row["topics"]),
        expires_at=row["expires_at"],
    )


async def insert_channel(tx: Transaction, channel_id: str) -> tuple[Channel, list[str]]:
    """A new channel of the calling token, and the ids of those that had to go for it."""
    actor = tx.context.actor
    row = await tx.one(
        SQL["insert_channel"],
        {
            "organization_id": actor.organization_id,
            "id": channel_id,
            "person_id": actor.person_id,
            "client_id": actor.client_id,
            "owner": actor.id,
            "token_digest": actor.token_digest,
            "now": tx.context.now(),
            "most_others": MOST_CHANNELS - 1,
        },
    )
    assert row is not None
    return _channel(row), row["evicted"]


async def find_channel(reader: Reader, channel_id: str) -> KnownChannel | None:
    """A channel that has not expired, whoever's."""
    row = await reader.one(SQL["find_channel"], {"id": channel_id})
    if row is None or row["expired"]:
        return None
    return KnownChannel(_channel(row), row["jabber_id"], row["token_ends_at"])


async def find_channel_of_softphone(reader: Reader, organization_id: str, person_id: str, jid: str) -> str | None:
    """The id of the channel on which a softphone had its last session, unless it is gone."""
    wanted = {"organization_id": organization_id, "person_id": person_id, "jid": jid}
    row = await reader.one(SQL["find_channel_of_softphone"], wanted)
    return None if row is None else str(row["id"])


async def list_channels(reader: Reader, organization_id: str, token_digest: bytes) -> list[Channel]:
    """A token's channels, newest first."""
    parameters = {"organization_id": organization_id, "token_digest": token_digest}
    return [_channel(row) for row in await reader.all(SQL["list_channels"], parameters)]


async def lock_channel(tx: Transaction, organization_id: str, channel_id: str) -> Channel | None:
    """A channel, held until the end of the transaction."""
    row = await tx.one(SQL["lock_channel"], {"organization_id": organization_id, "id": channel_id})
    return None if row is None else _channel(row)


async def change_topics(
    tx: Transaction, organization_id: str, channel_id: str, topics: Sequence[str], *, keep: bool
) -> tuple[Channel, tuple[str, ...]] | None:
    """Give a channel topics, beside those it has (``keep``) or in their place; the channel, and what it had before."""
    parameters = {"organization_id": organization_id, "id": channel_id, "topics": list(topics), "keep": keep}
    row = await tx.one(SQL["change_topics"], parameters)
    return None if row is None else (_channel(row), tuple(row["former"]))


async def touch_channels(reader: Reader, channel_ids: Sequence[str]) -> None:
    """Note that channels are in use: they live another day."""
    await reader.connection.execute(SQL["touch_channels"], {"ids": list(channel_ids)})


async def forget_expired(reader: Reader) -> None:
    """Drop channels that nobody came back to."""
    await reader.connection.execute(SQL["forget_expired"], {})
