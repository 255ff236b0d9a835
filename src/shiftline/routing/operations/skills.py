"""Skills and languages."""

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.ids import new_id
from shiftline.foundation.web.paging import Page
from shiftline.routing.errors import NameTaken, SkillNotFound
from shiftline.routing.events import SkillChanged
from shiftline.routing.model.skills import Skill, SkillDraft, SkillFilter, SkillKind
from shiftline.routing.operations.places import choose_division, find_visible_divisions
from shiftline.routing.store import skills

VIEW = "routing:skill:view"
MAKE = {
    SkillKind.SKILL: ("routing:skill:manage", "routing:skill:create"),
    SkillKind.LANGUAGE: ("routing:skill:manage",),
}
DELETE = {
    SkillKind.SKILL: ("routing:skill:manage", "routing:skill:delete"),
    SkillKind.LANGUAGE: ("routing:skill:manage",),
}


async def list_skills(
    context: Context, kind: SkillKind, page: Page, *, name: str | None = None, ids: tuple[str, ...] | None = None
) -> tuple[list[Skill], int]:
    """One page of skills by name, and how many there are: those without division, and those of divisions one sees."""
    wanted = SkillFilter(kind, name, ids, find_visible_divisions(context, VIEW))
    async with context.reader() as reader:
        return await skills.list_skills(reader, context.organization_id, page, wanted)


async def get_skill(context: Context, kind: SkillKind, skill_id: str) -> Skill:
    """One skill. Raises SkillNotFound, PermissionMissing."""
    async with context.reader() as reader:
        skill = await skills.find_skill(reader, context.organization_id, kind, skill_id)
    if skill is None:
        raise SkillNotFound(kind, skill_id)
    if skill.division is not None:
        require(context, VIEW, division_id=skill.division.id)
    return skill


async def create_skill(context: Context, draft: SkillDraft) -> Skill:
    """A new skill; an equal one that exists is answered as it is. Raises NameTaken, Unknown, PermissionMissing."""
    require(context, *MAKE[draft.kind], division_id=draft.division_id)
    async with context.transaction() as tx:
        return await make_skill_in(tx, draft)


async def create_skill_in(tx: Transaction, name: str, skill_id: str | None = None) -> Skill:
    """A new skill without division in the caller's transaction. Raises NameTaken."""
    return await make_skill_in(tx, SkillDraft(name, id=skill_id))


async def make_skill_in(tx: Transaction, draft: SkillDraft) -> Skill:
    """``create_skill`` in the caller's transaction."""
    organization_id, skill_id = tx.context.organization_id, draft.id or new_id()
    if draft.division_id is not None:
        await choose_division(tx, organization_id, draft.division_id, "divisionId")
    if await skills.insert_skill(tx, skill_id, draft):
        skill = await skills.find_skill(tx, organization_id, draft.kind, skill_id)
        assert skill is not None
        tx.record(_changed(tx, skill.kind, skill_id, skill.name, version=skill.version, active=True))
        return skill
    existing = await skills.find_skill_by_name(tx, organization_id, draft.kind, draft.name)
    if existing is None or not _is_same(existing, draft):
        raise NameTaken(draft.kind, draft.name if existing else skill_id)
    return existing


def _is_same(skill: Skill, draft: SkillDraft) -> bool:
    division_id = skill.division and skill.division.id
    return (skill.name, division_id) == (draft.name, draft.division_id) and draft.id in (None, skill.id)


async def delete_skill(context: Context, kind: SkillKind, skill_id: str) -> None:
    """Take a skill out of use and from everybody; its past stays. Raises SkillNotFound, PermissionMissing."""
    require(context, *DELETE[kind])
    async with context.transaction() as tx:
        skill = await skills.find_skill(tx, context.organization_id, kind, skill_id)
        if skill is None:
            raise SkillNotFound(kind, skill_id)
        if skill.division is not None:
            require(context, *DELETE[kind], division_id=skill.division.id)
        retired = await skills.retire_skill(tx, kind, skill_id)
        if retired is None:
            raise SkillNotFound(kind, skill_id)
        tx.record(_changed(tx, kind, skill_id, retired[0], version=retired[1], active=False))


def _changed(tx: Transaction, kind: SkillKind, skill_id: str, name: str, *, version: int, active: bool) -> SkillChanged:
    return SkillChanged(
        organization_id=tx.context.organization_id,
        skill_id=skill_id,
        kind=kind.value,
        name=name,
        active=active,
        version=version,
    )
