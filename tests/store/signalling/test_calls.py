"""Calls over live sessions and the real calls room: ring, accept, offer, answer, end; drops and new tabs in between."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from tests.socket_client import Socket
from tests.store.signalling.conftest import Node
from tests.store.signalling.test_live import lose_grant

from shiftline.apps.connections import Engines
from shiftline.apps.handling import handle_events
from shiftline.calls.model import Call, Leg, LegState
from shiftline.calls.operations.controls import leave_in
from shiftline.calls.operations.legs import propose_leg_in
from shiftline.calls.operations.moving import lock_call_in
from shiftline.calls.operations.nodes import connect_leg, describe_leg, fail_leg, register_node, renew_node
from shiftline.calls.operations.softphones import find_session
from shiftline.conversations.model.changes import SetMuted
from shiftline.conversations.model.conversations import (
    CallState,
    Conversation,
    ConversationDraft,
    Direction,
    DisconnectType,
    ParticipantDraft,
    Purpose,
)
from shiftline.conversations.operations.conversations import change_conversation_in, open_conversation_in
from shiftline.foundation.bus import Bus
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.errors import NotFound
from shiftline.foundation.jobs import GUARDS
from shiftline.foundation.objects import Objects
from shiftline.foundation.outbox import GUARD
from shiftline.identity.model import Person
from shiftline.identity.operations.tokens import issue_token_in, revoke_own_token
from shiftline.identity.rules import digest
from shiftline.signalling.delivery import LONGEST_WAIT
from shiftline.signalling.extensions.calls.peer import peer_jid
from shiftline.signalling.revoking.jobs import sweep_calls
from shiftline.signalling.stanza import Element, escape_text, parse_frame

OFFER = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=<&>\r\n"
ANSWER = "\r\n".join(
    (
        "v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0", "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        "c=IN IP4 0.0.0.0", "a=mid:0", "a=sendrecv", "a=rtcp-mux", "a=rtpmap:111 opus/48000/2", "a=ice-ufrag:abcd",
        "a=ice-pwd:abcdefghijklmnopqrstuvwx", f"a=fingerprint:sha-256 {':'.join(['AB'] * 32)}", "a=setup:active", "",
    )
)  # fmt: skip


@dataclass
class Line:
    """One agent's calls: what rings, what a media node does about it, and what their softphones hear of it."""

    node: Node
    person: Person
    token: str
    system: Context

    async def tab(self, channel_id: str | None = None) -> "Tab":
        """A softphone on a channel of its own, or on one that was used before."""
        channel = channel_id or await self.node.channel(self.token)
        socket = await self.node.live(self.person, self.token, channel)
        (session,) = (
            s for s in self.node.switchboard.registry.of_person(self.person.id) if s.identity.channel_id == channel
        )
        return Tab(socket, channel, session.jid)

    async def ring(self, *, auto_answer: bool = False) -> Leg:
        """A caller's call rings at the agent's softphones."""
        caller = ParticipantDraft(purpose=Purpose.CUSTOMER, direction=Direction.INBOUND, state=CallState.CONNECTED)
        agent = ParticipantDraft(
            purpose=Purpose.AGENT, direction=Direction.INBOUND, state=CallState.ALERTING, person_id=self.person.id
        )
        async with self.system.transaction() as tx:
            begun = await open_conversation_in(
                tx, ConversationDraft(direction=Direction.INBOUND, participants=(caller, agent))
            )
            return await propose_leg_in(tx, Call(begun), begun.participants[1], auto_answer=auto_answer)

    async def change(self, leg: Leg, *changes: Any) -> Conversation:
        assert leg.conversation_id is not None
        async with self.system.transaction() as tx:
            return await change_conversation_in(tx, leg.conversation_id, *changes)

    async def now(self, leg: Leg) -> Leg:
        """The leg as it stands."""
        async with self.system.reader() as reader:
            return await find_session(reader, "org-1", self.person.id, leg.session_id)

    async def state(self, leg: Leg) -> LegState | None:
        try:
            return (await self.now(leg)).state
        except NotFound:
            return None

    async def becomes(self, leg: Leg, *states: LegState | None) -> None:
        for _ in range(400):
            if await self.state(leg) in states:
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"the leg is {await self.state(leg)}, not one of {states}")

    async def describe(self, leg: Leg) -> None:
        """The media node makes our offer."""
        await describe_leg(self.system, await self.now(leg), OFFER)

    async def hang_up(self, leg: Leg) -> None:
        """The caller hangs up."""
        assert leg.conversation_id is not None
        async with self.system.transaction() as tx:
            call = await lock_call_in(tx, leg.conversation_id)
            await leave_in(tx, call, call.conversation.participants[0], DisconnectType.ENDPOINT)


@dataclass
class Tab:
    """One softphone."""

    socket: Socket
    channel: str
    jid: str

    def say(self, leg: Leg, name: str) -> None:
        """A message to the call's peer."""
        self.socket.say(
            f'<message xmlns="jabber:client" to="{self.peer(leg)}">'
            f'<{name} xmlns="urn:xmpp:jingle-message:0" id="{leg.session_id}"/></message>'
        )

    def peer(self, leg: Leg) -> str:
        return peer_jid(leg.id, self.jid)

    def ask(self, leg: Leg, method: str, **params: object) -> None:
        """A request to the call's peer."""
        call = {"jsonrpc": "2.0", "id": "u", "method": method, "params": {"sessionId": leg.session_id, **params}}
        self.socket.say(
            f'<iq xmlns="jabber:client" type="set" id="{method}" to="{self.peer(leg)}">'
            f'<genesys-webrtc xmlns="genesys">{escape_text(json.dumps(call))}</genesys-webrtc></iq>'
        )

    async def hears(self, *words: str) -> Element:
        """The next frames of calls are these, in any order, notifications apart; the last of them."""
        element, left = Element("", {}), sorted(words)
        while left:
            element = await self.socket.element()
            word = word_of(element)
            if word is not None:
                assert word in left
                left.remove(word)
        return element

    async def hears_nothing(self) -> None:
        """For a while nothing of calls comes."""
        await asyncio.sleep(0.5)
        while not self.socket.frames.empty():
            frame = self.socket.frames.get_nowait()
            assert frame is not None
            assert word_of(parse_frame(frame, 100_000)) is None

    def drops(self) -> None:
        self.socket.transport.disconnect(graceful=False)


def word_of(element: Element) -> str | None:
    """What a frame of calls is about; None for a notification."""
    child = element.children[0] if element.children else Element("", {})
    if element.local_name == "iq" and element.get("type") == "set":
        return json.loads(child.text)["method"]
    if element.local_name == "iq":
        return element.get("type")
    return None if child.local_name == "event" else child.local_name


def params_of(element: Element) -> dict[str, Any]:
    return json.loads(element.children[0].text)["params"]


@asynccontextmanager
async def living_media(system: Context) -> AsyncGenerator[None]:
    """A media node that lives, as far as its lease tells."""
    await register_node(system, "media-1", "slot-1")

    async def renew() -> None:
        while True:
            await renew_node(system, "media-1")
            await asyncio.sleep(0.5)

    task = asyncio.create_task(renew())
    yield
    task.cancel()


@pytest.fixture
async def line(node: Node) -> AsyncIterator[Line]:
    system = node.tenant.context.acting_as(Actor("org-1", "system"))
    person, token = await node.agent()
    engines = Engines(system.database, Bus("nats://127.0.0.1:1"), system.clock, Objects("memory:///"))
    guarding = asyncio.create_task(handle_events(engines, GUARD, {}, GUARDS))
    async with living_media(system):
        yield Line(node, person, token, system)
    guarding.cancel()


async def test_a_call_from_the_ring_to_the_end(line: Line) -> None:
    tab1, tab2 = await line.tab(), await line.tab()
    leg = await line.ring()
    for tab in (tab1, tab2):
        proposal = await tab.hears("propose")
        assert (proposal.get("from"), proposal.get("to")) == (tab.peer(leg), tab.jid)
        assert re.fullmatch(r".*@.*gjoll.*", proposal.get("from") or "")
        assert proposal.children[0].attributes == {
            "id": leg.session_id, "inin-cid": leg.conversation_id, "inin-sdp-over-xmpp": "true"
        }  # fmt: skip
    tab1.say(leg, "proceed")
    await line.becomes(leg, LegState.REQUESTED)
    assert (await line.now(leg)).jid == tab1.jid
    await line.describe(leg)
    offer = params_of(await tab1.hears("offer"))
    assert offer == {"sessionId": leg.session_id, "conversationId": leg.conversation_id, "sdp": OFFER}
    tab1.ask(leg, "iceCandidate", sdp="m=0 9 RTP/AVP 0\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host")
    tab1.ask(leg, "answer", sdp=ANSWER)
    tab1.ask(leg, "iceCandidate", sdp="a=end-of-candidates")
    for _ in range(3):
        assert (await tab1.hears("result")).get("from") == tab1.peer(leg)
    answered = await line.now(leg)
    assert (answered.state, answered.remote_sdp, len(answered.remote_candidates)) == (LegState.ANSWERED, ANSWER, 2)
    await connect_leg(line.system, answered)
    tab1.ask(leg, "info", status="active")
    await tab1.hears("result")
    await line.hang_up(leg)
    assert params_of(await tab1.hears("terminate")) == {"sessionId": leg.session_id, "reason": "success"}
    await tab2.hears("retract")
    await tab1.hears_nothing()


async def test_a_caller_who_gives_up_stops_the_ringing(line: Line) -> None:
    tab1, tab2 = await line.tab(), await line.tab()
    leg = await line.ring(auto_answer=True)
    assert (await tab1.hears("propose")).children[0].get("inin-autoanswer") == "true"
    await tab2.hears("propose")
    await line.hang_up(leg)
    await tab1.hears("retract")
    await tab2.hears("retract")


async def test_the_first_softphone_that_accepts_gets_the_call(line: Line) -> None:
    tab1, tab2 = await line.tab(), await line.tab()
    leg = await line.ring()
    for tab in (tab2, tab1):
        await tab.hears("propose")
        tab.say(leg, "proceed")
        await line.becomes(leg, LegState.REQUESTED)
    await line.describe(leg)
    await tab2.hears("offer")
    await tab1.hears_nothing()


@pytest.mark.parametrize("name", ["reject", "retract"])
async def test_a_softphone_declines(line: Line, name: str) -> None:
    tab = await line.tab()
    leg = await line.ring()
    await tab.hears("propose")
    tab.say(leg, name)
    await line.becomes(leg, None)


async def test_a_softphone_hangs_up_and_saying_it_again_is_granted(line: Line) -> None:
    tab = await line.tab()
    leg = await line.ring()
    await tab.hears("propose")
    tab.say(leg, "proceed")
    tab.ask(leg, "terminate", reason="success")
    await tab.hears("retract", "result")
    assert await line.state(leg) is None
    tab.ask(leg, "terminate", reason="success")
    await tab.hears("result")


async def test_an_answer_that_cannot_be_used_is_refused_with_its_reason_and_the_call_goes_on(line: Line) -> None:
    tab = await line.tab()
    leg = await line.ring()
    await tab.hears("propose")
    tab.say(leg, "proceed")
    await line.becomes(leg, LegState.REQUESTED)
    await line.describe(leg)
    await tab.hears("offer")
    tab.ask(leg, "answer", sdp=ANSWER.replace("m=audio", "m=video"))
    condition, text = (await tab.hears("error")).children[0].children
    assert condition.local_name == "bad-request"
    assert "no audio" in text.text
    tab.ask(leg, "answer", sdp=ANSWER)
    await tab.hears("result")
    assert await line.state(leg) is LegState.ANSWERED


async def test_nobody_can_take_or_end_anothers_call(line: Line) -> None:
    tab = await line.tab()
    stranger = Line(line.node, *await line.node.agent("Bo"), line.system)
    other = await stranger.tab()
    leg = await line.ring()
    await tab.hears("propose")
    other.say(leg, "proceed")
    other.ask(leg, "answer", sdp=ANSWER)
    assert (await other.hears("error")).children[0].children[0].local_name == "item-not-found"
    other.ask(leg, "terminate")
    await other.hears("result")  # whatever it was, it is not theirs
    assert await line.state(leg) is LegState.PROPOSED


async def test_a_tab_that_opens_while_it_rings_rings_along(line: Line) -> None:
    tab1 = await line.tab()
    leg = await line.ring()
    await tab1.hears("propose")
    tab2 = await line.tab()
    assert (await tab2.hears("propose")).children[0].get("id") == leg.session_id
    await tab1.hears_nothing()
    tab2.say(leg, "proceed")
    await line.becomes(leg, LegState.REQUESTED)
    tab3 = await line.tab()
    await tab3.hears_nothing()


async def test_a_socket_that_drops_between_acceptance_and_offer_gets_the_offer_when_it_is_back(line: Line) -> None:
    tab, other = await line.tab(), await line.tab()
    leg = await line.ring()
    await tab.hears("propose")
    await other.hears("propose")
    tab.say(leg, "proceed")
    await line.becomes(leg, LegState.REQUESTED)
    tab.drops()
    await line.node.until(lambda: len(line.node.switchboard.registry) == 1)
    await line.describe(leg)
    await asyncio.sleep(0.5)
    back = await line.tab(tab.channel)
    assert back.jid == tab.jid
    assert params_of(await back.hears("offer"))["sdp"] == OFFER
    await other.hears_nothing()
    back.ask(leg, "answer", sdp=ANSWER)
    await back.hears("result")
    assert await line.state(leg) is LegState.ANSWERED


async def test_a_socket_that_drops_in_the_call_changes_nothing_and_the_next_ends_it(line: Line) -> None:
    tab = await line.tab()
    leg = await talking(line, tab)
    tab.drops()
    await line.node.until(lambda: len(line.node.switchboard.registry) == 0)
    assert await line.state(leg) is LegState.CONNECTED
    back = await line.tab(tab.channel)
    await back.hears_nothing()
    back.ask(leg, "iceCandidate", sdp="m=0 9 RTP/AVP 0\r\na=candidate:9 1 udp 1 192.0.2.9 9 typ host")
    await back.hears("result")
    await line.hang_up(leg)
    await back.hears("terminate")


async def test_a_call_that_ends_while_the_socket_is_away_is_ended_when_it_is_back(line: Line) -> None:
    tab = await line.tab()
    leg = await talking(line, tab)
    tab.drops()
    await line.node.until(lambda: len(line.node.switchboard.registry) == 0)
    await line.hang_up(leg)
    await asyncio.sleep(0.5)  # whatever is told now reaches nobody
    back, fresh = await line.tab(tab.channel), await line.tab()
    assert params_of(await back.hears("terminate"))["sessionId"] == leg.session_id
    await fresh.hears("retract")


async def test_ringing_that_ends_while_the_socket_is_away_is_ended_when_it_is_back(line: Line) -> None:
    tab = await line.tab()
    leg = await line.ring()
    await tab.hears("propose")
    tab.drops()
    await line.node.until(lambda: len(line.node.switchboard.registry) == 0)
    await line.hang_up(leg)
    await asyncio.sleep(0.5)
    back = await line.tab(tab.channel)
    assert (await back.hears("retract")).children[0].get("id") == leg.session_id


async def test_an_end_never_overtakes_the_offer_before_it(line: Line) -> None:
    tab = await line.tab()
    for pause in (0.0, 0.005, 0.02, 0.1, 0.3):
        leg = await line.ring()
        await tab.hears("propose")
        tab.say(leg, "proceed")
        await line.becomes(leg, LegState.REQUESTED)
        await line.describe(leg)
        await asyncio.sleep(pause)
        await fail_leg(line.system, await line.now(leg), "ice.timeout")
        words = await words_until_the_end(tab)
        assert words in (["offer", "terminate"], ["retract"])  # never made when nobody waits for it any more
    assert words == ["offer", "terminate"]


async def words_until_the_end(tab: Tab) -> list[str]:
    """What a softphone hears of a call until it is over."""
    words: list[str] = []
    while not words or words[-1] not in {"terminate", "retract"}:
        word = word_of(await tab.socket.element())
        if word is not None:
            words.append(word)
    return words


async def talking(line: Line, tab: Tab) -> Leg:
    """A call in which the agent's softphone is connected."""
    leg = await line.ring()
    await tab.hears("propose")
    tab.say(leg, "proceed")
    await line.becomes(leg, LegState.REQUESTED)
    await line.describe(leg)
    await tab.hears("offer")
    tab.ask(leg, "answer", sdp=ANSWER)
    await tab.hears("result")
    await connect_leg(line.system, await line.now(leg))
    return leg


# how conversations stand


async def states(socket: Socket, count: int) -> list[tuple[str, str]]:
    """The next notifications: conversation, and the state of the last participant's call."""
    found: list[tuple[str, str]] = []
    while len(found) < count:
        element = await socket.element()
        if element.local_name == "message" and element.children[0].local_name == "event":
            body = json.loads(element.children[0].children[0].children[0].children[0].text)["eventBody"]
            found.append((body["id"], body["participants"][-1]["calls"][0]["state"]))
    return found


async def test_whoever_begins_to_listen_is_told_how_their_calls_stand(line: Line) -> None:
    channel = await line.node.channel(line.token)
    topic = f"v2.users.{line.person.id}.conversations"
    leg, over = await line.ring(), await line.ring()
    await line.hang_up(over)
    tab = await line.tab(channel)
    await line.node.put(line.token, channel, topic, f"v2.users.{line.person.id}.station")
    told = await states(tab.socket, 2)
    assert sorted(told) == sorted([(leg.conversation_id, "alerting"), (over.conversation_id, "disconnected")])
    await line.change(leg, SetMuted((await line.now(leg)).participant_id or "", muted=True))
    assert await states(tab.socket, 1) == [(leg.conversation_id, "alerting")]
    tab.drops()
    await line.node.until(lambda: len(line.node.switchboard.registry) == 0)
    await line.hang_up(leg)
    back = await line.tab(channel)
    assert (leg.conversation_id, "disconnected") in await states(back.socket, 2)


async def test_nobody_is_told_of_anothers_calls_or_of_calls_long_over(line: Line) -> None:
    leg = await line.ring()
    await line.hang_up(leg)
    async with line.system.reader() as reader:
        await reader.connection.execute(
            "update conversations.participant set ended_at = ended_at - interval '3 minutes', started_at = started_at - interval '3 minutes'"
        )
    live = await line.ring()
    await asyncio.sleep(LONGEST_WAIT * 2)  # until it was told as news, so that what comes is what was looked up
    other, token = await line.node.agent("Bo", "notifications:otherUser:view", "conversation:communication:view")
    channel = await line.node.channel(token)
    await line.node.put(
        token, channel, f"v2.users.{line.person.id}.conversations", f"v2.users.{other.id}.conversations"
    )
    socket = await line.node.live(other, token, channel)
    own = await line.node.channel(line.token)
    await line.node.put(line.token, own, f"v2.users.{line.person.id}.conversations")
    tab = await line.tab(own)
    assert await states(tab.socket, 1) == [(live.conversation_id, "alerting")]
    await asyncio.sleep(0.5)
    while not tab.socket.frames.empty():
        assert "<event " not in (tab.socket.frames.get_nowait() or "")
    assert socket.frames.empty()


async def test_a_call_ends_when_its_agents_access_is_taken_away(line: Line) -> None:
    """Also the one whose socket happened to be away: it is the person's, and so is the right."""
    away, tab = await line.tab(), await line.tab()
    first, second = await talking(line, away), await line.ring()
    away.drops()
    await lose_grant(line.node.tenant.context, line.person)
    for leg in (first, second):
        await line.becomes(leg, LegState.ENDED, None)
    assert any("no_longer_subscribed" in frame for frame in await tab.socket.ended())


async def test_a_call_ends_with_its_right_although_no_softphone_is_there(line: Line) -> None:
    """The browser was closed, or its node lost: nobody is there to be told, and the sound must end all the same."""
    tab = await line.tab()
    leg = await talking(line, tab)
    await gone(line, tab)
    assert await line.state(leg) is LegState.CONNECTED, "a socket that is away ends no call"
    await lose_grant(line.node.tenant.context, line.person)
    await line.becomes(leg, LegState.ENDED, None)


async def test_a_token_that_runs_out_ends_the_call_although_no_softphone_is_there(line: Line) -> None:
    tab = await line.tab()
    leg = await talking(line, tab)
    async with line.system.transaction() as tx:
        await issue_token_in(tx, person_id=line.person.id, client_id="test")  # another one does not help this softphone
    await gone(line, tab)
    await sweep_calls(line.system)
    assert await line.state(leg) is LegState.CONNECTED
    async with line.system.transaction() as tx:
        digested = {"digest": digest(line.token)}
        await tx.execute("update identity.token set expires_at = clock_timestamp() where digest = %(digest)s", digested)
    await sweep_calls(line.system)
    assert await line.state(leg) in (LegState.ENDED, None)


async def gone(line: Line, tab: Tab) -> None:
    """A socket drops, and its session is known to have ended."""
    tab.drops()
    await line.node.until(lambda: not line.node.switchboard.registry.of_person(line.person.id))
    await line.node.until(lambda: not line.node.leases.unwritten)


async def test_a_token_that_goes_ends_its_own_softphones_call_only(line: Line) -> None:
    tab = await line.tab()
    leg = await talking(line, tab)
    async with line.system.transaction() as tx:
        another = await issue_token_in(tx, person_id=line.person.id, client_id="test")
    other = Line(line.node, line.person, another.text, line.system)
    spare = await other.tab()
    await revoke_own_token(await line.node.context_of(another.text))
    await spare.socket.ended()
    await asyncio.sleep(0.3)
    assert await line.state(leg) is LegState.CONNECTED
    await revoke_own_token(await line.node.context_of(line.token))
    await line.becomes(leg, LegState.ENDED, None)
