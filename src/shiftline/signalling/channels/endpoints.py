"""Notification channels over HTTP."""

from typing import Annotated, Any

from litestar import Request, delete, get, head, post, put
from litestar.params import Parameter
from msgspec import Meta

from shiftline.foundation.context import Context
from shiftline.signalling.channels import operations, wire
from shiftline.signalling.channels.model import Subscription

TAGS = ["Notifications"]
# Whoever knows a channel's id may listen to it: the log names the operation instead.
SECRET = {"secret_in_path": True}
CHANNELS = "/api/v2/notifications/channels"
SUBSCRIPTIONS = f"{CHANNELS}/{{channel_id:str}}/subscriptions"

Topics = Annotated[list[wire.ChannelTopic], Meta(max_length=1000)]
IgnoreErrors = Annotated[bool, Parameter(query="ignoreErrors")]
AnyRequest = Request[Any, Any, Any]


@post(CHANNELS, operation_id="postNotificationsChannels", status_code=200, opt={"even_if_barred": True}, tags=TAGS)
async def create_channel(
    context: Context,
    request: AnyRequest,
    connection_type: Annotated[str | None, Parameter(query="connectionType", max_length=50)] = None,
) -> wire.ChannelBody:
    """Decide whether the caller may connect, and make a channel. A refusal's contextId is the decision to ask for."""
    evidence: dict[str, object] = {
        "connectionType": connection_type,
        "userAgent": request.headers.get("user-agent", "")[:300],
        "origin": request.headers.get("origin", "")[:300],
    }
    channel = await operations.create_channel(context, evidence)
    return wire.to_channel(channel, request.app.state.environment)


@get(CHANNELS, operation_id="getNotificationsChannels", tags=TAGS)
async def list_channels(context: Context, request: AnyRequest) -> wire.ChannelEntityListing:
    """The calling token's channels, newest first."""
    channels = await operations.list_channels(context)
    environment = request.app.state.environment
    return wire.ChannelEntityListing(entities=[wire.to_channel(channel, environment) for channel in channels])


@head(f"{CHANNELS}/{{channel_id:str}}", operation_id="headNotificationsChannel", opt=SECRET, tags=TAGS)
async def has_channel(context: Context, channel_id: str) -> None:
    """Whether a channel is there."""
    await operations.get_channel(context, channel_id)


@get(SUBSCRIPTIONS, operation_id="getNotificationsChannelSubscriptions", opt=SECRET, tags=TAGS)
async def list_subscriptions(context: Context, channel_id: str) -> wire.ChannelTopicEntityListing:
    """A channel's topics, as they were written."""
    channel = await operations.get_channel(context, channel_id)
    topics = [wire.to_topic(Subscription(topic, permitted=True)) for topic in channel.topics]
    return wire.ChannelTopicEntityListing(entities=topics)


@put(SUBSCRIPTIONS, operation_id="putNotificationsChannelSubscriptions", opt=SECRET, tags=TAGS)
async def replace_subscriptions(
    context: Context, request: AnyRequest, channel_id: str, data: Topics, *, ignore_errors: IgnoreErrors = False
) -> wire.ChannelTopicEntityListing:
    """Make these the channel's only topics; ``prefix?a&b`` stands for prefix.a and prefix.b."""
    return await _subscribe(context, request, channel_id, data, keep=False, ignore_errors=ignore_errors)


@post(SUBSCRIPTIONS, operation_id="postNotificationsChannelSubscriptions", status_code=200, opt=SECRET, tags=TAGS)
async def add_subscriptions(
    context: Context, request: AnyRequest, channel_id: str, data: Topics, *, ignore_errors: IgnoreErrors = False
) -> wire.ChannelTopicEntityListing:
    """Add topics to the channel's."""
    return await _subscribe(context, request, channel_id, data, keep=True, ignore_errors=ignore_errors)


@delete(SUBSCRIPTIONS, operation_id="deleteNotificationsChannelSubscriptions", opt=SECRET, tags=TAGS)
async def delete_subscriptions(context: Context, request: AnyRequest, channel_id: str) -> None:
    """Leave the channel without topics."""
    await _subscribe(context, request, channel_id, [], keep=False, ignore_errors=True)


@get("/api/v2/notifications/availabletopics", operation_id="getNotificationsAvailabletopics", tags=TAGS)
async def list_topics(request: AnyRequest) -> wire.AvailableTopicEntityListing:
    """Every topic that can be subscribed to."""
    return wire.AvailableTopicEntityListing(entities=[wire.to_available(topic) for topic in request.app.state.topics])


async def _subscribe(
    context: Context, request: AnyRequest, channel_id: str, data: list[wire.ChannelTopic], **how: bool
) -> wire.ChannelTopicEntityListing:
    wished = [topic.id for topic in data]
    judged = await operations.subscribe(
        context, channel_id, wished, request.app.state.topics, keep=how["keep"], ignore_errors=how["ignore_errors"]
    )
    return wire.ChannelTopicEntityListing(entities=[wire.to_topic(each) for each in judged])


ROUTES = [
    create_channel,
    list_channels,
    has_channel,
    list_subscriptions,
    replace_subscriptions,
    add_subscriptions,
    delete_subscriptions,
    list_topics,
]
