"""What people can."""

from collections.abc import Sequence

from litestar import delete, get, patch, post, put

from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.foundation.web.paging import Listing, Page, listing
from shiftline.routing.model.skills import PersonSkill, SkillKind, SkillLevel
from shiftline.routing.operations import person_skills
from shiftline.routing.wire.queues import check_same_id
from shiftline.routing.wire.skills import (
    PERSON_PLACES,
    ProficiencyBody,
    SkillLevelBody,
    SkillLevelsBody,
    WirePersonSkill,
    read_levels,
    show_person_skill,
)

OF_USER = "/api/v2/users/{user_id:str}"
SKILLS = f"{OF_USER}/routingskills"
LANGUAGES = f"{OF_USER}/routinglanguages"
TAGS = ["Users"]
SKILL, LANGUAGE = SkillKind.SKILL, SkillKind.LANGUAGE


def _show(skills: Sequence[PersonSkill], page: Page, user_id: str, kind: SkillKind) -> Listing[WirePersonSkill]:
    part = skills[page.offset : page.offset + page.size]
    path = f"/api/v2/users/{user_id}/{PERSON_PLACES[kind]}"
    return listing([show_person_skill(skill) for skill in part], len(skills), page, path)


@get(SKILLS, operation_id="getUserRoutingskills", tags=TAGS)
async def get_user_skills(context: Context, user_id: str, page: Page) -> Listing[WirePersonSkill]:
    """A user's skills by name."""
    return _show(await person_skills.get_person_skills(context, user_id, SKILL), page, user_id, SKILL)


@post(SKILLS, operation_id="postUserRoutingskills", status_code=200, tags=TAGS)
async def post_user_skill(context: Context, user_id: str, data: SkillLevelBody) -> WirePersonSkill:
    """Give a user a skill, or another proficiency in it."""
    level = SkillLevel(data.id, data.proficiency)
    return show_person_skill(await person_skills.assign_skill(context, user_id, level, SKILL))


@put(f"{SKILLS}/{{skill_id:str}}", operation_id="putUserRoutingskill", tags=TAGS)
async def put_user_skill(context: Context, user_id: str, skill_id: str, data: ProficiencyBody) -> WirePersonSkill:
    """Give a user a skill, or another proficiency in it."""
    check_same_id(skill_id, data.id)
    level = SkillLevel(skill_id, data.proficiency)
    return show_person_skill(await person_skills.assign_skill(context, user_id, level, SKILL))


@put(f"{SKILLS}/bulk", operation_id="putUserRoutingskillsBulk", tags=TAGS)
async def put_user_skills(
    context: Context, user_id: str, page: Page, data: SkillLevelsBody
) -> Listing[WirePersonSkill]:
    """Make these a user's only skills."""
    wish = read_levels(data, SKILL, only=True)
    return _show(await person_skills.set_person_skills(context, user_id, wish), page, user_id, SKILL)


@patch(f"{SKILLS}/bulk", operation_id="patchUserRoutingskillsBulk", tags=TAGS)
async def patch_user_skills(
    context: Context, user_id: str, page: Page, data: SkillLevelsBody
) -> Listing[WirePersonSkill]:
    """Give a user skills beside those they have."""
    wish = read_levels(data, SKILL, only=False)
    return _show(await person_skills.set_person_skills(context, user_id, wish), page, user_id, SKILL)


@delete(f"{SKILLS}/{{skill_id:str}}", operation_id="deleteUserRoutingskill", tags=TAGS)
async def delete_user_skill(context: Context, user_id: str, skill_id: str) -> None:
    """Take a skill from a user."""
    await person_skills.remove_skill(context, user_id, skill_id, SKILL)


@get(LANGUAGES, operation_id="getUserRoutinglanguages", tags=TAGS)
async def get_user_languages(context: Context, user_id: str, page: Page) -> Listing[WirePersonSkill]:
    """A user's languages by name."""
    return _show(await person_skills.get_person_skills(context, user_id, LANGUAGE), page, user_id, LANGUAGE)


@post(LANGUAGES, operation_id="postUserRoutinglanguages", status_code=200, tags=TAGS)
async def post_user_language(context: Context, user_id: str, data: SkillLevelBody) -> WirePersonSkill:
    """Give a user a language, or another proficiency in it."""
    level = SkillLevel(data.id, data.proficiency)
    return show_person_skill(await person_skills.assign_skill(context, user_id, level, LANGUAGE))


@patch(f"{LANGUAGES}/bulk", operation_id="patchUserRoutinglanguagesBulk", tags=TAGS)
async def patch_user_languages(
    context: Context, user_id: str, page: Page, data: SkillLevelsBody
) -> Listing[WirePersonSkill]:
    """Give a user languages beside those they have."""
    wish = read_levels(data, LANGUAGE, only=False)
    return _show(await person_skills.set_person_skills(context, user_id, wish), page, user_id, LANGUAGE)


@delete(f"{LANGUAGES}/{{language_id:str}}", operation_id="deleteUserRoutinglanguage", tags=TAGS)
async def delete_user_language(context: Context, user_id: str, language_id: str) -> None:
    """Take a language from a user."""
    await person_skills.remove_skill(context, user_id, language_id, LANGUAGE)


async def expand_skills(
    reader: Reader, organization_id: str, person_ids: Sequence[str]
) -> dict[str, list[WirePersonSkill]]:
    """The field ``skills`` of users."""
    return await _expand(reader, organization_id, person_ids, SKILL)


async def expand_languages(
    reader: Reader, organization_id: str, person_ids: Sequence[str]
) -> dict[str, list[WirePersonSkill]]:
    """The field ``languages`` of users."""
    return await _expand(reader, organization_id, person_ids, LANGUAGE)


async def _expand(
    reader: Reader, organization_id: str, person_ids: Sequence[str], kind: SkillKind
) -> dict[str, list[WirePersonSkill]]:
    found = await person_skills.find_person_skills(reader, organization_id, person_ids, kind)
    return {person_id: [show_person_skill(skill) for skill in skills] for person_id, skills in found.items()}


ROUTES = [
    get_user_skills,
    post_user_skill,
    put_user_skill,
    put_user_skills,
    patch_user_skills,
    delete_user_skill,
    get_user_languages,
    post_user_language,
    patch_user_languages,
    delete_user_language,
]
