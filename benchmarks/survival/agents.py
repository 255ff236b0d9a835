"""Agents whose softphones come back by themselves: they take what rings, talk for a while, and hang up."""

import asyncio
import contextlib
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from aiortc import RTCPeerConnection

from benchmarks.survival.voices import Ear, Voice
from benchmarks.telephones import Centre, Softphone

BACK_AFTER = 2.0
"""Seconds until the vendor's client opens its socket again, on the same channel."""
LOOK_EVERY = 1.0
SAY_AGAIN = 2.0
LISTEN_EVERY = 0.1
TOO_LONG = 40.0
"""Seconds after which an agent gives up a call in which nobody is heard."""


@dataclass
class Talk:
    """A call as its agent has it; instants of the wall clock. ``sessions``: the newest last."""

    conversation: str
    began: float
    sessions: list[str] = field(default_factory=list[str])
    peer: str = ""
    connection: RTCPeerConnection | None = None
    heard_at: float = 0.0
    hung_up: float = 0.0
    over: asyncio.Event = field(default_factory=asyncio.Event)
    ended: float = 0.0
    whom: str = ""
    seconds: float = 0.0
    silent: bool = False


class Handset(Softphone):
    """One socket of an agent's; the calls belong to the agent and outlive it."""

    def __init__(self, agent: "Agent") -> None:
        super().__init__()
        self._agent = agent

    async def offered(self, params: dict[str, Any], peer: str) -> None:
        agent = self._agent
        talk = agent.find(params["conversationId"])
        talk.sessions.append(params["sessionId"])
        former, talk.peer = talk.connection, peer
        if former is not None:
            await former.close()
        talk.connection = await self.answer(params, peer, Voice(agent.packets), agent.ear)

    async def ended(self, session: str) -> None:
        for talk in self._agent.talks:
            if not talk.over.is_set() and talk.sessions and talk.sessions[-1] == session:
                talk.ended = time.time()
                talk.over.set()


@dataclass
class Agent:
    """Somebody on queue."""

    name: str
    centre: Centre
    given: dict[str, Any]
    packets: Sequence[bytes]
    ear: Ear
    seconds: tuple[float, float] = (3.0, 6.0)
    """How long they talk, not counting while they do not hear the caller."""
    dice: random.Random = field(default_factory=random.Random)
    talks: list[Talk] = field(default_factory=list[Talk])
    handset: Handset | None = None
    channel: str | None = None
    sockets: int = 0
    channels: int = 0
    missed: int = 0
    """How often they were found not responding, and said that they are there again."""
    put_back: int = 0
    """How often they were found off queue."""
    tasks: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    async def begin(self) -> None:
        """Live and on queue."""
        await self._connect()
        await self.centre.go_on_queue(self.given)

    async def stay(self) -> None:
        """Come back whenever the socket is gone, for ever."""
        while True:
            assert self.handset is not None
            await self.handset.gone.wait()
            await asyncio.sleep(BACK_AFTER)
            with contextlib.suppress(httpx.HTTPError, OSError, TimeoutError, AssertionError, ValueError):
                await self._connect()

    def make(self) -> Handset:
        """What they sit at."""
        return Handset(self)

    async def _connect(self) -> None:
        fresh = self.channel is None
        try:
            async with asyncio.timeout(15):
                phone, self.channel = await self.centre.sign_on(self.given, channel=self.channel, make=self.make)
        except (ConnectionError, AssertionError):
            # Refused by SASL or dropped in the middle: the client makes another channel then.
            self.channel = None
            raise
        assert isinstance(phone, Handset)
        self.handset = phone
        self.sockets += 1
        self.channels += fresh

    async def watch(self) -> None:
        """Whoever is taken for absent although they are there says so, as people do; for ever."""
        path = f"/api/v2/users/{self.given['userId']}/routingstatus"
        async with self.centre.client(self.given["accessToken"]) as client:
            while True:
                await asyncio.sleep(LOOK_EVERY)
                with contextlib.suppress(httpx.HTTPError, KeyError):
                    status = (await client.get(path)).json()["status"]
                    if status == "NOT_RESPONDING":
                        (await client.put(path, json={"status": "IDLE"})).raise_for_status()
                        self.missed += 1
                    elif status == "OFF_QUEUE":
                        await self.centre.go_on_queue(self.given)
                        self.put_back += 1

    def find(self, conversation: str) -> Talk:
        """The talk of a conversation; a new one when there is none that goes on."""
        for talk in self.talks:
            if talk.conversation == conversation and not talk.over.is_set():
                return talk
        talk = Talk(conversation, time.time())
        self.talks.append(talk)
        task = asyncio.create_task(self._talk(talk))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return talk

    async def _talk(self, talk: Talk) -> None:
        await self._converse(talk)
        while not talk.over.is_set():
            talk.hung_up = talk.hung_up or time.time()
            await self.hang_up(talk)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(talk.over.wait(), SAY_AGAIN)
        if talk.connection is not None:
            await talk.connection.close()

    async def hang_up(self, talk: Talk) -> None:
        """Say that a call is over, once more."""
        if self.handset is not None and talk.sessions:
            self.handset.say(talk.peer, "terminate", {"sessionId": talk.sessions[-1], "reason": "success"})

    async def _converse(self, talk: Talk) -> None:
        """Until the caller was heard for long enough, or was not for too long, or the call is over."""
        wanted, last = self.dice.uniform(*self.seconds), time.time()
        while not talk.over.is_set() and talk.seconds < wanted:
            await asyncio.sleep(LISTEN_EVERY)
            now = time.time()
            spell = self.ear.heard_since(max(talk.began, now - 2 * LISTEN_EVERY))
            if spell is not None:
                talk.heard_at, talk.whom = talk.heard_at or max(spell.began, talk.began), spell.whom
                talk.seconds, last = talk.seconds + LISTEN_EVERY, now
            elif now - last > TOO_LONG:
                talk.silent = True
                return

    async def leave(self) -> None:
        """Close everything that this end has."""
        for task in list(self.tasks):
            task.cancel()
        for talk in self.talks:
            if talk.connection is not None:
                await talk.connection.close()
        if self.handset is not None and self.handset.transport is not None:
            self.handset.transport.disconnect()
