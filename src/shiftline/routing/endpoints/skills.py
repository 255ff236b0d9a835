"""Skills and languages."""

from litestar import delete, get, post

from shiftline.foundation.context import Context
from shiftline.foundation.web.paging import Listing, Page, listing
from shiftline.routing.endpoints.filters import IdsFilter, NameFilter, read_ids
from shiftline.routing.model.skills import SkillDraft, SkillKind
from shiftline.routing.operations import skills
from shiftline.routing.wire.skills import PLACES, LanguageBody, SkillBody, WireSkill, read_skill, show_skill

SKILLS, LANGUAGES = PLACES[SkillKind.SKILL], PLACES[SkillKind.LANGUAGE]
TAGS = ["Routing"]


@get(SKILLS, operation_id="getRoutingSkills", tags=TAGS)
async def get_skills(
    context: Context, page: Page, name: NameFilter = None, ids: IdsFilter = None
) -> Listing[WireSkill]:
    """Skills by name."""
    found, total = await skills.list_skills(context, SkillKind.SKILL, page, name=name, ids=read_ids(ids))
    return listing([show_skill(skill) for skill in found], total, page, SKILLS)


@post(SKILLS, operation_id="postRoutingSkills", status_code=200, tags=TAGS)
async def post_skill(context: Context, data: SkillBody) -> WireSkill:
    """A new skill."""
    return show_skill(await skills.create_skill(context, read_skill(data)))


@get(f"{SKILLS}/{{skill_id:str}}", operation_id="getRoutingSkill", tags=TAGS)
async def get_skill(context: Context, skill_id: str) -> WireSkill:
    """One skill."""
    return show_skill(await skills.get_skill(context, SkillKind.SKILL, skill_id))


@delete(f"{SKILLS}/{{skill_id:str}}", operation_id="deleteRoutingSkill", tags=TAGS)
async def delete_skill(context: Context, skill_id: str) -> None:
    """Take a skill out of use and from everybody."""
    await skills.delete_skill(context, SkillKind.SKILL, skill_id)


@get(LANGUAGES, operation_id="getRoutingLanguages", tags=TAGS)
async def get_languages(
    context: Context, page: Page, name: NameFilter = None, ids: IdsFilter = None
) -> Listing[WireSkill]:
    """Languages by name."""
    found, total = await skills.list_skills(context, SkillKind.LANGUAGE, page, name=name, ids=read_ids(ids))
    return listing([show_skill(skill) for skill in found], total, page, LANGUAGES)


@post(LANGUAGES, operation_id="postRoutingLanguages", status_code=200, tags=TAGS)
async def post_language(context: Context, data: LanguageBody) -> WireSkill:
    """A new language."""
    return show_skill(await skills.create_skill(context, SkillDraft(data.name, SkillKind.LANGUAGE)))


@get(f"{LANGUAGES}/{{language_id:str}}", operation_id="getRoutingLanguage", tags=TAGS)
async def get_language(context: Context, language_id: str) -> WireSkill:
    """One language."""
    return show_skill(await skills.get_skill(context, SkillKind.LANGUAGE, language_id))


@delete(f"{LANGUAGES}/{{language_id:str}}", operation_id="deleteRoutingLanguage", tags=TAGS)
async def delete_language(context: Context, language_id: str) -> None:
    """Take a language out of use and from everybody."""
    await skills.delete_skill(context, SkillKind.LANGUAGE, language_id)


ROUTES = [
    get_skills,
    post_skill,
    get_skill,
    delete_skill,
    get_languages,
    post_language,
    get_language,
    delete_language,
]
