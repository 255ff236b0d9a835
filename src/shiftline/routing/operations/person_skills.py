"""What people can: skills and languages with a proficiency from 0 to 5."""

from collections.abc import Collection

from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.identity.operations.people import find_people
from shiftline.identity.operations.targets import get_target
from shiftline.routing.errors import SkillNotFound, Unknown
from shiftline.routing.events import PersonSkillChanged
from shiftline.routing.model.skills import PersonSkill, SkillKind, SkillLevel, SkillWish
from shiftline.routing.rules.skills import SkillPlan, check_wish, plan_skills
from shiftline.routing.store import skills

ASSIGN = ("routing:skill:assign",)


async def find_person_skills(
    reader: Reader, organization_id: str, person_ids: Collection[str], kind: SkillKind = SkillKind.SKILL
) -> dict[str, list[PersonSkill]]:
    """The skills of people by person id, each list by name; each of them is in the answer."""
    return await skills.find_person_skills(reader, organization_id, kind, person_ids)


async def get_person_skills(context: Context, person_id: str, kind: SkillKind = SkillKind.SKILL) -> list[PersonSkill]:
    """A person's skills by name. Raises PersonNotFound."""
    await get_target(context, person_id, own=(), other=())
    async with context.reader() as reader:
        return (await find_person_skills(reader, context.organization_id, [person_id], kind))[person_id]


async def assign_skill(context: Context, person_id: str, level: SkillLevel, kind: SkillKind) -> PersonSkill:
    """Give a person a skill, or another proficiency in it. Raises PersonNotFound, Unknown, Invalid."""
    skills = await set_person_skills(context, person_id, SkillWish((level,), kind, listed=False))
    return next(skill for skill in skills if skill.skill_id == level.skill_id)


async def assign_skill_in(
    tx: Transaction, person_id: str, skill_id: str, proficiency: float, kind: SkillKind = SkillKind.SKILL
) -> PersonSkill:
    """``assign_skill`` in the caller's transaction. Raises Unknown for a person or skill that does not exist."""
    if person_id not in await find_people(tx, tx.context.organization_id, [person_id]):
        raise Unknown("userId", "user", person_id)
    skills = await set_person_skills_in(
        tx, person_id, SkillWish((SkillLevel(skill_id, proficiency),), kind, listed=False)
    )
    return next(skill for skill in skills if skill.skill_id == skill_id)


async def set_person_skills(context: Context, person_id: str, wish: SkillWish) -> list[PersonSkill]:
    """Make a wish about a person's skills true: all of their skills of that kind. Raises PersonNotFound, Unknown, Invalid."""
    await get_target(context, person_id, own=ASSIGN, other=ASSIGN)
    async with context.transaction() as tx:
        return await set_person_skills_in(tx, person_id, wish)


async def set_person_skills_in(tx: Transaction, person_id: str, wish: SkillWish) -> list[PersonSkill]:
    """``set_person_skills`` in the caller's transaction, for a person who exists. Raises Unknown, Invalid."""
    check_wish(wish)
    await skills.lock_person(tx, person_id)
    known = await skills.lock_skills(tx, wish.kind, [level.skill_id for level in wish.levels])
    for index, level in enumerate(wish.levels):
        if level.skill_id not in known:
            raise Unknown(wish.field(index, "id"), wish.kind, level.skill_id)
    held = await _held(tx, person_id, wish.kind)
    await _apply(tx, person_id, plan_skills(held, wish))
    return await _held(tx, person_id, wish.kind)


async def remove_skill(context: Context, person_id: str, skill_id: str, kind: SkillKind) -> None:
    """Take a skill from a person; nothing happens when they do not have it. Raises PersonNotFound, SkillNotFound."""
    await get_target(context, person_id, own=ASSIGN, other=ASSIGN)
    async with context.transaction() as tx:
        await skills.lock_person(tx, person_id)
        if await skills.find_skill(tx, context.organization_id, kind, skill_id) is None:
            raise SkillNotFound(kind, skill_id)
        if any(skill.skill_id == skill_id for skill in await _held(tx, person_id, kind)):
            await _apply(tx, person_id, SkillPlan((), (skill_id,)))


async def _held(tx: Transaction, person_id: str, kind: SkillKind) -> list[PersonSkill]:
    return (await find_person_skills(tx, tx.context.organization_id, [person_id], kind))[person_id]


async def _apply(tx: Transaction, person_id: str, plan: SkillPlan) -> None:
    await skills.assign_skills(tx, person_id, plan.assign)
    await skills.remove_skills(tx, person_id, plan.remove)
    changed: list[tuple[str, float | None]] = [(level.skill_id, level.proficiency) for level in plan.assign]
    changed += [(skill_id, None) for skill_id in plan.remove]
    for skill_id, proficiency in changed:
        tx.record(
            PersonSkillChanged(
                organization_id=tx.context.organization_id,
                person_id=person_id,
                skill_id=skill_id,
                proficiency=proficiency,
            )
        )
