"""What people are doing: own and others', sources, bulk, the past, the status that follows."""

import asyncio
from datetime import timedelta

import pytest
from tests.conftest import SettableContext
from tests.store.conftest import Tenant

from shiftline.authorization.errors import PermissionMissing
from shiftline.foundation.errors import Invalid, NotFound
from shiftline.identity.events import PersonChanged
from shiftline.presence.errors import RoutingStatusMisused
from shiftline.presence.events import PresenceChanged, RoutingStatusChanged
from shiftline.presence.jobs import follow_person
from shiftline.presence.model import (
    PURECLOUD,
    SYSTEM_DEFINITIONS,
    BulkChange,
    PresenceRequest,
    RoutingState,
    SystemPresence,
)
from shiftline.presence.operations.definitions import prepare_organization
from shiftline.presence.operations.presences import (
    change_presence,
    change_presences,
    find_presences,
    find_routing_statuses,
    get_presence,
    get_routing_status,
    list_presences,
    move_routing_status_in,
    set_routing_status,
)
from shiftline.presence.operations.sources import create_source
from shiftline.presence.rules import Cause

EDIT = "presence:userPresence:edit"


@pytest.fixture(autouse=True)
async def prepared(tenant: Tenant, other_tenant: Tenant) -> None:
    for each in (tenant, other_tenant):
        async with each.context.transaction() as tx:
            await prepare_organization(tx, each.context.organization_id)
        await each.news()


def wish(presence: SystemPresence, message: str | None = None) -> PresenceRequest:
    return PresenceRequest(definition_id=SYSTEM_DEFINITIONS[presence], message=message)


ON_QUEUE = wish(SystemPresence.ON_QUEUE)


async def test_who_never_said_anything_is_offline_and_off_queue(tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    presence = await get_presence(tenant.context, ada.id)
    assert (presence.system_presence, presence.primary, presence.modified_at) == (SystemPresence.OFFLINE, True, None)
    assert (await get_routing_status(tenant.context, ada.id)).state is RoutingState.OFF_QUEUE


async def test_on_queue_is_a_presence_and_the_status_follows(tenant: Tenant, context: SettableContext) -> None:
    context.clock.set("2023-10-27T05:45:00-05:00")
    ada = await tenant.person("Ada")
    me = tenant.acting_as(ada)
    await tenant.news()
    presence = await change_presence(me, ada.id, PURECLOUD, ON_QUEUE)
    assert presence.modified_at == context.now()
    status = await get_routing_status(me, ada.id)
    assert (status.state, status.started_at) == (RoutingState.IDLE, context.now())
    told, moved = await tenant.news(PresenceChanged, RoutingStatusChanged)
    assert (told.person_id, told.system_presence, told.activity.status) == (ada.id, "OnQueue", "IDLE")
    assert (moved.previous, moved.status, moved.with_presence) == ("OFF_QUEUE", "IDLE", True)
    context.clock.advance(timedelta(hours=1))
    await change_presence(me, ada.id, PURECLOUD, wish(SystemPresence.MEAL))
    assert (await get_routing_status(me, ada.id)).state is RoutingState.OFF_QUEUE


async def test_saying_the_same_twice_tells_nothing(tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    first = await change_presence(tenant.context, ada.id, PURECLOUD, ON_QUEUE)
    await tenant.news()
    assert await change_presence(tenant.context, ada.id, PURECLOUD, ON_QUEUE) == first
    assert await tenant.news() == []


async def test_the_past_answers_what_somebody_did_then(tenant: Tenant, context: SettableContext) -> None:
    context.clock.set("2023-10-27T05:45:00-05:00")
    ada = await tenant.person("Ada")
    await change_presence(tenant.context, ada.id, PURECLOUD, ON_QUEUE)
    context.clock.advance(timedelta(hours=1))
    await change_presence(tenant.context, ada.id, PURECLOUD, wish(SystemPresence.MEAL))
    then = context.now() - timedelta(minutes=30)
    async with context.reader() as reader:
        doing = await reader.one(
            "select system_presence from presence.public_presence_timeline where person_id = %(p)s and valid @> %(t)s::timestamptz",
            {"p": ada.id, "t": then},
        )
        status = await reader.one(
            "select status from presence.public_routing_status_timeline where person_id = %(p)s and valid @> %(t)s::timestamptz",
            {"p": ada.id, "t": then},
        )
    assert doing == {"system_presence": "OnQueue"}
    assert status == {"status": "IDLE"}


async def test_others_need_the_permission_in_the_persons_division(tenant: Tenant) -> None:
    ada, bob = await tenant.person("Ada"), await tenant.person("Bob")
    for caller in (tenant.acting_as(bob), tenant.acting_as(bob, EDIT, division_id="elsewhere")):
        with pytest.raises(PermissionMissing) as refused:
            await change_presence(caller, ada.id, PURECLOUD, ON_QUEUE)
        assert refused.value.params["permissions"] == EDIT
        with pytest.raises(PermissionMissing):
            await set_routing_status(caller, ada.id, RoutingState.OFF_QUEUE)
        with pytest.raises(PermissionMissing):
            await change_presences(caller, [BulkChange(ada.id, PURECLOUD, ON_QUEUE)])
    supervisor = tenant.acting_as(bob, EDIT, division_id=ada.division_id)
    assert (await change_presence(supervisor, ada.id, PURECLOUD, ON_QUEUE)).system_presence is SystemPresence.ON_QUEUE
    assert (await get_presence(tenant.acting_as(bob), ada.id)).system_presence is SystemPresence.ON_QUEUE


async def test_misused_statuses_are_refused_and_nothing_changes(tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    with pytest.raises(RoutingStatusMisused, match="going on queue is a presence"):
        await set_routing_status(tenant.context, ada.id, RoutingState.IDLE)
    await change_presence(tenant.context, ada.id, PURECLOUD, ON_QUEUE)
    with pytest.raises(RoutingStatusMisused, match="leaving the queue is a presence"):
        await set_routing_status(tenant.context, ada.id, RoutingState.OFF_QUEUE)
    assert (await get_routing_status(tenant.context, ada.id)).state is RoutingState.IDLE


async def test_a_missed_offer_waits_for_the_person_to_be_ready(tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    await change_presence(tenant.context, ada.id, PURECLOUD, ON_QUEUE)
    await tenant.news()
    async with tenant.context.transaction() as tx:
        missed = await move_routing_status_in(tx, ada.id, Cause.OFFER_MISSED)
        again = await move_routing_status_in(tx, ada.id, Cause.OFFER_MISSED)
    assert missed.state is RoutingState.NOT_RESPONDING
    assert again == missed
    assert (await set_routing_status(tenant.acting_as(ada), ada.id, RoutingState.IDLE)).state is RoutingState.IDLE
    moves = [(each.previous, each.status, each.cause) for each in await tenant.news(RoutingStatusChanged)]
    assert moves == [("IDLE", "NOT_RESPONDING", "offer.missed"), ("NOT_RESPONDING", "IDLE", "ready.again")]


async def test_another_source_becomes_primary_and_takes_off_queue(tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    await change_presence(tenant.context, ada.id, PURECLOUD, ON_QUEUE)
    await change_presence(tenant.context, ada.id, "TEAMS", wish(SystemPresence.AWAY))
    assert (await get_routing_status(tenant.context, ada.id)).state is RoutingState.IDLE
    teams = await change_presence(tenant.context, ada.id, "TEAMS", PresenceRequest(primary=True))
    assert teams.primary
    assert (await get_routing_status(tenant.context, ada.id)).state is RoutingState.OFF_QUEUE
    assert not (await get_presence(tenant.context, ada.id)).primary
    async with tenant.context.reader() as reader:
        doing = (await find_presences(reader, "org-1", [ada.id]))[ada.id]
    assert (doing.source_id, doing.system_presence) == ("TEAMS", SystemPresence.AWAY)


async def test_registered_sources_speak_in_bulk_only(tenant: Tenant) -> None:
    ada, bob = await tenant.person("Ada"), await tenant.person("Bob")
    source = await create_source(tenant.context, "Teams", None)
    with pytest.raises(Invalid, match="in bulk only"):
        await change_presence(tenant.context, ada.id, source.id, wish(SystemPresence.AWAY))
    changes = [BulkChange(person.id, source.id, wish(SystemPresence.AWAY)) for person in (bob, ada)]
    answered = await change_presences(tenant.context, changes)
    assert [each.person_id for each in answered] == [bob.id, ada.id]
    assert {each.system_presence for each in await list_presences(tenant.context, [ada.id, bob.id], source.id)} == {
        SystemPresence.AWAY
    }


async def test_a_bulk_change_is_all_or_nothing(tenant: Tenant, other_tenant: Tenant) -> None:
    ada, eve = await tenant.person("Ada"), await other_tenant.person("Eve")
    with pytest.raises(NotFound):
        await change_presences(tenant.context, [BulkChange(each, PURECLOUD, ON_QUEUE) for each in (ada.id, eve.id)])
    unknown = PresenceRequest(definition_id="no-such-definition")
    with pytest.raises(Invalid):
        await change_presences(tenant.context, [BulkChange(ada.id, PURECLOUD, each) for each in (ON_QUEUE, unknown)])
    assert (await get_presence(tenant.context, ada.id)).modified_at is None
    assert (await get_presence(other_tenant.context, eve.id)).modified_at is None


async def test_another_tenants_people_do_not_exist(tenant: Tenant, other_tenant: Tenant) -> None:
    eve = await other_tenant.person("Eve")
    await change_presence(other_tenant.context, eve.id, PURECLOUD, ON_QUEUE)
    for refused in (
        get_presence(tenant.context, eve.id),
        change_presence(tenant.context, eve.id, PURECLOUD, wish(SystemPresence.OFFLINE)),
        get_routing_status(tenant.context, eve.id),
        set_routing_status(tenant.context, eve.id, RoutingState.OFF_QUEUE),
    ):
        with pytest.raises(NotFound):
            await refused
    assert await list_presences(tenant.context, [eve.id]) == []
    async with tenant.context.reader() as reader:
        statuses = await find_routing_statuses(reader, "org-1", [eve.id])
    assert statuses[eve.id].state is RoutingState.OFF_QUEUE
    assert (await get_routing_status(other_tenant.context, eve.id)).state is RoutingState.IDLE


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (PresenceRequest(), "presenceDefinition"),
        (PresenceRequest(primary=False), "primary"),
        (PresenceRequest(definition_id="nothing"), "presenceDefinition.id"),
    ],
)
async def test_a_change_that_says_nothing_possible_is_refused(
    tenant: Tenant, request_: PresenceRequest, field: str
) -> None:
    ada = await tenant.person("Ada")
    with pytest.raises(Invalid) as refused:
        await change_presence(tenant.context, ada.id, PURECLOUD, request_)
    assert refused.value.problems[0].field == field


async def test_many_at_once_leave_presence_and_status_in_agreement(tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    await tenant.news()
    wishes = [ON_QUEUE, wish(SystemPresence.MEAL), wish(SystemPresence.AVAILABLE)] * 6
    await asyncio.gather(*(change_presence(tenant.context, ada.id, PURECLOUD, each) for each in wishes))
    presence = await get_presence(tenant.context, ada.id)
    status = await get_routing_status(tenant.context, ada.id)
    assert (presence.system_presence is SystemPresence.ON_QUEUE) == (status.state is RoutingState.IDLE)
    state = "OFF_QUEUE"
    for each in await tenant.news(PresenceChanged, RoutingStatusChanged):
        if isinstance(each, RoutingStatusChanged):
            assert each.previous == state
            state = each.status
    assert state == status.state


async def test_a_deactivated_person_is_offline_and_gets_no_work(tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    await change_presence(tenant.context, ada.id, PURECLOUD, ON_QUEUE)

    def changed(state: str) -> PersonChanged:
        return PersonChanged(
            organization_id="org-1", person_id=ada.id, state=state, division_id=ada.division_id, version=2
        )

    await follow_person(tenant.context, changed("active"))
    await follow_person(tenant.context, changed("inactive"))  # old news: she is active
    assert (await get_routing_status(tenant.context, ada.id)).state is RoutingState.IDLE
    async with tenant.context.transaction() as tx:
        await tx.execute("update identity.person set state = 'inactive', since = now() where id = %(p)s", {"p": ada.id})
    for _ in range(2):
        await follow_person(tenant.context, changed("inactive"))
    assert (await get_presence(tenant.context, ada.id)).system_presence is SystemPresence.OFFLINE
    assert (await get_routing_status(tenant.context, ada.id)).state is RoutingState.OFF_QUEUE
