"""Live sessions, and the registry that finds them by topic, channel, person and organization. Nothing here waits."""

from collections.abc import Callable, Hashable
from typing import Protocol, TypeVar

from shiftline.signalling.bulletin import Bulletin
from shiftline.signalling.model import Identity, Notice

K = TypeVar("K", bound=Hashable)


class Wire(Protocol):
    """A connection as its session sees it, XMPP or JSON."""

    def notify(self, bulletin: Bulletin, sequence: int) -> None:
        """Send a notification."""
        ...

    def dismiss(self, notice: Notice) -> None:
        """Say why it ends, and end it."""
        ...

    def forward(self, frame: str) -> None:
        """Send a stanza of another connection of the same person; JSON connections have none."""
        ...


class Session:
    """One admitted connection. ``resource`` is empty on JSON; ``sequence`` counts the notifications sent to it.

    ``silent_for``: seconds in which nothing was heard of one that ended because of that.
    """

    __slots__ = ("identity", "resource", "sequence", "silent_for", "topics", "wire")

    def __init__(self, identity: Identity, wire: Wire, resource: str = "") -> None:
        self.identity = identity
        self.wire = wire
        self.resource = resource
        self.topics: frozenset[str] = frozenset()
        self.sequence = 0
        self.silent_for: float | None = None

    @property
    def jid(self) -> str:
        """The full JID, or the bare one on JSON."""
        return f"{self.identity.jid}/{self.resource}" if self.resource else self.identity.jid

    def notify(self, bulletin: Bulletin) -> None:
        """Send a notification with this session's next number."""
        self.sequence += 1
        self.wire.notify(bulletin, self.sequence)


class Registry:
    """The live sessions of one process. ``on_subscribe`` is called with the topics that a session gains.

    ``disturb`` and ``disturbed_since`` close the gap between the authority's answer and the session's registration: news that
    came between them reached nobody, so the shell asks the authority again.
    """

    def __init__(self, remembered: int = 10_000) -> None:
        self._topics: dict[str, dict[str, set[Session]]] = {}  # by organization: some topics hold no id
        self._channels: dict[tuple[str, bool], Session] = {}
        self._people: dict[str, set[Session]] = {}
        self._organizations: dict[str, set[Session]] = {}
        self._disturbances: dict[str, int] = {}
        self._count = self._forgotten = 0
        self._remembered = remembered
        self.on_subscribe: list[Callable[[Session, frozenset[str]], None]] = []

    def __len__(self) -> int:
        return len(self._channels)

    def add(self, session: Session, topics: frozenset[str]) -> Session | None:
        """Register a session; the one that it replaces (an older connection of its kind on its channel) is returned."""
        key = _place(session)
        replaced = self._channels.get(key)
        if replaced is not None:
            self.remove(replaced)
        self._channels[key] = session
        _join(self._people, session.identity.person_id, session)
        _join(self._organizations, session.identity.organization_id, session)
        self.subscribe(session, topics)
        return replaced

    def remove(self, session: Session) -> bool:
        """Forget a session; False when it was not, or no longer, registered."""
        key = _place(session)
        if self._channels.get(key) is not session:
            return False
        del self._channels[key]
        _leave(self._people, session.identity.person_id, session)
        _leave(self._organizations, session.identity.organization_id, session)
        self.subscribe(session, frozenset())
        return True

    def subscribe(self, session: Session, topics: frozenset[str]) -> None:
        """Replace a session's topics (single ones, expanded)."""
        organization_id = session.identity.organization_id
        own = self._topics.setdefault(organization_id, {})
        for topic in session.topics - topics:
            _leave(own, topic, session)
        for topic in topics - session.topics:
            _join(own, topic, session)
        if not own:
            del self._topics[organization_id]
        gained = topics - session.topics
        session.topics = topics
        if gained:
            for hook in self.on_subscribe:
                hook(session, gained)

    def publish(self, bulletin: Bulletin) -> int:
        """Send to everybody in the organization who is subscribed to its topic; how many there were."""
        sessions = self.subscribed(bulletin.organization_id, bulletin.topic)
        for session in sessions:
            session.notify(bulletin)
        return len(sessions)

    def subscribed(self, organization_id: str, topic: str) -> tuple[Session, ...]:
        """The organization's live sessions that are subscribed to a topic."""
        return tuple(self._topics.get(organization_id, {}).get(topic, ()))

    def on_channel(self, channel_id: str) -> tuple[Session, ...]:
        """The channel's live sessions: at most one of each kind."""
        both = (self._channels.get((channel_id, streamed)) for streamed in (True, False))
        return tuple(session for session in both if session is not None)

    def of_person(self, person_id: str) -> tuple[Session, ...]:
        """The person's live sessions."""
        return tuple(self._people.get(person_id, ()))

    def of_organization(self, organization_id: str) -> tuple[Session, ...]:
        """The organization's live sessions."""
        return tuple(self._organizations.get(organization_id, ()))

    def all(self) -> tuple[Session, ...]:
        """Every live session."""
        return tuple(self._channels.values())

    def reachable(self, sender: Session, to: str) -> tuple[Session, ...]:
        """The sender's own XMPP sessions that a JID means: all of them for the bare one."""
        own = self.of_person(sender.identity.person_id)
        return tuple(s for s in own if s.resource and to in {s.jid, s.identity.jid})

    def choose_resource(self, identity: Identity, wish: str | None, spare: str) -> str:
        """The wished resource, unless another channel of this person holds it; then, or without a wish, the spare one."""
        if wish is None:
            return spare
        holders = (s for s in self.of_person(identity.person_id) if s.resource == wish)
        if any(holder.identity.channel_id != identity.channel_id for holder in holders):
            return f"{wish}-{spare}"
        return wish

    def mark(self) -> int:
        """The present point in the order of disturbances."""
        return self._count

    def disturb(self, *ids: str) -> None:
        """News came about these channels, people or organizations."""
        for one in ids:
            self._count += 1
            self._disturbances.pop(one, None)  # so that the order of the keys is the order of the news
            self._disturbances[one] = self._count
        while len(self._disturbances) > self._remembered:
            oldest = next(iter(self._disturbances))
            self._forgotten = self._disturbances.pop(oldest)

    def disturbed_since(self, mark: int, identity: Identity) -> bool:
        """Whether news about this identity may have come after the mark."""
        if mark < self._forgotten:
            return True
        ids = (identity.channel_id, identity.person_id, identity.organization_id)
        return any(self._disturbances.get(one, 0) > mark for one in ids)


def _place(session: Session) -> tuple[str, bool]:
    return session.identity.channel_id, bool(session.resource)


def _join(index: dict[K, set[Session]], key: K, session: Session) -> None:
    index.setdefault(key, set()).add(session)


def _leave(index: dict[K, set[Session]], key: K, session: Session) -> None:
    members = index.get(key)
    if members is not None:
        members.discard(session)
        if not members:
            del index[key]
