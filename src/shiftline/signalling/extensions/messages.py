"""Messages between the connections of one person, and to a call's other end; nobody can write to anybody else here.

Source: RFC 6121 section 8.5.
"""

from collections.abc import Sequence
from dataclasses import replace

from shiftline.signalling.effects import Forward, Output
from shiftline.signalling.extensions.calls.hearing import hear_message, message_error
from shiftline.signalling.extensions.calls.peer import is_peer
from shiftline.signalling.stanza import NS_CLIENT, Element, qualified, serialise
from shiftline.signalling.stream import Extension, Step, Stream

NOT_YOURS = ("cancel", "service-unavailable", "Messages go to your own connections and calls only.")
MESSAGE = qualified(NS_CLIENT, "message")


def reflect(stream: Stream, element: Element) -> Sequence[Output]:
    """Deliver to the sender's own sessions, the sending one among them, or to a call; refuse any other address."""
    if element.get("type") == "error":
        return ()  # answering an error could go on for ever
    to = element.get("to") or stream.bare_jid
    if is_peer(stream, to):
        return hear_message(stream, element, to)
    if to != stream.bare_jid and not to.startswith(f"{stream.bare_jid}/"):
        return (message_error(stream, element, to, NOT_YOURS),)
    signed = replace(element, attributes={**element.attributes, "from": stream.jid, "to": to})
    return (Forward(to, serialise(signed)),)


EXTENSION = Extension(name="messages", elements={MESSAGE: (Step.STANZA, reflect)})
