"""What a crash or a vanished client leaves broken is found by a lease or a timer and mended, with a line each; nothing else is."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from tests.conftest import SettableContext
from tests.store.calls.exchange import Exchange
from tests.store.conftest import Tenant, serve
from tests.store.routing.floor import Floor

from shiftline.access.repairs import endpoints
from shiftline.access.repairs.model import Mended, Span
from shiftline.access.repairs.operations import list_repairs
from shiftline.calls.model import LegState
from shiftline.calls.operations import clocks
from shiftline.calls.operations.repairs import end_legless
from shiftline.conversations.operations.repairs import end_orphans, release_idle_communicating
from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database
from shiftline.foundation.telemetry import REPAIRS
from shiftline.presence.jobs import sweep_sessions
from shiftline.presence.model import RoutingState, SystemPresence
from shiftline.presence.operations.leases import EXPIRY_SLACK, LEASE_LIFETIME, close_silent_leases_in, find_live_leases
from shiftline.presence.operations.presences import find_presences
from shiftline.presence.operations.repairs import end_ghosts
from shiftline.routing.operations.repairs import release_idle_interacting
from shiftline.stations.operations.repairs import end_stale_associations

ANA, BEN, QUEUE = "Ana", "Ben", "Voice"
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
NOW = timedelta(0)


class Ahead(Clock):
    """Some time later, on both clocks."""

    def __init__(self, clock: Clock, span: timedelta) -> None:
        super().__init__()
        self._clock, self._span = clock, span

    def now(self) -> datetime:
        return self._clock.now() + self._span

    def real_now(self) -> datetime:
        return datetime.now(UTC) + self._span


@dataclass
class Wreck:
    """A floor with calls, to which somebody does what a crash leaves."""

    exchange: Exchange

    @property
    def floor(self) -> Floor:
        return self.exchange.floor

    @property
    def context(self) -> Context:
        return self.floor.context

    def later(self, span: timedelta) -> Context:
        """The leading worker some time later."""
        system = self.context.acting_as(Actor("", "system"))
        return system.with_clock(Ahead(self.context.clock, span))

    async def leave(self, statement: str) -> None:
        """Put something into the database as a crash would have left it."""
        async with self.context.reader() as reader:
            await reader.connection.execute(statement.encode())

    async def sweep(self, span: timedelta = NOW) -> int:
        """All that the leading worker sweeps, some time later; how much it mended."""
        context = self.later(span)
        before = len(await self.mended())
        await sweep_sessions(context)
        for work in SWEEPS:
            await work(context)
        return len(await self.mended()) - before

    async def mended(self) -> list[Mended]:
        """What was mended, the newest first."""
        now = self.context.now()
        return await list_repairs(self.context, Span(now - DAY, now + DAY))

    async def one(self) -> Mended:
        """The only thing that was mended, of which somebody is told everything."""
        [mended] = await self.mended()
        assert mended.wrong.endswith(".")
        assert mended.done.endswith(".")
        assert mended.since is not None
        assert mended.since <= mended.at
        async with self.context.reader() as reader:
            rows = await reader.all(
                "select a.actor_id, a.actor_kind, o.name from foundation.audit a "
                "left join foundation.outbox o on o.name = a.event and o.organization_id = a.organization_id "
                "where a.event like '%%.repaired'", {}
            )  # fmt: skip
        assert [(row["actor_id"], row["actor_kind"], row["name"]) for row in rows] == [
            ("System", "system", mended.event)
        ]
        return mended

    async def presence(self, person_id: str) -> SystemPresence:
        async with self.context.reader() as reader:
            found = await find_presences(reader, self.context.organization_id, [person_id])
        return found[person_id].system_presence

    async def station(self, person_id: str) -> str | None:
        async with self.context.reader() as reader:
            rows = await reader.all(
                "select station_id from stations.public_association where person_id = %(id)s", {"id": person_id}
            )
        return rows[0]["station_id"] if rows else None


SWEEPS: tuple[Callable[[Context], Awaitable[int]], ...] = (
    end_ghosts,
    end_stale_associations,
    release_idle_interacting,
    end_orphans,
    release_idle_communicating,
    end_legless,
)


@pytest.fixture
async def wreck(tenant: Tenant, context: SettableContext) -> Wreck:
    """An organization with two agents of a queue and a media node."""
    floor = Floor(tenant, context)
    await floor.prepare()
    exchange = Exchange(floor)
    await exchange.node()
    await exchange.queue(QUEUE)
    for name in (ANA, BEN):
        await exchange.agent(name, QUEUE)
    return Wreck(exchange)


async def test_nothing_is_mended_where_nothing_is_broken(wreck: Wreck) -> None:
    assert await wreck.sweep() == 0
    assert await wreck.sweep(LEASE_LIFETIME - SECOND) == 0


async def test_a_session_that_no_node_renews_is_ended(wreck: Wreck) -> None:
    await wreck.leave("update presence.session_lease set node = 'dead' where person_id = 'Ana'")
    await wreck.leave(
        "update presence.session_lease set expires_at = expires_at + interval '1 day' where person_id = 'Ben'"
    )
    assert await wreck.sweep(LEASE_LIFETIME + EXPIRY_SLACK + SECOND) == 1
    mended = await wreck.one()
    assert (mended.fault, mended.person_id, mended.event) == ("session.lease_expired", ANA, "presence.session.repaired")
    assert "dead" in mended.wrong
    assert await wreck.sweep(LEASE_LIFETIME + EXPIRY_SLACK + SECOND) == 0


async def test_a_session_whose_client_is_heard_no_more_is_ended(wreck: Wreck) -> None:
    async with wreck.context.reader() as reader:
        [lease] = await find_live_leases(reader, "org-1", [ANA], wreck.context.clock.real_now())
    async with wreck.floor.system.transaction() as tx:
        assert await close_silent_leases_in(tx, {lease.id: 60.2}) == 1
        assert await close_silent_leases_in(tx, {lease.id: 60.2}) == 0
    mended = await wreck.one()
    assert (mended.fault, mended.person_id, mended.entity_id) == ("session.peer_silent", ANA, lease.id)
    assert "60 s" in mended.wrong
    assert mended.since is not None
    assert mended.at - mended.since >= timedelta(seconds=60.2)


async def test_whoever_vanished_is_offline_after_the_grace(wreck: Wreck) -> None:
    await wreck.leave(
        "insert into presence.absence select 'org-1', 'Ana', now() - interval '3 minutes', now() - interval '1 minute'"
    )
    await wreck.leave(
        "update presence.session_lease set closed_at = now(), close_reason = 'x', valid = tstzrange(lower(valid), now()) "
        "where person_id = 'Ana'"
    )
    assert await wreck.sweep() == 1
    mended = await wreck.one()
    assert (mended.fault, mended.person_id) == ("presence.vanished", ANA)
    assert await wreck.presence(ANA) is SystemPresence.OFFLINE
    assert await wreck.floor.status(ANA) is RoutingState.OFF_QUEUE
    assert await wreck.sweep() == 0


async def test_whoever_said_that_they_go_is_no_repair(wreck: Wreck) -> None:
    await wreck.floor.be(ANA, SystemPresence.OFFLINE)
    await wreck.leave("insert into presence.absence select 'org-1', 'Ana', now(), now() - interval '1 minute'")
    await wreck.leave("delete from presence.session_lease where person_id = 'Ana'")
    assert await wreck.sweep() == 0
    assert await wreck.presence(ANA) is SystemPresence.OFFLINE


async def test_whoever_is_on_queue_without_any_session_is_offline(wreck: Wreck) -> None:
    await wreck.leave(
        "update presence.session_lease set closed_at = now(), close_reason = 'x', valid = tstzrange(lower(valid), now()) "
        "where person_id = 'Ana'"
    )
    await wreck.leave("update presence.session_lease set expires_at = expires_at + interval '1 day'")
    assert await wreck.sweep(timedelta(minutes=4)) == 0
    assert await wreck.sweep(timedelta(minutes=6)) == 1
    mended = await wreck.one()
    assert (mended.fault, mended.person_id, mended.event) == ("presence.no_session", ANA, "presence.presence.repaired")
    assert await wreck.presence(ANA) is SystemPresence.OFFLINE
    assert await wreck.presence(BEN) is SystemPresence.ON_QUEUE
    assert await wreck.sweep(timedelta(minutes=6)) == 0


async def test_a_station_that_is_gone_is_left(wreck: Wreck) -> None:
    assert await wreck.station(ANA) is not None
    await wreck.leave("update stations.station set active = false where person_id = 'Ana'")
    assert await wreck.sweep() == 1
    mended = await wreck.one()
    assert (mended.fault, mended.person_id, mended.event) == ("station.gone", ANA, "stations.association.repaired")
    assert await wreck.station(BEN) is not None
    assert await wreck.sweep() == 0


async def test_a_station_of_another_is_left(wreck: Wreck) -> None:
    await wreck.leave("update stations.station set person_id = 'admin-1' where person_id = 'Ana'")
    assert await wreck.sweep() == 1
    assert (await wreck.one()).fault == "station.of_another"
    assert await wreck.station(ANA) is None


async def test_whoever_was_deleted_leaves_their_station(wreck: Wreck) -> None:
    await wreck.leave("update identity.person set state = 'deleted' where id = 'Ana'")
    assert await wreck.sweep() == 1
    assert (await wreck.one()).fault == "station.person_gone"
    assert await wreck.sweep() == 0


async def test_two_are_never_at_one_station(wreck: Wreck) -> None:
    """PostgreSQL itself refuses that; there is nothing to mend."""
    with pytest.raises(Exception, match="association_by_station"):
        await wreck.leave(
            "update stations.association a set station_id = (select station_id from stations.association where person_id = 'Ana') "
            "where a.person_id = 'Ben'"
        )


async def test_an_offer_that_nobody_could_answer_is_told_of(wreck: Wreck) -> None:
    caller = await wreck.exchange.wait_in(QUEUE)
    await wreck.exchange.offer()
    [(offer, _)] = await wreck.floor.offers(caller.conversation_id)
    await wreck.leave(
        "update presence.session_lease set closed_at = now(), close_reason = 'x', valid = tstzrange(lower(valid), now()) "
        f"where person_id = '{offer.person_id}'"
    )
    await wreck.leave("update routing.offer set expires_at = clock_timestamp()")
    await clocks.run_due(wreck.exchange.installation)
    mended = await wreck.one()
    assert (mended.fault, mended.person_id, mended.event) == (
        "offer.unanswered",
        offer.person_id,
        "routing.offer.repaired",
    )
    assert await wreck.floor.status(offer.person_id) is RoutingState.NOT_RESPONDING
    await clocks.run_due(wreck.exchange.installation)
    assert len(await wreck.mended()) == 1


async def test_an_offer_that_a_dead_router_left_is_told_of(wreck: Wreck) -> None:
    caller = await wreck.exchange.wait_in(QUEUE)
    await wreck.exchange.offer()
    await wreck.leave("update routing.offer set expires_at = clock_timestamp() - interval '1 minute'")
    await clocks.run_due(wreck.exchange.installation)
    mended = await wreck.one()
    assert mended.fault == "offer.unanswered"
    assert "router" in mended.wrong
    assert (await wreck.floor.interaction(caller.conversation_id)).state == "waiting"


async def test_an_offer_that_somebody_let_ring_is_no_repair(wreck: Wreck) -> None:
    await wreck.exchange.wait_in(QUEUE)
    await wreck.exchange.offer()
    await wreck.leave("update routing.offer set expires_at = clock_timestamp()")
    await clocks.run_due(wreck.exchange.installation)
    assert await wreck.mended() == []


async def test_whoever_handles_nothing_is_idle_again(wreck: Wreck) -> None:
    await wreck.leave("update presence.routing_status set status = 'INTERACTING' where person_id = 'Ana'")
    assert await wreck.sweep() == 0  # not in the first minute
    await wreck.leave("update presence.routing_status set started_at = started_at - interval '2 minutes'")
    assert await wreck.sweep() == 1
    mended = await wreck.one()
    assert (mended.fault, mended.person_id) == ("status.no_interaction", ANA)
    assert await wreck.floor.status(ANA) is RoutingState.IDLE
    assert await wreck.sweep() == 0


async def test_whoever_is_in_no_call_communicates_no_more(wreck: Wreck) -> None:
    await wreck.leave(
        "update presence.routing_status set status = 'COMMUNICATING', started_at = started_at - interval '2 minutes' "
        "where person_id = 'Ana'"
    )
    assert await wreck.sweep() == 1
    mended = await wreck.one()
    assert (mended.fault, mended.person_id, mended.event) == ("status.no_call", ANA, "presence.routing_status.repaired")
    assert await wreck.floor.status(ANA) is RoutingState.IDLE


async def test_an_interaction_of_somebody_who_left_it_ends(wreck: Wreck) -> None:
    caller = await wreck.exchange.wait_in(QUEUE)
    leg = await wreck.exchange.answer(await wreck.exchange.ring(await _offered(wreck)))
    await wreck.leave(
        "update conversations.participant set state = 'disconnected', disconnect_type = 'system', ended_at = now(), "
        f"recording = false where person_id = '{leg.person_id}'"
    )
    await wreck.leave("update routing.interaction set assigned_at = assigned_at - interval '2 minutes'")
    assert await wreck.sweep() == 1
    mended = await wreck.one()
    assert (mended.fault, mended.person_id) == ("interaction.without_part", leg.person_id)
    assert leg.person_id is not None
    assert await wreck.floor.status(leg.person_id) is RoutingState.IDLE
    assert (await wreck.floor.interaction(caller.conversation_id)).end_reason == "repaired"


async def _offered(wreck: Wreck) -> str:
    await wreck.exchange.offer()
    async with wreck.context.reader() as reader:
        [row] = await reader.all("select person_id from routing.offer where state = 'alerting'", {})
    return row["person_id"]


async def test_what_waits_for_a_conversation_that_is_over_ends(wreck: Wreck) -> None:
    caller = await wreck.exchange.wait_in(QUEUE)
    await wreck.leave("update routing.interaction set enqueued_at = enqueued_at - interval '2 minutes'")
    assert await wreck.sweep() == 0
    await wreck.leave(
        "update conversations.participant set state = 'disconnected', disconnect_type = 'system', ended_at = now()"
    )
    await wreck.leave("update conversations.conversation set ended_at = now()")
    assert await wreck.sweep() == 1
    assert (await wreck.one()).fault == "interaction.without_conversation"
    assert (await wreck.floor.interaction(caller.conversation_id)).state == "ended"
    assert await wreck.sweep() == 0


async def test_a_call_without_any_leg_ends(wreck: Wreck) -> None:
    _, leg = await wreck.exchange.talk(QUEUE, await _first(wreck))
    await wreck.leave(
        "update calls.leg set state = 'ended', ended_at = now() - interval '2 minutes', end_reason = 'lost'"
    )
    assert await wreck.sweep() == 1
    mended = await wreck.one()
    assert (mended.fault, mended.entity_id) == ("call.no_leg", leg.conversation_id)
    assert leg.person_id is not None
    assert await wreck.floor.status(leg.person_id) is not RoutingState.INTERACTING
    assert await wreck.sweep() == 0


async def _first(wreck: Wreck) -> str:
    """The one agent who is to be called."""
    await wreck.floor.be(BEN, SystemPresence.BREAK)
    return ANA


async def test_legs_of_a_dead_media_node_are_made_anew_and_told_of(wreck: Wreck) -> None:
    await wreck.exchange.talk(QUEUE, await _first(wreck))
    await wreck.exchange.node("node-2", "media-2")
    await wreck.leave(
        "update calls.media_node set expires_at = clock_timestamp() - interval '1 second' where id = 'node-1'"
    )
    await clocks.run_due(wreck.exchange.installation)
    mended = await wreck.mended()
    legs = await wreck.exchange.legs()
    assert {each.entity_id for each in mended} == {leg.id for leg in legs if leg.state is not LegState.ENDED}
    assert {each.fault for each in mended} == {"leg.node_gone"}
    assert all("node-1" in each.wrong and "node-2" in each.done for each in mended)
    await clocks.run_due(wreck.exchange.installation)
    assert len(await wreck.mended()) == len(mended)


async def test_two_nodes_that_sweep_at_once_mend_a_thing_once(wreck: Wreck) -> None:
    await wreck.leave(
        "update presence.routing_status set status = 'COMMUNICATING', started_at = started_at - interval '2 minutes'"
    )
    await wreck.leave("update stations.station set active = false")
    context = wreck.later(NOW)
    counts = await asyncio.gather(*(work(context) for work in SWEEPS for _ in range(2)))
    assert sum(counts) == len(await wreck.mended()) == 4  # two people, each with two faults


async def test_what_was_mended_is_counted_once_it_has_committed(wreck: Wreck) -> None:
    counter = REPAIRS.labels("status.no_call")
    before: float = counter._value.get()  # pyright: ignore[reportPrivateUsage]
    await wreck.leave(
        "update presence.routing_status set status = 'COMMUNICATING', started_at = started_at - interval '2 minutes'"
    )
    assert await release_idle_communicating(wreck.later(NOW)) == 2
    assert counter._value.get() == before + 2  # pyright: ignore[reportPrivateUsage]


async def test_the_list(wreck: Wreck, database: Database, other_tenant: Tenant) -> None:
    await wreck.leave("update stations.station set active = false where person_id = 'Ana'")
    await wreck.sweep()
    tenant = wreck.floor.tenant
    viewer = await tenant.person("Viewer", "access:decision:view")
    nobody = await tenant.person("Nobody")
    path = "/api/v2/shiftline/access/repairs"
    async with serve(database, wreck.context.clock, endpoints.ROUTES) as api:
        answer = await api.call("GET", path, tenant.tokens[viewer.id])
        [entity] = answer.json()["entities"]
        assert entity["sentence"] == f"{entity['wrong']} {entity['done']}"
        assert (entity["fault"], entity["user_id"], entity["user_name"]) == ("station.gone", ANA, ANA)
        for query, expected in (
            (f"?userId={ANA}", 1),
            (f"?userId={BEN}", 0),
            ("?from=2020-01-01T00:00:00Z&to=2021-01-01T00:00:00Z", 0),
        ):
            answer = await api.call("GET", path + query, tenant.tokens[viewer.id])
            assert len(answer.json()["entities"]) == expected, query
        assert (await api.call("GET", path, tenant.tokens[nobody.id])).status_code == 403
        assert (await api.call("GET", path, other_tenant.tokens["admin-2"])).json()["entities"] == []
        for query in ("?userId=unknown", "?from=2021-01-01T00:00:00Z&to=2020-01-01T00:00:00Z", "?from=yesterday"):
            assert (await api.call("GET", path + query, tenant.tokens[viewer.id])).status_code == 400, query
