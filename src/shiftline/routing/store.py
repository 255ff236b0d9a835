"""Queues, members, skills and wrap-up codes in PostgreSQL."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any, LiteralString

import msgspec
from psycopg.types.json import Json

from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.foundation.web.paging import Page
from shiftline.routing.model import (
    EVERY_DIVISION,
    Division,
    Member,
    MemberFilter,
    Membership,
    PersonQueue,
    PersonSkill,
    Queue,
    QueueDraft,
    QueueFilter,
    QueueSettings,
    Record,
    RoutingSettings,
    Skill,
    SkillDraft,
    SkillFilter,
    SkillKind,
    SkillLevel,
    Standing,
    WrapupCode,
    WrapupCodeDraft,
    WrapupCodeFilter,
)

SQL = Queries.beside(__file__)


def _mark(tx: Transaction) -> Row:
    return {"organization_id": tx.context.organization_id, "now": tx.context.now(), "by": tx.context.actor.id}


def _division(row: Row) -> Division:
    return Division(row["division_id"], row["division_name"] or row["division_id"])


def _record(row: Row, changed_at: str) -> Record:
    return Record(row["version"], row["created_at"], row["created_by"], row[changed_at], row["changed_by"])


def as_pattern(name: str | None, *, before: str = "", after: str = "") -> str | None:
    """A LIKE pattern for a name; ``*`` in it stands for anything, ``before`` and ``after`` are put around it."""
    if name is None:
        return None
    escaped = name.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_").replace("*", "%")
    return f"{before}{escaped}{after}"


async def _page(
    reader: Reader, statement: LiteralString, parameters: dict[str, Any], page: Page
) -> tuple[list[Row], int]:
    rows = await reader.all(statement, {**parameters, "limit": page.size, "offset": page.offset})
    return [row for row in rows if row["organization_id"] is not None], rows[0]["total"]


def _list(values: Collection[str] | None) -> list[str] | None:
    return None if values is None else list(values)


async def find_division(reader: Reader, organization_id: str, division_id: str | None) -> Division | None:
    """A division, or the home division when none is named."""
    row = await reader.one(SQL["find_division"], {"organization_id": organization_id, "id": division_id})
    return None if row is None else Division(row["id"], row["name"])


async def insert_skill(tx: Transaction, skill_id: str, draft: SkillDraft) -> bool:
    """Whether a new skill could be made: its id and name were free."""
    values = {"id": skill_id, "kind": draft.kind, "name": draft.name, "division_id": draft.division_id}
    return await tx.one(SQL["insert_skill"], {**_mark(tx), **values}) is not None


async def list_skills(reader: Reader, organization_id: str, page: Page, wanted: SkillFilter) -> tuple[list[Skill], int]:
    """One page of skills by name, and how many there are."""
    parameters = {
        "organization_id": organization_id,
        "kind": wanted.kind,
        "name": as_pattern(wanted.name, after="%"),
        "ids": _list(wanted.ids),
        "visible_in": _list(wanted.visible_in),
    }
    rows, total = await _page(reader, SQL["list_skills"], parameters, page)
    return [_skill(row) for row in rows], total


def _skill(row: Row) -> Skill:
    return Skill(
        id=row["id"],
        kind=SkillKind(row["kind"]),
        name=row["name"],
        division=None if row["division_id"] is None else _division(row),
        version=row["version"],
        changed_at=row["since"],
        changed_by=row["changed_by"],
    )


async def find_skill(reader: Reader, organization_id: str, kind: SkillKind, skill_id: str) -> Skill | None:
    """A skill by id."""
    found, _ = await list_skills(reader, organization_id, Page(1), SkillFilter(kind, ids=(skill_id,)))
    return found[0] if found else None


async def find_skill_by_name(reader: Reader, organization_id: str, kind: SkillKind, name: str) -> Skill | None:
    """A skill by its name, in whatever letters."""
    row = await reader.one(SQL["find_skill_by_name"], {"organization_id": organization_id, "kind": kind, "name": name})
    return None if row is None else await find_skill(reader, organization_id, kind, row["id"])


async def lock_skills(tx: Transaction, kind: SkillKind, skill_ids: Collection[str]) -> set[str]:
    """Those of the ids that are skills, kept from being deleted until the transaction ends."""
    rows = await tx.all(SQL["lock_skills"], {**_mark(tx), "kind": kind, "ids": list(skill_ids)})
    return {row["id"] for row in rows}


async def retire_skill(tx: Transaction, kind: SkillKind, skill_id: str) -> tuple[str, int] | None:
    """Delete a skill and take it from everybody: its name and new version, or None for no such skill."""
    which = {**_mark(tx), "kind": kind, "id": skill_id}
    row = await tx.one(SQL["retire_skill"], which)
    if row is None:
        return None
    await tx.execute(SQL["remove_skill_from_all"], which)
    return row["name"], row["version"]


async def lock_person(tx: Transaction, person_id: str) -> None:
    """Let nobody else change this person's skills until the transaction ends."""
    await tx.all(SQL["lock_person"], {**_mark(tx), "person_id": person_id})


async def find_person_skills(
    reader: Reader, organization_id: str, kind: SkillKind, person_ids: Collection[str]
) -> dict[str, list[PersonSkill]]:
    """People's skills by name; each of the ids is in the answer."""
    wanted = {"organization_id": organization_id, "kind": kind, "person_ids": list(person_ids)}
    found: dict[str, list[PersonSkill]] = {person_id: [] for person_id in person_ids}
    for row in await reader.all(SQL["find_person_skills"], wanted):
        skill = PersonSkill(
            person_id=row["person_id"],
            skill_id=row["skill_id"],
            kind=SkillKind(row["kind"]),
            name=row["name"],
            proficiency=row["proficiency"],
        )
        found[skill.person_id].append(skill)
    return found


async def assign_skills(tx: Transaction, person_id: str, levels: Sequence[SkillLevel]) -> None:
    """Give a person skills, or other proficiencies in them."""
    await tx.execute_many(SQL["assign_skill"], [{**_mark(tx), "person_id": person_id, **asdict(lv)} for lv in levels])


async def remove_skills(tx: Transaction, person_id: str, skill_ids: Sequence[str]) -> None:
    """Take skills from a person."""
    wanted = [{**_mark(tx), "person_id": person_id, "skill_id": skill_id} for skill_id in skill_ids]
    await tx.execute_many(SQL["remove_skill"], wanted)


def _queue(row: Row) -> Queue:
    return Queue(
        id=row["id"],
        name=row["name"],
        description=row["description"],
        division=_division(row),
        settings=msgspec.convert(row["settings"], QueueSettings),
        record=_record(row, "since"),
        member_count=row["member_count"],
        joined_count=row["joined_count"],
    )


async def insert_queue(tx: Transaction, queue_id: str, draft: QueueDraft) -> bool:
    """Whether a new queue could be made: its id and name were free. The draft names its division."""
    return await tx.one(SQL["insert_queue"], {**_mark(tx), **_queue_values(queue_id, draft)}) is not None


def _queue_values(queue_id: str, draft: QueueDraft) -> Row:
    return {
        "id": queue_id,
        "name": draft.name,
        "description": draft.description,
        "division_id": draft.division_id,
        "settings": Json(draft.settings),
    }


async def update_queue(tx: Transaction, queue_id: str, draft: QueueDraft, *, active: bool = True) -> None:
    """Write a queue as the draft says, one version on; not ``active``: deleted."""
    await tx.execute(SQL["update_queue"], {**_mark(tx), **_queue_values(queue_id, draft), "active": active})


async def lock_queue(tx: Transaction, queue_id: str) -> bool:
    """Whether there is such a queue; held for a change until the transaction ends."""
    return await tx.one(SQL["lock_queue"], {**_mark(tx), "id": queue_id}) is not None


async def hold_queue(tx: Transaction, queue_id: str) -> bool:
    """Whether there is such a queue; kept from being deleted until the transaction ends."""
    return await tx.one(SQL["hold_queue"], {**_mark(tx), "id": queue_id}) is not None


async def list_queues(reader: Reader, organization_id: str, page: Page, wanted: QueueFilter) -> tuple[list[Queue], int]:
    """One page of queues by name, and how many there are."""
    parameters = {**_queue_filter(organization_id, wanted), "person_id": None, "joined": None}
    rows, total = await _page(reader, SQL["list_queues"], parameters, page)
    return [_queue(row) for row in rows], total


def _queue_filter(organization_id: str, wanted: QueueFilter) -> Row:
    return {
        "organization_id": organization_id,
        "name": as_pattern(wanted.name),
        "ids": _list(wanted.ids),
        "division_ids": _list(wanted.division_ids),
        "visible_in": _list(wanted.visible_in),
        "peer_ids": _list(wanted.peer_ids),
        "has_peer": wanted.has_peer,
    }


async def list_queues_of(
    reader: Reader, organization_id: str, page: Page, whose: Membership, wanted: QueueFilter
) -> tuple[list[PersonQueue], int]:
    """One page of a member's queues by name, and how many there are."""
    parameters = {**_queue_filter(organization_id, wanted), "person_id": whose.person_id, "joined": whose.joined}
    rows, total = await _page(reader, SQL["list_queues"], parameters, page)
    return [PersonQueue(_queue(row), row["joined"]) for row in rows], total


async def find_queue(reader: Reader, organization_id: str, queue_id: str) -> Queue | None:
    """A queue by id."""
    found, _ = await list_queues(reader, organization_id, Page(1), QueueFilter(ids=(queue_id,)))
    return found[0] if found else None


async def find_queue_by_name(reader: Reader, organization_id: str, name: str) -> Queue | None:
    """A queue by its name, in whatever letters."""
    row = await reader.one(SQL["find_queue_by_name"], {"organization_id": organization_id, "name": name})
    return None if row is None else await find_queue(reader, organization_id, row["id"])


def _standing(row: Row) -> Standing:
    return Standing(row["person_id"], row["joined"], row["ring_number"])


async def add_members(tx: Transaction, queue_id: str, person_ids: Collection[str]) -> list[Standing]:
    """Make people members who joined; those who were none before."""
    which = {**_mark(tx), "queue_id": queue_id, "person_ids": sorted(set(person_ids))}
    return [_standing(row) for row in await tx.all(SQL["add_members"], which)]


async def remove_members(tx: Transaction, queue_id: str, person_ids: Collection[str] | None) -> list[Standing]:
    """Take people (None: everybody) from a queue; those who were members."""
    which = {**_mark(tx), "queue_id": queue_id, "person_ids": _list(person_ids)}
    return [_standing(row) for row in await tx.all(SQL["remove_members"], which)]


async def lock_members(tx: Transaction, queue_id: str, person_ids: Collection[str]) -> dict[str, Standing]:
    """Those of the people who are members, held until the transaction ends."""
    rows = await tx.all(SQL["lock_members"], {**_mark(tx), "queue_id": queue_id, "person_ids": list(person_ids)})
    return {row["person_id"]: _standing(row) for row in rows}


async def update_members(tx: Transaction, queue_id: str, standings: Sequence[Standing]) -> None:
    """Write members' places as given."""
    mark = {**_mark(tx), "queue_id": queue_id}
    await tx.execute_many(SQL["update_member"], [{**mark, **asdict(standing)} for standing in standings])


async def list_members(
    reader: Reader, organization_id: str, queue_id: str, page: Page, wanted: MemberFilter
) -> tuple[list[Member], int]:
    """One page of a queue's members by name, and how many there are. Deleted people are left out."""
    parameters = {
        "organization_id": organization_id,
        "queue_id": queue_id,
        "name": as_pattern(wanted.name, before="%", after="%"),
        "joined": wanted.joined,
        "person_ids": _list(wanted.person_ids),
    }
    rows, total = await _page(reader, SQL["list_members"], parameters, page)
    columns = ("queue_id", "person_id", "name", "email", "joined", "ring_number")
    return [Member(*(row[column] for column in columns)) for row in rows], total


async def insert_wrapup_code(tx: Transaction, code_id: str, draft: WrapupCodeDraft) -> bool:
    """Whether a new wrap-up code could be made: its id and name were free. The draft names its division."""
    values = {
        "id": code_id,
        "name": draft.name,
        "description": draft.description,
        "division_id": draft.division_id,
    }
    return await tx.one(SQL["insert_wrapup_code"], {**_mark(tx), **values}) is not None


async def list_wrapup_codes(
    reader: Reader, organization_id: str, page: Page, wanted: WrapupCodeFilter
) -> tuple[list[WrapupCode], int]:
    """One page of wrap-up codes by name, and how many there are."""
    parameters = {
        "organization_id": organization_id,
        "name": as_pattern(wanted.name),
        "ids": _list(wanted.ids),
        "division_ids": _list(wanted.division_ids),
        "visible_in": _list(wanted.visible_in),
        "queue_id": wanted.queue_id,
    }
    rows, total = await _page(reader, SQL["list_wrapup_codes"], parameters, page)
    return [_wrapup_code(row) for row in rows], total


def _wrapup_code(row: Row) -> WrapupCode:
    return WrapupCode(
        id=row["id"],
        name=row["name"],
        description=row["description"],
        division=Division(EVERY_DIVISION, "*") if row["division_id"] == EVERY_DIVISION else _division(row),
        record=_record(row, "changed_at"),
    )


async def find_wrapup_code(reader: Reader, organization_id: str, code_id: str) -> WrapupCode | None:
    """A wrap-up code by id."""
    found, _ = await list_wrapup_codes(reader, organization_id, Page(1), WrapupCodeFilter(ids=(code_id,)))
    return found[0] if found else None


async def find_wrapup_code_by_name(reader: Reader, organization_id: str, name: str) -> WrapupCode | None:
    """A wrap-up code by its name, in whatever letters."""
    row = await reader.one(SQL["find_wrapup_code_by_name"], {"organization_id": organization_id, "name": name})
    return None if row is None else await find_wrapup_code(reader, organization_id, row["id"])


async def add_queue_wrapup_codes(tx: Transaction, queue_id: str, code_ids: Collection[str]) -> tuple[str, ...]:
    """Give a queue wrap-up codes; those it did not have."""
    which = {**_mark(tx), "queue_id": queue_id, "ids": sorted(set(code_ids))}
    return tuple(row["wrapup_code_id"] for row in await tx.all(SQL["add_queue_wrapup_codes"], which))


async def remove_queue_wrapup_code(tx: Transaction, queue_id: str, code_id: str) -> bool:
    """Take a wrap-up code from a queue; whether it had it."""
    return await tx.execute(SQL["remove_queue_wrapup_code"], {**_mark(tx), "queue_id": queue_id, "id": code_id}) == 1


async def find_settings(reader: Reader, organization_id: str) -> RoutingSettings:
    """The organization's settings, or the defaults."""
    row = await reader.one(SQL["find_settings"], {"organization_id": organization_id})
    return RoutingSettings() if row is None else msgspec.convert(row, RoutingSettings)


async def lock_settings(tx: Transaction) -> None:
    """Let nobody else change the settings until the transaction ends."""
    await tx.all(SQL["lock_settings"], _mark(tx))


async def put_settings(tx: Transaction, settings: RoutingSettings) -> int:
    """Write the settings: their new version."""
    values = {
        "reset_agent_score_on_presence_change": settings.reset_agent_score_on_presence_change,
        "utilization": Json(settings.utilization),
    }
    row = await tx.one(SQL["put_settings"], {**_mark(tx), **values})
    assert row is not None
    version: int = row["version"]
    return version
