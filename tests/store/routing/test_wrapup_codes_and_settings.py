"""Wrap-up codes, which queue offers which, and the settings of routing."""

import pytest
from tests.store.conftest import Tenant

from shiftline.authorization.errors import PermissionMissing
from shiftline.authorization.operations import create_division
from shiftline.foundation.errors import Invalid, NotFound
from shiftline.foundation.web.paging import Page
from shiftline.routing.errors import NameTaken, Unknown, WrapupCodeNotFound
from shiftline.routing.events import QueueWrapupCodesChanged, RoutingSettingsChanged, WrapupCodeChanged
from shiftline.routing.model.queues import Medium, QueueDraft
from shiftline.routing.model.utilization import DEFAULT_UTILIZATION, MediaUtilization
from shiftline.routing.model.wrapup_codes import WrapupCodeDraft, WrapupCodeFilter
from shiftline.routing.operations.queues import create_queue
from shiftline.routing.operations.settings import get_settings, get_utilization, set_settings, set_utilization
from shiftline.routing.operations.wrapup_codes import (
    add_queue_wrapup_codes,
    create_wrapup_code,
    get_wrapup_code,
    list_queue_wrapup_codes,
    list_wrapup_codes,
    remove_queue_wrapup_code,
)


async def test_the_same_wrapup_code_twice_is_one_code(tenant: Tenant) -> None:
    code = await create_wrapup_code(tenant.context, WrapupCodeDraft("Sold", "a sale", "*", id="code-1"))
    assert (code.id, code.division.id) == ("code-1", "*")
    assert await create_wrapup_code(tenant.context, WrapupCodeDraft("Sold", "a sale", "*")) == code
    assert len(await tenant.news(WrapupCodeChanged)) == 1
    with pytest.raises(NameTaken):
        await create_wrapup_code(tenant.context, WrapupCodeDraft("SOLD"))
    with pytest.raises(NameTaken):
        await create_wrapup_code(tenant.context, WrapupCodeDraft("Other", id="code-1"))
    with pytest.raises(Unknown):
        await create_wrapup_code(tenant.context, WrapupCodeDraft("Other", division_id="nowhere"))


async def test_wrapup_codes_are_seen_in_ones_divisions(tenant: Tenant, other_tenant: Tenant) -> None:
    north = await create_division(tenant.context, "North", None)
    ada = await tenant.person("Ada")
    everywhere = await create_wrapup_code(tenant.context, WrapupCodeDraft("Everywhere", division_id="*"))
    here = await create_wrapup_code(tenant.context, WrapupCodeDraft("Home"))
    await create_wrapup_code(tenant.context, WrapupCodeDraft("North", division_id=north.id))
    local = tenant.acting_as(ada, "routing:wrapupCode:view", "routing:wrapupCode:add", division_id=north.id)
    found, total = await list_wrapup_codes(local, Page(), WrapupCodeFilter())
    assert ([code.name for code in found], total) == (["Everywhere", "North"], 2)
    assert [c.name for c in (await list_wrapup_codes(local, Page(), WrapupCodeFilter(name="N*")))[0]] == ["North"]
    assert (await list_wrapup_codes(local, Page(), WrapupCodeFilter(division_ids=(north.id,))))[1] == 1
    with pytest.raises(WrapupCodeNotFound):
        await get_wrapup_code(local, here.id)
    with pytest.raises(PermissionMissing):
        await create_wrapup_code(local, WrapupCodeDraft("All", division_id="*"))
    with pytest.raises(PermissionMissing):
        await list_wrapup_codes(tenant.acting_as(ada), Page(), WrapupCodeFilter())
    with pytest.raises(NotFound):
        await get_wrapup_code(other_tenant.context, everywhere.id)


async def test_a_queue_offers_wrapup_codes(tenant: Tenant, other_tenant: Tenant) -> None:
    queue = await create_queue(tenant.context, QueueDraft("Support"))
    sold, lost = [await create_wrapup_code(tenant.context, WrapupCodeDraft(name)) for name in ("Sold", "Lost")]
    foreign = await create_wrapup_code(other_tenant.context, WrapupCodeDraft("Theirs"))
    await tenant.news()
    given = await add_queue_wrapup_codes(tenant.context, queue.id, [sold.id, lost.id])
    assert [code.name for code in given] == ["Lost", "Sold"]
    assert [set(event.added) for event in await tenant.news(QueueWrapupCodesChanged)] == [{sold.id, lost.id}]
    await add_queue_wrapup_codes(tenant.context, queue.id, [sold.id])
    assert await tenant.news(QueueWrapupCodesChanged) == []
    with pytest.raises(Unknown) as unknown:
        await add_queue_wrapup_codes(tenant.context, queue.id, [sold.id, foreign.id])
    assert unknown.value.problems[0].field == "[1].id"
    await remove_queue_wrapup_code(tenant.context, queue.id, sold.id)
    await remove_queue_wrapup_code(tenant.context, queue.id, sold.id)
    assert [event.removed for event in await tenant.news(QueueWrapupCodesChanged)] == [(sold.id,)]
    found, total = await list_queue_wrapup_codes(tenant.context, queue.id, Page())
    assert ([code.name for code in found], total) == (["Lost"], 1)
    with pytest.raises(WrapupCodeNotFound):
        await remove_queue_wrapup_code(tenant.context, queue.id, foreign.id)
    for attempt in (
        list_queue_wrapup_codes(other_tenant.context, queue.id, Page()),
        add_queue_wrapup_codes(other_tenant.context, queue.id, [foreign.id]),
        remove_queue_wrapup_code(other_tenant.context, queue.id, lost.id),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_settings_begin_with_defaults_and_change_once(tenant: Tenant, other_tenant: Tenant) -> None:
    assert await get_utilization(tenant.context) == DEFAULT_UTILIZATION
    chat = {Medium.CHAT: MediaUtilization(2, (Medium.CALL,), include_non_acd=True)}
    changed = await set_utilization(tenant.context, chat)
    assert changed == {**DEFAULT_UTILIZATION, **chat} == await get_utilization(tenant.context)
    assert [event.version for event in await tenant.news(RoutingSettingsChanged)] == [1]
    await set_utilization(tenant.context, chat)
    assert await tenant.news(RoutingSettingsChanged) == []
    await set_settings(tenant.context, reset_agent_score_on_presence_change=True)
    settings = await get_settings(tenant.context)
    assert (settings.reset_agent_score_on_presence_change, settings.utilization) == (True, changed)
    assert [event.version for event in await tenant.news(RoutingSettingsChanged)] == [2]
    assert (await get_settings(other_tenant.context)).utilization == DEFAULT_UTILIZATION
    with pytest.raises(Invalid):
        await set_utilization(tenant.context, {Medium.CALL: MediaUtilization(1, (Medium.CALL,))})
    ada = tenant.acting_as(await tenant.person("Ada"))
    with pytest.raises(PermissionMissing):
        await set_utilization(ada, chat)
    with pytest.raises(PermissionMissing):
        await get_utilization(ada)
    with pytest.raises(PermissionMissing):
        await set_settings(ada, reset_agent_score_on_presence_change=False)
