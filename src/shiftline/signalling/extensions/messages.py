"""Messages between the connections of one person; nobody can write to anybody else here. Source: RFC 6121 section 8.5."""

from collections.abc import Sequence
from dataclasses import replace

from shiftline.signalling.answers import stanza_error
from shiftline.signalling.effects import Forward, Output
from shiftline.signalling.stanza import NS_CLIENT, Element, escape_attribute, qualified, serialise
from shiftline.signalling.stream import Extension, Step, Stream

MESSAGE = qualified(NS_CLIENT, "message")


def reflect(stream: Stream, element: Element) -> Sequence[Output]:
    """Deliver to the sender's own sessions, the sending one among them; refuse any other address."""
    if element.get("type") == "error":
        return ()  # answering an error could go on for ever
    to = element.get("to") or stream.bare_jid
    if to != stream.bare_jid and not to.startswith(f"{stream.bare_jid}/"):
        attributes = f'from="{escape_attribute(to)}" to="{escape_attribute(stream.jid)}"'
        if element.get("id"):
            attributes += f' id="{escape_attribute(element.attributes["id"])}"'
        reason = ("service-unavailable", "Messages go to your own connections only.")
        return (stanza_error("message", attributes, "cancel", reason),)
    signed = replace(element, attributes={**element.attributes, "from": stream.jid, "to": to})
    return (Forward(to, serialise(signed)),)


EXTENSION = Extension(name="messages", elements={MESSAGE: (Step.STANZA, reflect)})
