"""Subscribing to notification topics over the stream, and asking the server to ping. Source: XEP-0060 section 6."""

from collections.abc import Sequence

from shiftline.signalling.answers import Request
from shiftline.signalling.effects import Output, Subscription
from shiftline.signalling.model import expand_topic
from shiftline.signalling.stanza import NS_PUBSUB, Element, escape_attribute, qualified
from shiftline.signalling.stream import Extension, State, Stream

PUBSUB = qualified(NS_PUBSUB, "pubsub")
SUBSCRIBE = qualified(NS_PUBSUB, "subscribe")
UNSUBSCRIBE = qualified(NS_PUBSUB, "unsubscribe")
SERVER_PINGS = "enable.server.side.pings"
"""Not a topic but a switch of this one connection, so that replacing the channel's topics does not touch it."""


def change_subscription(stream: Stream, request: Request) -> Sequence[Output]:
    """Subscribe to or unsubscribe from the node named in the request."""
    wish = request.payload.child(SUBSCRIBE) or request.payload.child(UNSUBSCRIBE)
    if wish is None:
        return (request.error("cancel", "feature-not-implemented", "Nodes can be subscribed to, and no more."),)
    fault = _fault(stream, wish)
    if fault is not None:
        return (request.error("modify", "bad-request", fault),)
    effect = Subscription(request, wish.get("node") or "", wanted=wish.name == SUBSCRIBE)
    if effect.topic == SERVER_PINGS:
        stream.server_pings = effect.wanted
        return (confirmed(stream, effect),)
    return (effect,)


def _fault(stream: Stream, wish: Element) -> str | None:
    node, jid = wish.get("node"), wish.get("jid")
    if jid is not None and jid not in {stream.bare_jid, stream.jid}:
        return "Everybody subscribes for themselves: jid is not yours."
    if not node:
        return "node names the topic."
    if node == SERVER_PINGS:
        return None
    try:
        expand_topic(node)
    except ValueError as error:
        return f"node: {error}"
    return None


def confirmed(stream: Stream, effect: Subscription) -> str:
    """The frame that says it is done."""
    node, jid = escape_attribute(effect.topic), escape_attribute(stream.bare_jid)
    state = "subscribed" if effect.wanted else "none"
    return effect.request.result(
        f'<pubsub xmlns="{NS_PUBSUB}"><subscription node="{node}" jid="{jid}" subscription="{state}"/></pubsub>'
    )


def refused(effect: Subscription, sentence: str) -> str:
    """The frame that refuses a subscription, with the reason."""
    return effect.request.error("auth", "forbidden", sentence)


def unknown(effect: Subscription) -> str:
    """The frame for what could not be known or done now."""
    return effect.request.error("wait", "resource-constraint", "This could not be done just now; try again.")


EXTENSION = Extension(name="pubsub", requests={(State.LIVE, "set", PUBSUB): change_subscription})
