"""What a softphone says of its calls: the messages proceed, reject and retract, and JSON-RPC in requests to its peer.

Nothing is judged here but the shape: whether there is such a session, and whose it is, the calls room knows.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, cast

import msgspec

from shiftline.calls.model import LARGEST_FRAGMENT, LARGEST_SDP, MOST_CANDIDATES
from shiftline.foundation.errors import Invalid, NotFound, Refusal, Unavailable
from shiftline.foundation.ids import is_well_formed
from shiftline.signalling.answers import Request, stanza_error
from shiftline.signalling.effects import Hear, Output
from shiftline.signalling.extensions.calls.peer import is_peer
from shiftline.signalling.stanza import NS_GENESYS, NS_JINGLE_MESSAGE, Element, escape_attribute, qualified
from shiftline.signalling.stream import Extension, State, Stream
from shiftline.signalling.telephony import Active, Answer, Candidates, HangUp, Proceed, Said

LONGEST_REASON = 100
"""Characters; the vendor's client says a word of XEP-0166, such as ``alternative-session``."""

WEBRTC = qualified(NS_GENESYS, "genesys-webrtc")

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

Fields = Mapping[str, Any]
Fault = tuple[str, str, str]
"""A stanza error: its kind, its condition, and a sentence that names what is wrong."""

TOO_MANY_CANDIDATES: Fault = ("modify", "policy-violation", f"A session has at most {MOST_CANDIDATES} candidates.")


class _MeaninglessError(Exception):
    """What was said means nothing; the sentence names the field."""


def _text(fields: Fields, name: str, most: int) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise _MeaninglessError(f"params.{name}: a text is needed.")
    if len(value) > most:
        raise _MeaninglessError(f"params.{name}: at most {most} characters.")
    if _CONTROL.search(value):
        raise _MeaninglessError(f"params.{name}: a control character has no place in it.")
    return value


def _session(session_id: object, name: str) -> str:
    if not isinstance(session_id, str) or not is_well_formed(session_id):
        raise _MeaninglessError(f"{name}: the session's id is needed, as it was proposed or offered.")
    return session_id


def _read_answer(session_id: str, fields: Fields) -> Said:
    return Answer(session_id, _text(fields, "sdp", LARGEST_SDP))


def _read_candidate(session_id: str, fields: Fields) -> Said:
    return Candidates(session_id, (_text(fields, "sdp", LARGEST_FRAGMENT),))


def _read_info(session_id: str, fields: Fields) -> Said | None:
    return Active(session_id) if fields.get("status") == "active" else None


def _read_terminate(session_id: str, fields: Fields) -> Said:
    return HangUp(session_id, _text({"reason": "success", **fields}, "reason", LONGEST_REASON))


METHODS: Mapping[str, Callable[[str, Fields], Said | None]] = MappingProxyType(
    {"answer": _read_answer, "iceCandidate": _read_candidate, "info": _read_info, "terminate": _read_terminate}
)
"""Others, such as ``mute``, change nothing: that is the API's business."""

MESSAGES: Mapping[str, Callable[[str], Said]] = MappingProxyType(
    {
        qualified(NS_JINGLE_MESSAGE, "proceed"): Proceed,
        qualified(NS_JINGLE_MESSAGE, "reject"): lambda session_id: HangUp(session_id, "decline"),
        qualified(NS_JINGLE_MESSAGE, "retract"): lambda session_id: HangUp(session_id, "cancel"),
    }
)


def hear_request(stream: Stream, request: Request) -> Sequence[Output]:
    """A method of JSON-RPC about one session, sent to its peer."""
    if request.to is None or not is_peer(stream, request.to):
        return (request.error("cancel", "item-not-found", "to: calls are spoken of to their peer's address."),)
    try:
        said = _read(request.payload.text)
    except _MeaninglessError as fault:
        return (request.error("modify", "bad-request", str(fault)),)
    if said is None:
        return (request.result(),)
    if isinstance(said, Candidates) and stream.count(said.session_id) > MOST_CANDIDATES:
        return (request.error(*TOO_MANY_CANDIDATES),)
    return (Hear(said, request),)


def hear_message(stream: Stream, element: Element, to: str) -> Sequence[Output]:
    """A message to a call's peer."""
    for child in element.children:
        read = MESSAGES.get(child.name)
        if read is None:
            continue
        try:
            return (Hear(read(_session(child.get("id"), f"{child.local_name} id"))),)
        except _MeaninglessError as fault:
            return (message_error(stream, element, to, ("modify", "bad-request", str(fault))),)
    return ()  # whatever else may be said of a call there changes nothing


def message_error(stream: Stream, element: Element, to: str, fault: Fault) -> str:
    """The frame that refuses a message, which was sent to ``to``."""
    attributes = f'from="{escape_attribute(to)}" to="{escape_attribute(stream.jid)}"'
    message_id = element.get("id")
    if message_id:
        attributes += f' id="{escape_attribute(message_id)}"'
    kind, condition, sentence = fault
    return stanza_error("message", attributes, kind, (condition, sentence))


def answer(effect: Hear, refusal: Refusal | None) -> str | None:
    """The frame that answers, once it was done or refused; None where nobody waits for one."""
    request = effect.request
    if request is None:
        return None
    # A session that is over has nothing left to end; and what is said of it meanwhile is nobody's fault.
    if refusal is None or (isinstance(refusal, NotFound) and not isinstance(effect.said, Answer)):
        return request.result()
    return request.error(*_fault(refusal))


def _fault(refusal: Refusal) -> Fault:
    match refusal:
        case NotFound():
            return "cancel", "item-not-found", refusal.message
        case Invalid():
            return "modify", "bad-request", refusal.message
        case Unavailable():
            return "wait", "resource-constraint", refusal.message
        case _:
            return "cancel", "not-allowed", refusal.message


def _read(text: str) -> Said | None:
    """What JSON-RPC says; None: nothing that matters here."""
    method, params = _parts(text)
    read = METHODS.get(method)
    return None if read is None else read(_session(params.get("sessionId"), "params.sessionId"), params)


def _parts(text: str) -> tuple[str, Fields]:
    try:
        content: object = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise _MeaninglessError("genesys-webrtc: its text is not JSON.") from None
    if not isinstance(content, dict):
        raise _MeaninglessError("genesys-webrtc: a JSON object is needed.")
    members = cast("dict[str, Any]", content)
    method, params = members.get("method"), members.get("params")
    if not isinstance(method, str):
        raise _MeaninglessError("method: a text is needed.")
    if not isinstance(params, dict):
        if method not in METHODS:
            return method, {}
        raise _MeaninglessError("params: a JSON object is needed.")
    return method, cast("dict[str, Any]", params)


EXTENSION = Extension(name="calls", requests={(State.LIVE, "set", WEBRTC): hear_request})
