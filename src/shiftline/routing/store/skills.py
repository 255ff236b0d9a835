"""Skills and who has them, in PostgreSQL."""

from collections.abc import Collection, Sequence
from dataclasses import asdict

from shiftline.foundation.database import Reader, Row, Transaction
from shiftline.foundation.web.paging import Page
from shiftline.routing.model.skills import PersonSkill, Skill, SkillDraft, SkillFilter, SkillKind, SkillLevel
from shiftline.routing.store.statements import SQL, as_division, as_list, as_pattern, mark, read_page


async def insert_skill(tx: Transaction, skill_id: str, draft: SkillDraft) -> bool:
    """Whether a new skill could be made: its id and name were free."""
    values = {"id": skill_id, "kind": draft.kind, "name": draft.name, "division_id": draft.division_id}
    return await tx.one(SQL["insert_skill"], {**mark(tx), **values}) is not None


async def list_skills(reader: Reader, organization_id: str, page: Page, wanted: SkillFilter) -> tuple[list[Skill], int]:
    """One page of skills by name, and how many there are."""
    parameters = {
        "organization_id": organization_id,
        "kind": wanted.kind,
        "name": as_pattern(wanted.name, after="%"),
        "ids": as_list(wanted.ids),
        "visible_in": as_list(wanted.visible_in),
    }
    rows, total = await read_page(reader, SQL["list_skills"], parameters, page)
    return [_skill(row) for row in rows], total


def _skill(row: Row) -> Skill:
    return Skill(
        id=row["id"],
        kind=SkillKind(row["kind"]),
        name=row["name"],
        division=None if row["division_id"] is None else as_division(row),
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
    rows = await tx.all(SQL["lock_skills"], {**mark(tx), "kind": kind, "ids": list(skill_ids)})
    return {row["id"] for row in rows}


async def retire_skill(tx: Transaction, kind: SkillKind, skill_id: str) -> tuple[str, int] | None:
    """Delete a skill and take it from everybody: its name and new version, or None for no such skill."""
    which = {**mark(tx), "kind": kind, "id": skill_id}
    row = await tx.one(SQL["retire_skill"], which)
    if row is None:
        return None
    await tx.execute(SQL["remove_skill_from_all"], which)
    return row["name"], row["version"]


async def lock_person(tx: Transaction, person_id: str) -> None:
    """Let nobody else change this person's skills until the transaction ends."""
    await tx.all(SQL["lock_person"], {**mark(tx), "person_id": person_id})


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
    await tx.execute_many(SQL["assign_skill"], [{**mark(tx), "person_id": person_id, **asdict(lv)} for lv in levels])


async def remove_skills(tx: Transaction, person_id: str, skill_ids: Sequence[str]) -> None:
    """Take skills from a person."""
    wanted = [{**mark(tx), "person_id": person_id, "skill_id": skill_id} for skill_id in skill_ids]
    await tx.execute_many(SQL["remove_skill"], wanted)
