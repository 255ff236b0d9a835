"""What follows from news: a softphone that keeps its connection between calls is offered it as soon as it is there, or was lost."""

from collections.abc import Sequence
from datetime import timedelta

from shiftline.calls.events import LegChanged
from shiftline.calls.operations.clocks import NOT_IN_TIME
from shiftline.calls.operations.persistent import offer_persistent, offer_persistent_where_wanted
from shiftline.calls.operations.repairs import end_legless
from shiftline.foundation.context import Context
from shiftline.foundation.jobs import at_once, every, together
from shiftline.presence.events import SessionOpened
from shiftline.stations.events import AssociationChanged

LOST = ("media.", "ice.", "dtls.")
"""How the reasons begin for which a connection went although nobody ended it. One that nobody took is not offered again."""


@together(SessionOpened)
async def offer_connections(context: Context, happened: Sequence[SessionOpened]) -> None:
    """Offer a persistent connection to the stations that want one and have none."""
    came = {each.person_id for each in happened if each.transport == "xmpp"}
    await offer_persistent_where_wanted(context, came)


@at_once(AssociationChanged)
async def offer_connection_of_station(context: Context, happened: AssociationChanged) -> None:
    """Offer it to one whose softphone was there before they had the station, or before the station wanted one."""
    if happened.effective_station_id is not None:
        await offer_persistent(context, happened.person_id)


@at_once(LegChanged)
async def offer_connection_again(context: Context, happened: LegChanged) -> None:
    """Offer it again where the last one was lost."""
    if happened.state == "ended" and happened.person_id is not None and _was_lost(happened):
        await offer_persistent(context, happened.person_id)


def _was_lost(ended: LegChanged) -> bool:
    """Whether nobody ended it. One that was accepted has a node; a page that was left meanwhile does not answer any more."""
    if ended.reason == NOT_IN_TIME:
        return ended.node_id is not None
    return (ended.reason or "").startswith(LOST)


@every(timedelta(seconds=10))
async def sweep_calls(context: Context) -> None:
    """End calls that go on without any leg."""
    await end_legless(context)
