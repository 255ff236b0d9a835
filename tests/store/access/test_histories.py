"""What is read of many people over a span says of each instant what the one read of enforcement says of it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from tests.conftest import SettableContext
from tests.store.conftest import make_tenant, serve
from tests.store.publishing.test_time_off_sequences import (
    FIRST,
    NIGHTS,
    Decide,
    Enter,
    Import,
    Publish,
    Republish,
    Swap,
    Times,
    Update,
    World,
    settle,
)
from tests.store.schedule.planner import Planner

from shiftline.access.model.connecting import ExceptionKind, Snapshot
from shiftline.access.model.histories import History, Setting
from shiftline.access.rules.connecting import judge_access
from shiftline.access.rules.histories import list_instants, snapshot_at
from shiftline.access.shiftrule.model import ExceptionDraft, OverrideDraft
from shiftline.access.shiftrule.operations import end_exception, end_override, except_from_rule, let_in
from shiftline.access.store import read_histories, read_snapshot
from shiftline.authorization.model import RoleDraft
from shiftline.authorization.operations import change_role, create_role, get_home_division, grant_roles, list_roles
from shiftline.foundation.errors import Refusal
from shiftline.foundation.web.paging import Page
from shiftline.identity.model import ShiftRuleChange
from shiftline.identity.operations.organizations import (
    change_organization,
    change_tenant_settings,
    get_organization,
)
from shiftline.identity.operations.people import change_state
from shiftline.identity.operations.tokens import issue_token_in, revoke_tokens_of
from shiftline.stations.model import PhoneDraft, StationFilter
from shiftline.stations.operations.associations import associate_station, disassociate_station, list_stations
from shiftline.stations.operations.phone_bases import prepare_organization as prepare_phones
from shiftline.stations.operations.phones import create_phone
from shiftline.workforce.timeoff.model import Status

NIGHT = NIGHTS[0]
STATUSES = (Status.APPROVED, Status.DENIED, Status.PENDING)


class Sequence:
    """Random changes of everything that access is judged from, at instants hours apart."""

    def __init__(self, context: SettableContext, world: World, seed: int) -> None:
        self.context, self.world, self.random = context, world, Random(seed)
        self.instants: list[datetime] = []
        self.division = ""
        self.excepted: list[str] = []
        self.overrides: list[str] = []

    async def run(self, count: int) -> None:
        for step in FIRST:
            await self.world.take(step)
        kinds: list[Callable[[str], Awaitable[object]]] = [
            self.schedules,
            self.schedules,
            self.roles,
            self.states,
            self.switches,
            self.tokens,
            self.stations,
            self.exceptions,
        ]
        for _ in range(count):
            self.context.clock.advance(timedelta(minutes=self.random.randint(1, 400)))
            self.instants.append(self.context.now())
            try:
                await self.random.choice(kinds)(self.random.choice(["ann", "bob"]))
            except Refusal:
                continue

    async def schedules(self, agent: str) -> None:
        random = self.random
        hour, which = random.randint(-72, 72), random.randint(0, 5)
        await self.world.take(
            random.choice(
                [
                    Enter(agent, Times(random.randint(-3, 3), 2, None, 480), random.random() < 0.5),
                    Enter(agent, Times(0, 1, hour, 60), random.random() < 0.5),
                    Decide(which, random.choice(STATUSES)),
                    Import(which % 2, random.random() < 0.7, [(agent, hour, 480)]),
                    Publish(which),
                    Republish(which, 1 + which % 3),
                    Update(which, agent, hour, 480, random.random() < 0.5),
                    Swap(agent, hour, 480),
                ]
            )
        )

    async def roles(self, agent: str) -> None:
        roles = [role for role in await list_roles(self.context) if role.name.startswith("R")]
        if len(roles) < 3:
            permissions = ("webRTC:enable",) if self.random.random() < 0.6 else ("wfm:agentSchedule:view",)
            roles.append(await create_role(self.context, RoleDraft(f"R{len(roles)}", None, permissions)))
        role = self.random.choice(roles)
        if self.random.random() < 0.2:
            await change_role(self.context, role.id, RoleDraft(role.name, "other", ("webRTC:*",)))
            return
        pair = (role.id, self.random.choice(["*", self.division]))
        await grant_roles(self.context, agent, [pair], active=self.random.random() < 0.6)

    async def states(self, agent: str) -> None:
        await change_state(self.context, agent, self.random.choice(["active", "inactive"]), version=None)

    async def switches(self, agent: str) -> None:
        if self.random.random() < 0.2:
            current = await get_organization(self.context)
            await change_organization(self.context, current.version, lambda one: replace(one, name=f"{one.name}+"))
        elif self.random.random() < 0.4:
            await change_tenant_settings(self.context, webrtc_enabled=self.random.random() < 0.5)
        else:
            rule = ShiftRuleChange(
                enabled=self.random.random() < 0.7,
                margin=self.random.choice([None, 0, 15, 90]),
                grace_before=self.random.choice([None, 0, 30]),
                grace_after=self.random.choice([None, 45, 240]),
            )
            await change_tenant_settings(self.context, shift_rule=rule)

    async def exceptions(self, agent: str) -> None:
        random, now = self.random, self.context.now()
        ends_at = random.choice([None, now + timedelta(hours=random.randint(1, 90))])
        if random.random() < 0.4:
            subject: tuple[ExceptionKind, str] = random.choice([("person", agent), ("division", self.division)])
            made = await except_from_rule(self.context, ExceptionDraft(*subject, "Works at the door", ends_at))
            self.excepted.append(made.id)
        elif random.random() < 0.5 and self.excepted:
            await end_exception(self.context, random.choice(self.excepted))
        elif random.random() < 0.6:
            let = await let_in(self.context, OverrideDraft(agent, f"Covers {now:%H%M}", random.randint(5, 400)))
            self.overrides.append(let.id)
        elif self.overrides:
            await end_override(self.context, random.choice(self.overrides))

    async def tokens(self, agent: str) -> None:
        if self.random.random() < 0.4:
            await revoke_tokens_of(self.context, agent)
            return
        async with self.context.transaction() as tx:
            hours = timedelta(hours=self.random.choice([1, 30, 300]))
            await issue_token_in(tx, person_id=agent, client_id="test", lifetime=hours)

    async def stations(self, agent: str) -> None:
        found, _ = await list_stations(self.context, Page(), StationFilter())
        if self.random.random() < 0.3:
            await disassociate_station(self.context, agent)
        else:
            await associate_station(self.context, agent, self.random.choice(found).id)


def comparable(snapshot: Snapshot) -> Snapshot:
    """Without the order of what has no order: roles given at one instant."""
    return replace(
        snapshot,
        holdings=tuple(sorted(snapshot.holdings, key=lambda each: (each.since, each.role_id, each.division_id))),
        exceptions=tuple(sorted(snapshot.exceptions, key=lambda each: each.exception_id)),
        overrides=tuple(sorted(snapshot.overrides, key=lambda each: each.override_id)),
        former_holdings=tuple(
            sorted(snapshot.former_holdings, key=lambda each: (each.until, each.role_id, each.since))
        ),
    )


@pytest.fixture
async def planner(context: SettableContext) -> AsyncIterator[Planner]:
    context.clock.set("2023-10-02T12:00:00Z")
    tenant = await make_tenant(context)
    async with serve(context.database, context.clock, []) as api:
        planner = Planner(api, tenant)
        await planner.settle()
        for name in ("ann", "bob"):
            await planner.hire(name, "webRTC:enable")
        yield planner


@pytest.fixture
async def world(planner: Planner, context: SettableContext) -> World:
    people = await settle(planner, context)
    async with context.transaction() as tx:
        await prepare_phones(tx, context.organization_id)
    for name in ("ann", "bob"):
        await create_phone(context, PhoneDraft(f"Phone of {name}", name))
    return World(context, NIGHT, people)


@pytest.mark.parametrize("seed", range(4))
async def test_an_instant_of_a_history_is_the_read_of_that_instant(
    world: World, context: SettableContext, seed: int
) -> None:
    sequence = Sequence(context, world, seed)
    sequence.division = (await get_home_division(context)).id
    await sequence.run(200)
    # What happened before the span is told of, too; after it, shifts and time off are too far away to be looked at.
    first, last = sequence.instants[20], sequence.instants[-1] + timedelta(days=14)
    later = [sequence.instants[-1] + timedelta(hours=hours) for hours in range(0, 14 * 24, 11)]
    async with context.reader() as reader:
        setting, histories = await read_histories(reader, context.organization_id, ["ann", "bob"], first, last)
        assert [each.person_id for each in histories] == ["ann", "bob"]
        compared = 0
        for history in histories:
            instants = list_instants(history, setting, first, last)
            assert len(instants) > 40
            moment = timedelta(microseconds=1)
            for at in (each for one in (*instants, *later) for each in (one - moment, one)):
                wanted = await read_snapshot(reader, context.organization_id, history.person_id, at, past=True)
                assert comparable(snapshot_at(history, setting, at)) == comparable(wanted), at
                compared += 1
    assert compared > 150


async def test_nothing_changes_between_the_instants_of_a_history(world: World, context: SettableContext) -> None:
    """Every gate judges alike at any instant between two that are listed."""
    sequence = Sequence(context, world, 11)
    sequence.division = (await get_home_division(context)).id
    await sequence.run(200)
    # The rule is on while shifts pass, with an hour off in the middle of one.
    await change_tenant_settings(context, softphone_within_shift=True, shift_margin_minutes=15)
    await sequence.world.take(Import(1, True, [(agent, 96, 480) for agent in ("ann", "bob")]))
    await sequence.world.take(Enter("ann", Times(0, 1, 98, 60), approved=True))
    first, last = sequence.instants[0], sequence.instants[-1] + timedelta(days=14)
    random = Random(3)
    async with context.reader() as reader:
        setting, histories = await read_histories(reader, context.organization_id, ["ann", "bob"], first, last)
    for history in histories:
        for start, end in pairwise([first, *list_instants(history, setting, first, last), last]):
            wanted = codes(history, setting, start)
            for _ in range(5):
                at = start + (end - start) * random.random()
                assert at == end or codes(history, setting, at) == wanted


def codes(history: History, setting: Setting, at: datetime) -> list[str]:
    return [gate.code for gate in judge_access("connect", snapshot_at(history, setting, at)).gates]
