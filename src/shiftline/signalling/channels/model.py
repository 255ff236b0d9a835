"""A channel and its topics."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

MOST_CHANNELS = 20
MOST_TOPICS = 1000
LIFETIME = timedelta(days=1)
CHANNEL_ENTROPY = 24


@dataclass(frozen=True, slots=True)
class Channel:
    """Where a client listens. ``topics`` are as the client wrote them; ``expires_at`` is real time."""

    id: str = field(repr=False)
    organization_id: str
    person_id: str | None
    client_id: str
    token_digest: bytes = field(repr=False)
    topics: tuple[str, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class KnownChannel:
    """A channel with its person's bare JID (None: a client's), and when (real time) its token ends.

    None stands for a token that proves nothing any more.
    """

    channel: Channel
    jid: str | None
    token_ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Subscription:
    """The answer to one wished topic: permitted, or why not."""

    topic: str
    permitted: bool
    reason: str | None = None
    missing_permissions: tuple[str, ...] = ()
