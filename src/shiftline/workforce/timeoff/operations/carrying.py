"""A request's revision goes into every schedule in force that it touches, in the transaction that makes the revision."""

from dataclasses import replace

from shiftline.foundation.database import Transaction
from shiftline.workforce.schedule.model import Clash
from shiftline.workforce.schedule.operations.absences import follow_time_off_in
from shiftline.workforce.timeoff.model import Status, TimeOffRequest
from shiftline.workforce.timeoff.rules.revisions import approved_time_changed, list_taken, time_off_of
from shiftline.workforce.timeoff.store import requests as store


async def carry_in(tx: Transaction, former: TimeOffRequest | None, latter: TimeOffRequest) -> TimeOffRequest:
    """The request, stored already, with what its schedules say to it. Raises Invalid when one cannot follow."""
    off = time_off_of(latter)
    if former is not None and time_off_of(former) == off:
        return latter
    clashes = await follow_time_off_in(tx, off, f"{latter.sentence} (request {latter.id})")
    if approved_time_changed(former, latter):
        clashes += await _find_offers(tx, former, latter)
    return replace(latter, clashes=clashes)


async def _find_offers(tx: Transaction, former: TimeOffRequest | None, latter: TimeOffRequest) -> tuple[Clash, ...]:
    """Open trade offers of shifts that lie under the time that is newly off."""
    if latter.status is not Status.APPROVED:
        return ()
    offers = await store.list_open_offers(tx, latter.person_id, list_taken(former, latter))
    return tuple(
        Clash(
            "timeoff.over.offered.shift",
            f"The shift of {offer.span.start:%Y-%m-%dT%H:%MZ} that is offered in trade {offer.trade_id} lies under the time "
            "off: the offer no longer holds as it stands.",
        )
        for offer in offers
    )
