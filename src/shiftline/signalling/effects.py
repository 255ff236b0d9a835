"""What comes out of a stream or feed beside frames: things that only the shell can do."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from shiftline.signalling.answers import Request
from shiftline.signalling.telephony import Said

NORMAL = 1000
POLICY = 1008
"""WebSocket close codes. Source: RFC 6455 section 7.4.1."""


@dataclass(frozen=True, slots=True)
class Authenticate:
    """Ask the authority whether this token may connect as this bare JID; then ``welcome`` or ``refuse``."""

    jid: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Admit:
    """Ask the authority whether the channel's own token may connect; then ``welcome`` or ``refuse``."""


@dataclass(frozen=True, slots=True)
class Bind:
    """Choose a resource, the wish if it is free; then ``bind.bound``."""

    request: Request
    wish: str | None


@dataclass(frozen=True, slots=True)
class Subscription:
    """Begin (``wanted``) or end the channel's subscription to a topic, maybe combined.

    Then ``answer`` with a frame of ``pubsub``.
    """

    request: Request
    topic: str
    wanted: bool


@dataclass(frozen=True, slots=True)
class Forward:
    """Deliver a frame to the sessions of one JID: bare means all of that person's."""

    to: str
    frame: str


@dataclass(frozen=True, slots=True)
class Hear:
    """Do what the softphone says of a call, after what it said before; then ``answer`` with a frame of ``calls``.

    ``request`` None: it was a message, and nobody waits.
    """

    said: Said
    request: Request | None = None


@dataclass(frozen=True, slots=True)
class Dated:
    """Send the frame that ``write`` makes of the real time."""

    write: Callable[[datetime], str]


@dataclass(frozen=True, slots=True)
class Probe:
    """Send a WebSocket ping; the pong is a sign of life."""


@dataclass(frozen=True, slots=True)
class Close:
    """Close the socket, with a WebSocket close code."""

    code: int
    reason: str


Output: TypeAlias = str | Authenticate | Admit | Bind | Subscription | Forward | Hear | Dated | Probe | Close
"""A frame to send, or something to do."""
