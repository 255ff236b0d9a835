"""What follows from news: a softphone that keeps its connection between calls is offered it as soon as it is there."""

from shiftline.calls.operations.persistent import offer_persistent
from shiftline.foundation.context import Context
from shiftline.foundation.jobs import on
from shiftline.presence.events import SessionOpened


@on(SessionOpened)
async def offer_connection(context: Context, happened: SessionOpened) -> None:
    """Offer a persistent connection to a station that wants one and has none."""
    if happened.transport == "xmpp":
        await offer_persistent(context, happened.person_id)
