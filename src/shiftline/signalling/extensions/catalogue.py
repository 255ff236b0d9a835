"""The extensions this server offers, in one place."""

from collections.abc import Sequence

from shiftline.signalling.extensions import bind, messages, ping, pubsub, sasl, services
from shiftline.signalling.extensions.calls import hearing
from shiftline.signalling.extensions.services import IceServer, Provider
from shiftline.signalling.stream import Dialect, Extension, Limits

EXTENSIONS: tuple[Extension, ...] = (
    sasl.EXTENSION,
    bind.EXTENSION,
    ping.EXTENSION,
    pubsub.EXTENSION,
    messages.EXTENSION,
    hearing.EXTENSION,
)
"""Those that need no configuration."""


def speak(notifications_host: str, servers: Sequence[IceServer] | Provider, limits: Limits | None = None) -> Dialect:
    """The dialect with every extension. ``notifications_host`` is ``notifications.ENV``, with the port if ENV has one."""
    return Dialect(notifications_host, (*EXTENSIONS, services.extension(servers)), limits)
