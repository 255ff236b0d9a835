"""What softphones are told of calls, as the frames that the vendor's client reads. It answers none of them.

Candidates are not among them: an offer holds all of ours.
"""

from collections.abc import Mapping

import msgspec

from shiftline.calls.events import SoftphoneTold
from shiftline.foundation.ids import new_id
from shiftline.signalling.extensions.calls.peer import peer_jid
from shiftline.signalling.stanza import NS_CLIENT, NS_GENESYS, NS_JINGLE_MESSAGE, escape_attribute, escape_text


def propose(told: SoftphoneTold, to: str) -> str:
    """Ring. ``to`` is a full JID, here and below."""
    marks = {
        "id": told.session_id,
        "inin-cid": told.conversation_id,
        "inin-sdp-over-xmpp": "true",
        "inin-autoanswer": "true" if told.auto_answer and not told.persistent else None,
        # COMPAT: the client accepts in silence what is to stay beyond its call; it is either this or auto-answer.
        "inin-priv-answer-mode": "Auto" if told.persistent else None,
        "inin-persistent-cid": told.conversation_id if told.persistent else None,
    }
    given = "".join(f' {name}="{escape_attribute(value)}"' for name, value in marks.items() if value is not None)
    return _message(told, to, f'<propose xmlns="{NS_JINGLE_MESSAGE}"{given}/>')


def retract(told: SoftphoneTold, to: str) -> str:
    """Stop ringing."""
    return _message(told, to, f'<retract xmlns="{NS_JINGLE_MESSAGE}" id="{escape_attribute(told.session_id)}"/>')


def offer(told: SoftphoneTold, to: str, sdp: str) -> str:
    """Our session description. Whichever tab gets it takes the call."""
    params: dict[str, object] = {"sessionId": told.session_id, "conversationId": told.conversation_id, "sdp": sdp}
    if told.reinvite:
        params["reinvite"] = True
    return _request(told, to, "offer", params)


def terminate(told: SoftphoneTold, to: str) -> str:
    """The session is over."""
    return _request(told, to, "terminate", {"sessionId": told.session_id, "reason": told.reason or "success"})


def _message(told: SoftphoneTold, to: str, content: str) -> str:
    return f'<message xmlns="{NS_CLIENT}"{_addresses(told, to)}>{content}</message>'


def _request(told: SoftphoneTold, to: str, method: str, params: Mapping[str, object]) -> str:
    call = {"jsonrpc": "2.0", "id": new_id(), "method": method, "params": params}
    content = escape_text(msgspec.json.encode(call).decode())
    return (
        f'<iq xmlns="{NS_CLIENT}" type="set"{_addresses(told, to)}>'
        f'<genesys-webrtc xmlns="{NS_GENESYS}">{content}</genesys-webrtc></iq>'
    )


def _addresses(told: SoftphoneTold, to: str) -> str:
    peer = escape_attribute(peer_jid(told.leg_id, to))
    return f' from="{peer}" to="{escape_attribute(to)}" id="{new_id()}"'
