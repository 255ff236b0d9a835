"""Whoever begins to listen to their own conversations is told how they stand, the ones that ended a moment ago too.

So a tab that opens while the phone rings knows the call, and one whose socket dropped, or whose node was killed, misses no
end of a call: nothing that came later would tell it.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from shiftline.conversations.events import ConversationChanged
from shiftline.conversations.model.conversations import Conversation
from shiftline.conversations.operations.conversations import find_conversation
from shiftline.conversations.topics import KINDS, kind_of, show_conversation, show_medium
from shiftline.foundation.clock import Clock
from shiftline.foundation.database import Database, Queries
from shiftline.foundation.events import Notification
from shiftline.foundation.ids import new_id
from shiftline.signalling.bulletin import Bulletin
from shiftline.signalling.newcomers import Newcomers, by_organization
from shiftline.signalling.session import Session
from shiftline.signalling.switchboard import Switchboard

SQL = Queries.beside(__file__)

MOMENT = timedelta(minutes=2)
"""How long what has ended is told, as to softphones."""


class Standing:
    """The listeners to their own conversations of one node."""

    def __init__(self, database: Database, clock: Clock, switchboard: Switchboard) -> None:
        self._database = database
        self._clock = clock
        self._registry = switchboard.registry
        self._newcomers = Newcomers(switchboard.spawn, self._catch_up)
        switchboard.registry.on_subscribe.append(self.subscribed)
        switchboard.on_close.append(self._newcomers.forget)

    def subscribed(self, session: Session, gained: frozenset[str]) -> None:
        """A session listens to more topics from now on."""
        if not gained.isdisjoint(_topics_of(session, *KINDS)):
            self._newcomers.add(session)

    def note(self, happened: ConversationChanged) -> None:
        """A conversation's new state is being told to its listeners."""
        for participant in happened.conversation.participants:
            for session in self._registry.of_person(participant.person_id or ""):
                self._newcomers.note(session, happened.conversation_id)

    async def _catch_up(self, newcomers: Sequence[Session]) -> None:
        for organization_id, people in by_organization(newcomers).items():
            found = await self._find(organization_id, people)
            for session in newcomers:
                if session.identity.organization_id == organization_id:
                    self._tell(session, found.get(session.identity.person_id, ()))

    async def _find(self, organization_id: str, people: Sequence[str]) -> Mapping[str, Sequence[Conversation]]:
        """The conversations of people, by person. Each is read whole, in one snapshot of its own."""
        wanted = {"organization_id": organization_id, "person_ids": list(people), "since": self._clock.now() - MOMENT}
        found: dict[str, list[Conversation]] = {}
        read: dict[str, Conversation | None] = {}
        async with self._database.reader() as reader:
            for row in await reader.all(SQL["conversations_of_people"], wanted):
                conversation_id = row["conversation_id"]
                if conversation_id not in read:
                    read[conversation_id] = await find_conversation(reader, organization_id, conversation_id)
                conversation = read[conversation_id]
                if conversation is not None:
                    found.setdefault(row["person_id"], []).append(conversation)
        return found

    def _tell(self, session: Session, conversations: Sequence[Conversation]) -> None:
        for conversation in conversations:
            if not self._newcomers.missed(session, conversation.id):
                continue
            for topic in sorted(session.topics & _topics_of(session, kind_of(conversation))):
                show = show_conversation if topic.endswith(".conversations") else show_medium
                session.notify(
                    Bulletin(Notification(conversation.organization_id, topic, show(conversation)), new_id())
                )


def _topics_of(session: Session, *kinds: str) -> frozenset[str]:
    own = f"v2.users.{session.identity.person_id}.conversations"
    return frozenset({own, *(f"{own}.{kind}" for kind in kinds)})
