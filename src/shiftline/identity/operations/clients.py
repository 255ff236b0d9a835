"""The organization's OAuth clients."""

from shiftline.foundation.context import Context
from shiftline.identity import store
from shiftline.identity.model import WEB_CLIENT_ID


async def get_own_client_name(context: Context) -> str | None:
    """What the program is called that the calling token was issued to."""
    client_id = context.actor.client_id
    if client_id is None:
        return None
    if client_id == WEB_CLIENT_ID:
        return "Shiftline"
    async with context.reader() as reader:
        for client in await store.list_clients(reader, context.organization_id, client_id):
            return client.name
    return None
