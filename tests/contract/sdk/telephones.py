"""Calls with sound while the tests block: callers from the web, and agents whose softphones take whatever rings."""

import asyncio
import html
import json
import re
import time
from collections.abc import Coroutine, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from contract.sdk.centre import Centre, made, until
from contract.sdk.softphones import loop
from e2e.plain_client import PlainSoftphone, connect
from e2e.stage import Demo
from e2e.telephone import AGENT_TONE, Tone, WebCaller

# Agents whom no other test uses.
TALKER, EXPERT = 42, 43

Answer = TypeVar("Answer")


class TalkingSoftphone(PlainSoftphone):
    """A softphone without a browser that takes every call and answers it with a tone."""

    def __init__(self) -> None:
        super().__init__()
        self._connections: dict[str, RTCPeerConnection] = {}
        self._works: set[asyncio.Task[None]] = set()
        self._number = 0

    def _take(self, text: str) -> None:
        said = re.search(r"<genesys-webrtc[^>]*>(.*)</genesys-webrtc>", text, re.DOTALL)
        proposed = re.search(r'<propose[^>]* id="([^"]+)"', text)
        if proposed is not None:
            self._say(text, f'<proceed xmlns="urn:xmpp:jingle-message:0" id="{proposed[1]}"/>', "message")
        elif said is not None and 'type="set"' in text:
            work = asyncio.ensure_future(self._follow(text, json.loads(html.unescape(said[1]))))
            self._works.add(work)
            work.add_done_callback(self._works.discard)
        else:
            super()._take(text)

    async def _follow(self, text: str, said: dict[str, Any]) -> None:
        session = said["params"].get("sessionId", "")
        if said["method"] == "terminate" and (over := self._connections.pop(session, None)) is not None:
            await over.close()
        if said["method"] != "offer":
            return
        connection = self._connections[session] = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        connection.addTrack(Tone(AGENT_TONE))
        await connection.setRemoteDescription(RTCSessionDescription(said["params"]["sdp"], "offer"))
        await connection.setLocalDescription(await connection.createAnswer())
        self._number += 1
        answer = {"sdp": connection.localDescription.sdp, "sessionId": session}
        call = {"jsonrpc": "2.0", "id": str(self._number), "method": "answer", "params": answer}
        body = html.escape(json.dumps(call), quote=False)
        self._say(
            text, f'<genesys-webrtc xmlns="genesys">{body}</genesys-webrtc>', f'iq type="set" id="w{self._number}"'
        )

    def _say(self, heard: str, what: str, element: str) -> None:
        """Say something to whoever was heard."""
        peer = re.search(r'\bfrom="([^"]*)"', heard)
        assert peer is not None
        name = element.partition(" ")[0]
        self.send(f'<{element} xmlns="jabber:client" to="{peer[1]}">{what}</{name}>')


def wait_for(work: Coroutine[Any, Any, Answer], seconds: float = 40) -> Answer:
    """What comes of some work in the loop of the telephones."""
    return asyncio.run_coroutine_threadsafe(work, loop()).result(seconds)


def demo_of(centre: Centre) -> Demo:
    """The running demo."""
    return Demo(Path(), int(centre.ready["environment"].rpartition(":")[2]), None, ready=centre.ready)


@cache
def _queue(centre: Centre) -> str:
    """A queue whose only members are those who talk."""
    queue = centre.call("postRoutingQueues", made("CreateQueueRequest", name=centre.fresh("Talks"))).id
    members = [made("WritableEntity", id=centre.agent_id(number)) for number in (TALKER, EXPERT)]
    centre.call("postRoutingQueueMembers", queue, members)
    for number in (TALKER, EXPERT):
        wait_for(connect(demo_of(centre), centre.agents[number], TalkingSoftphone))
    return queue


@dataclass
class WebCall:
    """A caller from the web with a tone, who waits or talks."""

    caller: WebCaller

    @property
    def resource(self) -> str:
        """What names the call: its id and its secret."""
        return self.caller.location.rpartition("/")[2]

    @property
    def conversation_id(self) -> str:
        return self.status()["conversationId"]

    def status(self) -> dict[str, Any]:
        return wait_for(self.caller.status())

    def until(self, *states: str) -> dict[str, Any]:
        return wait_for(self.caller.until(*states, timeout=30))

    def hang_up(self) -> None:
        wait_for(self.caller.hang_up())
        wait_for(self.caller.vanish())


def call_queue(centre: Centre, queue_id: str) -> WebCall:
    """Somebody calls a queue of ours."""

    async def begin() -> WebCaller:
        # A call from within the organization: the queue need not be opened to the web.
        caller = WebCaller(demo_of(centre).client(centre.token_of("admin")), queue_id)
        answer = await caller.call()
        assert answer.status_code == 201, answer.text
        return caller

    return WebCall(wait_for(begin()))


def be(centre: Centre, number: int, system: str) -> None:
    """An agent goes on queue, or from it."""
    definition = made("PresenceDefinition", id=centre.presences[system])
    presence = made("UserPresence", presence_definition=definition, primary=True)
    centre.call("patchUserPresencesPurecloud", centre.agent_id(number), presence, who=number)


@contextmanager
def talk(centre: Centre) -> Generator[WebCall]:
    """A caller talks with the agent ``TALKER``; at the end nobody does."""
    queue = _queue(centre)
    be(centre, TALKER, "OnQueue")
    call = call_queue(centre, queue)
    try:
        call.until("connected")
        yield call
    finally:
        centre.call("postConversationDisconnect", call.conversation_id)
        call.hang_up()
        be(centre, TALKER, "Available")


@cache
def waiting_call(centre: Centre) -> WebCall:
    """A caller who waits in a queue that nobody serves, until the tests end."""
    nobody = centre.call("postRoutingQueues", made("CreateQueueRequest", name=centre.fresh("Nobody"))).id
    call = call_queue(centre, nobody)
    call.until("waiting")
    return call


@dataclass(frozen=True, slots=True)
class Recorded:
    """A call that is over, with what is known of it."""

    conversation: Any
    resource: str
    recordings: list[Any]


@cache
def recorded_call(centre: Centre) -> Recorded:
    """A call of some seconds that is over and recorded: both legs, sealed."""
    with talk(centre) as call:
        conversation_id, resource = call.conversation_id, call.resource
        time.sleep(2.5)
    agent = centre.call("getConversation", conversation_id).participants[-1].id
    wrapup = made("MediaParticipantRequest", wrapup={"code": "solved"})
    centre.call("patchConversationsCallParticipant", conversation_id, agent, wrapup, who=TALKER)

    def sealed() -> list[Any]:
        found = centre.call("getConversationRecordings", conversation_id)
        return found if len(found) == 2 and all(each.file_state == "AVAILABLE" for each in found) else []

    recordings = until(sealed)
    assert recordings, centre.call("getConversationRecordings", conversation_id)
    return Recorded(centre.call("getConversation", conversation_id), resource, recordings)
