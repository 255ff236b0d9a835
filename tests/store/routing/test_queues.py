"""Queues and who is in them: repeats, permissions in divisions, joining, deletion, the past, other tenants."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.conftest import SettableContext
from tests.store.conftest import Tenant

from shiftline.authorization.errors import PermissionMissing
from shiftline.authorization.operations import create_division
from shiftline.foundation.errors import Invalid, NotFound
from shiftline.foundation.web.paging import Page
from shiftline.identity.operations.people import change_state
from shiftline.routing.errors import MemberNotFound, NameTaken, NotAMember, QueueNotFound, Unknown
from shiftline.routing.events import MemberChanged, QueueChanged
from shiftline.routing.model.members import MemberChange, MemberFilter
from shiftline.routing.model.queues import (
    AfterCallWork,
    MediaSettings,
    Medium,
    QueueDraft,
    QueueFilter,
    QueueSettings,
    ServiceLevel,
    WrapupPrompt,
)
from shiftline.routing.operations.members import (
    add_members,
    add_members_in,
    change_member,
    change_members,
    join_queue,
    list_members,
    remove_member,
    remove_members,
)
from shiftline.routing.operations.queues import (
    change_queue,
    create_queue,
    create_queue_in,
    delete_queue,
    get_queue,
    list_own_queues,
    list_queues,
    list_queues_of,
)


async def places(tenant: Tenant, queue_id: str) -> dict[str, bool]:
    found, total = await list_members(tenant.context, queue_id, Page(500), MemberFilter())
    assert len(found) == total
    return {member.name: member.joined for member in found}


async def told(tenant: Tenant) -> set[tuple[str, bool, bool]]:
    return {(event.person_id, event.member, event.joined) for event in await tenant.news(MemberChanged)}


async def test_a_queue_keeps_what_it_was_given(tenant: Tenant) -> None:
    settings = QueueSettings(
        media={Medium.CALL: MediaSettings(12, enable_auto_answer=True, service_level=ServiceLevel(0.8, 20_000))},
        acw=AfterCallWork(WrapupPrompt.MANDATORY_TIMEOUT, 30_000),
        calling_party_name="Us",
        enable_transcription=True,
    )
    queue = await create_queue(tenant.context, QueueDraft("Support", "All of it", settings=settings, id="queue-1"))
    assert (queue.id, queue.division.name, queue.settings) == ("queue-1", "Home", settings)
    assert await get_queue(tenant.context, "queue-1") == queue
    assert [(event.name, event.active) for event in await tenant.news(QueueChanged)] == [("Support", True)]


async def test_the_same_queue_twice_is_one_queue(tenant: Tenant) -> None:
    queue = await create_queue(tenant.context, QueueDraft("Support"))
    await tenant.news()
    async with tenant.context.transaction() as tx:
        assert await create_queue_in(tx, QueueDraft("Support")) == queue
    assert await tenant.news(QueueChanged) == []
    with pytest.raises(NameTaken):
        await create_queue(tenant.context, QueueDraft("SUPPORT"))
    with pytest.raises(NameTaken):
        await create_queue(tenant.context, QueueDraft("Support", "another"))
    with pytest.raises(NameTaken):
        await create_queue(tenant.context, QueueDraft("Other", id=queue.id))


async def test_an_unchanged_queue_keeps_its_version(tenant: Tenant) -> None:
    queue = await create_queue(tenant.context, QueueDraft("Support"))
    await create_queue(tenant.context, QueueDraft("Sales"))
    await tenant.news()
    assert await change_queue(tenant.context, queue.id, QueueDraft("Support")) == queue
    assert await tenant.news(QueueChanged) == []
    changed = await change_queue(tenant.context, queue.id, QueueDraft("support", "smaller"))
    assert (changed.name, changed.description, changed.record.version) == ("support", "smaller", 2)
    with pytest.raises(NameTaken):
        await change_queue(tenant.context, queue.id, QueueDraft("SALES"))
    late = QueueSettings(acw=AfterCallWork(WrapupPrompt.OPTIONAL, 5000))
    with pytest.raises(Invalid):
        await change_queue(tenant.context, queue.id, QueueDraft("support", settings=late))
    with pytest.raises(Unknown) as unknown:
        await change_queue(tenant.context, queue.id, QueueDraft("support", division_id="nowhere"))
    assert unknown.value.problems[0].field == "division.id"


async def test_queues_are_found_by_name_id_division_and_peer(tenant: Tenant) -> None:
    north = await create_division(tenant.context, "North", None)
    one = await create_queue(tenant.context, QueueDraft("Support one"))
    two = await create_queue(
        tenant.context, QueueDraft("Support two", division_id=north.id, settings=QueueSettings(peer_id="peer-2"))
    )

    async def names(**wanted: object) -> list[str]:
        found, total = await list_queues(tenant.context, Page(), replace(QueueFilter(), **wanted))
        assert total == len(found)
        return [queue.name for queue in found]

    assert await names() == ["Support one", "Support two"]
    assert await names(name="support ONE") == ["Support one"]
    assert await names(name="Support") == []
    assert await names(name="Supp*") == ["Support one", "Support two"]
    assert await names(name="*two*") == ["Support two"]
    assert await names(ids=(one.id, "unknown")) == ["Support one"]
    assert await names(division_ids=(north.id,)) == ["Support two"]
    assert await names(peer_ids=("peer-2",)) == ["Support two"]
    assert await names(has_peer=False) == ["Support one"]
    ada = await tenant.person("Ada")
    viewer = tenant.acting_as(ada, "routing:queue:view", division_id=north.id)
    assert [queue.name for queue in (await list_queues(viewer, Page(), QueueFilter()))[0]] == ["Support two"]
    assert (await get_queue(viewer, two.id)).name == "Support two"
    with pytest.raises(PermissionMissing):
        await get_queue(viewer, one.id)
    with pytest.raises(PermissionMissing):
        await list_queues(tenant.acting_as(ada), Page(), QueueFilter())


async def test_a_queue_is_made_changed_and_deleted_with_the_permission_in_its_division(tenant: Tenant) -> None:
    north = await create_division(tenant.context, "North", None)
    ada = await tenant.person("Ada")
    everything = ("routing:queue:view", "routing:queue:add", "routing:queue:edit", "routing:queue:delete")
    local = tenant.acting_as(ada, *everything, division_id=north.id)
    with pytest.raises(PermissionMissing):
        await create_queue(local, QueueDraft("Home queue"))
    mine = await create_queue(local, QueueDraft("North queue", division_id=north.id))
    theirs = await create_queue(tenant.context, QueueDraft("Home queue"))
    with pytest.raises(PermissionMissing):
        await change_queue(local, mine.id, QueueDraft("North queue", division_id=theirs.division.id))
    with pytest.raises(PermissionMissing):
        await delete_queue(local, theirs.id)
    assert (await change_queue(local, mine.id, QueueDraft("Renamed"))).division.id == north.id
    await delete_queue(local, mine.id)


async def test_members_are_added_once_and_told(tenant: Tenant) -> None:
    ada, bob = await tenant.person("Ada"), await tenant.person("Bob")
    queue = await create_queue(tenant.context, QueueDraft("Support"))
    await add_members(tenant.context, queue.id, [ada.id])
    await join_queue(tenant.context, ada.id, queue.id, joined=False)
    await tenant.news()
    await add_members(tenant.context, queue.id, [bob.id, ada.id, bob.id])
    assert await told(tenant) == {(bob.id, True, True)}
    assert await places(tenant, queue.id) == {"Ada": False, "Bob": True}
    counted = await get_queue(tenant.context, queue.id)
    assert (counted.member_count, counted.joined_count) == (2, 1)
    await remove_members(tenant.context, queue.id, [ada.id, bob.id])
    assert await told(tenant) == {(ada.id, False, False), (bob.id, False, False)}
    await remove_members(tenant.context, queue.id, [ada.id])
    await remove_member(tenant.context, queue.id, ada.id)
    assert await told(tenant) == set()
    await add_members(tenant.context, queue.id, [ada.id])
    assert await places(tenant, queue.id) == {"Ada": True}


async def test_members_change_together_or_not_at_all(tenant: Tenant) -> None:
    ada, bob, eve = [await tenant.person(name) for name in ("Ada", "Bob", "Eve")]
    queue = await create_queue(tenant.context, QueueDraft("Support"))
    await add_members(tenant.context, queue.id, [ada.id, bob.id])
    await tenant.news()
    changed = await change_members(
        tenant.context,
        queue.id,
        [MemberChange(ada.id, joined=False), MemberChange(bob.id, joined=True, ring_number=3)],
    )
    assert [(member.name, member.joined, member.ring_number) for member in changed] == [
        ("Ada", False, 1),
        ("Bob", True, 3),
    ]
    assert await told(tenant) == {(ada.id, True, False), (bob.id, True, True)}
    await change_members(tenant.context, queue.id, [MemberChange(ada.id, joined=False)])
    assert await told(tenant) == set()
    changes = [MemberChange(ada.id, joined=True), MemberChange(eve.id, joined=True, field="[1].id")]
    with pytest.raises(NotAMember) as unknown:
        await change_members(tenant.context, queue.id, changes)
    assert unknown.value.problems[0].field == "[1].id"
    assert await places(tenant, queue.id) == {"Ada": False, "Bob": True}
    with pytest.raises(MemberNotFound):
        await change_member(tenant.context, queue.id, MemberChange(eve.id, joined=True))
    with pytest.raises(Invalid):
        await add_members(tenant.context, queue.id, [ada.id] * 101)
    with pytest.raises(Unknown) as unknown_person:
        await add_members(tenant.context, queue.id, [eve.id, "nobody"])
    assert unknown_person.value.problems[0].field == "[1].id"
    assert set(await places(tenant, queue.id)) == {"Ada", "Bob"}


async def test_one_joins_and_leaves_ones_own_queues(tenant: Tenant) -> None:
    ada, bob = await tenant.person("Ada"), await tenant.person("Bob")
    queue = await create_queue(tenant.context, QueueDraft("Support"))
    await create_queue(tenant.context, QueueDraft("Sales"))
    await add_members(tenant.context, queue.id, [ada.id, bob.id])
    agent = tenant.acting_as(ada, "routing:queue:join")
    left = await join_queue(agent, ada.id, queue.id, joined=False)
    assert (left.queue.name, left.queue.joined_count, left.joined) == ("Support", 1, False)
    found, total = await list_own_queues(agent, Page(), joined=None)
    assert ([(mine.queue.name, mine.joined) for mine in found], total) == ([("Support", False)], 1)
    assert (await list_own_queues(agent, Page(), joined=True))[1] == 0
    assert (await list_queues_of(agent, ada.id, Page(), joined=False, division_ids=None))[1] == 1
    with pytest.raises(PermissionMissing):
        await join_queue(agent, bob.id, queue.id, joined=False)
    with pytest.raises(PermissionMissing):
        await join_queue(tenant.acting_as(ada), ada.id, queue.id, joined=True)
    with pytest.raises(PermissionMissing):
        await list_queues_of(agent, bob.id, Page(), joined=None, division_ids=None)
    eve = await tenant.person("Eve")
    with pytest.raises(MemberNotFound):
        await join_queue(tenant.acting_as(eve, "routing:queue:join"), eve.id, queue.id, joined=True)
    with pytest.raises(QueueNotFound):
        await join_queue(agent, ada.id, "nothing", joined=True)


async def test_a_deleted_queue_ends_its_memberships_and_the_past_stays(
    tenant: Tenant, context: SettableContext
) -> None:
    context.clock.set("2026-03-01T08:00:00+00:00")
    ada = await tenant.person("Ada")
    queue = await create_queue(context, QueueDraft("Support"))
    await add_members(context, queue.id, [ada.id])
    context.clock.advance(timedelta(days=1))
    await join_queue(context, ada.id, queue.id, joined=False)
    context.clock.advance(timedelta(days=1))
    await tenant.news()
    await delete_queue(context, queue.id)
    happened = await tenant.news(MemberChanged, QueueChanged)
    assert [type(event) for event in happened] == [MemberChanged, QueueChanged]
    assert (happened[1].active, happened[1].version) == (False, 2)
    with pytest.raises(QueueNotFound):
        await get_queue(context, queue.id)
    with pytest.raises(QueueNotFound):
        await add_members(context, queue.id, [ada.id])
    assert (await list_own_queues(tenant.acting_as(ada), Page(), joined=None))[1] == 0
    again = await create_queue(context, QueueDraft("Support"))
    assert (again.member_count, again.id == queue.id) == (0, False)
    async with context.reader() as reader:
        then = await reader.all(
            """select joined, lower(valid)::date::text as first, upper(valid)::date::text as last
               from routing.public_queue_member_timeline where person_id = %(id)s order by valid""",
            {"id": ada.id},
        )
        assert await reader.all("select from routing.public_queue_member", {}) == []
    assert then == [
        {"joined": True, "first": "2026-03-01", "last": "2026-03-02"},
        {"joined": False, "first": "2026-03-02", "last": "2026-03-03"},
    ]


async def test_deleted_people_are_no_members_to_see(tenant: Tenant) -> None:
    ada, bob = await tenant.person("Ada"), await tenant.person("Bob")
    queue = await create_queue(tenant.context, QueueDraft("Support"))
    await add_members(tenant.context, queue.id, [ada.id, bob.id])
    await change_state(tenant.context, ada.id, "deleted", version=None)
    assert await places(tenant, queue.id) == {"Bob": True}
    assert (await get_queue(tenant.context, queue.id)).member_count == 1
    with pytest.raises(Unknown):
        await add_members(tenant.context, queue.id, [ada.id])
    await remove_members(tenant.context, queue.id, [ada.id])


async def test_another_tenants_queue_and_people_are_not_found(tenant: Tenant, other_tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    queue = await create_queue(tenant.context, QueueDraft("Support", id="queue-1"))
    theirs = await create_queue(other_tenant.context, QueueDraft("Support", id="queue-1", description="theirs"))
    assert (await get_queue(other_tenant.context, "queue-1")).description == "theirs"
    hidden = await create_queue(tenant.context, QueueDraft("Hidden"))
    stranger = other_tenant.context
    for attempt in (
        get_queue(stranger, hidden.id),
        change_queue(stranger, hidden.id, QueueDraft("Mine")),
        delete_queue(stranger, hidden.id),
        add_members(stranger, hidden.id, [ada.id]),
        remove_members(stranger, hidden.id, [ada.id]),
        change_members(stranger, hidden.id, [MemberChange(ada.id)]),
        list_members(stranger, hidden.id, Page(), MemberFilter()),
        change_member(stranger, hidden.id, MemberChange(ada.id)),
        join_queue(stranger, ada.id, hidden.id, joined=True),
        remove_member(stranger, theirs.id, ada.id),
    ):
        with pytest.raises(NotFound):
            await attempt
    with pytest.raises(Unknown):
        await add_members(stranger, theirs.id, [ada.id])
    with pytest.raises(Unknown):
        await remove_members(stranger, theirs.id, [ada.id])
    assert (await get_queue(tenant.context, queue.id)).member_count == 0


async def test_members_join_beside_each_other_and_none_survives_a_deleted_queue(tenant: Tenant) -> None:
    people = [await tenant.person(f"Agent {number}") for number in range(8)]
    queue = await create_queue(tenant.context, QueueDraft("Support"))
    async with tenant.context.transaction() as tx:
        await add_members_in(tx, queue.id, [person.id for person in people[:4]])
    answers = await asyncio.gather(
        *(add_members(tenant.context, queue.id, [person.id]) for person in people),
        delete_queue(tenant.context, queue.id),
        return_exceptions=True,
    )
    assert all(answer is None or isinstance(answer, QueueNotFound) for answer in answers)
    assert answers[-1] is None
    async with tenant.context.reader() as reader:
        assert await reader.all("select from routing.queue_member where active", {}) == []
