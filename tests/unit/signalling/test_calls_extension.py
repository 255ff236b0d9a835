"""What a softphone says of its calls and what it is told, as softphone-wire.md sections 3 to 6 have it."""

import json
from typing import Any

import pytest

from shiftline.calls.events import SoftphoneTold
from shiftline.calls.model import LARGEST_FRAGMENT, LARGEST_SDP, MOST_CANDIDATES
from shiftline.foundation.errors import Conflict, Invalid, NotFound, Problem, Refusal, Unavailable
from shiftline.signalling.effects import Forward, Hear
from shiftline.signalling.extensions.calls import hearing, telling
from shiftline.signalling.extensions.calls.peer import peer_jid
from shiftline.signalling.stanza import Element, escape_text, parse_frame
from shiftline.signalling.telephony import Active, Answer, Candidates, HangUp, Proceed, Said

from .conftest import Client

PEER = "leg-1@gjoll.org.localhost/peer"
FULL = "agent1@org.localhost/ab12"
TOLD = SoftphoneTold(
    organization_id="org-1", person_id="person-1", leg_id="leg-1", session_id="SID", conversation_id="CID",
    kind="propose",
)  # fmt: skip


def message(content: str, to: str = PEER) -> str:
    return f'<message xmlns="jabber:client" to="{to}" id="m1">{content}</message>'


def jingle(name: str, session_id: str = "SID") -> str:
    return f'<{name} xmlns="urn:xmpp:jingle-message:0" id="{session_id}"/>'


def rpc(method: object, params: object, to: str | None = PEER) -> str:
    return raw(json.dumps({"jsonrpc": "2.0", "id": "u", "method": method, "params": params}), to)


def raw(text: str, to: str | None = PEER) -> str:
    address = "" if to is None else f' to="{to}"'
    content = f'<genesys-webrtc xmlns="genesys">{escape_text(text)}</genesys-webrtc>'
    return f'<iq xmlns="jabber:client" type="set" id="7" from="{FULL}"{address}>{content}</iq>'


def heard(client: Client, frame: str) -> Hear:
    (effect,) = client.say(frame)
    assert isinstance(effect, Hear)
    return effect


def refused(client: Client, frame: str) -> tuple[str, str]:
    """The error's condition and its sentence."""
    (output,) = client.say(frame)
    assert isinstance(output, str)
    element = parse_frame(output, 10_000)
    assert element.get("type") == "error"
    condition, text = element.children[0].children
    return condition.local_name, text.text


# what a softphone says


@pytest.mark.parametrize(
    ("name", "said"),
    [("proceed", Proceed("SID")), ("reject", HangUp("SID", "decline")), ("retract", HangUp("SID", "cancel"))],
)
def test_a_message_to_the_peer_is_heard(live: Client, name: str, said: Said) -> None:
    assert heard(live, message(jingle(name))) == Hear(said)


@pytest.mark.parametrize("name", ["accept", "reject"])
def test_a_message_to_oneself_reaches_all_own_softphones(live: Client, name: str) -> None:
    (effect,) = live.say(message(jingle(name), "agent1@org.localhost"))
    assert isinstance(effect, Forward)
    assert effect.to == "agent1@org.localhost"
    assert f'<{name} xmlns="urn:xmpp:jingle-message:0" id="SID"/>' in effect.frame


def test_a_message_without_the_session_is_refused_by_name(live: Client) -> None:
    condition, text = refused(live, message('<proceed xmlns="urn:xmpp:jingle-message:0"/>'))
    assert (condition, text.partition(":")[0]) == ("bad-request", "proceed id")
    condition, text = refused(live, message(jingle("reject", "x" * 101)))
    assert (condition, text.partition(":")[0]) == ("bad-request", "reject id")


def test_what_else_is_said_to_a_peer_changes_nothing(live: Client) -> None:
    assert not live.say(message(jingle("accept")))
    assert not live.say(message("<body>hello</body>"))
    assert not live.say(message(jingle("proceed")).replace('id="m1"', 'id="m1" type="error"'))


@pytest.mark.parametrize(
    ("method", "params", "said"),
    [
        ("answer", {"sessionId": "SID", "sdp": "v=0\r\ns=-\r\n"}, Answer("SID", "v=0\r\ns=-\r\n")),
        (
            "iceCandidate",
            {"sessionId": "SID", "sdp": "m=0 9 RTP/AVP 0\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host"},
            Candidates("SID", ("m=0 9 RTP/AVP 0\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host",)),
        ),
        (
            "iceCandidate",
            {"sessionId": "SID", "sdp": "a=end-of-candidates"},
            Candidates("SID", ("a=end-of-candidates",)),
        ),
        ("info", {"sessionId": "SID", "status": "active"}, Active("SID")),
        ("terminate", {"sessionId": "SID", "reason": "alternative-session"}, HangUp("SID", "alternative-session")),
        ("terminate", {"sessionId": "SID"}, HangUp("SID", "success")),
    ],
)
def test_a_method_is_heard_and_answered_by_the_peer(live: Client, method: str, params: Any, said: Said) -> None:
    effect = heard(live, rpc(method, params))
    assert effect.said == said
    done = hearing.answer(effect, None)
    assert done == f'<iq xmlns="jabber:client" type="result" id="7" from="{PEER}"/>'


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("mute", {"sessionId": "SID", "type": "audio"}),
        ("somethingNew", None),
        ("info", {"sessionId": "SID", "status": "held"}),
    ],
)
def test_what_changes_nothing_is_granted(live: Client, method: str, params: Any) -> None:
    assert live.say(rpc(method, params)) == (f'<iq xmlns="jabber:client" type="result" id="7" from="{PEER}"/>',)


@pytest.mark.parametrize(
    ("frame", "field"),
    [
        (raw("{"), "genesys-webrtc"),
        (raw(""), "genesys-webrtc"),
        (raw("[" * 100_000), "genesys-webrtc"),
        (raw("[1]"), "genesys-webrtc"),
        (raw(r'{"method":"\ud800"}'), "genesys-webrtc"),
        (rpc(None, {}), "method"),
        (rpc("answer", None), "params"),
        (rpc("answer", "x"), "params"),
        (rpc("answer", {"sdp": "v=0"}), "params.sessionId"),
        (rpc("answer", {"sessionId": "", "sdp": "v=0"}), "params.sessionId"),
        (rpc("answer", {"sessionId": 7, "sdp": "v=0"}), "params.sessionId"),
        (rpc("answer", {"sessionId": "a\0", "sdp": "v=0"}), "params.sessionId"),
        (rpc("answer", {"sessionId": "SID"}), "params.sdp"),
        (rpc("answer", {"sessionId": "SID", "sdp": ["v=0"]}), "params.sdp"),
        (rpc("answer", {"sessionId": "SID", "sdp": "v=0\0"}), "params.sdp"),
        (rpc("answer", {"sessionId": "SID", "sdp": "x" * (LARGEST_SDP + 1)}), "params.sdp"),
        (rpc("iceCandidate", {"sessionId": "SID", "sdp": "x" * (LARGEST_FRAGMENT + 1)}), "params.sdp"),
        (rpc("info", {}), "params.sessionId"),
        (rpc("terminate", {"sessionId": "SID", "reason": 1}), "params.reason"),
        (rpc("terminate", {"sessionId": "SID", "reason": "x" * 101}), "params.reason"),
    ],
)
def test_what_means_nothing_is_refused_and_the_field_named(live: Client, frame: str, field: str) -> None:
    condition, text = refused(live, frame)
    assert (condition, text.partition(":")[0]) == ("bad-request", field)
    assert live.stream.live


def test_the_largest_description_is_taken(live: Client) -> None:
    assert heard(live, rpc("answer", {"sessionId": "SID", "sdp": "x" * LARGEST_SDP}))


@pytest.mark.parametrize(
    "to", [None, "org.localhost", "agent1@org.localhost", "x@gjoll.other.localhost/peer", "gjoll.org.localhost"]
)
def test_a_method_is_addressed_to_a_peer_of_the_own_domain(live: Client, to: str | None) -> None:
    condition, _ = refused(live, rpc("info", {"sessionId": "SID", "status": "active"}, to))
    assert condition == "item-not-found"


def test_a_flood_of_candidates_is_cut_off_and_other_sessions_are_not(live: Client) -> None:
    def candidate(number: int, session_id: str = "SID") -> str:
        return rpc("iceCandidate", {"sessionId": session_id, "sdp": f"a=candidate:{number}"})

    for number in range(MOST_CANDIDATES):
        heard(live, candidate(number))
    condition, text = refused(live, candidate(MOST_CANDIDATES))
    assert (condition, str(MOST_CANDIDATES) in text) == ("policy-violation", True)
    assert heard(live, candidate(0, "OTHER"))
    assert heard(live, rpc("terminate", {"sessionId": "SID"}))


def test_counts_are_kept_of_few_things(live: Client) -> None:
    for number in range(1000):
        live.stream.count(str(number))
    assert live.stream.count("0") == 1
    assert live.stream.count("0") == 2


@pytest.mark.parametrize(
    ("said", "refusal", "expected"),
    [
        (Answer("SID", "v=0"), Invalid(Problem("sdp", "has no audio.")), ("bad-request", "sdp: has no audio.")),
        (Answer("SID", "v=0"), NotFound("call", "SID"), ("item-not-found", "There is no call with id SID.")),
        (Answer("SID", "v=0"), Unavailable("Later."), ("resource-constraint", "Later.")),
        (Answer("SID", "v=0"), Conflict("Not now."), ("not-allowed", "Not now.")),
        (HangUp("SID", "success"), NotFound("call", "SID"), None),
        (Candidates("SID", ("x",)), NotFound("call", "SID"), None),
        (Active("SID"), NotFound("call", "SID"), None),
    ],
)
def test_a_refusal_is_told_where_it_matters(
    live: Client, said: Said, refusal: Refusal, expected: tuple[str, str] | None
) -> None:
    effect = heard(live, rpc("info", {"sessionId": "SID", "status": "active"}))
    frame = hearing.answer(Hear(said, effect.request), refusal)
    assert frame is not None
    element = parse_frame(frame, 10_000)
    assert element.get("from") == PEER
    if expected is None:
        assert element.get("type") == "result"
    else:
        condition, text = element.children[0].children
        assert (condition.local_name, text.text) == expected


def test_a_message_is_not_answered(live: Client) -> None:
    assert hearing.answer(heard(live, message(jingle("proceed"))), NotFound("call", "SID")) is None


def test_answers_to_our_requests_are_ignored(live: Client) -> None:
    for kind in ("result", "error"):
        assert not live.say(f'<iq xmlns="jabber:client" type="{kind}" id="q" to="{PEER}"/>')


# what it is told


def told(**changes: Any) -> SoftphoneTold:
    values = {name: getattr(TOLD, name) for name in TOLD.__dataclass_fields__}
    return SoftphoneTold(**{**values, **changes})


def opened(frame: str, name: str) -> Element:
    """The one child of a frame to our softphone from its peer."""
    element = parse_frame(frame, 200_000)
    assert (element.local_name, element.get("from"), element.get("to")) == (name, PEER, FULL)
    assert element.get("id")
    (child,) = element.children
    return child


def called(frame: str) -> dict[str, Any]:
    """The JSON-RPC of a request to our softphone."""
    child = opened(frame, "iq")
    assert child.name == "genesys genesys-webrtc"
    call = json.loads(child.text)
    assert call.pop("jsonrpc") == "2.0"
    assert call.pop("id")
    return call


def test_the_peer_is_a_softphones_for_the_vendors_client() -> None:
    assert peer_jid("leg-1", FULL) == peer_jid("leg-1", "agent1@org.localhost") == PEER


def test_a_proposal() -> None:
    child = opened(telling.propose(TOLD, FULL), "message")
    assert child.name == "urn:xmpp:jingle-message:0 propose"
    assert child.attributes == {"id": "SID", "inin-cid": "CID", "inin-sdp-over-xmpp": "true"}


def test_a_proposal_that_answers_itself() -> None:
    child = opened(telling.propose(told(auto_answer=True), FULL), "message")
    assert child.get("inin-autoanswer") == "true"
    assert child.get("inin-priv-answer-mode") is None


def test_a_proposal_that_stays_beyond_its_call() -> None:
    child = opened(telling.propose(told(persistent=True, auto_answer=True), FULL), "message")
    assert (child.get("inin-priv-answer-mode"), child.get("inin-persistent-cid")) == ("Auto", "CID")
    assert child.get("inin-autoanswer") is None


def test_an_offer() -> None:
    sdp = 'v=0\r\ns=<&"ä\r\n'
    params = {"sessionId": "SID", "conversationId": "CID", "sdp": sdp}
    assert called(telling.offer(TOLD, FULL, sdp)) == {"method": "offer", "params": params}
    again = called(telling.offer(told(reinvite=True), FULL, sdp))
    assert again == {"method": "offer", "params": {**params, "reinvite": True}}


def test_the_end_of_a_session_and_of_ringing() -> None:
    assert called(telling.terminate(TOLD, FULL)) == {
        "method": "terminate",
        "params": {"sessionId": "SID", "reason": "success"},
    }
    assert called(telling.terminate(told(reason="timeout"), FULL))["params"]["reason"] == "timeout"
    child = opened(telling.retract(TOLD, FULL), "message")
    assert (child.name, child.attributes) == ("urn:xmpp:jingle-message:0 retract", {"id": "SID"})
