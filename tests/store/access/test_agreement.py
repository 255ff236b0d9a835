"""The router offers a call exactly to whom ``why`` says that they may receive it, whatever stands against it."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import combinations
from random import Random

import pytest
from tests.store.access.conftest import Asking
from tests.store.routing.floor import Floor

from shiftline.access.model.connecting import Question
from shiftline.access.operations.deciding import judge_question_in
from shiftline.foundation.database import Transaction
from shiftline.foundation.decision import Decision
from shiftline.presence.model import PURECLOUD, PresenceRequest, SystemPresence
from shiftline.presence.operations.presences import change_presence_in, move_routing_status_in
from shiftline.presence.rules import Cause
from shiftline.routing.model.interactions import InteractionDraft, Offer
from shiftline.routing.model.queues import QueueSettings, Ring
from shiftline.routing.model.skills import SkillDraft, SkillKind
from shiftline.routing.operations.choosing import make_offers_in
from shiftline.routing.operations.interactions import enqueue_in, withdraw_in
from shiftline.routing.operations.offers import accept_offer_in, decline_offer_in, miss_offer_in

ANA, QUEUE, OTHER, CALL, SKILL = "Ana", "Voice", "Other", "the-call", "spanish"


@dataclass
class Case:
    """The one agent and the one call, in a transaction that is undone. ``named``: the call asks for the skill."""

    floor: Floor
    tx: Transaction
    named: bool

    async def run(self, statement: str) -> None:
        await self.tx.connection.execute(statement.encode())

    async def call(self, queue_id: str, conversation_id: str, *skills: str) -> Offer:
        """Another call, which Ana gets."""
        await enqueue_in(self.tx, InteractionDraft(conversation_id, queue_id, skill_ids=skills))
        [offer] = await make_offers_in(self.tx)
        return offer

    async def be(self, presence: SystemPresence) -> None:
        await change_presence_in(self.tx, ANA, PURECLOUD, PresenceRequest(system_presence=presence))


@dataclass(frozen=True)
class Fault:
    """Something that stands against it, the code that tells it; of one ``group`` only one at a time."""

    name: str
    inject: Callable[[Case], Awaitable[object]]
    code: str
    group: str = ""
    of_call: bool = False


def raw(statement: str) -> Callable[[Case], Awaitable[object]]:
    return lambda case: case.run(statement)


async def is_alerted(case: Case) -> None:
    await case.call(OTHER, "another")


async def is_interacting(case: Case) -> None:
    await accept_offer_in(case.tx, (await case.call(OTHER, "another")).id)


async def came_back(case: Case) -> None:
    await is_interacting(case)
    await case.be(SystemPresence.AVAILABLE)
    await case.be(SystemPresence.ON_QUEUE)


async def has_missed(case: Case) -> None:
    offer = await case.call(OTHER, "another")
    await miss_offer_in(case.tx, offer.id)
    await withdraw_in(case.tx, "another", "abandoned")


async def talks(case: Case) -> None:
    await move_routing_status_in(case.tx, ANA, Cause.OWN_CALL_BEGAN)


async def has_declined(case: Case) -> None:
    skills = (SKILL,) if case.named else ()
    await decline_offer_in(case.tx, (await case.call(QUEUE, CALL, *skills)).id)


async def is_on_break(case: Case) -> None:
    await case.be(SystemPresence.BREAK)


# In the order in which they are injected: those that need a call to be offered first.
FAULTS = (
    Fault("declined", has_declined, "declined.before", "declined", of_call=True),
    Fault("alerted", is_alerted, "busy.with.offer", "call"),
    Fault("interacting", is_interacting, "status.INTERACTING", "call"),
    Fault("came back", came_back, "capacity.reached", "call"),
    Fault("missed", has_missed, "status.NOT_RESPONDING", "call"),
    Fault("own call", talks, "status.COMMUNICATING", "call"),
    Fault("presence", is_on_break, "not.on.queue", "presence"),
    Fault(
        "left", raw("update routing.queue_member set joined = false where queue_id = 'Voice'"), "not.joined", "member"
    ),
    Fault(
        "taken out",
        raw("update routing.queue_member set joined = false, active = false where queue_id = 'Voice'"),
        "not.member",
        "member",
    ),
    Fault(
        "session",
        raw(
            "update presence.session_lease set closed_at = now(), close_reason = 'x', valid = tstzrange(lower(valid), now())"
        ),
        "no.session",
        "session",
    ),
    Fault("expired", raw("update presence.session_lease set expires_at = clock_timestamp()"), "no.session", "session"),
    Fault("listener", raw("update presence.session_lease set transport = 'json'"), "no.session", "session"),
    Fault(
        "station",
        raw("update stations.association set station_id = null, associated_at = null, default_station_id = null"),
        "no.station",
        "station",
    ),
    Fault("station gone", raw("update stations.station set active = false"), "no.station", "station"),
    Fault(
        "role",
        raw("""update "authorization".role_grant set active = false where subject_id = 'Ana'"""),
        "permission.missing",
        "permission",
    ),
    Fault(
        "division",
        raw("""update "authorization".role_grant set division_id = 'elsewhere' where subject_id = 'Ana'"""),
        "permission.missing",
        "permission",
    ),
    Fault(
        "inactive", raw("update identity.person set state = 'inactive' where id = 'Ana'"), "person.inactive", "person"
    ),
    Fault("organization", raw("update identity.organization set active = false"), "organization.inactive"),
    Fault("tenant", raw("update identity.tenant_settings set webrtc_enabled = false"), "tenant.webrtc_disabled"),
    Fault("skill", raw("update routing.person_skill set active = false"), "skill.missing", of_call=True),
    Fault("ring", raw("update routing.queue_member set ring_number = 3"), "ring.not.reached", of_call=True),
    Fault(
        "utilization",
        raw(
            "insert into routing.settings (organization_id, reset_agent_score_on_presence_change, utilization, since, changed_by)"
            ' select id, false, \'{"call": {"maximum_capacity": 0}, "callback": {"maximum_capacity": 1},'
            ' "chat": {"maximum_capacity": 1}, "email": {"maximum_capacity": 1}, "message": {"maximum_capacity": 1}}\','
            " now(), 'x' from (select organization_id as id from identity.organization) as o"
        ),
        "capacity.reached",
        "utilization",
    ),
)


@pytest.fixture
async def ready(asking: Asking) -> Asking:
    """One agent whom nothing hinders: with a softphone, on queue, in two queues, with the skill."""
    floor = asking.floor
    floor.context.clock.set(floor.context.clock.real_now())
    rings = tuple(Ring(timedelta(minutes=minutes)) for minutes in (1, 1, 1, 1, 1))
    await floor.queue(QUEUE, QueueSettings(rings=rings))
    await floor.queue(OTHER)
    await floor.skill(SkillDraft("Spanish", SkillKind.SKILL, id=SKILL))
    await floor.agent(ANA, QUEUE, OTHER)
    await floor.learn(ANA, SKILL)
    floor.context.clock.advance(timedelta(minutes=3))
    return asking


@asynccontextmanager
async def undone(asking: Asking, *, named: bool) -> AsyncGenerator[Case]:
    """A transaction of which nothing stays."""
    async with asking.floor.system.transaction() as tx, tx.connection.transaction(force_rollback=True):
        yield Case(asking.floor, tx, named)
        tx.happened.clear()


async def judge_both(case: Case, faults: Iterable[Fault]) -> tuple[Decision, bool]:
    """What ``why`` says, and whether the router offers Ana the call."""
    for fault in faults:
        await fault.inject(case)
    await enqueue_in(case.tx, InteractionDraft(CALL, QUEUE, skill_ids=(SKILL,) if case.named else ()))
    question = Question("receive", queue_id=QUEUE)
    decision = await judge_question_in(
        case.tx, ANA, replace(question, conversation_id=CALL) if case.named else question
    )
    offered = await make_offers_in(case.tx)
    return decision, (ANA, CALL) in {(offer.person_id, offer.conversation_id) for offer in offered}


async def check(asking: Asking, faults: tuple[Fault, ...], *, named: bool) -> None:
    async with undone(asking, named=named) as case:
        decision, is_offered = await judge_both(case, faults)
    names = [fault.name for fault in faults]
    blockers = {gate.code for gate in decision.blockers}
    assert decision.allowed is is_offered, (names, blockers, is_offered)
    assert decision.allowed is not bool(faults), names
    assert {fault.code for fault in faults if not is_hidden(fault, faults)} <= blockers, names


def is_hidden(fault: Fault, faults: tuple[Fault, ...]) -> bool:
    """Whether another fault takes this one away: who is off queue has no other status, and who is no member no ring."""
    names, of_status = {each.name for each in faults}, {"interacting", "came back", "missed", "own call"}
    match fault.name:
        case "ring":
            return "taken out" in names
        case "utilization":  # room is looked at of whom the status makes free
            return "presence" in names or not names.isdisjoint(of_status)
        case "interacting" | "came back" | "missed" | "own call":
            return "presence" in names
        case _:
            return False


async def test_nothing_against_it(ready: Asking) -> None:
    for named in (False, True):
        await check(ready, (), named=named)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_each_fault_alone(ready: Asking, fault: Fault) -> None:
    await check(ready, (fault,), named=True)
    if not fault.of_call:
        await check(ready, (fault,), named=False)


def differing(faults: Iterable[Fault]) -> bool:
    groups = [fault.group for fault in faults if fault.group]
    return len(groups) == len(set(groups))


async def test_each_two_faults(ready: Asking) -> None:
    for faults in combinations(FAULTS, 2):
        if differing(faults):
            await check(ready, faults, named=True)


async def test_many_faults(ready: Asking) -> None:
    """Some of all the larger combinations, always the same."""
    random = Random(20231027)
    for _ in range(60):
        faults = tuple(fault for fault in FAULTS if random.random() < 0.3)
        if differing(faults):
            await check(ready, faults, named=True)


async def test_what_is_healed_is_offered_again(ready: Asking) -> None:
    """The other direction: each fault taken back leaves nothing behind that only one of the two sees."""
    async with undone(ready, named=True) as case:
        await case.be(SystemPresence.BREAK)
        await case.be(SystemPresence.ON_QUEUE)
        await move_routing_status_in(case.tx, ANA, Cause.OWN_CALL_BEGAN)
        await move_routing_status_in(case.tx, ANA, Cause.OWN_CALL_ENDED)
        await case.run("update routing.queue_member set joined = false")
        await case.run("update routing.queue_member set joined = true")
        decision, is_offered = await judge_both(case, ())
    assert decision.allowed is True
    assert is_offered


async def test_a_call_that_she_declined_keeps_no_other_one_from_her(ready: Asking) -> None:
    async with undone(ready, named=True) as case:
        await has_declined(case)
        await enqueue_in(case.tx, InteractionDraft("the-next", QUEUE, skill_ids=(SKILL,)))
        decision = await judge_question_in(case.tx, ANA, Question("receive", conversation_id="the-next"))
        offered = await make_offers_in(case.tx)
    assert decision.allowed is True
    assert [offer.conversation_id for offer in offered] == ["the-next"]
