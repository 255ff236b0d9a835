"""Channels and subscriptions in the vendor's shapes."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta

from shiftline.foundation.events import Topic
from shiftline.foundation.web.wire import Wire
from shiftline.signalling.channels.model import Channel, Subscription


class ChannelBody(Wire):
    """The vendor's Channel."""

    connect_uri: str
    id: str
    expires: datetime


class ChannelEntityListing(Wire):
    """The caller's channels."""

    entities: list[ChannelBody]


class ChannelTopic(Wire):
    """The vendor's ChannelTopic: a topic, and whether it is permitted."""

    id: Annotated[str, Meta(min_length=1, max_length=200)]
    state: str | None = None
    rejection_reason: str | None = None
    missing_permissions: list[str] | None = None
    self_uri: str | None = None


class ChannelTopicEntityListing(Wire):
    """Topics of a channel."""

    entities: list[ChannelTopic]


class AvailableTopic(Wire):
    """A topic that can be subscribed to."""

    id: str
    description: str
    requires_permissions: list[str]
    requires_current_user: bool
    requires_current_user_or_permission: bool
    transports: list[str]
    visibility: str
    enforced: bool
    topic_parameters: list[str]
    schema: dict[str, Any] | None = None


class AvailableTopicEntityListing(Wire):
    """All topics."""

    entities: list[AvailableTopic]


def to_channel(channel: Channel, environment: str) -> ChannelBody:
    """A channel with the address of its socket."""
    uri = f"wss://streaming.{environment}/stream/channels/{channel.id}"
    return ChannelBody(connect_uri=uri, id=channel.id, expires=channel.expires_at)


def to_topic(subscription: Subscription) -> ChannelTopic:
    """The answer to a wished topic."""
    return ChannelTopic(
        id=subscription.topic,
        state="Permitted" if subscription.permitted else "Rejected",
        rejection_reason=subscription.reason,
        missing_permissions=list(subscription.missing_permissions) or None,
    )


def to_available(topic: Topic) -> AvailableTopic:
    """A topic for the list of topics."""
    return AvailableTopic(
        id=topic.pattern,
        description=topic.description,
        requires_permissions=list(topic.permissions),
        requires_current_user=topic.own and not topic.permissions,
        requires_current_user_or_permission=topic.own and bool(topic.permissions),
        transports=["All"],
        visibility="Public",
        enforced=True,
        topic_parameters=["id"] * topic.pattern.count("{id}"),
    )
