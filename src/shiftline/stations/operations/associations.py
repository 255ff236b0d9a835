"""Who is at which station."""

from collections.abc import Collection
from dataclasses import replace
from typing import Literal

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.web.paging import Page
from shiftline.identity.operations.organizations import get_tenant_settings
from shiftline.identity.operations.targets import get_target
from shiftline.stations import rules, store
from shiftline.stations.errors import StationNotFound, StationOfAnother
from shiftline.stations.events import AssociationChanged
from shiftline.stations.model import PersonStations, Station, StationFilter

VIEW_OWN = ("telephony:selfStationAssociation:view",)
VIEW_OTHER = ("telephony:otherStationAssociation:view",)
EDIT_OWN = ("telephony:selfStationAssociation:edit",)
EDIT_OTHER = ("telephony:otherStationAssociation:edit",)
LEAVE_OWN = ("telephony:station:disassociateSelf",)
LEAVE_OTHER = ("telephony:station:disassociate",)
SET_DEFAULT = ("telephony:plugin:all", "telephony:phone:assign")

BATCH = 500
"""People who are told something in one transaction."""


async def list_stations(context: Context, page: Page, wanted: StationFilter) -> tuple[list[Station], int]:
    """One page of stations by name, and how many there are; as the tenant's settings make them."""
    tenant = await get_tenant_settings(context)
    async with context.reader() as reader:
        found, total = await store.list_stations(reader, context.organization_id, page, wanted)
    all_persistent = tenant.persistent_connection_required
    return [rules.apply_tenant(station, all_persistent=all_persistent) for station in found], total


async def get_station(context: Context, station_id: str) -> Station:
    """One station, as the tenant's settings make it. Raises StationNotFound."""
    async with context.reader() as reader:
        found = await store.find_shown_station(reader, context.organization_id, station_id)
    if found is None:
        raise StationNotFound(station_id)
    station, all_persistent = found
    return rules.apply_tenant(station, all_persistent=all_persistent)


async def find_stations_of(
    reader: Reader, organization_id: str, person_ids: Collection[str]
) -> dict[str, PersonStations]:
    """The stations of people by person id; each of them is in the answer."""
    found = await store.find_stations_of(reader, organization_id, person_ids)
    return {person_id: found.get(person_id) or PersonStations(person_id) for person_id in person_ids}


async def get_person_stations(context: Context, person_id: str) -> PersonStations:
    """A person's stations. Raises PersonNotFound."""
    await get_target(context, person_id, own=VIEW_OWN, other=VIEW_OTHER)
    async with context.reader() as reader:
        return (await find_stations_of(reader, context.organization_id, [person_id]))[person_id]


async def associate_station(context: Context, person_id: str, station_id: str) -> PersonStations:
    """Put a person at a station of theirs; nothing happens when they are there. Raises StationOfAnother."""
    await get_target(context, person_id, own=EDIT_OWN, other=EDIT_OTHER)
    async with context.transaction() as tx:
        return await associate_station_in(tx, person_id, station_id)


async def associate_station_in(tx: Transaction, person_id: str, station_id: str) -> PersonStations:
    """``associate_station`` in the caller's transaction. Raises StationNotFound, StationOfAnother."""
    stations = await store.lock_person_stations(tx, person_id)
    station = await _find_station(tx, tx.context.organization_id, station_id)
    if station.person_id != person_id:
        raise StationOfAnother(station.name, station.person_id)
    move = rules.associate(stations, station, tx.context.now())
    return await _apply(tx, move, "Associated")


async def disassociate_station(context: Context, person_id: str) -> PersonStations:
    """Take a person from the station they are at; nothing happens when they are at none."""
    await get_target(context, person_id, own=LEAVE_OWN, other=LEAVE_OTHER)
    async with context.transaction() as tx:
        return await release_station_in(tx, person_id)


async def release_station_in(tx: Transaction, person_id: str, reason: str | None = None) -> PersonStations:
    """Take a person from their station in the caller's transaction, for instance because they were signed out."""
    move = rules.disassociate(await store.lock_person_stations(tx, person_id))
    return await _apply(tx, move, "Disassociated", reason)


async def clear_station(context: Context, station_id: str) -> None:
    """Take whoever is at a station from it. Raises StationNotFound."""
    own = (await get_station(context, station_id)).person_id == context.actor.person_id
    require(context, *LEAVE_OTHER, *(LEAVE_OWN if own else ()))
    async with context.transaction() as tx:
        station = await _find_station(tx, context.organization_id, station_id)
        if station.associated_person_id is None:
            return
        stations = await store.lock_person_stations(tx, station.associated_person_id)
        if stations.associated is not None and stations.associated.id == station_id:
            await _apply(tx, rules.disassociate(stations), "Disassociated")


async def set_default_station(context: Context, person_id: str, station_id: str | None) -> PersonStations:
    """Give a person a default station of theirs, or none. Raises StationNotFound, StationOfAnother."""
    await get_target(context, person_id, own=SET_DEFAULT, other=SET_DEFAULT)
    async with context.transaction() as tx:
        return await set_default_station_in(tx, person_id, station_id)


async def set_default_station_in(tx: Transaction, person_id: str, station_id: str | None) -> PersonStations:
    """``set_default_station`` in the caller's transaction."""
    stations = await store.lock_person_stations(tx, person_id)
    station = None if station_id is None else await _find_station(tx, tx.context.organization_id, station_id)
    if station is not None and station.person_id != person_id:
        raise StationOfAnother(station.name, station.person_id)
    about = station or stations.default
    if about is None or stations.default == station:
        return stations
    action = "Disassociated" if station is None else "Associated"
    return await _apply(tx, rules.Move(replace(stations, default=station), about), action)


async def forget_station_in(tx: Transaction, person_id: str, station_id: str, reason: str) -> None:
    """Take a station out of all that a person has, because it is gone or another's now."""
    stations = await store.lock_person_stations(tx, person_id)
    await _apply(tx, rules.forget(stations, station_id), "Disassociated", reason)


async def announce_stations_in(tx: Transaction, person_ids: Collection[str], reason: str = "station.settings") -> None:
    """Tell people's sessions that the station they are at behaves differently: the softphone reads it again.

    Two statements, however many people. Whoever has no station is told nothing.
    """
    for stations in (await store.lock_stations_of(tx, person_ids)).values():
        if stations.effective is not None:
            _record(tx, stations, stations.effective, "Associated", reason)


async def announce_tenant_switch(context: Context) -> int:
    """Tell whoever is at a station that is persistent, or not, because the tenant says so; how many. In batches."""
    told, after = 0, ""
    while True:
        async with context.transaction() as tx:
            person_ids = await store.list_people_under_tenant_switch(tx, after, BATCH)
            await announce_stations_in(tx, person_ids, "tenant.persistent_connection")
        told += len(person_ids)
        if len(person_ids) < BATCH:
            return told
        after = person_ids[-1]


async def _find_station(reader: Reader, organization_id: str, station_id: str) -> Station:
    found = await store.find_stations(reader, organization_id, [station_id])
    if station_id not in found:
        raise StationNotFound(station_id)
    return found[station_id]


Action = Literal["Associated", "Disassociated"]


async def _apply(tx: Transaction, move: rules.Move, action: Action, reason: str | None = None) -> PersonStations:
    if move.about is None:
        return move.after
    await store.update_person_stations(tx, move.after)
    _record(tx, move.after, move.about, action, reason)
    return move.after


def _record(tx: Transaction, stations: PersonStations, about: Station, action: Action, reason: str | None) -> None:
    effective = stations.effective
    tx.record(
        AssociationChanged(
            organization_id=tx.context.organization_id,
            person_id=stations.person_id,
            station_id=about.id,
            action=action,
            effective_station_id=effective and effective.id,
            effective_station_name=effective and effective.name,
            associated_station_id=stations.associated and stations.associated.id,
            default_station_id=stations.default and stations.default.id,
            reason=reason,
        )
    )
