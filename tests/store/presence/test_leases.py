"""Live sessions: renewed, closed, expired; offline after a grace, unless one came back."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from tests.store.conftest import Tenant

from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Context
from shiftline.presence.errors import LeaseNotFound
from shiftline.presence.events import PresenceChanged, SessionClosed, SessionOpened
from shiftline.presence.jobs import sweep_sessions
from shiftline.presence.model import PURECLOUD, Lease, LeaseOpening, PresenceRequest, RoutingState, SystemPresence
from shiftline.presence.operations.definitions import prepare_organization
from shiftline.presence.operations.leases import (
    ABSENCE_GRACE,
    EXPIRY_SLACK,
    LEASE_LIFETIME,
    close_lease,
    close_leases_in,
    close_leases_of_node,
    end_absences,
    find_live_leases,
    open_lease_in,
    open_leases_in,
    renew_leases,
)
from shiftline.presence.operations.presences import change_presence, get_presence, get_routing_status

SECOND = timedelta(seconds=1)


class RealClock(Clock):
    """A clock whose real time a test moves; the application's time is years away from it."""

    def __init__(self) -> None:
        super().__init__(timedelta(days=-900))
        self.instant = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)

    def real_now(self) -> datetime:
        return self.instant

    def pass_time(self, span: timedelta) -> None:
        self.instant += span


@pytest.fixture
def clock() -> RealClock:
    return RealClock()


@pytest.fixture
async def office(tenant: Tenant, clock: RealClock) -> Tenant:
    tenant.context = tenant.context.with_clock(clock)
    async with tenant.context.transaction() as tx:
        await prepare_organization(tx, "org-1")
    return tenant


async def open_lease(context: Context, person_id: str, node: str = "node-1") -> Lease:
    async with context.transaction() as tx:
        return await open_lease_in(tx, LeaseOpening(person_id, "channel", node, "xmpp"))


async def live(context: Context, person_id: str) -> list[str]:
    async with context.reader() as reader:
        found = await find_live_leases(reader, context.organization_id, [person_id], context.clock.real_now())
    return [lease.id for lease in found]


async def go_on_queue(context: Context, person_id: str) -> None:
    await change_presence(context, person_id, PURECLOUD, PresenceRequest(system_presence=SystemPresence.ON_QUEUE))


async def doing(context: Context, person_id: str) -> tuple[SystemPresence, RoutingState]:
    presence, status = await get_presence(context, person_id), await get_routing_status(context, person_id)
    return presence.system_presence, status.state


ON_QUEUE = (SystemPresence.ON_QUEUE, RoutingState.IDLE)
OFFLINE = (SystemPresence.OFFLINE, RoutingState.OFF_QUEUE)


async def test_a_lease_lives_while_it_is_renewed(office: Tenant, clock: RealClock) -> None:
    ada = await office.person("Ada")
    lease = await open_lease(office.context, ada.id)
    assert lease.expires_at == clock.instant + LEASE_LIFETIME
    for _ in range(5):
        clock.pass_time(LEASE_LIFETIME - SECOND)
        assert await renew_leases(office.context, "node-1") == {lease.id}
    assert await renew_leases(office.context, "node-2") == set()
    assert await live(office.context, ada.id) == [lease.id]
    clock.pass_time(LEASE_LIFETIME)
    assert await live(office.context, ada.id) == []


async def test_the_last_session_ends_and_after_the_grace_its_person_is_offline(
    office: Tenant, clock: RealClock
) -> None:
    ada = await office.person("Ada")
    await go_on_queue(office.context, ada.id)
    lease = await open_lease(office.context, ada.id)
    await office.news()
    await close_lease(office.context, lease.id, "client.left")
    clock.pass_time(ABSENCE_GRACE - SECOND)
    assert await end_absences(office.context) == 0
    assert await doing(office.context, ada.id) == ON_QUEUE
    clock.pass_time(SECOND)
    assert await end_absences(office.context) == 1
    assert await doing(office.context, ada.id) == OFFLINE
    assert await end_absences(office.context) == 0
    closed, offline = await office.news(SessionClosed, PresenceChanged)
    assert (closed.reason, closed.last) == ("client.left", True)
    assert offline.reason == "session.ended"
    async with office.context.reader() as reader:
        [row] = await reader.all(
            "select actor_id, actor_kind from foundation.audit where event = 'presence.presence.changed' "
            "order by id desc limit 1", {},
        )  # fmt: skip
    assert row == {"actor_id": "System", "actor_kind": "system"}


async def test_of_two_sessions_the_first_to_end_changes_nothing(office: Tenant, clock: RealClock) -> None:
    ada = await office.person("Ada")
    await go_on_queue(office.context, ada.id)
    first, second = await open_lease(office.context, ada.id), await open_lease(office.context, ada.id)
    await office.news()
    await close_lease(office.context, first.id, "tab.closed")
    [closed] = await office.news(SessionClosed)
    assert closed.last is False
    clock.pass_time(ABSENCE_GRACE + SECOND)
    await renew_leases(office.context, "node-1")
    assert await end_absences(office.context) == 0
    assert await doing(office.context, ada.id) == ON_QUEUE
    assert await live(office.context, ada.id) == [second.id]


async def test_who_comes_back_within_the_grace_stays_as_they_were(office: Tenant, clock: RealClock) -> None:
    ada = await office.person("Ada")
    await go_on_queue(office.context, ada.id)
    lease = await open_lease(office.context, ada.id)
    await close_lease(office.context, lease.id, "socket.dropped")
    clock.pass_time(ABSENCE_GRACE / 2)
    await open_lease(office.context, ada.id)
    clock.pass_time(ABSENCE_GRACE)
    assert await end_absences(office.context) == 0
    assert await doing(office.context, ada.id) == ON_QUEUE


async def test_who_never_had_a_session_is_not_taken_for_absent(office: Tenant, clock: RealClock) -> None:
    ada = await office.person("Ada")
    await go_on_queue(office.context, ada.id)
    clock.pass_time(timedelta(days=1))
    await sweep_sessions(office.context)
    assert await doing(office.context, ada.id) == ON_QUEUE


async def test_a_dead_nodes_sessions_expire_and_its_people_go_offline(office: Tenant, clock: RealClock) -> None:
    ada = await office.person("Ada")
    await go_on_queue(office.context, ada.id)
    lease = await open_lease(office.context, ada.id)
    await office.news()
    clock.pass_time(LEASE_LIFETIME + EXPIRY_SLACK)
    await sweep_sessions(office.context)
    assert await office.news(SessionClosed) == []
    clock.pass_time(SECOND)
    await sweep_sessions(office.context)
    [closed] = await office.news(SessionClosed)
    assert (closed.lease_id, closed.reason, closed.last) == (lease.id, "lease.expired", True)
    assert await renew_leases(office.context, "node-1") == set()
    clock.pass_time(ABSENCE_GRACE)
    await sweep_sessions(office.context)
    assert await doing(office.context, ada.id) == OFFLINE


async def test_a_node_that_was_cut_off_for_a_while_keeps_its_sessions(office: Tenant, clock: RealClock) -> None:
    ada = await office.person("Ada")
    lease = await open_lease(office.context, ada.id)
    clock.pass_time(LEASE_LIFETIME + EXPIRY_SLACK - SECOND)
    await sweep_sessions(office.context)
    assert await renew_leases(office.context, "node-1") == {lease.id}
    assert await live(office.context, ada.id) == [lease.id]


async def test_a_stopping_node_closes_all_that_it_holds(office: Tenant) -> None:
    ada, bob = await office.person("Ada"), await office.person("Bob")
    for person in (ada, bob):
        await open_lease(office.context, person.id)
    kept = await open_lease(office.context, bob.id, "node-2")
    await office.news()
    assert await close_leases_of_node(office.context, "node-1", "node.stopped") == 2
    assert {(each.person_id, each.last) for each in await office.news(SessionClosed)} == {
        (ada.id, True),
        (bob.id, False),
    }
    assert await live(office.context, bob.id) == [kept.id]


async def test_closing_twice_is_closing_once_and_at_once_one_is_the_last(office: Tenant) -> None:
    ada = await office.person("Ada")
    leases = [await open_lease(office.context, ada.id) for _ in range(6)]
    assert len(await office.news(SessionOpened)) == 6
    await asyncio.gather(*(close_lease(office.context, lease.id, "gone") for lease in leases * 2))
    closed = await office.news(SessionClosed)
    assert len(closed) == 6
    assert [each.last for each in closed].count(True) == 1


async def test_one_who_comes_back_while_the_last_session_closes_is_never_offline(
    office: Tenant, clock: RealClock
) -> None:
    ada = await office.person("Ada")
    await go_on_queue(office.context, ada.id)
    for _ in range(8):
        lease = await open_lease(office.context, ada.id)
        await asyncio.gather(close_lease(office.context, lease.id, "dropped"), open_lease(office.context, ada.id))
        clock.pass_time(ABSENCE_GRACE + SECOND)
        await renew_leases(office.context, "node-1")
        await end_absences(office.context)
        assert await doing(office.context, ada.id) == ON_QUEUE


async def test_another_tenants_lease_does_not_exist(office: Tenant, other_tenant: Tenant) -> None:
    eve = await other_tenant.person("Eve")
    lease = await open_lease(other_tenant.context, eve.id)
    with pytest.raises(LeaseNotFound):
        await close_lease(office.context, lease.id, "stolen")
    assert await live(office.context, eve.id) == []
    assert await live(other_tenant.context, eve.id) == [lease.id]


async def test_the_past_tells_sessions_in_the_applications_time(office: Tenant, clock: RealClock) -> None:
    ada = await office.person("Ada")
    lease = await open_lease(office.context, ada.id)
    clock.pass_time(timedelta(minutes=1))
    await close_lease(office.context, lease.id, "left")
    async with office.context.reader() as reader:
        [row] = await reader.all("select lower(valid) as a, upper(valid) as z from presence.public_session_lease", {})
    assert row["z"] - row["a"] == timedelta(minutes=1)
    assert row["z"] == office.context.now()


async def test_a_repeated_batch_opens_nothing_twice(office: Tenant) -> None:
    openings = [
        LeaseOpening(f"person-{number % 2}", "channel", "node-1", "xmpp", f"lease-{number}") for number in range(4)
    ]
    for expected in (4, 0):
        async with office.context.transaction() as tx:
            assert len(await open_leases_in(tx, openings)) == expected
    assert len(await office.news(SessionOpened)) == 4


async def test_of_a_batch_only_the_last_session_of_a_person_is_the_last(office: Tenant) -> None:
    openings = [LeaseOpening(person, "channel", "node-1", "xmpp", f"{person}-{n}") for person in "ab" for n in range(2)]
    async with office.context.transaction() as tx:
        await open_leases_in(tx, openings)
    await office.news()
    async with office.context.transaction() as tx:
        assert await close_leases_in(tx, ["a-0", "a-1", "b-0", "unknown"], "left") == 3
        assert await close_leases_in(tx, ["a-0"], "left") == 0
    closed = await office.news(SessionClosed)
    assert [(event.lease_id, event.last) for event in closed] == [("a-0", False), ("a-1", True), ("b-0", False)]
