"""Skills, languages and who has them: repeats, deletion, the past, other tenants, two at once."""

import asyncio
from datetime import timedelta

import pytest
from tests.conftest import SettableContext
from tests.store.conftest import Tenant

from shiftline.authorization.errors import PermissionMissing
from shiftline.authorization.operations import create_division
from shiftline.foundation.errors import Conflict, Invalid, NotFound
from shiftline.foundation.web.paging import Page
from shiftline.routing.errors import NameTaken, SkillNotFound, Unknown
from shiftline.routing.events import PersonSkillChanged, SkillChanged
from shiftline.routing.model.skills import SkillDraft, SkillKind, SkillLevel, SkillWish
from shiftline.routing.operations.person_skills import (
    assign_skill,
    assign_skill_in,
    get_person_skills,
    remove_skill,
    set_person_skills,
)
from shiftline.routing.operations.skills import create_skill, create_skill_in, delete_skill, get_skill, list_skills

SKILL, LANGUAGE = SkillKind.SKILL, SkillKind.LANGUAGE


async def levels_of(tenant: Tenant, person_id: str, kind: SkillKind = SKILL) -> dict[str, float]:
    return {skill.name: skill.proficiency for skill in await get_person_skills(tenant.context, person_id, kind)}


async def test_the_same_skill_twice_is_one_skill(tenant: Tenant) -> None:
    first = await create_skill(tenant.context, SkillDraft("Voice support", id="skill-voice-support"))
    assert first.id == "skill-voice-support"
    assert [event.active for event in await tenant.news(SkillChanged)] == [True]
    assert await create_skill(tenant.context, SkillDraft("Voice support")) == first
    async with tenant.context.transaction() as tx:
        assert await create_skill_in(tx, "Voice support", "skill-voice-support") == first
    assert await tenant.news(SkillChanged) == []
    with pytest.raises(NameTaken):
        await create_skill(tenant.context, SkillDraft("VOICE SUPPORT"))
    with pytest.raises(NameTaken):
        await create_skill(tenant.context, SkillDraft("Voice support", id="another"))
    with pytest.raises(NameTaken):
        await create_skill(tenant.context, SkillDraft("Another", id="skill-voice-support"))
    assert (await list_skills(tenant.context, SKILL, Page()))[1] == 1


async def test_a_language_is_no_skill(tenant: Tenant) -> None:
    english = await create_skill(tenant.context, SkillDraft("English", LANGUAGE))
    await create_skill(tenant.context, SkillDraft("English"))
    assert [skill.id for skill in (await list_skills(tenant.context, LANGUAGE, Page()))[0]] == [english.id]
    with pytest.raises(SkillNotFound):
        await get_skill(tenant.context, SKILL, english.id)
    ada = await tenant.person("Ada")
    with pytest.raises(Unknown):
        await assign_skill(tenant.context, ada.id, SkillLevel(english.id, 3), SKILL)
    await assign_skill(tenant.context, ada.id, SkillLevel(english.id, 3), LANGUAGE)
    assert await levels_of(tenant, ada.id) == {}
    assert await levels_of(tenant, ada.id, LANGUAGE) == {"English": 3}


async def test_skills_are_listed_by_name_and_found_by_beginning_and_id(tenant: Tenant) -> None:
    made = [await create_skill(tenant.context, SkillDraft(name)) for name in ("billing", "Bikes", "10%_off", "Sales")]
    found, total = await list_skills(tenant.context, SKILL, Page(2, 1))
    assert ([skill.name for skill in found], total) == (["10%_off", "Bikes"], 4)
    found, total = await list_skills(tenant.context, SKILL, Page(), name="bi")
    assert [skill.name for skill in found] == ["Bikes", "billing"]
    assert [s.name for s in (await list_skills(tenant.context, SKILL, Page(), name="10%_"))[0]] == ["10%_off"]
    assert (await list_skills(tenant.context, SKILL, Page(), name="%"))[1] == 0
    found, _ = await list_skills(tenant.context, SKILL, Page(), ids=(made[0].id, made[3].id, "unknown"))
    assert [skill.name for skill in found] == ["billing", "Sales"]
    assert await list_skills(tenant.context, SKILL, Page(2, 99)) == ([], 4)


async def test_a_skill_of_a_division_is_seen_with_the_permission_in_it(tenant: Tenant) -> None:
    north = await create_division(tenant.context, "North", None)
    south = await create_division(tenant.context, "South", None)
    ada = await tenant.person("Ada")
    secret = await create_skill(tenant.context, SkillDraft("Secret", division_id=north.id))
    assert secret.division is not None
    assert secret.division.name == "North"
    await create_skill(tenant.context, SkillDraft("Open"))
    for division_id, names in ((north.id, ["Open", "Secret"]), (south.id, ["Open"])):
        viewer = tenant.acting_as(ada, "routing:skill:view", division_id=division_id)
        assert [skill.name for skill in (await list_skills(viewer, SKILL, Page()))[0]] == names
    assert (await list_skills(tenant.acting_as(ada), SKILL, Page()))[1] == 1
    with pytest.raises(PermissionMissing):
        await get_skill(tenant.acting_as(ada), SKILL, secret.id)
    creator = tenant.acting_as(ada, "routing:skill:create", division_id=south.id)
    with pytest.raises(PermissionMissing):
        await create_skill(creator, SkillDraft("Mine", division_id=north.id))
    await create_skill(creator, SkillDraft("Mine", division_id=south.id))
    deleter = tenant.acting_as(ada, "routing:skill:delete", division_id=south.id)
    with pytest.raises(PermissionMissing):
        await delete_skill(deleter, SKILL, secret.id)
    with pytest.raises(Unknown) as unknown:
        await create_skill(tenant.context, SkillDraft("Nowhere", division_id="nowhere"))
    assert unknown.value.problems[0].field == "divisionId"


async def test_a_deleted_skill_goes_from_everybody_and_its_past_stays(tenant: Tenant, context: SettableContext) -> None:
    context.clock.set("2026-03-01T08:00:00+00:00")
    ada = await tenant.person("Ada")
    skill = await create_skill(context, SkillDraft("Sales"))
    await assign_skill(context, ada.id, SkillLevel(skill.id, 4), SKILL)
    context.clock.advance(timedelta(days=1))
    await assign_skill(context, ada.id, SkillLevel(skill.id, 2), SKILL)
    context.clock.advance(timedelta(days=1))
    await tenant.news()
    await delete_skill(context, SKILL, skill.id)
    assert [event.active for event in await tenant.news(SkillChanged)] == [False]
    assert await levels_of(tenant, ada.id) == {}
    with pytest.raises(SkillNotFound):
        await delete_skill(context, SKILL, skill.id)
    with pytest.raises(Unknown):
        await assign_skill(context, ada.id, SkillLevel(skill.id, 2), SKILL)
    again = await create_skill(context, SkillDraft("Sales"))
    assert again.id != skill.id
    async with context.reader() as reader:
        then = await reader.all(
            """select proficiency, lower(valid)::date::text as first, upper(valid)::date::text as last
               from routing.public_person_skill_timeline where person_id = %(id)s order by valid""",
            {"id": ada.id},
        )
    assert then == [
        {"proficiency": 4.0, "first": "2026-03-01", "last": "2026-03-02"},
        {"proficiency": 2.0, "first": "2026-03-02", "last": "2026-03-03"},
    ]


async def test_setting_skills_tells_only_what_changed(tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    a, b, c = [(await create_skill(tenant.context, SkillDraft(name))).id for name in "abc"]
    both = SkillWish((SkillLevel(a, 1), SkillLevel(b, 2.5)), only=True)
    await set_person_skills(tenant.context, ada.id, both)
    await tenant.news()
    await set_person_skills(tenant.context, ada.id, both)
    assert await tenant.news(PersonSkillChanged) == []
    held = await set_person_skills(tenant.context, ada.id, SkillWish((SkillLevel(c, 5), SkillLevel(b, 3))))
    assert [(skill.name, skill.proficiency) for skill in held] == [("a", 1), ("b", 3), ("c", 5)]
    assert {(e.skill_id, e.proficiency) for e in await tenant.news(PersonSkillChanged)} == {(c, 5.0), (b, 3.0)}
    await set_person_skills(tenant.context, ada.id, SkillWish((SkillLevel(c, 5),), only=True))
    assert {(e.skill_id, e.proficiency) for e in await tenant.news(PersonSkillChanged)} == {(a, None), (b, None)}
    await remove_skill(tenant.context, ada.id, c, SKILL)
    await remove_skill(tenant.context, ada.id, c, SKILL)
    assert len(await tenant.news(PersonSkillChanged)) == 1
    await assign_skill(tenant.context, ada.id, SkillLevel(c, 0), SKILL)
    assert await levels_of(tenant, ada.id) == {"c": 0}


async def test_an_unknown_skill_in_a_list_is_named_and_nothing_is_stored(tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    a = (await create_skill(tenant.context, SkillDraft("a"))).id
    with pytest.raises(Unknown) as unknown:
        await set_person_skills(tenant.context, ada.id, SkillWish((SkillLevel(a, 1), SkillLevel("nothing", 1))))
    assert unknown.value.problems[0].field == "[1].id"
    assert await levels_of(tenant, ada.id) == {}
    with pytest.raises(SkillNotFound):
        await remove_skill(tenant.context, ada.id, "nothing", SKILL)
    with pytest.raises(Unknown):
        async with tenant.context.transaction() as tx:
            await assign_skill_in(tx, "nobody", a, 3)


async def test_assigning_needs_the_permission_in_the_persons_division(tenant: Tenant) -> None:
    ada, bob = await tenant.person("Ada"), await tenant.person("Bob")
    skill = (await create_skill(tenant.context, SkillDraft("a"))).id
    with pytest.raises(PermissionMissing):
        await assign_skill(tenant.acting_as(ada), ada.id, SkillLevel(skill, 5), SKILL)
    north = await create_division(tenant.context, "North", None)
    stranger = tenant.acting_as(ada, "routing:skill:assign", division_id=north.id)
    with pytest.raises(PermissionMissing):
        await assign_skill(stranger, bob.id, SkillLevel(skill, 5), SKILL)
    colleague = tenant.acting_as(ada, "routing:skill:assign", division_id=bob.division_id)
    await assign_skill(colleague, bob.id, SkillLevel(skill, 5), SKILL)


async def test_another_tenants_skill_and_person_are_not_found(tenant: Tenant, other_tenant: Tenant) -> None:
    ada, eve = await tenant.person("Ada"), await other_tenant.person("Eve")
    skill = await create_skill(tenant.context, SkillDraft("a"))
    theirs = await create_skill(other_tenant.context, SkillDraft("a"))
    assert (await list_skills(other_tenant.context, SKILL, Page(), ids=(skill.id,)))[1] == 0
    with pytest.raises(NotFound):
        await get_skill(other_tenant.context, SKILL, skill.id)
    with pytest.raises(NotFound):
        await delete_skill(other_tenant.context, SKILL, skill.id)
    with pytest.raises(NotFound):
        await get_person_skills(other_tenant.context, ada.id)
    with pytest.raises(NotFound):
        await assign_skill(other_tenant.context, ada.id, SkillLevel(theirs.id, 1), SKILL)
    with pytest.raises(Invalid):
        await assign_skill(other_tenant.context, eve.id, SkillLevel(skill.id, 1), SKILL)


async def test_an_imported_id_may_be_the_same_in_two_tenants(tenant: Tenant, other_tenant: Tenant) -> None:
    for each in (tenant, other_tenant):
        assert (await create_skill(each.context, SkillDraft("Voice", id="skill-voice-support"))).version == 1


async def test_two_who_replace_a_persons_skills_at_once_leave_one_wish(tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    ids = [(await create_skill(tenant.context, SkillDraft(name))).id for name in "abcdef"]
    wishes = [SkillWish((SkillLevel(each, 1),), only=True) for each in ids]
    await asyncio.gather(*(set_person_skills(tenant.context, ada.id, wish) for wish in wishes))
    assert len(await levels_of(tenant, ada.id)) == 1


async def test_a_skill_made_by_many_at_once_is_made_once(tenant: Tenant) -> None:
    made = await asyncio.gather(
        *(create_skill(tenant.context, SkillDraft("Sales")) for _ in range(6)), return_exceptions=True
    )
    assert len({skill.id for skill in made if not isinstance(skill, BaseException)}) == 1
    assert [each for each in made if isinstance(each, Conflict)] == []
