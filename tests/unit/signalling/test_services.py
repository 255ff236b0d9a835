"""STUN and TURN servers, and credentials for the relay that end soon."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import pytest

from shiftline.signalling.effects import Dated
from shiftline.signalling.extensions.catalogue import speak
from shiftline.signalling.extensions.services import LIFETIME, IceServer, with_credentials
from shiftline.signalling.model import Identity
from shiftline.signalling.stanza import Element, parse_frame
from shiftline.signalling.stream import Dialect

from .conftest import Client

SECRET = "a secret that the relay knows"
NOW = datetime(2026, 5, 1, 12, 0, 0, 500_000, tzinfo=UTC)
EXPIRY = int((NOW + LIFETIME).timestamp())
SERVERS = (IceServer("stun", "stun.localhost"), IceServer("turn", "turn.localhost", 3479, "tcp"))
QUESTION = '<iq xmlns="jabber:client" id="2" type="get"><services xmlns="urn:xmpp:extdisco:1"{}/></iq>'


@pytest.fixture
def dialect() -> Dialect:
    return speak("notifications.localhost:8443", with_credentials(SERVERS, SECRET))


def listed(client: Client, kind: str, now: datetime = NOW) -> Element:
    """What is answered to the question for one kind at a time."""
    (effect,) = client.say(QUESTION.format(f' type="{kind}"' if kind else ""))
    assert isinstance(effect, Dated)
    answer = parse_frame(effect.write(now), 10_000)
    assert (answer.get("type"), answer.get("id")) == ("result", "2")
    return answer.children[0]


def test_credentials_are_those_that_the_relay_computes(live: Client) -> None:
    services = listed(live, "turn")
    assert services.get("type") == "turn"
    (service,) = services.children
    username = f"{EXPIRY}:person-1"
    expected = base64.b64encode(hmac.new(SECRET.encode(), username.encode(), hashlib.sha1).digest()).decode()
    assert service.attributes == {
        "type": "turn",
        "host": "turn.localhost",
        "port": "3479",
        "transport": "tcp",
        "username": username,
        "password": expected,
        "expires": "2026-05-01T19:00:00Z",
    }


def test_credentials_are_made_anew_for_each_question_and_person(live: Client) -> None:
    earlier, later = (listed(live, "turn", now).children[0] for now in (NOW, NOW + LIFETIME))
    assert earlier.get("password") != later.get("password")
    other = Identity("org-1", "person-2", "channel-2", "digest-2", "agent2@org.localhost")
    mine, theirs = (with_credentials(SERVERS, SECRET)(who, NOW)[1] for who in (live.identity, other))
    assert mine.password != theirs.password
    assert theirs.username == f"{EXPIRY}:person-2"


def test_a_stun_server_needs_no_credentials(live: Client) -> None:
    (service,) = listed(live, "stun").children
    assert service.attributes == {"type": "stun", "host": "stun.localhost", "port": "3478"}
    assert [each.get("type") for each in listed(live, "").children] == ["stun", "turn"]


def test_a_provider_without_a_stun_server_is_told(identity: Identity) -> None:
    client = Client.of(speak("n", with_credentials(SERVERS[1:], SECRET)), identity)
    (effect,) = client.say(QUESTION.format(""))
    assert isinstance(effect, Dated)
    with pytest.raises(ValueError, match="STUN"):
        effect.write(NOW)


def test_secrets_are_not_shown(identity: Identity) -> None:
    server = with_credentials(SERVERS, SECRET)(identity, NOW)[1]
    assert server.password is not None
    assert server.password not in repr(server)
