"""The shell carries words of calls to the calls room and its answers back, over a real socket."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.socket_client import Socket
from tests.unit.signalling.conftest import eventually
from tests.unit.signalling.test_calls import Room
from tests.unit.signalling.test_websocket import House, Ledger

from shiftline.foundation.errors import Invalid, Problem
from shiftline.signalling.extensions.catalogue import speak
from shiftline.signalling.extensions.services import IceServer, with_credentials
from shiftline.signalling.switchboard import Switchboard
from shiftline.signalling.telephony import Active, HangUp, Proceed
from shiftline.signalling.websocket import listen

PEER = "leg-1@gjoll.org.localhost/peer"
CALL = (
    '<iq xmlns="jabber:client" type="set" id="{0}" to="' + PEER + '"><genesys-webrtc xmlns="genesys">'
    '{{"method":"{0}","params":{{"sessionId":"SID","status":"active"}}}}</genesys-webrtc></iq>'
)
PROCEED = f'<message xmlns="jabber:client" to="{PEER}"><proceed xmlns="urn:xmpp:jingle-message:0" id="SID"/></message>'
SERVICES = '<iq xmlns="jabber:client" id="s" type="get"><services xmlns="urn:xmpp:extdisco:1" type="turn"/></iq>'


@pytest.fixture
async def room() -> Room:
    room = Room()
    room.gate.set()
    return room


@pytest.fixture
async def house(request: Any, room: Room) -> AsyncIterator[House]:
    servers = [IceServer("stun", "localhost"), IceServer("turn", "localhost")]
    telephony = room if getattr(request, "param", True) else None
    switchboard = Switchboard(speak("n", with_credentials(servers, "secret")), Ledger(), telephony)
    server = await listen(switchboard, "127.0.0.1", 0)
    switchboard.start()
    yield House(switchboard, Ledger(), server.sockets[0].getsockname()[1])
    await switchboard.stop(patience=0)
    server.close()


async def test_words_are_done_in_their_order_and_answered(house: House, room: Room) -> None:
    socket = await house.live()
    jid = house.session().jid
    room.gate.clear()
    for frame in (PROCEED, CALL.format("info"), CALL.format("terminate")):
        socket.say(frame)
    await asyncio.sleep(0.05)
    assert socket.frames.empty()
    room.gate.set()
    for name in ("info", "terminate"):
        answer = await socket.element()
        assert (answer.get("type"), answer.get("id"), answer.get("from")) == ("result", name, PEER)
    assert room.heard == [(jid, Proceed("SID")), (jid, Active("SID")), (jid, HangUp("SID", "success"))]


async def test_a_refusal_is_told(house: House, room: Room) -> None:
    room.refusals.append(Invalid(Problem("sdp", "has no audio.")))
    socket = await house.live()
    socket.say(CALL.format("info"))
    error = (await socket.element()).children[0]
    assert (error.children[0].local_name, error.children[1].text) == ("bad-request", "sdp: has no audio.")


async def test_an_answer_for_a_socket_that_is_gone_is_dropped(house: House, room: Room) -> None:
    room.gate.clear()
    socket = await house.live()
    socket.say(CALL.format("terminate"))
    await eventually(lambda: house.switchboard.calls is not None and house.switchboard.calls.unheard == 1)
    socket.transport.disconnect()
    await eventually(lambda: len(house.switchboard.registry) == 0)
    room.gate.set()
    await eventually(lambda: len(room.heard) == 1)


@pytest.mark.parametrize("house", [False], indirect=True)
async def test_a_server_without_calls_says_so(house: House) -> None:
    socket = await house.live()
    socket.say(PROCEED)
    socket.say(CALL.format("info"))
    answer = await socket.element()
    assert (answer.get("type"), answer.get("id")) == ("error", "info")
    assert answer.children[0].children[1].text == "This server carries no calls."


async def test_a_socket_that_comes_back_to_its_channel_has_its_address_again(house: House) -> None:
    socket: Socket = await house.live("c1")
    other = await house.live("c2")
    before = {session.jid for session in house.switchboard.registry.all()}
    for each in (socket, other):
        each.transport.disconnect()
    await eventually(lambda: len(house.switchboard.registry) == 0)
    await house.live("c2")
    await house.live("c1")
    assert {session.jid for session in house.switchboard.registry.all()} == before
    assert len(before) == 2


async def test_credentials_for_the_relay_are_made_for_whoever_asks(house: House) -> None:
    socket = await house.live()
    socket.say(SERVICES)
    (service,) = (await socket.element()).children[0].children
    username = service.get("username")
    assert username is not None
    assert username.endswith(":person-1")
    assert service.get("password")
