"""A floor to which guests write and whose agents answer. Every operation is the product's own, by whoever would call it."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any, LiteralString

from tests.store.calls.exchange import Ahead
from tests.store.routing.floor import Floor

from shiftline.apps.router import _offer_all, _run_due  # pyright: ignore[reportPrivateUsage]
from shiftline.conversations.model.conversations import CallState, Conversation, Participant
from shiftline.conversations.operations.conversations import find_conversation
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Row
from shiftline.identity.model import Person
from shiftline.messaging.model import Deployment, DeploymentDraft, Guest, GuestStatus, Message, MessageDraft
from shiftline.messaging.operations.answering import write_as_agent
from shiftline.messaging.operations.controls import Wish, change_participant
from shiftline.messaging.operations.deployments import create_deployment
from shiftline.messaging.operations.guests import begin_guest, leave_as_guest, list_for_guest, write_as_guest
from shiftline.messaging.operations.transferring import BLIND
from shiftline.routing.model.queues import Medium, QueueSettings

AGENT = ("conversation:message:create", "conversation:email:create")


@dataclass
class Visitor:
    """A guest and the secret that they keep."""

    desk: "Desk"
    guest: Guest
    secret: str
    numbers: Any = field(default_factory=lambda: count(1))

    async def write(self, text: str, client_id: str | None = None, **more: Any) -> Message:
        draft = MessageDraft(text=text, client_id=client_id or f"c{next(self.numbers)}", **more)
        return await write_as_guest(self.desk.installation, self.guest.id, self.secret, draft)

    async def look(self, after: int = 0) -> tuple[GuestStatus, list[Message]]:
        return await list_for_guest(self.desk.installation, self.guest, after)

    async def status(self) -> GuestStatus:
        return (await self.look())[0]

    async def leave(self) -> None:
        await leave_as_guest(self.desk.installation, self.guest.id, self.secret)

    async def conversation(self) -> Conversation:
        found = (await self.status()).conversation_id
        assert found is not None
        return await self.desk.conversation(found)


@dataclass
class Desk:
    """A floor whose queue is open to guests."""

    floor: Floor
    agents: dict[str, Person] = field(default_factory=dict[str, Person])

    @property
    def installation(self) -> Context:
        return self.floor.context.acting_as(Actor("", "system"))

    @property
    def organization_id(self) -> str:
        return self.floor.context.organization_id

    def acting_as(self, person_id: str, *permissions: str) -> Context:
        return self.floor.tenant.acting_as(self.agents[person_id], *AGENT, *permissions)

    async def deployment(self, queue_id: str | None = None, **more: Any) -> Deployment:
        queue = queue_id or await self.floor.queue("Messages", more.pop("settings", None) or QueueSettings())
        return await create_deployment(self.floor.context, DeploymentDraft(f"Site {queue}", queue, **more))

    async def agent(self, name: str, *queues: str, **more: Any) -> str:
        person = await self.floor.tenant.person(name, *AGENT, BLIND, person_id=name)
        self.agents[person.id] = person
        place: dict[str, Any] = {"phone": False, "session": "json", **more}
        await self.floor.staff(person.id, *queues, **place)
        return person.id

    async def guest(self, deployment: Deployment, **more: Any) -> Visitor:
        guest, secret = await begin_guest(self.installation, deployment.id, more.get("name", ""), more.get("origin"))
        return Visitor(self, guest, secret)

    async def route(self) -> int:
        return await _offer_all(self.installation)

    async def later(self, span: timedelta) -> int:
        return await _run_due(self.installation.with_clock(Ahead(span)))

    async def due(self) -> int:
        return await _run_due(self.installation)

    async def conversation(self, conversation_id: str) -> Conversation:
        async with self.floor.context.reader() as reader:
            found = await find_conversation(reader, self.organization_id, conversation_id)
        assert found is not None
        return found

    async def part(self, conversation_id: str, person_id: str) -> Participant:
        found = await self.conversation(conversation_id)
        return next(each for each in reversed(found.participants) if each.person_id == person_id)

    async def wish(
        self, conversation_id: str, person_id: str, medium: Medium = Medium.MESSAGE, **wished: Any
    ) -> Conversation:
        part = await self.part(conversation_id, person_id)
        return await change_participant(self.acting_as(person_id), medium, conversation_id, part.id, Wish(**wished))

    async def accept(self, conversation_id: str, person_id: str, medium: Medium = Medium.MESSAGE) -> Participant:
        await self.wish(conversation_id, person_id, medium, state=CallState.CONNECTED)
        return await self.part(conversation_id, person_id)

    async def answer(self, conversation_id: str, person_id: str, text: str, **more: Any) -> Message:
        part = await self.part(conversation_id, person_id)
        draft = MessageDraft(text=text, **more)
        return await write_as_agent(self.acting_as(person_id), conversation_id, part.communication_id, draft)

    async def rows(self, statement: LiteralString) -> list[Row]:
        async with self.floor.context.reader() as reader:
            return await reader.all(statement, {})
