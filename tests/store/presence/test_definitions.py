"""Presence definitions and sources: made, changed, put out of use; whose they are."""

import asyncio

import pytest
from tests.store.conftest import Tenant

from shiftline.authorization.errors import PermissionMissing
from shiftline.authorization.operations import create_division
from shiftline.foundation.errors import Conflict, Invalid, NotFound
from shiftline.presence.errors import DefinitionNotFound, SystemDefinitionFixed
from shiftline.presence.events import DefinitionChanged
from shiftline.presence.model import PURECLOUD, SYSTEM_DEFINITIONS, DefinitionDraft, PresenceRequest, SystemPresence
from shiftline.presence.operations.definitions import (
    change_definition,
    create_definition,
    deactivate_definition,
    get_definition,
    list_definitions,
    prepare_organization,
)
from shiftline.presence.operations.presences import change_presence
from shiftline.presence.operations.sources import create_source, get_source, list_sources

COFFEE = DefinitionDraft(SystemPresence.BREAK, {"en_US": "Coffee", "de": "Kaffee"})


@pytest.fixture(autouse=True)
async def prepared(tenant: Tenant) -> None:
    for _ in range(2):
        async with tenant.context.transaction() as tx:
            await prepare_organization(tx, "org-1")


async def test_a_new_organization_has_the_ten_system_definitions_once(tenant: Tenant) -> None:
    found = await list_definitions(tenant.context)
    assert {each.id: each.system_presence for each in found} == {v: k for k, v in SYSTEM_DEFINITIONS.items()}
    assert all(each.kind == "System" for each in found)


async def test_a_definition_lives_and_is_put_out_of_use(tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    coffee = await create_definition(tenant.context, COFFEE)
    assert coffee.name == "Coffee"
    renamed = DefinitionDraft(SystemPresence.BREAK, {"en_US": "Tea"})
    assert (await change_definition(tenant.context, coffee.id, renamed)).name == "Tea"
    in_it = await change_presence(tenant.context, ada.id, PURECLOUD, PresenceRequest(definition_id=coffee.id))
    assert in_it.system_presence is SystemPresence.BREAK
    await tenant.news()
    for _ in range(2):
        await deactivate_definition(tenant.context, coffee.id)
    assert len(await tenant.news(DefinitionChanged)) == 1
    assert coffee.id not in {each.id for each in await list_definitions(tenant.context)}
    assert [each.id for each in await list_definitions(tenant.context, active=False)] == [coffee.id]
    assert not (await get_definition(tenant.context, coffee.id)).active
    with pytest.raises(Invalid, match="not in use"):
        await change_presence(tenant.context, ada.id, PURECLOUD, PresenceRequest(definition_id=coffee.id))


async def test_the_same_definition_twice_even_at_once_is_one(tenant: Tenant) -> None:
    made = await asyncio.gather(*(create_definition(tenant.context, COFFEE) for _ in range(5)))
    assert len({each.id for each in made}) == 1


async def test_system_definitions_stay_as_they_are(tenant: Tenant) -> None:
    busy = SYSTEM_DEFINITIONS[SystemPresence.BUSY]
    with pytest.raises(SystemDefinitionFixed):
        await deactivate_definition(tenant.context, busy)
    with pytest.raises(SystemDefinitionFixed):
        await change_definition(tenant.context, busy, DefinitionDraft(SystemPresence.BUSY, {"en_US": "Do not disturb"}))


async def test_impossible_definitions_are_refused_by_field(tenant: Tenant) -> None:
    coffee = await create_definition(tenant.context, COFFEE)
    with pytest.raises(Invalid) as refused:
        await change_definition(tenant.context, coffee.id, DefinitionDraft(SystemPresence.MEAL, {"en_US": "Lunch"}))
    assert refused.value.problems[0].field == "systemPresence"
    with pytest.raises(Invalid) as refused:
        await create_definition(tenant.context, DefinitionDraft(SystemPresence.MEAL, {"en_US": "Lunch"}, "nowhere"))
    assert refused.value.problems[0].field == "divisionId"


async def test_a_divisions_definitions_are_for_those_who_may_see_them(tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    division = await create_division(tenant.context, "Manila", None)
    theirs = await create_definition(
        tenant.context, DefinitionDraft(SystemPresence.MEAL, {"en": "Merienda"}, division.id)
    )
    view = "presence:presenceDefinition:view"
    for caller, seen in (
        (tenant.acting_as(ada), False),
        (tenant.acting_as(ada, view, division_id="elsewhere"), False),
        (tenant.acting_as(ada, view, division_id=division.id), True),
    ):
        assert (theirs.id in {each.id for each in await list_definitions(caller)}) is seen
    with pytest.raises(PermissionMissing):
        await get_definition(tenant.acting_as(ada), theirs.id)
    here = await list_definitions(tenant.context, division_ids=("elsewhere",))
    assert theirs.id not in {each.id for each in here}


async def test_definitions_and_sources_need_their_permissions(tenant: Tenant) -> None:
    nobody = tenant.acting_as(await tenant.person("Ada"))
    coffee = await create_definition(tenant.context, COFFEE)
    for refused in (
        create_definition(nobody, COFFEE),
        change_definition(nobody, coffee.id, COFFEE),
        deactivate_definition(nobody, coffee.id),
        list_sources(nobody),
        create_source(nobody, "Teams", None),
    ):
        with pytest.raises(PermissionMissing):
            await refused


async def test_another_tenants_definitions_and_sources_do_not_exist(tenant: Tenant, other_tenant: Tenant) -> None:
    coffee = await create_definition(other_tenant.context, COFFEE)
    source = await create_source(other_tenant.context, "Teams", None)
    for refused in (
        get_definition(tenant.context, coffee.id),
        change_definition(tenant.context, coffee.id, COFFEE),
        deactivate_definition(tenant.context, coffee.id),
        get_source(tenant.context, source.id),
    ):
        with pytest.raises(NotFound):
            await refused
    ada = await tenant.person("Ada")
    with pytest.raises(Invalid):
        await change_presence(tenant.context, ada.id, PURECLOUD, PresenceRequest(definition_id=coffee.id))
    with pytest.raises(DefinitionNotFound):
        await get_definition(tenant.context, "nothing")


async def test_sources_repeat_safely(tenant: Tenant) -> None:
    source = await create_source(tenant.context, "Teams", "ours")
    assert await create_source(tenant.context, "Teams", "ours") == source
    with pytest.raises(Conflict):
        await create_source(tenant.context, "teams", "other")
    assert await list_sources(tenant.context) == [source]
