"""A floor: queues, agents with phones and live sessions, and customers who wait. All by the rooms' own operations."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.conftest import SettableContext
from tests.store.conftest import Tenant

from shiftline.foundation.context import Actor, Context
from shiftline.presence.model import PURECLOUD, LeaseOpening, PresenceRequest, RoutingState, SystemPresence
from shiftline.presence.operations.definitions import prepare_organization as prepare_presences
from shiftline.presence.operations.leases import open_lease_in
from shiftline.presence.operations.presences import change_presence_in, find_routing_statuses
from shiftline.routing.model.choices import Evidence
from shiftline.routing.model.interactions import Interaction, InteractionDraft, InteractionState, Offer
from shiftline.routing.model.members import MemberChange
from shiftline.routing.model.queues import Medium, QueueDraft, QueueSettings
from shiftline.routing.operations.choosing import make_offers_in
from shiftline.routing.operations.interactions import enqueue_in
from shiftline.routing.operations.members import add_members_in, change_member
from shiftline.routing.operations.person_skills import assign_skill_in
from shiftline.routing.operations.queues import create_queue_in
from shiftline.routing.operations.skills import make_skill_in
from shiftline.routing.store import interactions, offers
from shiftline.stations.model import PhoneDraft
from shiftline.stations.operations.phone_bases import prepare_organization as prepare_phones
from shiftline.stations.operations.phones import create_phone_in

SOFTPHONE = "webRTC:enable"


@dataclass
class Floor:
    """An organization at work. ``context`` is its administrator's, ``system`` the router's."""

    tenant: Tenant
    context: SettableContext
    calls: int = 0

    @property
    def system(self) -> Context:
        return self.context.acting_as(Actor(self.context.organization_id, "system"))

    async def prepare(self) -> None:
        async with self.context.transaction() as tx:
            await prepare_presences(tx, self.context.organization_id)
            await prepare_phones(tx, self.context.organization_id)

    async def queue(self, name: str, settings: QueueSettings | None = None) -> str:
        async with self.context.transaction() as tx:
            queue = await create_queue_in(tx, QueueDraft(name, id=name, settings=settings or QueueSettings()))
        return queue.id

    async def skill(self, *drafts: Any) -> None:
        async with self.context.transaction() as tx:
            for draft in drafts:
                await make_skill_in(tx, draft)

    async def agent(
        self,
        name: str,
        *queues: str,
        permissions: Sequence[str] = (SOFTPHONE,),
        ring: int = 1,
        phone: bool = True,
        session: str | None = "xmpp",
        on_queue: bool = True,
    ) -> str:
        """Somebody with a phone and a live session, on queue in the queues."""
        person = await self.tenant.person(name, *permissions, person_id=name)
        await self.staff(person.id, *queues, ring=ring, phone=phone, session=session, on_queue=on_queue)
        return person.id

    async def staff(
        self,
        person_id: str,
        *queues: str,
        ring: int = 1,
        phone: bool = True,
        session: str | None = "xmpp",
        on_queue: bool = True,
    ) -> None:
        """Put somebody to work in queues."""
        async with self.context.transaction() as tx:
            for queue_id in queues:
                await add_members_in(tx, queue_id, [person_id])
            if phone:
                await create_phone_in(tx, PhoneDraft(f"Phone of {person_id}", person_id))
        if ring != 1:
            for queue_id in queues:
                await change_member(self.context, queue_id, MemberChange(person_id, ring_number=ring))
        if session:
            await self.open_session(person_id, session)
        if on_queue:
            await self.be(person_id, SystemPresence.ON_QUEUE)

    async def open_session(self, person_id: str, transport: Any = "xmpp") -> None:
        async with self.context.transaction() as tx:
            await open_lease_in(tx, LeaseOpening(person_id, "channel", "node-1", transport))

    async def be(self, person_id: str, presence: SystemPresence) -> None:
        async with self.context.transaction() as tx:
            await change_presence_in(tx, person_id, PURECLOUD, PresenceRequest(system_presence=presence))

    async def learn(self, person_id: str, skill_id: str, proficiency: float = 3.0) -> None:
        async with self.context.transaction() as tx:
            await assign_skill_in(tx, person_id, skill_id, proficiency)

    async def call(self, queue_id: str, *, conversation_id: str | None = None, **more: Any) -> Interaction:
        """A customer who waits from now on."""
        if conversation_id is None:
            self.calls += 1
            conversation_id = f"call-{self.calls}"
        async with self.system.transaction() as tx:
            return await enqueue_in(tx, InteractionDraft(conversation_id, queue_id, **more))

    async def route(self, **more: Any) -> list[Offer]:
        async with self.system.transaction() as tx:
            return await make_offers_in(tx, **more)

    async def route_all(self) -> list[tuple[str, str]]:
        """All offers that can be made, as (conversation, person)."""
        made: list[tuple[str, str]] = []
        while offered := await self.route():
            made += [(offer.conversation_id, offer.person_id) for offer in offered]
        return made

    async def do(self, operation: Any, *arguments: Any) -> Any:
        """An operation in a transaction of its own, as the system."""
        async with self.system.transaction() as tx:
            return await operation(tx, *arguments)

    async def status(self, person_id: str) -> RoutingState:
        async with self.context.reader() as reader:
            found = await find_routing_statuses(reader, self.context.organization_id, [person_id])
        return found[person_id].state

    async def interaction(self, conversation_id: str) -> Interaction:
        async with self.context.reader() as reader:
            found = await interactions.list_of_conversation(reader, self.context.organization_id, conversation_id)
        return found[-1][0]

    async def offers(self, conversation_id: str) -> list[tuple[Offer, Evidence]]:
        async with self.context.reader() as reader:
            return await offers.list_of_conversation(reader, self.context.organization_id, conversation_id)

    async def shortage(self, conversation_id: str) -> Evidence | None:
        """Why nobody was free, as it stands with the conversation."""
        async with self.context.reader() as reader:
            found = await interactions.list_of_conversation(reader, self.context.organization_id, conversation_id)
        return found[-1][2]

    async def why_not(self, conversation_id: str, person_id: str) -> list[str]:
        """The codes by which the last offer of a conversation (or what waits) passed a person over."""
        interaction = await self.interaction(conversation_id)
        waits = interaction.state is InteractionState.WAITING
        evidence = await self.shortage(conversation_id) if waits else (await self.offers(conversation_id))[-1][1]
        assert evidence is not None
        return codes(evidence, person_id)


def codes(evidence: Evidence, person_id: str) -> list[str]:
    """The codes by which a person was passed over."""
    found = [passed for passed in evidence.passed if person_id in passed.person_ids]
    assert len(found) <= 1, "everybody is told of once"
    return [hindrance.code for passed in found for hindrance in passed.hindrances]


def voice(**more: Any) -> QueueSettings:
    """Settings of a queue."""
    return QueueSettings(**more)


CHAT = Medium.CHAT


async def one_offer(floor: Floor) -> tuple[str, str]:
    """A call to the queue ``Voice`` that alerts its only agent: the agent and the offer."""
    queue = await floor.queue("Voice")
    ana = await floor.agent("Ana", queue)
    await floor.call(queue)
    [offer] = await floor.route()
    return ana, offer.id
