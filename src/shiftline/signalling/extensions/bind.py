"""Resource binding: a session gets its full JID, with the resource the client wished or one of ours.

Source: RFC 6120 section 7.
"""

from collections.abc import Sequence

from shiftline.signalling.answers import Request
from shiftline.signalling.effects import Bind, Output
from shiftline.signalling.stanza import NS_BIND, escape_text, qualified
from shiftline.signalling.stream import Extension, State, Stream

BIND = qualified(NS_BIND, "bind")
RESOURCE = qualified(NS_BIND, "resource")
MAX_RESOURCE_BYTES = 1023
"""RFC 7622 section 3.1."""


def ask_for_resource(_stream: Stream, request: Request) -> Sequence[Output]:
    """Have the shell choose a resource, because only it knows which are taken."""
    element = request.payload.child(RESOURCE)
    wish = element.text.strip() if element else ""
    if len(wish.encode()) > MAX_RESOURCE_BYTES or (wish and not wish.isprintable()):
        return (request.error("modify", "bad-request", "A resource is printable text of at most 1023 bytes."),)
    return (Bind(request, wish or None),)


def bound(stream: Stream, bind: Bind, resource: str, now: float) -> Sequence[Output]:
    """Make the stream live with the chosen resource, and tell the client its full JID."""
    if not stream.bound(resource, now):
        return ()
    jid = escape_text(stream.jid)
    return (bind.request.result(f'<bind xmlns="{NS_BIND}"><jid>{jid}</jid></bind>'),)


EXTENSION = Extension(
    name="bind",
    features={State.BINDING: f'<bind xmlns="{NS_BIND}"/>'},
    requests={(State.BINDING, "set", BIND): ask_for_resource},
)
