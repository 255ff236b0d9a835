"""Calls on a real PostgreSQL without media: what media nodes, softphones and web callers say is said by hand."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString, cast

from tests.store.routing.floor import SOFTPHONE, Floor

from shiftline.calls import store
from shiftline.calls.model import Call, Callee, Leg, LegKind, LegState, OutboundDraft, WebDraft, WebStatus
from shiftline.calls.operations import clocks, nodes, offering, softphones, web_callers
from shiftline.calls.operations.controls import Wish, change_participant
from shiftline.calls.operations.moving import read_call
from shiftline.calls.operations.outbound import begin_call
from shiftline.calls.operations.web_callers import WebCall
from shiftline.conversations.model.conversations import CallState, Conversation, Participant, Purpose
from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.identity.model import Person
from shiftline.presence.model import RoutingState
from shiftline.recordings.operations.opening import find_open
from shiftline.routing.model.queues import QueueSettings, WebCalls

CALLS = (
    SOFTPHONE,
    "conversation:call:add",
    "conversation:communication:blindTransfer",
    "conversation:communication:consultTransfer",
    "conversation:conference:add",
)
"""What an agent of a call centre may do."""

FINGERPRINT = ":".join(["AB"] * 32)
JID = "somebody@org.localhost/tab"
AGES = timedelta(hours=1)
"""A node that was registered so far ahead lives as long as a test takes, whatever is missed meanwhile."""


def description(setup: str) -> str:
    """A session description as a browser makes it."""
    lines = (
        "v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0", "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        "c=IN IP4 0.0.0.0", "a=mid:0", "a=sendrecv", "a=rtcp-mux", "a=rtpmap:111 opus/48000/2", "a=ice-ufrag:abcd",
        "a=ice-pwd:abcdefghijklmnopqrstuvwx", f"a=fingerprint:sha-256 {FINGERPRINT}", f"a=setup:{setup}", "",
    )  # fmt: skip
    return "\r\n".join(lines)


OPEN = WebCalls(enabled=True)

OFFER, ANSWER = description("actpass"), description("active")


class Ahead(Clock):
    """A clock some time ahead, for what is given up or missed by then."""

    def __init__(self, span: timedelta) -> None:
        super().__init__()
        self._span = span

    def real_now(self) -> datetime:
        return datetime.now(UTC) + self._span


@dataclass
class Exchange:
    """A floor whose calls have legs. Every operation is the product's own, by whoever would call it."""

    floor: Floor
    agents: dict[str, Person] = field(default_factory=dict[str, Person])

    @property
    def organization_id(self) -> str:
        return self.floor.context.organization_id

    @property
    def system(self) -> Context:
        """The system in the organization."""
        return self.floor.system

    @property
    def installation(self) -> Context:
        """As the router and media nodes act before they know of which organization something is."""
        return self.floor.context.acting_as(Actor("", "system"))

    def ahead(self, span: timedelta) -> Context:
        """The router some time later."""
        return self.installation.with_clock(Ahead(span))

    def acting_as(self, person_id: str, *permissions: str) -> Context:
        """An agent, with the permissions of one and more."""
        return self.floor.tenant.acting_as(self.agents[person_id], *CALLS, *permissions)

    # the floor

    async def node(self, node_id: str = "node-1", slot: str = "media-1", *, lives: timedelta = AGES) -> str:
        """A media process begins."""
        await nodes.register_node(self.ahead(lives), node_id, slot)
        return node_id

    async def queue(self, name: str = "Voice", settings: QueueSettings | None = None) -> str:
        return await self.floor.queue(name, settings or QueueSettings(web_calls=OPEN))

    async def agent(self, name: str, *queues: str, **more: Any) -> str:
        """Somebody on queue with a softphone."""
        person = await self.floor.tenant.person(name, *CALLS, person_id=name)
        self.agents[person.id] = person
        await self.floor.staff(person.id, *queues, **more)
        return person.id

    # web callers

    async def call_queue(self, queue_id: str, **more: Any) -> "Caller":
        """Somebody calls a queue from the web and is answered; their sound does not flow yet."""
        draft = WebDraft(**{"queue_id": queue_id, "offer": OFFER, "address": "192.0.2.7", **more})
        begun = asyncio.create_task(web_callers.begin_web_call(self.installation, draft))
        await self.answer_requests(begun)
        return Caller(self, await begun)

    async def answer_requests(self, task: "asyncio.Future[Any]") -> None:
        """What the nodes do until a caller has their answer."""
        while not task.done():
            for leg in await self.legs():
                if leg.kind is LegKind.WEB and leg.state is LegState.REQUESTED:
                    await nodes.describe_leg(self.system, leg, ANSWER)
            await asyncio.sleep(0.01)

    async def wait_in(self, queue_id: str, **more: Any) -> "Caller":
        """Somebody who waits in a queue."""
        caller = await self.call_queue(queue_id, **more)
        await caller.connect()
        return caller

    # softphones

    async def offer(self) -> int:
        """The router offers what waits."""
        return await offering.offer_waiting(self.installation)

    async def ring(self, person_id: str) -> Leg:
        """The router offers what waits, and somebody's phone rings."""
        await self.offer()
        return await self.leg_of(person_id)

    async def accept(self, leg: Leg, jid: str = JID) -> None:
        assert leg.person_id is not None
        await softphones.accept_proposal(self.system, leg.person_id, jid, leg.session_id)

    async def set_up(self, leg: Leg) -> Leg:
        """A softphone's media, from the proposal that it took to its answer."""
        assert leg.person_id is not None
        await nodes.describe_leg(self.system, await self.now(leg), OFFER)
        described = await self.now(leg)
        await softphones.take_answer(self.system, leg.person_id, described.session_id, ANSWER)
        return await self.now(leg)

    async def connect(self, leg: Leg) -> Leg:
        """Its sound flows."""
        await nodes.connect_leg(self.system, await self.now(leg))
        return await self.now(leg)

    async def answer(self, leg: Leg) -> Leg:
        """A softphone takes what rings, until its sound flows."""
        await self.accept(leg)
        await self.set_up(leg)
        return await self.connect(leg)

    async def talk(self, queue_id: str, person_id: str) -> "tuple[Caller, Leg]":
        """A caller of a queue talks with an agent of it."""
        caller = await self.wait_in(queue_id)
        return caller, await self.answer(await self.ring(person_id))

    async def call_person(self, person_id: str, callee_id: str) -> str:
        """An agent calls another one: the conversation."""
        draft = OutboundDraft(callees=(Callee(callee_id),))
        return (await begin_call(self.acting_as(person_id), draft)).id

    async def hang_up(self, leg: Leg) -> None:
        """A softphone ends its session."""
        assert leg.person_id is not None
        await softphones.hang_up(self.system, leg.person_id, (await self.now(leg)).session_id, "success")

    async def wish(self, person_id: str, leg: Leg, **wished: Any) -> Conversation:
        """An agent's own wish for their own part, or with ``of`` for another's."""
        return await self.wish_as(self.acting_as(person_id), leg, **wished)

    async def wish_as(self, who: Context, leg: Leg, *, of: str | None = None, **wished: Any) -> Conversation:
        """Somebody's wish for the part of a leg, or with ``of`` for another's."""
        conversation_id, participant_id = leg.conversation_id, of or leg.participant_id
        assert conversation_id is not None
        assert participant_id is not None
        return await change_participant(who, conversation_id, participant_id, Wish(**wished))

    # time

    async def later(self, span: timedelta) -> int:
        """The router looks some time later; how much was due."""
        return await clocks.run_due(self.ahead(span))

    async def due_now(self) -> int:
        """The router looks by the clock that the test has set."""
        return await clocks.run_due(self.installation)

    # what there is

    async def read(self, work: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
        async with self.floor.context.reader() as reader:
            return await work(reader, *arguments)

    async def now(self, leg: Leg) -> Leg:
        """A leg as it stands."""
        found = await self.read(store.find_leg, self.organization_id, leg.id)
        assert found is not None
        return found

    async def legs(self, *, ended: bool = False) -> list[Leg]:
        """All legs there are, oldest first."""
        rows = await self.rows("select organization_id, id from calls.leg order by made_at, id")
        found = [await self.read(store.find_leg, row["organization_id"], row["id"]) for row in rows]
        return [leg for leg in found if leg.live or ended]

    async def leg_of(self, person_id: str) -> Leg:
        """The one live leg of somebody."""
        (leg,) = await self.read(store.legs_of_person, self.organization_id, person_id)
        return leg

    async def last_leg_of(self, person_id: str) -> Leg:
        """The leg that somebody had last."""
        return [leg for leg in await self.legs(ended=True) if leg.person_id == person_id][-1]

    async def call(self, conversation_id: str) -> Call:
        found = await self.read(read_call, self.organization_id, conversation_id)
        assert found is not None
        return found

    async def rows(self, statement: str, **parameters: Any) -> list[dict[str, Any]]:
        async with self.floor.context.reader() as reader:
            return [dict(row) for row in await reader.all(cast("LiteralString", statement), parameters)]

    async def states(self, conversation_id: str) -> list[tuple[str, str]]:
        """Who takes or took part, and how far they are."""
        there = (await self.call(conversation_id)).conversation
        return [(each.purpose.value, each.state.value) for each in there.participants]

    async def recorded(self) -> list[str]:
        """The legs of open recordings."""
        legs = [leg.id for leg in await self.legs(ended=True)]
        return sorted(each.leg_id for each in await self.read(find_open, self.organization_id, legs))

    async def require_nothing_left(self, *idle: str) -> None:
        """After all calls have ended nothing of them goes on, and agents are free again."""
        kept = [leg for leg in await self.legs() if not leg.persistent or leg.conversation_id is not None]
        assert kept == []
        for what, statement in LEFTOVERS.items():
            assert await self.rows(statement) == [], what
        for person_id in idle:
            assert await self.floor.status(person_id) is RoutingState.IDLE, person_id


LEFTOVERS = {
    "offers": "select id, state from routing.offer where state = 'alerting'",
    "interactions": "select id, state from routing.interaction where state <> 'ended'",
    "recordings": "select id from recordings.recording where stop_at is null",
    "conversations": "select id from conversations.conversation where ended_at is null",
    "participants": "select id, state from conversations.participant where state not in ('disconnected', 'terminated')",
    "consultations": "select id from calls.consultation where ended_at is null",
}


@dataclass
class Caller:
    """A caller from the web."""

    exchange: Exchange
    begun: WebCall

    @property
    def conversation_id(self) -> str:
        assert self.begun.leg.conversation_id is not None
        return self.begun.leg.conversation_id

    async def leg(self) -> Leg:
        return await self.exchange.now(self.begun.leg)

    async def part(self) -> Participant:
        found = (await self.exchange.call(self.conversation_id)).participant_of(await self.leg())
        assert found is not None
        return found

    async def connect(self) -> None:
        await self.exchange.connect(self.begun.leg)

    async def status(self) -> WebStatus:
        return await web_callers.get_web_call(self.exchange.installation, self.begun.leg.id, self.begun.secret)

    async def state(self) -> str:
        return (await self.status()).state

    async def hang_up(self) -> None:
        await web_callers.end_web_call(self.exchange.installation, self.begun.leg.id, self.begun.secret)

    async def renew(self) -> None:
        """The caller's page makes its offer anew and is answered."""
        renewed = asyncio.create_task(
            web_callers.renew_web_call(self.exchange.installation, self.begun.leg.id, self.begun.secret, OFFER)
        )
        await self.exchange.answer_requests(renewed)
        self.begun = await renewed


def of_purpose(participants: Sequence[Participant], purpose: Purpose) -> list[Participant]:
    return [each for each in participants if each.purpose is purpose]


def connected(there: Conversation) -> list[str]:
    """Whose part is connected, by purpose."""
    return [each.purpose.value for each in there.participants if each.state is CallState.CONNECTED]
