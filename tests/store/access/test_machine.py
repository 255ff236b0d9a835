"""Any sequence of publications, edits, swaps, time off, roles, people's states, tenant settings, presences and restarts keeps what
must always hold: workforce changes no decision while the tenant's rule is off, the check is the explanation, each change has its
rows in the audit and the outbox, and tenants never see each other.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from tests.conftest import SettableContext, context_for
from tests.store.conftest import Tenant, make_tenant

from shiftline.access.model.connecting import Question
from shiftline.access.operations.deciding import decide_in, foresee_access_in, judge_question_in
from shiftline.authorization.operations import grant_role_in, list_grants
from shiftline.calls.operations.repairs import end_legless
from shiftline.conversations.operations.repairs import end_orphans, release_idle_communicating
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database
from shiftline.foundation.decision import Decision
from shiftline.foundation.errors import Refusal
from shiftline.foundation.time import DAY, Weekday
from shiftline.identity.errors import PersonNotFound
from shiftline.identity.operations.organizations import change_tenant_settings
from shiftline.identity.operations.people import change_state, get_person
from shiftline.identity.rules import digest
from shiftline.presence.jobs import sweep_sessions
from shiftline.presence.model import PURECLOUD, LeaseOpening, PresenceRequest, SystemPresence
from shiftline.presence.operations.definitions import prepare_organization as prepare_presences
from shiftline.presence.operations.leases import open_lease_in, renew_leases
from shiftline.presence.operations.presences import change_presence
from shiftline.publishing.model import SwapRequest, TimeOffGiven
from shiftline.publishing.operations.swapping import publish_swap
from shiftline.routing.operations.repairs import release_idle_interacting
from shiftline.stations.model import PhoneDraft
from shiftline.stations.operations.phone_bases import prepare_organization as prepare_phones
from shiftline.stations.operations.phones import create_phone_in
from shiftline.stations.operations.repairs import end_stale_associations
from shiftline.workforce.schedule.model import PartDraft, ScheduleDraft, ShiftDraft
from shiftline.workforce.schedule.operations.changing import import_schedule_in, update_schedule_in
from shiftline.workforce.schedule.operations.swapping import ShiftGiven
from shiftline.workforce.schedule.store import schedules, shifts
from shiftline.workforce.timeoff.model import RequestChanges, RequestDraft, Status, TimesAsked
from shiftline.workforce.timeoff.operations.changing import Target, change_request
from shiftline.workforce.timeoff.operations.filing import enter_requests
from shiftline.workforce.units.model import UnitDraft
from shiftline.workforce.units.operations.agents import move_agents_in
from shiftline.workforce.units.operations.business_units import create_business_unit_in
from shiftline.workforce.units.operations.management_units import create_management_unit_in

T = TypeVar("T")

NOW = datetime.fromisoformat("2023-10-26T17:00:00+00:00")  # a Thursday noon in Chicago, in the week of the 22nd
WEEK = datetime.fromisoformat("2023-10-22T00:00:00-05:00")
AHEAD = (timedelta(hours=6), timedelta(days=1))
MINUTE = timedelta(minutes=1)

agents = st.sampled_from([0, 1])
hours = st.integers(-20, 20)
_numbers = count(1)

Gates = list[tuple[str, bool | None]]


@dataclass
class World:
    """An organization with two agents, and another one beside it."""

    tenant: Tenant
    other: Tenant
    people: tuple[str, str]
    roles: tuple[str, str]
    stranger: str
    unit_id: str
    site_id: str
    state: list[str] = field(default_factory=lambda: ["active", "active"])
    granted: list[bool] = field(default_factory=lambda: [True, True])
    webrtc: bool = True
    rule: bool = False
    schedules: list[str] = field(default_factory=list[str])
    requests: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    @property
    def context(self) -> SettableContext:
        assert isinstance(self.tenant.context, SettableContext)
        return self.tenant.context

    @property
    def organization_id(self) -> str:
        return self.context.organization_id

    # what is asked

    async def decide(self, who: int) -> Decision:
        """As enforcement asks."""
        token = self.tenant.tokens[self.people[who]]
        async with self.context.reader() as reader:
            return await decide_in(
                reader, self.context, "connect", person_id=self.people[who], token_digest=digest(token)
            )

    async def why(self, who: int, action: Any = "connect") -> Decision:
        """As people ask."""
        async with self.context.transaction() as tx:
            return await judge_question_in(tx, self.people[who], Question(action))

    async def decisions(self) -> list[Gates]:
        """What is decided of both, now and at some instants ahead."""
        found = [gates_of(await self.decide(who)) for who in (0, 1)]
        async with self.context.reader() as reader:
            for who in (0, 1):
                for ahead in AHEAD:
                    at = self.context.now() + ahead
                    found.append(gates_of(await foresee_access_in(reader, self.context, self.people[who], at)))
        return found

    def expected(self, who: int) -> list[str]:
        """The blockers but for the shift rule's, as somebody would write them down who knows what was done."""
        blockers = [] if self.state[who] == "active" else ["person.inactive"]
        blockers += [] if self.webrtc else ["tenant.webrtc_disabled"]
        return blockers + ([] if self.granted[who] else ["permission.missing"])

    # what is looked at

    async def counts(self) -> dict[tuple[str, str], tuple[int, int]]:
        """How many rows the audit and the outbox have of each organization and event; and whether the bodies are the same."""
        async with self.context.reader() as reader:
            rows = await reader.all(
                """
                with told as (
                  select organization_id, event as name, count(*) as rows, sum(hashtextextended(body::text, 0)) as bodies
                  from foundation.audit where organization_id = any(%(organizations)s) group by 1, 2
                ), sent as (
                  select organization_id, name, count(*) as rows, sum(hashtextextended(body::jsonb::text, 0)) as bodies
                  from foundation.outbox where organization_id = any(%(organizations)s) group by 1, 2
                )
                select coalesce(t.organization_id, s.organization_id) as organization_id, coalesce(t.name, s.name) as event,
                       coalesce(t.rows, 0) as told, coalesce(s.rows, 0) as sent, t.bodies = s.bodies as equal
                from told t full join sent s using (organization_id, name)
                """,
                {"organizations": [self.organization_id, self.other.context.organization_id]},
            )
        assert all(row["equal"] for row in rows), [row for row in rows if not row["equal"]]
        return {(row["organization_id"], row["event"]): (row["told"], row["sent"]) for row in rows}

    async def check(self) -> None:
        """What must always hold."""
        for who in (0, 1):
            decision = await self.decide(who)
            asked = await self.why(who)
            assert described(asked) == described(decision)
            codes = [gate.code for gate in decision.blockers]
            assert [code for code in codes if not code.startswith("shift.")] == self.expected(who)
            assert any(gate.code.startswith("shift.") for gate in decision.gates) is self.rule
            assert decision.allowed is (not codes)
            signing_in = await self.why(who, "sign-in")
            assert gates_of(signing_in) == gates_of(decision)[: len(signing_in.gates)]
        assert all(told == sent for told, sent in (await self.counts()).values())
        await self._check_strangers()

    async def _check_strangers(self) -> None:
        """The other organization knows none of this one's people, and nothing of it changes."""
        theirs = self.other.context
        with pytest.raises(PersonNotFound):
            await get_person(theirs, self.people[0])
        with pytest.raises(PersonNotFound):
            await change_state(theirs, self.people[0], "inactive", version=None)
        async with theirs.reader() as reader:
            token = digest(self.tenant.tokens[self.people[0]])
            unknown = await decide_in(reader, theirs, "connect", person_id=self.people[0], token_digest=token)
            own = digest(self.other.tokens[self.stranger])
            stranger = await decide_in(reader, theirs, "connect", person_id=self.stranger, token_digest=own)
        assert {"person.unknown", "token.none"} <= {gate.code for gate in unknown.blockers}
        assert stranger.allowed is True

    # what is done

    async def take(self, step: Coroutine[Any, Any, None], *, of_workforce: bool) -> None:
        """One step. A refusal leaves nothing; workforce changes no decision but by the rule; nobody else is touched."""
        self.context.clock.advance(MINUTE)
        before, counts = await self.decisions(), await self.counts()
        try:
            await step
        except Refusal:
            assert await self.counts() == counts
            return
        after, counts_after = await self.decisions(), await self.counts()
        changed = {organization for (organization, event), told in counts_after.items()
                   if counts.get((organization, event)) != told}  # fmt: skip
        assert changed <= {self.organization_id}
        if of_workforce:
            kept = [without_rule(gates) for gates in before]
            assert [without_rule(gates) for gates in after] == kept
            assert self.rule or after == before
        elif after != before:
            assert changed, "a decision changed, and nothing tells of it"

    async def publish(self, planned: list[tuple[int, int]], *, published: bool) -> None:
        parts = tuple(
            PartDraft(
                field="p",
                agent_id=self.people[who],
                shifts=tuple(self._shift(hour) for each, hour in planned if each == who),
            )
            for who in sorted({who for who, _ in planned})
        )
        schedule_id = f"schedule-{next(_numbers)}"
        async with self.context.transaction() as tx:
            draft = ScheduleDraft(description="Week", published=published, parts=parts, id=schedule_id)
            await import_schedule_in(tx, self.unit_id, WEEK.date(), draft)
        self.schedules.append(schedule_id)

    def _shift(self, hour: int, shift_id: str | None = None) -> ShiftDraft:
        return ShiftDraft(field="s", id=shift_id, start=NOW + timedelta(hours=hour), minutes=300)

    async def edit(self, which: int, who: int, hour: int) -> None:
        if not self.schedules:
            return
        async with self.context.transaction() as tx:
            place = (self.organization_id, self.schedules[which % len(self.schedules)])
            schedule = await schedules.find_schedule(tx, *place)
            if schedule is None:
                return
            kept = (await shifts.read_parts(tx, *place, [self.people[who]])).get(self.people[who])
            known = kept.part.shifts[0].id if kept is not None and kept.part.shifts else None
            version = None if kept is None else kept.stamp.version
            part = PartDraft(field="p", agent_id=self.people[who], shifts=(self._shift(hour, known),), version=version)
            await update_schedule_in(tx, schedule, ScheduleDraft(parts=(part,), version=schedule.version))

    async def swap(self, who: int, hour: int, status: Status | None) -> None:
        if not self.schedules:
            return
        start = NOW + timedelta(hours=hour)
        given = ShiftGiven("s", start, start + timedelta(hours=5), True, "Swap", ())
        off = (
            () if status is None else (TimeOffGiven("t", start + DAY, start + DAY + timedelta(hours=5), status, "PTO"),)
        )
        request = SwapRequest(self.people[who], self.schedules[-1], (given,), off, None)
        await publish_swap(self.context, request)

    async def ask_for_time_off(self, who: int, hour: int, *, approved: bool) -> None:
        asked = TimesAsked(starts=[NOW + timedelta(hours=hour)], minutes=[240], payable_minutes=[0])
        draft = replace(RequestDraft("5", asked), status=Status.APPROVED if approved else Status.PENDING)
        [(request, _)] = await enter_requests(self.context, self.site_id, [self.people[who]], draft)
        self.requests.append((request.id, self.people[who]))

    async def rule_on_time_off(self, which: int, status: Status) -> None:
        if not self.requests:
            return
        request_id, person_id = self.requests[which % len(self.requests)]
        async with self.context.reader() as reader:
            row = await reader.one("select version from timeoff.request where id = %(id)s", {"id": request_id})
        assert row is not None
        target = Target(self.site_id, person_id, request_id)
        await change_request(self.context, target, RequestChanges(row["version"], status=status, times=None))

    async def grant(self, who: int, *, active: bool) -> None:
        async with self.context.transaction() as tx:
            await grant_role_in(tx, self.people[who], self.roles[who], "*", active=active)
        self.granted[who] = active

    async def set_state(self, who: int, state: Any) -> None:
        await change_state(self.context, self.people[who], state, version=None)
        self.state[who] = state

    async def switch(self, *, webrtc: bool | None = None, rule: bool | None = None) -> None:
        if webrtc is not None:
            await change_tenant_settings(self.context, webrtc_enabled=webrtc)
            self.webrtc = webrtc
        else:
            await change_tenant_settings(self.context, softphone_within_shift=rule, shift_margin_minutes=15)
            self.rule = rule is True

    async def be(self, who: int, presence: SystemPresence) -> None:
        await change_presence(self.context, self.people[who], PURECLOUD, PresenceRequest(system_presence=presence))

    async def connect(self, who: int) -> None:
        async with self.context.transaction() as tx:
            await open_lease_in(tx, LeaseOpening(self.people[who], "channel", "node-1", "xmpp"))

    async def restart(self, url: str) -> None:
        """The programs stop and start: other connections, and the leader sweeps. Nothing changes, and nothing is repaired."""
        before, counts = await self.decisions(), await self.counts()
        anew = Database(url, size=3)
        await anew.open()
        try:
            system = Context(anew, self.context.clock, Actor("", "system"))
            await renew_leases(system, "node-1")
            await sweep_sessions(system)
            for sweep in (end_orphans, release_idle_communicating, release_idle_interacting, end_legless):
                assert await sweep(system, timedelta(0)) == 0, sweep.__name__
            assert await end_stale_associations(system) == 0
        finally:
            await anew.close()
        assert await self.decisions() == before
        assert await self.counts() == counts


def gates_of(decision: Decision) -> Gates:
    return [(gate.code, gate.holds) for gate in decision.gates]


def without_rule(gates: Gates) -> Gates:
    return [gate for gate in gates if not gate[0].startswith("shift.")]


def described(decision: Decision) -> Any:
    """All of a decision but its id and its instants: a token ends in real time, which goes on."""
    gates = [
        (gate.code, gate.holds, gate.sentence, {name: fact for name, fact in gate.facts.items() if name != "expiresAt"})
        for gate in decision.gates
    ]
    return decision.sentence, decision.allowed, gates, [each.code for each in decision.not_a_cause]


async def make_world(database: Database) -> World:
    """Two organizations, never used before."""
    number = next(_numbers)
    contexts = [
        context_for(database, f"machine-{number}-{name}", f"admin-{number}-{name}") for name in ("ours", "theirs")
    ]
    for context in contexts:
        context.clock.set(NOW)
    tenant, other = [await make_tenant(context) for context in contexts]
    context = contexts[0]
    unit_id, site_id = f"unit-{number}", f"site-{number}"
    people = [await tenant.person(f"agent {number} {n}", "webRTC:enable") for n in (0, 1)]
    stranger = await other.person(f"stranger {number}", "webRTC:enable")
    async with context.transaction() as tx:
        await prepare_presences(tx, context.organization_id)
        await prepare_phones(tx, context.organization_id)
        for person in people:
            await create_phone_in(tx, PhoneDraft(f"Phone of {person.id}", person.id))
        unit = UnitDraft("Unit", time_zone="America/Chicago", start_day_of_week=Weekday.SUNDAY, id=unit_id)
        await create_business_unit_in(tx, unit)
        await create_management_unit_in(tx, unit_id, UnitDraft("Site", id=site_id))
        await move_agents_in(tx, [person.id for person in people], site_id)
    roles = [(await list_grants(context, subject_id=person.id))[0].role.id for person in people]
    return World(tenant, other, (people[0].id, people[1].id), (roles[0], roles[1]), stranger.id, unit_id, site_id)


@dataclass(frozen=True)
class Ground:
    """Where a machine runs: its steps come from a thread of their own."""

    database: Database
    url: str
    loop: asyncio.AbstractEventLoop

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """A step, on the loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(120)


class Machine(RuleBasedStateMachine):
    """Steps in any order, each on the loop of the test."""

    ground: ClassVar[Ground]

    def __init__(self) -> None:
        super().__init__()
        self.world = self.ground.run(make_world(self.ground.database))

    def workforce(self, step: Coroutine[Any, Any, None]) -> None:
        self.ground.run(self.world.take(step, of_workforce=True))

    def other(self, step: Coroutine[Any, Any, None]) -> None:
        self.ground.run(self.world.take(step, of_workforce=False))

    @rule(planned=st.lists(st.tuples(agents, hours), min_size=1, max_size=4), published=st.booleans())
    def publish(self, planned: list[tuple[int, int]], published: bool) -> None:
        self.workforce(self.world.publish(planned, published=published))

    @rule(which=st.integers(0, 3), who=agents, hour=hours)
    def edit(self, which: int, who: int, hour: int) -> None:
        self.workforce(self.world.edit(which, who, hour))

    @rule(who=agents, hour=hours, status=st.sampled_from([None, Status.PENDING, Status.APPROVED]))
    def swap(self, who: int, hour: int, status: Status | None) -> None:
        self.workforce(self.world.swap(who, hour, status))

    @rule(who=agents, hour=hours, approved=st.booleans())
    def ask_for_time_off(self, who: int, hour: int, approved: bool) -> None:
        self.workforce(self.world.ask_for_time_off(who, hour, approved=approved))

    @rule(which=st.integers(0, 3), status=st.sampled_from([Status.APPROVED, Status.DENIED, Status.PENDING]))
    def rule_on_time_off(self, which: int, status: Status) -> None:
        self.workforce(self.world.rule_on_time_off(which, status))

    @rule(who=agents, active=st.booleans())
    def grant(self, who: int, active: bool) -> None:
        self.other(self.world.grant(who, active=active))

    @rule(who=agents, state=st.sampled_from(["active", "inactive"]))
    def set_state(self, who: int, state: str) -> None:
        self.other(self.world.set_state(who, state))

    @rule(webrtc=st.booleans())
    def switch_webrtc(self, webrtc: bool) -> None:
        self.other(self.world.switch(webrtc=webrtc))

    @rule(on=st.booleans())
    def switch_rule(self, on: bool) -> None:
        self.other(self.world.switch(rule=on))

    @rule(who=agents, presence=st.sampled_from([SystemPresence.ON_QUEUE, SystemPresence.BREAK]))
    def be(self, who: int, presence: SystemPresence) -> None:
        self.workforce(self.world.be(who, presence))  # no decision on connecting follows from it either

    @rule(who=agents)
    def connect(self, who: int) -> None:
        self.workforce(self.world.connect(who))

    @precondition(lambda self: self.world.schedules or self.world.requests)
    @rule()
    def restart(self) -> None:
        self.ground.run(self.world.restart(self.ground.url))

    @invariant()
    def holds(self) -> None:
        self.ground.run(self.world.check())


@pytest.mark.timeout(600)
async def test_no_sequence_of_anything_breaks_what_must_hold(database: Database, database_url: str) -> None:
    ground = Ground(database, database_url, asyncio.get_running_loop())
    machine = type("Machine", (Machine,), {"ground": ground})
    chosen = settings(
        max_examples=10,
        stateful_step_count=12,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    await asyncio.to_thread(run_state_machine_as_test, machine, settings=chosen)
