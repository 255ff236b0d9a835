"""Stations, phones and sites in PostgreSQL."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Json

from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.foundation.web.paging import Page
from shiftline.stations.model import (
    Line,
    PersonStations,
    Phone,
    PhoneBase,
    PhoneFilter,
    Record,
    Site,
    SiteDraft,
    Station,
    StationFilter,
    StationSettings,
)

SQL = Queries.beside(__file__)


@dataclass(frozen=True, slots=True)
class StaleAssociation:
    """A station that a person is put at, or has as their default, and cannot use. ``fault``: why not."""

    organization_id: str
    person_id: str
    station_id: str
    fault: str
    since: datetime


EVERYTHING = Page(100_000)


def _mark(tx: Transaction) -> Row:
    return {"organization_id": tx.context.organization_id, "now": tx.context.now(), "by": tx.context.actor.id}


def _record(row: Row) -> Record:
    return Record(row["version"], row["created_at"], row["created_by"], row["changed_at"], row["changed_by"])


def _site(row: Row) -> Site:
    return Site(
        id=row["id"],
        name=row["name"],
        description=row["description"],
        caller_id=row["caller_id"],
        caller_name=row["caller_name"],
        force_turn=row["force_turn"],
        is_default=row["is_default"],
        record=_record(row),
    )


def _line(row: Row) -> Line:
    return Line(row["line_id"], row["line_name"], row["line_properties"])


def _phone_base(row: Row) -> PhoneBase:
    return PhoneBase(
        id=row["id"],
        name=row["name"],
        description=row["description"],
        properties=row["properties"],
        capabilities=row["capabilities"],
        line=_line(row),
        is_default=row["is_default"],
        record=_record(row),
    )


def _phone(row: Row) -> Phone:
    return Phone(
        id=row["id"],
        name=row["name"],
        description=row["description"],
        site_id=row["site_id"],
        phone_base_id=row["phone_base_id"],
        person_id=row["person_id"],
        properties=row["properties"],
        capabilities=row["capabilities"],
        line=_line(row),
        active=row["active"],
        record=_record(row),
    )


def _station(row: Row) -> Station:
    return Station(
        id=row["id"],
        name=row["name"],
        phone_id=row["phone_id"],
        line_id=row["line_id"],
        person_id=row["person_id"],
        settings=StationSettings(
            persistent=row["persistent"],
            force_turn=row["force_turn"],
            call_appearances=row["call_appearances"],
            media_dscp=row["media_dscp"],
            require_media_helper=row["require_media_helper"],
        ),
        associated_person_id=row["associated_person_id"],
        since=row["since"],
    )


def as_pattern(name: str | None) -> str | None:
    """A LIKE pattern for names that begin so; ``*`` stands for anything."""
    if name is None:
        return None
    return name.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_").replace("*", "%") + "%"


async def insert_site(tx: Transaction, site_id: str, draft: SiteDraft) -> Site | None:
    """A new site, or None when its id or name is taken."""
    values = {
        "id": site_id,
        "name": draft.name,
        "description": draft.description,
        "caller_id": draft.caller_id,
        "caller_name": draft.caller_name,
        "force_turn": draft.force_turn,
        "is_default": draft.is_default,
    }
    row = await tx.one(SQL["insert_site"], {**_mark(tx), **values})
    return None if row is None else _site(row)


async def list_sites(
    reader: Reader, organization_id: str, page: Page, *, site_id: str | None = None, name: str | None = None
) -> tuple[list[Site], int]:
    """One page of sites by name, and how many there are."""
    wanted = {"organization_id": organization_id, "id": site_id, "name": as_pattern(name)}
    rows = await reader.all(SQL["list_sites"], {**wanted, "limit": page.size, "offset": page.offset})
    return [_site(row) for row in rows if row["id"] is not None], rows[0]["total"]


async def find_default_site(reader: Reader, organization_id: str) -> Site | None:
    """Where a phone stands unless said otherwise."""
    row = await reader.one(SQL["find_default_site"], {"organization_id": organization_id})
    return None if row is None else _site(row)


def _common(thing: PhoneBase | Phone) -> dict[str, Any]:
    return {
        "id": thing.id,
        "name": thing.name,
        "description": thing.description,
        "properties": Json(dict(thing.properties)),
        "capabilities": Json(dict(thing.capabilities)),
        "line_id": thing.line.id,
        "line_name": thing.line.name,
        "line_properties": Json(dict(thing.line.properties)),
    }


async def insert_phone_base(tx: Transaction, base: PhoneBase) -> PhoneBase | None:
    """New phone base settings, or None when the id or name is taken."""
    values = {**_mark(tx), **_common(base), "is_default": base.is_default}
    row = await tx.one(SQL["insert_phone_base"], values)
    return None if row is None else _phone_base(row)


async def lock_phone_base(tx: Transaction, phone_base_id: str) -> PhoneBase | None:
    """Phone base settings, held until the transaction ends."""
    row = await tx.one(SQL["lock_phone_base"], {**_mark(tx), "id": phone_base_id})
    return None if row is None else _phone_base(row)


async def find_default_phone_base(reader: Reader, organization_id: str) -> PhoneBase | None:
    """What a phone takes its settings from unless said otherwise."""
    row = await reader.one(SQL["find_default_phone_base"], {"organization_id": organization_id})
    return None if row is None else _phone_base(row)


async def update_phone_base(tx: Transaction, base: PhoneBase) -> PhoneBase:
    """The settings as given, one version on."""
    row = await tx.one(SQL["update_phone_base"], {**_mark(tx), **_common(base)})
    assert row is not None
    return _phone_base(row)


async def list_phone_bases(
    reader: Reader, organization_id: str, page: Page, *, phone_base_id: str | None = None, name: str | None = None
) -> tuple[list[PhoneBase], int]:
    """One page of phone base settings by name, and how many there are."""
    wanted = {"organization_id": organization_id, "id": phone_base_id, "name": as_pattern(name)}
    rows = await reader.all(SQL["list_phone_bases"], {**wanted, "limit": page.size, "offset": page.offset})
    return [_phone_base(row) for row in rows if row["id"] is not None], rows[0]["total"]


def _phone_values(phone: Phone) -> dict[str, Any]:
    return {
        **_common(phone),
        "site_id": phone.site_id,
        "phone_base_id": phone.phone_base_id,
        "person_id": phone.person_id,
        "active": phone.active,
    }


async def insert_phone(tx: Transaction, phone: Phone) -> Phone | None:
    """A new phone, or None when its id, name or person is taken."""
    row = await tx.one(SQL["insert_phone"], {**_mark(tx), **_phone_values(phone)})
    return None if row is None else _phone(row)


async def lock_phone(tx: Transaction, phone_id: str) -> Phone | None:
    """A phone, held until the transaction ends."""
    row = await tx.one(SQL["lock_phone"], {**_mark(tx), "id": phone_id})
    return None if row is None else _phone(row)


async def find_phone_of_person(reader: Reader, organization_id: str, person_id: str) -> Phone | None:
    """A person's phone."""
    wanted = {"organization_id": organization_id, "person_id": person_id}
    row = await reader.one(SQL["find_phone_of_person"], wanted)
    return None if row is None else _phone(row)


async def update_phone(tx: Transaction, phone: Phone) -> Phone:
    """The phone as given, one version on."""
    row = await tx.one(SQL["update_phone"], {**_mark(tx), **_phone_values(phone)})
    assert row is not None
    return _phone(row)


async def list_phones(reader: Reader, organization_id: str, page: Page, wanted: PhoneFilter) -> tuple[list[Phone], int]:
    """One page of phones by name, and how many there are."""
    parameters = {**asdict(wanted), "name": as_pattern(wanted.name), "organization_id": organization_id}
    rows = await reader.all(SQL["list_phones"], {**parameters, "limit": page.size, "offset": page.offset})
    return [_phone(row) for row in rows if row["id"] is not None], rows[0]["total"]


async def lock_phones_of_base(tx: Transaction, phone_base_id: str) -> list[Phone]:
    """The phones that take settings from a base, held until the transaction ends."""
    return [_phone(row) for row in await tx.all(SQL["phones_of_base"], {**_mark(tx), "phone_base_id": phone_base_id})]


async def change_stations(tx: Transaction, settings: Mapping[str, StationSettings]) -> list[str]:
    """Let the stations of phones (by phone id) behave so; the people whose station is another now, in order."""
    rows = [{"phone_id": phone_id, **asdict(each)} for phone_id, each in settings.items()]
    changed = await tx.all(SQL["change_stations"], {**_mark(tx), "stations": Json(rows)})
    return sorted(row["person_id"] for row in changed)


async def put_station(tx: Transaction, station_id: str, phone: Phone, settings: StationSettings) -> bool:
    """Make the phone's station so; whether that changed anything."""
    values = {
        "id": station_id,
        "phone_id": phone.id,
        "line_id": phone.line.id,
        "name": phone.name,
        "person_id": phone.person_id,
        "persistent": settings.persistent,
        "force_turn": settings.force_turn,
        "call_appearances": settings.call_appearances,
        "media_dscp": settings.media_dscp,
        "require_media_helper": settings.require_media_helper,
    }
    return await tx.one(SQL["put_station"], {**_mark(tx), **values}) is not None


async def retire_station(tx: Transaction, station_id: str) -> None:
    """Take a station out of use; its past stays."""
    await tx.execute(SQL["retire_station"], {**_mark(tx), "id": station_id})


async def station_id_of(tx: Transaction, phone_id: str) -> str:
    """The station that a phone makes."""
    row = await tx.one(SQL["station_of_phone"], {**_mark(tx), "phone_id": phone_id})
    assert row is not None
    station_id: str = row["id"]
    return station_id


async def list_stations(
    reader: Reader, organization_id: str, page: Page, wanted: StationFilter
) -> tuple[list[Station], int]:
    """One page of stations by name, and how many there are."""
    parameters = {
        "organization_id": organization_id,
        "ids": None if wanted.ids is None else list(wanted.ids),
        "name": as_pattern(wanted.name),
        "person_id": wanted.person_id,
        "line_id": wanted.line_id,
    }
    rows = await reader.all(SQL["list_stations"], {**parameters, "limit": page.size, "offset": page.offset})
    return [_station(row) for row in rows if row["id"] is not None], rows[0]["total"]


async def find_stations(reader: Reader, organization_id: str, ids: Collection[str]) -> dict[str, Station]:
    """Stations by id; unknown ids are left out."""
    rows = await reader.all(SQL["find_stations"], {"organization_id": organization_id, "ids": list(ids)})
    return {row["id"]: _station(row) for row in rows}


async def find_shown_station(reader: Reader, organization_id: str, station_id: str) -> tuple[Station, bool] | None:
    """A station, and whether its tenant wants all connections persistent."""
    row = await reader.one(SQL["find_shown_station"], {"organization_id": organization_id, "id": station_id})
    return None if row is None else (_station(row), row["all_persistent"])


async def lock_person_stations(tx: Transaction, person_id: str) -> PersonStations:
    """A person's stations, held until the transaction ends; two who change them wait for each other."""
    who = {**_mark(tx), "person_id": person_id}
    await tx.execute(SQL["begin_association"], who)
    row = await tx.one(SQL["lock_association"], who)
    assert row is not None
    return (await _with_stations(tx, tx.context.organization_id, [row]))[person_id]


async def lock_stations_of(tx: Transaction, person_ids: Collection[str]) -> dict[str, PersonStations]:
    """The stations of those people who ever had one, held until the transaction ends."""
    rows = await tx.all(SQL["lock_associations"], {**_mark(tx), "person_ids": list(person_ids)})
    return await _with_stations(tx, tx.context.organization_id, rows)


async def list_people_under_tenant_switch(tx: Transaction, after: str, limit: int) -> list[str]:
    """The next people after an id whose effective station is persistent only if the tenant says so."""
    rows = await tx.all(SQL["list_people_under_tenant_switch"], {**_mark(tx), "after": after, "limit": limit})
    return [row["person_id"] for row in rows]


async def find_stations_of(
    reader: Reader, organization_id: str, person_ids: Collection[str]
) -> dict[str, PersonStations]:
    """People's stations; who has none is left out."""
    wanted = {"organization_id": organization_id, "person_ids": list(person_ids)}
    return await _with_stations(reader, organization_id, await reader.all(SQL["find_associations"], wanted))


async def _with_stations(reader: Reader, organization_id: str, rows: list[Row]) -> dict[str, PersonStations]:
    columns = ("station_id", "default_station_id", "last_station_id")
    ids = {row[column] for row in rows for column in columns} - {None}
    stations = await find_stations(reader, organization_id, ids) if ids else {}
    return {
        row["person_id"]: PersonStations(
            person_id=row["person_id"],
            associated=stations.get(row["station_id"]),
            associated_at=row["associated_at"],
            default=stations.get(row["default_station_id"]),
            last=stations.get(row["last_station_id"]),
        )
        for row in rows
    }


async def update_person_stations(tx: Transaction, stations: PersonStations) -> None:
    """Write a person's stations as given."""
    values = {
        "person_id": stations.person_id,
        "station_id": stations.associated and stations.associated.id,
        "associated_at": stations.associated_at,
        "default_station_id": stations.default and stations.default.id,
        "last_station_id": stations.last and stations.last.id,
    }
    await tx.execute(SQL["update_association"], {**_mark(tx), **values})


async def list_stale_associations(
    reader: Reader, limit: int, only: tuple[str, str] | None = None
) -> list[StaleAssociation]:
    """Associations that stand for nothing, of every organization; or those of one (organization, person)."""
    organization_id, person_id = only or (None, None)
    parameters = {"organization_id": organization_id, "person_id": person_id, "limit": limit}
    return [StaleAssociation(**row) for row in await reader.all(SQL["list_stale_associations"], parameters)]


async def drop_station(tx: Transaction, person_id: str, station_id: str) -> None:
    """Take a station out of all that a person has."""
    await tx.execute(SQL["drop_station"], {**_mark(tx), "person_id": person_id, "station_id": station_id})
