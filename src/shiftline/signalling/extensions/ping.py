"""The client's ping, its sign of life every 14 seconds. Source: XEP-0199."""

from collections.abc import Sequence

from shiftline.signalling.answers import Request
from shiftline.signalling.effects import Output
from shiftline.signalling.stanza import NS_PING, qualified
from shiftline.signalling.stream import Extension, State, Stream


def pong(_stream: Stream, request: Request) -> Sequence[Output]:
    """Answer at once, whoever the ping was addressed to."""
    return (request.result(),)


EXTENSION = Extension(name="ping", requests={(State.LIVE, "get", qualified(NS_PING, "ping")): pong})
