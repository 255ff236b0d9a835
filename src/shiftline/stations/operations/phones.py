"""Phones: each makes its person a station."""

from dataclasses import dataclass, replace

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.ids import new_id
from shiftline.foundation.web.paging import Page
from shiftline.identity.operations.people import find_people
from shiftline.stations import rules, store
from shiftline.stations.errors import NameTaken, PersonHasPhone, PhoneNotFound, StaleVersion
from shiftline.stations.events import PhoneChanged
from shiftline.stations.model import Line, Phone, PhoneBase, PhoneDraft, PhoneFilter, Record, Site
from shiftline.stations.operations.associations import announce_stations_in, associate_station_in, forget_station_in
from shiftline.stations.operations.phone_bases import choose_phone_base, find_phone_bases
from shiftline.stations.operations.sites import choose_site, find_sites

ADMINISTER = "telephony:plugin:all"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a phone refers to: its site, its base settings, and its person's name."""

    site: Site
    base: PhoneBase
    person_name: str


async def list_phones(context: Context, page: Page, wanted: PhoneFilter) -> tuple[list[Phone], int]:
    """One page of phones by name, and how many there are."""
    require(context, ADMINISTER)
    async with context.reader() as reader:
        return await store.list_phones(reader, context.organization_id, page, wanted)


async def get_phone(context: Context, phone_id: str) -> Phone:
    """One phone. Raises PhoneNotFound."""
    found, _ = await list_phones(context, Page(1), PhoneFilter(id=phone_id))
    if not found:
        raise PhoneNotFound(phone_id)
    return found[0]


async def find_surroundings(context: Context, phones: list[Phone]) -> dict[str, Surroundings]:
    """What phones refer to, by phone id."""
    async with context.reader() as reader:
        sites = await find_sites(reader, context.organization_id)
        bases = await find_phone_bases(reader, context.organization_id)
        people = await find_people(reader, context.organization_id, {phone.person_id for phone in phones})
    return {
        phone.id: Surroundings(sites[phone.site_id], bases[phone.phone_base_id], people[phone.person_id].name)
        for phone in phones
    }


async def create_phone(context: Context, draft: PhoneDraft) -> Phone:
    """A new phone with its station; its person is put there when they are at none.

    An equal phone of the same person is answered as it is. Raises PersonHasPhone, NameTaken, Invalid.
    """
    require(context, ADMINISTER)
    async with context.transaction() as tx:
        return await create_phone_in(tx, draft)


async def create_phone_in(tx: Transaction, draft: PhoneDraft) -> Phone:
    """``create_phone`` in the caller's transaction."""
    organization_id, now, by = tx.context.organization_id, tx.context.now(), tx.context.actor.id
    site, base = await _surroundings(tx, draft)
    wanted = Phone(
        id=draft.id or new_id(),
        name=draft.name,
        description=draft.description,
        site_id=site.id,
        phone_base_id=base.id,
        person_id=draft.person_id,
        properties=draft.properties,
        capabilities=draft.capabilities,
        line=Line(new_id(), draft.line_name or draft.name, draft.line_properties),
        active=True,
        record=Record(0, now, by, now, by),
    )
    phone = await store.insert_phone(tx, wanted)
    if phone is None:
        existing = await store.find_phone_of_person(tx, organization_id, draft.person_id)
        return _same_or_conflict(existing, wanted)
    station_id = draft.station_id or new_id()
    await store.put_station(tx, station_id, phone, rules.classify_settings(site, base, phone))
    _record(tx, phone, station_id)
    await _give(tx, phone.person_id, station_id)
    return phone


async def change_phone(context: Context, phone_id: str, version: int | None, draft: PhoneDraft) -> Phone:
    """Make a phone so; its station follows. An unchanged phone keeps its version.

    ``version`` None: the caller did not send one. Raises PhoneNotFound, StaleVersion, PersonHasPhone, NameTaken.
    """
    require(context, ADMINISTER)
    async with context.transaction() as tx:
        current = await _lock(tx, phone_id, version)
        site, base = await _surroundings(tx, draft)
        wanted = replace(
            current,
            name=draft.name,
            description=draft.description,
            site_id=site.id,
            phone_base_id=base.id,
            person_id=draft.person_id,
            properties=draft.properties,
            capabilities=draft.capabilities,
            line=replace(current.line, name=draft.line_name or current.line.name, properties=draft.line_properties),
        )
        if wanted == current:
            return current
        await _refuse_taken(tx, wanted)
        changed = await store.update_phone(tx, wanted)
        station_id = await store.station_id_of(tx, phone_id)
        _record(tx, changed, station_id)
        if await store.put_station(tx, station_id, changed, rules.classify_settings(site, base, changed)):
            await _tell(tx, current, changed, station_id)
        return changed


async def delete_phone(context: Context, phone_id: str) -> None:
    """Take a phone and its station out of use; whoever is at it leaves. Raises PhoneNotFound."""
    require(context, ADMINISTER)
    async with context.transaction() as tx:
        current = await _lock(tx, phone_id, None)
        station_id = await store.station_id_of(tx, phone_id)
        gone = await store.update_phone(tx, replace(current, active=False))
        # Before the station is out of use: the news still names it.
        await forget_station_in(tx, current.person_id, station_id, "phone.deleted")
        await store.retire_station(tx, station_id)
        _record(tx, gone, station_id)


async def _lock(tx: Transaction, phone_id: str, version: int | None) -> Phone:
    phone = await store.lock_phone(tx, phone_id)
    if phone is None:
        raise PhoneNotFound(phone_id)
    if version is not None and version != phone.record.version:
        raise StaleVersion(version, phone.record)
    return phone


async def _surroundings(tx: Transaction, draft: PhoneDraft) -> tuple[Site, PhoneBase]:
    """The site and base settings of a phone to be. Raises Invalid for what does not exist."""
    rules.check_draft(draft)
    organization_id = tx.context.organization_id
    person = (await find_people(tx, organization_id, [draft.person_id])).get(draft.person_id)
    if person is None or person.state == "deleted":
        raise Invalid(Problem("webRtcUser.id", f"there is no user with id {draft.person_id}."))
    site = await choose_site(tx, organization_id, draft.site_id)
    return site, await choose_phone_base(tx, organization_id, draft.phone_base_id)


def _same_or_conflict(existing: Phone | None, wanted: Phone) -> Phone:
    if existing is None:
        raise NameTaken("phone", wanted.name)
    if not rules.is_same_phone(existing, wanted):
        raise PersonHasPhone(existing.person_id, existing.name)
    return existing


async def _refuse_taken(tx: Transaction, wanted: Phone) -> None:
    organization_id = tx.context.organization_id
    other = await store.find_phone_of_person(tx, organization_id, wanted.person_id)
    if other is not None and other.id != wanted.id:
        raise PersonHasPhone(other.person_id, other.name)
    named, _ = await store.list_phones(tx, organization_id, store.EVERYTHING, PhoneFilter(name=wanted.name))
    if any(phone.name.lower() == wanted.name.lower() and phone.id != wanted.id for phone in named):
        raise NameTaken("phone", wanted.name)


async def _give(tx: Transaction, person_id: str, station_id: str) -> None:
    """Put a person at a station of theirs unless they are at one."""
    if (await store.lock_person_stations(tx, person_id)).associated is None:
        await associate_station_in(tx, person_id, station_id)


async def _tell(tx: Transaction, before: Phone, after: Phone, station_id: str) -> None:
    if before.person_id == after.person_id:
        await announce_stations_in(tx, [after.person_id])
        return
    await forget_station_in(tx, before.person_id, station_id, "phone.reassigned")
    await _give(tx, after.person_id, station_id)


def _record(tx: Transaction, phone: Phone, station_id: str) -> None:
    tx.record(
        PhoneChanged(
            organization_id=tx.context.organization_id,
            phone_id=phone.id,
            name=phone.name,
            person_id=phone.person_id,
            station_id=station_id,
            active=phone.active,
            version=phone.record.version,
        )
    )
