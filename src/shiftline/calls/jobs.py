"""What follows from news: a softphone that keeps its connection between calls is offered it as soon as it is there, or was lost."""

from shiftline.calls.events import LegChanged
from shiftline.calls.operations.persistent import offer_persistent
from shiftline.foundation.context import Context
from shiftline.foundation.jobs import on
from shiftline.presence.events import SessionOpened

LOST = ("media.", "ice.", "dtls.")
"""How the reasons begin for which a connection went although nobody ended it. One that nobody took is not offered again."""


@on(SessionOpened)
async def offer_connection(context: Context, happened: SessionOpened) -> None:
    """Offer a persistent connection to a station that wants one and has none."""
    if happened.transport == "xmpp":
        await offer_persistent(context, happened.person_id)


@on(LegChanged)
async def offer_connection_again(context: Context, happened: LegChanged) -> None:
    """Offer it again where the last one was lost."""
    lost = happened.state == "ended" and (happened.reason or "").startswith(LOST)
    if lost and happened.person_id is not None:
        await offer_persistent(context, happened.person_id)
