"""What happened to channels: live connections on any node follow these."""

from dataclasses import dataclass

from shiftline.foundation.events import event


@event("signalling.channel.created", service="Notifications", entity=("Channel", "person_id"), action="Create")
@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelCreated:
    """A person (or client) got a channel. Its id is a secret and is not told here."""

    organization_id: str
    person_id: str
    decision_id: str | None


@event("signalling.channel.subscribed", service="Notifications", entity=("Channel", "person_id"), action="Subscribe")
@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSubscribed:
    """A channel's topics are now these; ``channel_digest`` is the hex SHA-256 of its id."""

    organization_id: str
    person_id: str
    channel_digest: str
    topics: tuple[str, ...]


@event("signalling.channel.removed", service="Notifications", entity=("Channel", "person_id"), action="Delete")
@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRemoved:
    """A channel is gone: its owner made more than is allowed."""

    organization_id: str
    person_id: str
    channel_digest: str
    reason: str
