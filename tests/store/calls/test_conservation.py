"""Whatever callers, agents, phones, nodes and the clock do in whatever order: nothing is lost or doubled, nothing left over."""

import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeAlias

import pytest
from tests.store.calls.exchange import OFFER, Caller, Exchange

from shiftline.calls import rules
from shiftline.calls.model import Callee, Leg, LegState
from shiftline.calls.operations import nodes, softphones
from shiftline.calls.operations.controls import end_conversation
from shiftline.calls.operations.transfers import (
    add_to_conference,
    begin_consultation,
    cancel_consultation,
    change_consultation,
    transfer_blind,
)
from shiftline.conversations.model.conversations import CallState
from shiftline.foundation.errors import Refusal
from shiftline.presence.model import RoutingState
from shiftline.presence.operations.presences import set_routing_status

STEPS = 60
PEOPLE = ("Ana", "Ben", "Cem")
Deed: TypeAlias = Callable[["World"], Awaitable[Any]]

DOUBLED = {
    "places in line of one conversation": """
        select conversation_id from routing.interaction where state in ('waiting', 'offered')
        group by conversation_id having count(*) > 1""",
    "interactions of one conversation with one agent": """
        select conversation_id from routing.interaction where state = 'assigned'
        group by conversation_id, person_id having count(*) > 1""",
    "offers of one interaction": """
        select interaction_id from routing.offer where state = 'alerting' group by interaction_id having count(*) > 1""",
    "offers to one agent": """
        select person_id from routing.offer where state = 'alerting' group by person_id having count(*) > 1""",
    "legs of one participant": """
        select participant_id from calls.leg where state <> 'ended' and participant_id is not null
        group by participant_id having count(*) > 1""",
    "legs of an offer": "select offer_id from calls.leg where state <> 'ended' group by offer_id having count(offer_id) > 1",
    "open recordings of one leg": """
        select leg_id from recordings.recording where stop_at is null group by leg_id having count(*) > 1""",
}
LOST = {
    "a conversation that is live without anybody": """
        select c.id from conversations.conversation c where c.ended_at is null and not exists (
          select from conversations.participant p
          where p.conversation_id = c.id and p.state not in ('disconnected', 'terminated'))""",
    "a leg of somebody who has left": """
        select l.id from calls.leg l join conversations.participant p on p.id = l.participant_id
        where l.state <> 'ended' and p.state in ('disconnected', 'terminated')""",
    "somebody there without a leg": """
        select p.id, p.purpose, p.state from conversations.participant p
        where p.state not in ('disconnected', 'terminated', 'offering') and p.purpose <> 'acd' and not exists (
          select from calls.leg l where l.participant_id = p.id and l.state <> 'ended')""",
    "a queue without an interaction": """
        select p.id from conversations.participant p where p.purpose = 'acd' and p.state = 'connected' and not exists (
          select from routing.interaction i where i.conversation_id = p.conversation_id and i.state <> 'ended')""",
    "an agent's interaction in which they have no part": """
        select i.id from routing.interaction i where i.state = 'assigned' and not exists (
          select from conversations.participant p
          where p.conversation_id = i.conversation_id and p.person_id = i.person_id
            and p.state not in ('disconnected', 'terminated'))""",
    "an interaction of a conversation that is over and not wrapped up": """
        select i.id from routing.interaction i join conversations.conversation c on c.id = i.conversation_id
        where i.state <> 'ended' and c.ended_at is not null""",
    "a phone that rings for an offer that is over": """
        select l.id from calls.leg l join routing.offer o on o.id = l.offer_id
        join conversations.participant p on p.id = l.participant_id
        where l.state = 'proposed' and o.state <> case p.state when 'connected' then 'accepted' else 'alerting' end""",
    "an open recording of a leg that has ended": """
        select r.id from recordings.recording r join calls.leg l on l.id = r.leg_id
        where r.stop_at is null and l.state = 'ended'""",
}


class World:
    """Some callers and agents, and chance."""

    def __init__(self, exchange: Exchange, seed: int) -> None:
        self.exchange, self.chance = exchange, random.Random(seed)
        self.callers: list[Caller] = []
        self.nodes = 1

    async def a_leg(self, *states: LegState, who: bool | None = None) -> Leg:
        """Some leg in one of the states; ``who``: a softphone's, or not. Raises LookupError."""
        found = [
            leg
            for leg in await self.exchange.legs()
            if (not states or leg.state in states) and (who is None or (leg.person_id is not None) is who)
        ]
        if not found:
            raise LookupError
        return self.chance.choice(found)

    def a_caller(self) -> Caller:
        if not self.callers:
            raise LookupError
        return self.chance.choice(self.callers)

    def anybody(self) -> str:
        return self.chance.choice(PEOPLE)


async def call(world: World) -> None:
    if len(await world.exchange.legs()) < 8:
        world.callers.append(await world.exchange.call_queue("Voice"))


async def connect(world: World) -> None:
    await world.exchange.connect(await world.a_leg(LegState.ANSWERED))


async def fail(world: World) -> None:
    reason = world.chance.choice(("ice.failed", "media.silent", nodes.CLOSED))
    await nodes.fail_leg(world.exchange.system, await world.a_leg(), reason)


async def offer(world: World) -> None:
    await world.exchange.offer()


async def accept(world: World) -> None:
    await world.exchange.accept(await world.a_leg(LegState.PROPOSED))


async def describe(world: World) -> None:
    await nodes.describe_leg(world.exchange.system, await world.a_leg(LegState.REQUESTED), OFFER)


async def answer(world: World) -> None:
    await world.exchange.set_up(await world.a_leg(LegState.REQUESTED, LegState.OFFERED, who=True))


async def hang_up(world: World) -> None:
    await world.exchange.hang_up(await world.a_leg(who=True))


async def give_up(world: World) -> None:
    await world.a_caller().hang_up()


async def renew(world: World) -> None:
    await world.a_caller().renew()


async def change(world: World) -> None:
    leg = await world.a_leg(who=True)
    assert leg.person_id is not None
    wished: Any = world.chance.choice(
        (
            {"held": True},
            {"held": False},
            {"muted": True},
            {"state": CallState.DISCONNECTED},
            {"state": CallState.CONNECTED},
        )
    )
    await world.exchange.wish(leg.person_id, leg, **wished)


async def transfer(world: World) -> None:
    leg = await world.a_leg(LegState.CONNECTED, who=True)
    assert leg.person_id is not None
    assert leg.conversation_id is not None
    assert leg.participant_id is not None
    callee = world.chance.choice((Callee(queue_id="Voice"), Callee(queue_id="Sales"), Callee(world.anybody())))
    await transfer_blind(world.exchange.acting_as(leg.person_id), leg.conversation_id, leg.participant_id, callee)


async def consult(world: World) -> None:
    leg = await world.a_leg(LegState.CONNECTED, who=True)
    assert leg.person_id is not None
    assert leg.conversation_id is not None
    assert leg.participant_id is not None
    who, place = world.exchange.acting_as(leg.person_id), leg.conversation_id
    callee = Callee(world.anybody())
    await world.chance.choice(
        (
            lambda: begin_consultation(who, place, leg.participant_id or "", callee, "DESTINATION"),
            lambda: begin_consultation(who, place, leg.participant_id or "", callee, "BOTH"),
            lambda: change_consultation(who, place, "OBJECT"),
            lambda: change_consultation(who, place, None),
            lambda: cancel_consultation(who, place),
            lambda: add_to_conference(who, place, (callee,)),
        )
    )()


async def call_somebody(world: World) -> None:
    await world.exchange.call_person(world.anybody(), world.anybody())


async def pull(world: World) -> None:
    """A supervisor moves or ends any part of any call."""
    there = (await world.exchange.call(world.a_caller().conversation_id)).conversation
    supervisor = world.exchange.acting_as(world.anybody(), "conversation:communication:disconnect")
    part = world.chance.choice(there.participants)
    leg = await world.a_leg()
    callee = world.chance.choice((Callee(queue_id="Sales"), Callee(world.anybody())))
    await world.chance.choice(
        (
            lambda: world.exchange.wish_as(supervisor, leg, state=CallState.DISCONNECTED),
            lambda: transfer_blind(supervisor, there.id, part.id, callee),
            lambda: end_conversation(supervisor, there.id),
        )
    )()


async def wait(world: World) -> None:
    await world.exchange.later(timedelta(seconds=world.chance.choice((0, 6, 13, 31, 61))))


async def talk(world: World) -> None:
    """Whatever rings is answered, and whatever can carry sound does."""
    await call(world)
    for leg in await world.exchange.legs():
        if leg.state is LegState.ANSWERED:
            await world.exchange.connect(leg)
    await world.exchange.offer()
    for leg in await world.exchange.legs():
        if leg.state is LegState.PROPOSED:
            await world.exchange.answer(leg)


async def be_ready(world: World) -> None:
    who = world.anybody()
    await set_routing_status(world.exchange.acting_as(who), who, RoutingState.IDLE)


async def kill(world: World) -> None:
    world.nodes += 1
    await world.exchange.node(f"node-{world.nodes}")
    await world.exchange.later(timedelta(0))


OFTEN: tuple[Deed, ...] = (call, connect, accept, describe, answer, talk, change, transfer, consult)
DEEDS: tuple[Deed, ...] = (
    *(deed for deed in OFTEN for _ in range(3)),
    *(offer, be_ready, fail, hang_up, give_up, renew, call_somebody, pull, wait, kill),
)


async def require_sound(exchange: Exchange, done: str) -> None:
    for what, statement in (DOUBLED | LOST).items():
        assert await exchange.rows(statement) == [], (what, done)
    for row in await exchange.rows("select id from conversations.conversation where ended_at is null"):
        found = await exchange.call(row["id"])
        assert rules.choose_departures(found.conversation) == (), done


async def something(world: World) -> str:
    """Something that can happen does; what."""
    while True:
        deed = world.chance.choice(DEEDS)
        try:
            await deed(world)
        except LookupError:
            continue
        except Refusal as refusal:
            return f"({deed.__name__}: {refusal})"
        return deed.__name__


async def end_everything(world: World) -> None:
    for caller in world.callers:
        await caller.hang_up()
    for leg in await world.exchange.legs():
        if (await world.exchange.now(leg)).live:
            assert leg.person_id is not None, "all callers have hung up"
            await softphones.hang_up(world.exchange.system, leg.person_id, leg.session_id, "success")


@pytest.mark.parametrize("seed", range(8))
async def test_nothing_is_lost_doubled_or_left(exchange: Exchange, seed: int) -> None:
    voice, sales = await exchange.queue(), await exchange.queue("Sales")
    for name in PEOPLE:
        await exchange.agent(name, voice, sales)
    world, done = World(exchange, seed), list[str]()
    for _ in range(STEPS):
        done.append(await something(world))
        await require_sound(exchange, " ".join(done))
    await end_everything(world)
    await require_sound(exchange, " ".join(done))
    await exchange.require_nothing_left()
    for name in PEOPLE:
        assert await exchange.floor.status(name) in {RoutingState.IDLE, RoutingState.NOT_RESPONDING}, name
