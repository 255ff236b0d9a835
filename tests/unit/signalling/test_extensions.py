"""What a live session may ask, as softphone-wire.md section 1 has it."""

import pytest

from shiftline.signalling import effects
from shiftline.signalling.extensions import pubsub
from shiftline.signalling.extensions.services import IceServer, extension
from shiftline.signalling.stanza import Element, parse_frame
from shiftline.signalling.stream import State

from .conftest import Client


def iq(payload: str, kind: str = "get", attributes: str = "") -> str:
    return f'<iq xmlns="jabber:client" id="2" type="{kind}"{attributes}>{payload}</iq>'


def answer(client: Client, frame: str) -> Element:
    (output,) = client.say(frame)
    assert isinstance(output, str)
    return parse_frame(output, 10_000)


def fault(element: Element) -> str:
    assert element.get("type") == "error"
    return element.children[0].children[0].local_name


def test_a_ping_is_answered(live: Client) -> None:
    ping = '<ping xmlns="urn:xmpp:ping"/>'
    assert live.say(iq(ping)) == ('<iq xmlns="jabber:client" type="result" id="2"/>',)
    assert live.say(iq(ping, attributes=' to="org.localhost"')) == (
        '<iq xmlns="jabber:client" type="result" id="2" from="org.localhost"/>',
    )


def test_turn_and_stun_servers_are_listed_apart(live: Client) -> None:
    services = '<services xmlns="urn:xmpp:extdisco:1" type="{}"/>'
    assert live.say(iq(services.format("turn"))) == (
        (
            '<iq xmlns="jabber:client" type="result" id="2"><services xmlns="urn:xmpp:extdisco:1" type="turn">'
            '<service type="turn" host="turn.localhost" port="3478" transport="udp" username="u" password="p&amp;q"/>'
            "</services></iq>"
        ),
    )
    assert live.say(iq(services.format("stun"))) == (
        (
            '<iq xmlns="jabber:client" type="result" id="2"><services xmlns="urn:xmpp:extdisco:1" type="stun">'
            '<service type="stun" host="stun.localhost" port="3478"/></services></iq>'
        ),
    )


def test_the_second_version_of_the_namespace_is_spoken_too(live: Client) -> None:
    element = answer(live, iq('<services xmlns="urn:xmpp:extdisco:2" type="stun"/>'))
    assert element.children[0].name == "urn:xmpp:extdisco:2 services"
    assert [service.get("host") for service in element.children[0].children] == ["stun.localhost"]


def test_all_servers_are_listed_where_no_type_is_asked_for(live: Client) -> None:
    element = answer(live, iq('<services xmlns="urn:xmpp:extdisco:1"/>'))
    assert [service.get("type") for service in element.children[0].children] == ["stun", "turn"]


def test_an_unknown_type_of_server_has_none(live: Client) -> None:
    assert not answer(live, iq('<services xmlns="urn:xmpp:extdisco:1" type="x&quot;"/>')).children[0].children


def test_without_a_stun_server_nothing_starts() -> None:
    with pytest.raises(ValueError, match="STUN"):
        extension([IceServer("turn", "turn.localhost")])


def test_a_subscription_is_the_authoritys_to_grant(live: Client) -> None:
    topic = "v2.users.person-1.conversations"
    frame = iq(
        f'<pubsub xmlns="http://jabber.org/protocol/pubsub"><subscribe node="{topic}" jid="agent1@org.localhost"/></pubsub>',
        "set",
        ' to="notifications.localhost:8443"',
    )
    (effect,) = live.say(frame)
    assert isinstance(effect, effects.Subscription)
    assert (effect.topic, effect.wanted) == (topic, True)
    granted = parse_frame(pubsub.confirmed(live.stream, effect), 10_000)
    assert (granted.get("from"), granted.get("id")) == ("notifications.localhost:8443", "2")
    assert granted.children[0].name == "http://jabber.org/protocol/pubsub pubsub"
    assert granted.children[0].children[0].attributes == {
        "node": topic,
        "jid": "agent1@org.localhost",
        "subscription": "subscribed",
    }
    refused = parse_frame(pubsub.refused(effect, "Not your topic."), 10_000)
    assert fault(refused) == "forbidden"
    assert refused.children[0].children[1].text == "Not your topic."
    assert fault(parse_frame(pubsub.unknown(effect), 10_000)) == "resource-constraint"
    assert live.stream.answer("<x/>") == ("<x/>",)


def test_a_subscription_ends(live: Client) -> None:
    (effect,) = live.say(
        iq('<pubsub xmlns="http://jabber.org/protocol/pubsub"><unsubscribe node="v2.a.b?c&amp;d"/></pubsub>', "set")
    )
    assert isinstance(effect, effects.Subscription)
    assert (effect.topic, effect.wanted) == ("v2.a.b?c&d", False)
    assert 'subscription="none"' in pubsub.confirmed(live.stream, effect)


@pytest.mark.parametrize(
    ("payload", "condition"),
    [
        ('<subscribe node="v2.users.u.x" jid="other@org.localhost"/>', "bad-request"),
        ("<subscribe/>", "bad-request"),
        ('<subscribe node="a b"/>', "bad-request"),
        (f'<subscribe node="{"x" * 201}"/>', "bad-request"),
        ('<publish node="x"/>', "feature-not-implemented"),
        ("", "feature-not-implemented"),
    ],
)
def test_subscriptions_that_mean_nothing(live: Client, payload: str, condition: str) -> None:
    frame = iq(f'<pubsub xmlns="http://jabber.org/protocol/pubsub">{payload}</pubsub>', "set")
    assert fault(answer(live, frame)) == condition


def test_server_side_pings_are_switched_on_and_off(live: Client) -> None:
    node = '<pubsub xmlns="http://jabber.org/protocol/pubsub"><{} node="enable.server.side.pings" jid="{}"/></pubsub>'
    element = answer(live, iq(node.format("subscribe", "agent1@org.localhost"), "set"))
    assert element.get("type") == "result"
    assert live.stream.server_pings
    answer(live, iq(node.format("unsubscribe", "agent1@org.localhost"), "set"))
    assert not live.stream.server_pings


def test_unknown_requests_are_refused_one_by_one(live: Client) -> None:
    assert fault(answer(live, iq('<query xmlns="jabber:iq:roster"/>'))) == "service-unavailable"
    assert fault(answer(live, iq('<ping xmlns="urn:xmpp:ping"/>', "set"))) == "service-unavailable"
    assert fault(answer(live, iq(""))) == "bad-request"
    assert fault(answer(live, iq('<a xmlns="x"/><b xmlns="x"/>'))) == "bad-request"
    assert live.stream.state is State.LIVE


@pytest.mark.parametrize("kind", ["result", "error", "", "GET"])
def test_answers_and_nonsense_are_not_answered(live: Client, kind: str) -> None:
    assert not live.say(iq('<x xmlns="y"/>', kind))


def test_a_request_without_an_id_cannot_be_answered(live: Client) -> None:
    assert not live.say('<iq xmlns="jabber:client" type="get"><ping xmlns="urn:xmpp:ping"/></iq>')


def test_presence_is_heard_and_no_more(live: Client) -> None:
    assert not live.say("<presence xmlns='jabber:client'/>")
    assert live.stream.live


@pytest.mark.parametrize("to", ["", ' to="agent1@org.localhost"', ' to="agent1@org.localhost/other"'])
def test_messages_go_to_the_senders_own_connections(live: Client, to: str) -> None:
    (effect,) = live.say(
        f'<message xmlns="jabber:client" id="m1"{to} from="somebody@else">'
        '<accept xmlns="urn:xmpp:jingle-message:0" id="SID"/></message>'
    )
    assert isinstance(effect, effects.Forward)
    assert effect.to.startswith("agent1@org.localhost")
    element = parse_frame(effect.frame, 10_000)
    assert element.get("from") == "agent1@org.localhost/ab12"
    assert element.get("to") == effect.to
    assert element.children[0].name == "urn:xmpp:jingle-message:0 accept"
    assert element.children[0].get("id") == "SID"


@pytest.mark.parametrize(
    "to", ["agent2@org.localhost", "agent1@org.localhost.evil", "agent1@org.localhostx/a", "org.localhost"]
)
def test_nobody_can_write_to_anybody_else(live: Client, to: str) -> None:
    element = answer(live, f'<message xmlns="jabber:client" id="m1" to="{to}"><body>hi</body></message>')
    assert fault(element) == "service-unavailable"
    assert (element.get("from"), element.get("id")) == (to, "m1")


def test_errors_are_not_answered_with_errors(live: Client) -> None:
    assert not live.say('<message xmlns="jabber:client" type="error" to="x@y"/>')
