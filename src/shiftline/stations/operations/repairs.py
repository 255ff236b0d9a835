"""Stations that somebody is put at and cannot use: gone, another's, or of somebody who is gone.

That somebody has no session is no fault: their station is theirs alone, keeps nobody from anything, and is there in the morning.
That two are at one station PostgreSQL does not let happen (``association_by_station``).
"""

from collections.abc import Mapping

from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.repairs import mend_each, record_repair
from shiftline.stations import store
from shiftline.stations.events import AssociationChanged, AssociationRepaired
from shiftline.stations.store import StaleAssociation

BATCH = 200

WRONG: Mapping[str, str] = {
    "station.gone": "The user was at a station whose phone had been deleted: no call could ring there.",
    "station.of_another": "The user was at a station whose phone is another user's.",
    "station.person_gone": "A user who was deleted was still at this station.",
}


async def end_stale_associations(context: Context) -> int:
    """Take people from stations that they cannot use, of every organization; how many."""

    async def find(reader: Reader) -> list[tuple[str, StaleAssociation]]:
        return [(each.organization_id, each) for each in await store.list_stale_associations(reader, BATCH)]

    return await mend_each(context, find, _end)


async def _end(tx: Transaction, found: StaleAssociation) -> bool:
    await store.lock_person_stations(tx, found.person_id)
    only = (found.organization_id, found.person_id)
    still = await store.list_stale_associations(tx, BATCH, only)
    if found.station_id not in {each.station_id for each in still}:
        return False
    await store.drop_station(tx, found.person_id, found.station_id)
    after = (await store.find_stations_of(tx, found.organization_id, [found.person_id]))[found.person_id]
    effective = after.effective
    tx.record(
        AssociationChanged(
            organization_id=found.organization_id,
            person_id=found.person_id,
            station_id=found.station_id,
            action="Disassociated",
            effective_station_id=effective and effective.id,
            effective_station_name=effective and effective.name,
            associated_station_id=after.associated and after.associated.id,
            default_station_id=after.default and after.default.id,
            reason=found.fault,
        )
    )
    record_repair(
        tx,
        AssociationRepaired(
            organization_id=found.organization_id,
            person_id=found.person_id,
            fault=found.fault,
            since=found.since,
            wrong=WRONG[found.fault],
            done="The user was taken from it." if effective is None else f"The user has {effective.name} now.",
            station_id=found.station_id,
        ),
    )
    return True
