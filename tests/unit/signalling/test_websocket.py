"""The shell on a real port, with a real client: handshakes, both kinds of connection, revocation, slow clients, pages."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from picows import WSCloseCode, WSMsgType, WSUpgradeResponse, ws_connect
from tests.socket_client import Socket
from tests.unit.signalling.conftest import eventually

from shiftline.foundation import telemetry
from shiftline.foundation.events import Notification
from shiftline.signalling import switchboard as switchboard_module
from shiftline.signalling.bulletin import NO_LONGER_SUBSCRIBED, Bulletin
from shiftline.signalling.connection import XmppConnection
from shiftline.signalling.extensions.catalogue import speak
from shiftline.signalling.extensions.services import IceServer
from shiftline.signalling.model import Denial, Identity, Notice, Welcome, expand_topic
from shiftline.signalling.session import Session
from shiftline.signalling.stanza import Element, parse_frame
from shiftline.signalling.stream import Limits
from shiftline.signalling.switchboard import Switchboard
from shiftline.signalling.websocket import listen

FRAMING = "urn:ietf:params:xml:ns:xmpp-framing"
SUBSCRIBE = (
    '<iq xmlns="jabber:client" id="s" type="set"><pubsub xmlns="http://jabber.org/protocol/pubsub">'
    '<subscribe node="{}"/></pubsub></iq>'
)
UNSUBSCRIBE = SUBSCRIBE.replace("<subscribe", "<unsubscribe")


@dataclass
class Ledger:
    """An authority over what the test wrote down: tokens by channel, topics by channel, people who may not connect."""

    tokens: dict[str, str] = field(default_factory=lambda: {"c1": "t1", "c2": "t1", "c3": "t3"})
    people: dict[str, str] = field(default_factory=lambda: {"t1": "person-1", "t3": "person-3"})
    topics: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    barred: set[str] = field(default_factory=set[str])
    broken: bool = False
    meanwhile: Callable[[], None] = lambda: None

    async def authenticate(self, channel_id: str, jid: str, token: str) -> Welcome | Denial:
        if self.tokens.get(channel_id) != token:
            return Denial("not-authorized", "This channel is not known, or not with this token.")
        answer = await self.admit(channel_id)
        if isinstance(answer, Welcome) and answer.identity.jid != jid:
            return Denial("not-authorized", "The token is another person's.")
        return answer

    async def admit(self, channel_id: str) -> Welcome | Denial:
        if self.broken:
            raise ConnectionError("no database")
        token = self.tokens.get(channel_id)
        if token is None:
            return Denial("not-authorized", "This channel is not known.")
        person = self.people[token]
        topics = frozenset(self.topics.get(channel_id, ()))
        await asyncio.sleep(0)
        verdict = person in self.barred
        self.meanwhile()
        if verdict:
            return Denial("not-authorized", "Connect is refused: you are barred.", "decision-1")
        return Welcome(Identity("org-1", person, channel_id, f"digest-{token}", f"{person}@org.localhost"), topics)

    async def subscribe(self, identity: Identity, topic: str) -> frozenset[str] | Denial:
        if self.broken:
            raise ConnectionError("no database")
        if "forbidden" in topic:
            return Denial("not-authorized", "Not your topic.")
        self.topics.setdefault(identity.channel_id, set()).update(expand_topic(topic))
        return frozenset(self.topics[identity.channel_id])

    async def unsubscribe(self, identity: Identity, topic: str) -> frozenset[str]:
        self.topics[identity.channel_id].difference_update(expand_topic(topic))
        return frozenset(self.topics[identity.channel_id])


@dataclass
class House:
    """A running server with its ledger."""

    switchboard: Switchboard
    ledger: Ledger
    port: int

    async def connect(self, channel_id: str, protocol: str | None = "xmpp", **options: Any) -> Socket:
        headers = [("Sec-WebSocket-Protocol", protocol)] if protocol else []
        url = f"ws://127.0.0.1:{self.port}/stream/channels/{channel_id}"
        _, socket = await ws_connect(Socket, url, extra_headers=headers, **options)
        assert isinstance(socket, Socket)
        return socket

    async def sign_in(self, channel_id: str, token: str, person: str) -> tuple[Socket, Element]:
        """Connect and authenticate; the answer to SASL."""
        socket = await self.connect(channel_id)
        await say_open(socket)
        content = base64.b64encode(f"\0{person}@org.localhost\0authKey:{token}".encode()).decode()
        socket.say(f'<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">{content}</auth>')
        return socket, await socket.element()

    async def live(self, channel_id: str = "c1", token: str = "t1", person: str = "person-1") -> Socket:
        socket, answer = await self.sign_in(channel_id, token, person)
        assert answer.local_name == "success"
        await say_open(socket)
        socket.say('<iq xmlns="jabber:client" id="1" type="set"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/></iq>')
        assert (await socket.element()).get("type") == "result"
        return socket

    def session(self, channel_id: str = "c1") -> Session:
        (session,) = self.switchboard.registry.on_channel(channel_id)
        return session

    def publish(self, topic: str, body: object = None) -> int:
        return self.switchboard.registry.publish(Bulletin(Notification("org-1", topic, body or {}), "event-1"))

    async def get(self, request: str) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(request.replace("\n", "\r\n").encode())
        async with asyncio.timeout(5):
            answer = await reader.read()
        writer.close()
        return answer


async def say_open(socket: Socket) -> None:
    socket.say(f'<open xmlns="{FRAMING}" to="org.localhost" version="1.0"/>')
    assert (await socket.element()).local_name == "open"
    assert (await socket.element()).local_name == "features"


@pytest.fixture
async def house() -> AsyncIterator[House]:
    ledger = Ledger()
    dialect = speak("notifications.localhost", [IceServer("stun", "localhost")], Limits(setup=1.0))
    switchboard = Switchboard(dialect, ledger)
    pages = {
        "/health/ready": lambda: (503, "application/json", b'{"ready":false}'),
        "/metrics": lambda: (200, "text/plain", b"up 1\n"),
    }
    server = await listen(switchboard, "127.0.0.1", 0, pages)
    switchboard.start()
    yield House(switchboard, ledger, server.sockets[0].getsockname()[1])
    await switchboard.stop(patience=0)
    server.close()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0.01)


async def test_the_subprotocol_is_echoed(house: House) -> None:
    socket = await house.connect("c1", "chat, xmpp")
    assert isinstance(socket.response, WSUpgradeResponse)
    assert socket.response.headers["Sec-WebSocket-Protocol"] == "xmpp"


async def test_a_session_gets_its_topics_and_changes_them(house: House) -> None:
    house.ledger.topics["c1"] = {"v2.users.person-1.station"}
    socket = await house.live()
    assert house.publish("v2.users.person-1.station", {"n": 1}) == 1
    message = await socket.element()
    assert (message.local_name, message.get("from")) == ("message", "notifications.localhost")
    socket.say(SUBSCRIBE.format("v2.users.person-1?conversations&amp;presence"))
    assert (await socket.element()).get("type") == "result"
    assert house.publish("v2.users.person-1.presence") == 1
    assert '"sequence":2' in await socket.read()
    socket.say(UNSUBSCRIBE.format("v2.users.person-1.presence"))
    assert (await socket.element()).get("type") == "result"
    assert house.publish("v2.users.person-1.presence") == 0
    assert house.publish("v2.users.person-1.conversations") == 1


async def test_a_subscription_that_is_refused_or_cannot_be_known(house: House) -> None:
    socket = await house.live()
    socket.say(SUBSCRIBE.format("v2.forbidden.x"))
    answer = await socket.element()
    assert [child.local_name for child in answer.children[0].children] == ["forbidden", "text"]
    house.ledger.broken = True
    socket.say(SUBSCRIBE.format("v2.users.person-1.station"))
    answer = await socket.element()
    assert answer.children[0].children[0].local_name == "resource-constraint"


@pytest.mark.parametrize(
    ("channel_id", "token", "person"),
    [("unknown", "t1", "person-1"), ("c1", "t3", "person-3"), ("c1", "t1", "person-3")],
)
async def test_strangers_are_let_in_as_far_as_sasl(house: House, channel_id: str, token: str, person: str) -> None:
    socket, answer = await house.sign_in(channel_id, token, person)
    assert answer.local_name == "failure"
    assert answer.children[0].local_name == "not-authorized"
    assert answer.children[1].text
    assert len(house.switchboard.registry) == 0
    socket.transport.disconnect()


async def test_what_cannot_be_known_is_refused_for_now(house: House) -> None:
    house.ledger.broken = True
    _socket, answer = await house.sign_in("c1", "t1", "person-1")
    assert answer.children[0].local_name == "temporary-auth-failure"


async def test_two_tabs_and_one_closes(house: House) -> None:
    for channel_id in ("c1", "c2"):
        house.ledger.topics[channel_id] = {"v2.users.person-1.presence"}
    one, two = await house.live("c1"), await house.live("c2")
    assert house.publish("v2.users.person-1.presence") == 2
    await one.read()
    await two.read()
    one.transport.disconnect()
    await until(lambda: len(house.switchboard.registry) == 1)
    assert house.publish("v2.users.person-1.presence") == 1
    await two.read()


async def test_messages_reach_all_connections_of_a_person_and_nobody_else(house: House) -> None:
    one, two, other = await house.live("c1"), await house.live("c2"), await house.live("c3", "t3", "person-3")
    one.say(
        '<message xmlns="jabber:client" to="person-1@org.localhost"><accept xmlns="urn:xmpp:jingle-message:0" id="S"/></message>'
    )
    for socket in (one, two):
        assert (await socket.element()).children[0].local_name == "accept"
    assert other.frames.empty()


async def test_a_revoked_session_is_told_why_and_closed(house: House) -> None:
    socket = await house.live()
    house.ledger.barred.add("person-1")
    house.switchboard.reviews.add(house.session())
    told, close = [parse_frame(frame, 10_000) for frame in await socket.ended()]
    assert NO_LONGER_SUBSCRIBED in str(told)
    assert "Connect is refused: you are barred. (decision decision-1)" in str(told)
    assert close.name == f"{FRAMING} close"
    assert socket.code == WSCloseCode.OK
    _socket, answer = await house.sign_in("c1", "t1", "person-1")
    assert answer.children[1].text == "Connect is refused: you are barred. (decision decision-1)"


async def test_a_session_that_may_stay_stays_and_has_its_topics_anew(house: House) -> None:
    socket = await house.live()
    house.ledger.topics["c1"] = {"v2.users.person-1.presence"}
    house.switchboard.reviews.add(house.session())
    await eventually(lambda: house.publish("v2.users.person-1.presence") == 1)
    await socket.read()


async def test_a_living_session_stays_while_nothing_can_be_known(house: House) -> None:
    await house.live()
    house.ledger.broken = True
    house.switchboard.reviews.add(house.session())
    await asyncio.sleep(0.2)
    assert len(house.switchboard.registry) == 1
    house.ledger.broken = False
    house.ledger.barred.add("person-1")
    await eventually(lambda: len(house.switchboard.registry) == 0)


async def test_a_revocation_between_the_answer_and_the_registration_is_not_missed(house: House) -> None:
    def revoke() -> None:
        house.ledger.barred.add("person-1")
        house.switchboard.registry.disturb("person-1")
        house.ledger.meanwhile = lambda: None

    house.ledger.meanwhile = revoke
    socket = await house.live()
    assert any("you are barred" in frame for frame in await socket.ended())


async def test_a_newer_connection_replaces_the_one_it_follows(house: House) -> None:
    opened: list[str] = []
    closed: list[str] = []
    house.switchboard.on_open.append(lambda session: opened.append(session.resource))
    house.switchboard.on_close.append(lambda session: closed.append(session.resource))
    old = await house.live()
    new = await house.live()
    assert any("duplicate_id" in frame for frame in await old.ended())
    assert house.session().resource == opened[1]
    assert closed == [opened[0]]
    new.say('<iq xmlns="jabber:client" id="1" type="get"><ping xmlns="urn:xmpp:ping"/></iq>')
    await new.read()


async def test_whoever_does_not_authenticate_is_closed_in_time(house: House) -> None:
    socket = await house.connect("c1")
    frames = await socket.ended()
    assert any("connection-timeout" in frame for frame in frames)


async def test_fragments_are_put_together_and_kept_in_order(house: House) -> None:
    socket = await house.live()
    ping = b'<iq xmlns="jabber:client" id="frag" type="get"><ping xmlns="urn:xmpp:ping"/></iq>'
    socket.transport.send(WSMsgType.TEXT, ping[:10], fin=False)
    socket.transport.send(WSMsgType.CONTINUATION, ping[10:20], fin=False)
    socket.transport.send(WSMsgType.CONTINUATION, ping[20:])
    assert (await socket.element()).get("id") == "frag"
    socket.transport.send(WSMsgType.CONTINUATION, b"x")
    await socket.ended()
    assert socket.code == WSCloseCode.PROTOCOL_ERROR


async def test_endless_fragments_are_too_big(house: House) -> None:
    socket = await house.live()
    socket.transport.send(WSMsgType.TEXT, b"<a>", fin=False)
    for _ in range(3):
        socket.transport.send(WSMsgType.CONTINUATION, b"x" * 100_000, fin=False)
    await socket.ended()
    assert socket.code == WSCloseCode.MESSAGE_TOO_BIG


async def test_text_that_is_no_utf_8_ends_the_stream(house: House) -> None:
    socket = await house.live()
    socket.transport.send(WSMsgType.TEXT, b"<a>\xff</a>")
    assert any("unsupported-encoding" in frame for frame in await socket.ended())


async def test_a_client_that_does_not_read_is_cut_off(house: House) -> None:
    house.ledger.topics["c1"] = {"v2.users.person-1.presence"}
    socket = await house.live()
    socket.transport.underlying_transport.pause_reading()
    for _ in range(500):
        if not house.publish("v2.users.person-1.presence", {"text": "x" * 50_000}):
            break
        await asyncio.sleep(0)
    assert len(house.switchboard.registry) == 0


async def test_a_json_connection(house: House) -> None:
    house.ledger.topics["c1"] = {"v2.users.person-1.presence"}
    socket = await house.connect("c1", None)
    await until(lambda: len(house.switchboard.registry) == 1)
    assert house.publish("v2.users.person-1.presence", {"n": 1}) == 1
    assert json.loads(await socket.read()) == {
        "topicName": "v2.users.person-1.presence",
        "version": "2",
        "eventBody": {"n": 1},
        "metadata": {"CorrelationId": "event-1", "sequence": 1},
    }
    socket.say('{"message":"ping"}')
    assert json.loads(await socket.read())["eventBody"] == {"message": "pong"}
    house.switchboard.dismiss(
        house.session(), Notice(NO_LONGER_SUBSCRIBED, "access_revoked", Denial("not-authorized", "No."))
    )
    (told,) = await socket.ended()
    assert json.loads(told)["eventBody"]["message"] == "No."
    assert (socket.code, socket.reason) == (WSCloseCode.POLICY_VIOLATION, "No.")


async def test_a_json_connection_that_is_refused_reads_why(house: House) -> None:
    socket = await house.connect("unknown", None)
    (told,) = await socket.ended()
    assert json.loads(told)["eventBody"]["message"] == "This channel is not known."
    assert socket.code == WSCloseCode.POLICY_VIOLATION


async def test_one_channel_may_have_both_kinds(house: House) -> None:
    await house.live()
    await house.connect("c1", None)
    await until(lambda: len(house.switchboard.registry) == 2)


async def test_the_server_goes_politely(house: House) -> None:
    socket, feed = await house.live(), await house.connect("c2", None)
    await until(lambda: len(house.switchboard.registry) == 2)
    stopping = asyncio.create_task(house.switchboard.stop())
    assert [parse_frame(frame, 1000).local_name for frame in await socket.ended()] == ["close"]
    assert await feed.ended() == []
    await stopping
    assert (socket.code, feed.code) == (WSCloseCode.OK, WSCloseCode.OK)


async def test_pages_are_served_on_the_same_port(house: House) -> None:
    answer = await house.get("GET /metrics?x=1 HTTP/1.1\nHost: x\n\n")
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert answer.endswith(b"up 1\n")
    answer = await house.get("GET /health/ready HTTP/1.1\nHost: x\n\n")
    assert answer.startswith(b"HTTP/1.1 503")
    assert b"application/json" in answer
    assert (await house.get("GET /elsewhere HTTP/1.1\nHost: x\n\n")).startswith(b"HTTP/1.1 404")
    assert (await house.get(f"GET /stream/channels/{'x' * 200} HTTP/1.1\nHost: x\n\n")).startswith(b"HTTP/1.1 404")
    assert (await house.get("GET /stream/channels/c1 HTTP/1.1\nHost: x\n\n")).startswith(b"HTTP/1.1 400")


async def test_firefoxs_connection_header_is_understood(house: House) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    writer.write(
        b"GET /stream/channels/c1 HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Protocol: xmpp\r\n\r\n"
    )
    async with asyncio.timeout(5):
        assert (await reader.readline()).startswith(b"HTTP/1.1 101")
    writer.close()


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 200_000])
async def test_frames_sent_together_arrive_one_by_one(house: House, size: int) -> None:
    socket = await house.live()
    connection = house.session().wire
    assert isinstance(connection, XmppConnection)
    sent = ["a" * size, "\N{SNOWMAN}" * (size // 3), "last"]
    connection.send(*sent)
    assert [await socket.read() for _ in sent] == sent


UPGRADE = (
    "GET /stream/channels/{} HTTP/1.1\nHost: x\nUpgrade: websocket\nConnection: Upgrade\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Version: 13\n{}\n"
)


@pytest.mark.parametrize("transport", ["xmpp", "json"])
async def test_sockets_that_nobody_signed_in_on_are_capped_and_others_are_asked_to_try_again(
    house: House, monkeypatch: pytest.MonkeyPatch, transport: str
) -> None:
    monkeypatch.setattr(switchboard_module, "MOST_STRANGERS", 2)
    own = "Sec-WebSocket-Protocol: xmpp\n" if transport == "xmpp" else ""
    handshake = UPGRADE.format("c3", own)
    lives = [await house.live("c1"), await house.live("c2")]  # who is signed in does not count
    turned_away = telemetry.REGISTRY.get_sample_value("shiftline_handshakes_turned_away_total") or 0.0
    _first, second = await house.connect("c3"), await house.connect("c3")
    await eventually(lambda: house.switchboard.crowded)
    assert telemetry.REGISTRY.get_sample_value("shiftline_unauthenticated_sockets") == 2
    answer = await house.get(handshake)
    assert answer.startswith(b"HTTP/1.1 503")
    assert b"retry-after: 2" in answer.lower()
    assert telemetry.REGISTRY.get_sample_value("shiftline_handshakes_turned_away_total") == turned_away + 1
    assert (await house.get("GET /metrics HTTP/1.1\nHost: x\n\n")).startswith(b"HTTP/1.1 200")
    second.transport.disconnect()
    await eventually(lambda: not house.switchboard.crowded)
    third = await house.live("c3", "t3", "person-3")
    await eventually(lambda: telemetry.REGISTRY.get_sample_value("shiftline_unauthenticated_sockets") == 1)
    # Who has not signed in has a time limit of their own, and may have been told of it meanwhile.
    assert all(socket.frames.empty() for socket in (*lives, third))
