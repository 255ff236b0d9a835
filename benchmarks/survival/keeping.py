"""Agents whose station keeps one connection between calls: they are called on it, and answer and hang up over the API."""

import asyncio
import contextlib
import re
import time
from dataclasses import dataclass, field
from typing import Any

import httpx
from aiortc import RTCPeerConnection

from benchmarks.survival.agents import Agent, Handset, Talk
from benchmarks.survival.voices import Voice
from benchmarks.telephones import Centre

LOOK_EVERY = 0.3
"""Seconds between looks at one's calls, in place of the topic by which the vendor's client hears of them."""


class KeepingHandset(Handset):
    """A softphone that accepts in silence what is to stay."""

    def __init__(self, agent: "KeepingAgent") -> None:
        super().__init__(agent)
        self._keeper = agent

    def _propose(self, text: str) -> None:
        kept = re.search(r'inin-persistent-cid="([^"]+)"', text)
        if kept is not None:
            self._keeper.kept.add(kept[1])
        super()._propose(text)

    async def offered(self, params: dict[str, Any], peer: str) -> None:
        if params["conversationId"] not in self._keeper.kept:
            await super().offered(params, peer)
            return
        former = self._keeper.line
        self._keeper.line = await self.answer(params, peer, Voice(self._keeper.packets), self._keeper.ear)
        self._keeper.lines += 1
        if former is not None:
            await former.close()


@dataclass
class KeepingAgent(Agent):
    """Somebody whose connection stays. ``kept``: the conversations that their connections began with."""

    kept: set[str] = field(default_factory=set[str])
    line: RTCPeerConnection | None = None
    lines: int = 0
    parts: dict[str, str] = field(default_factory=dict[str, str])

    def make(self) -> KeepingHandset:
        return KeepingHandset(self)

    async def answer_calls(self) -> None:
        """Take what rings on the connection that is kept, and notice what is over; for ever."""
        async with self.centre.client(self.given["accessToken"]) as client:
            while True:
                await asyncio.sleep(LOOK_EVERY)
                with contextlib.suppress(httpx.HTTPError, KeyError):
                    answer = await client.get("/api/v2/conversations/calls")
                    answer.raise_for_status()
                    await self._look(client, answer.json()["entities"])

    async def _look(self, client: httpx.AsyncClient, conversations: list[dict[str, Any]]) -> None:
        mine: dict[str, str] = {}
        for conversation in conversations:
            for part in conversation["participants"]:
                if (part.get("user") or {}).get("id") == self.given["userId"] and part["state"] != "disconnected":
                    self.parts[conversation["id"]], mine[conversation["id"]] = part["id"], part["state"]
        self._notice(mine)
        for conversation, state in mine.items():
            if state == "alerting" and not self._rings(conversation):
                await client.patch(self._path(conversation), json={"state": "connected"})

    def _notice(self, mine: dict[str, str]) -> None:
        """Talks begin and end."""
        for conversation, state in mine.items():
            if state == "connected":
                self.find(conversation)
        for talk in self.talks:
            if not talk.sessions and talk.conversation not in mine and not talk.over.is_set():
                talk.ended = time.time()
                talk.over.set()

    def _rings(self, conversation: str) -> bool:
        """Whether a call came by a session of its own, which is accepted as such."""
        return any(known == conversation for handset in (self.handset,) if handset for _, known, _ in handset.proposals)

    async def hang_up(self, talk: Talk) -> None:
        if talk.sessions:
            await super().hang_up(talk)
            return
        async with self.centre.client(self.given["accessToken"]) as client:
            with contextlib.suppress(httpx.HTTPError):
                await client.patch(self._path(talk.conversation), json={"state": "disconnected"})

    def _path(self, conversation: str) -> str:
        return f"/api/v2/conversations/calls/{conversation}/participants/{self.parts[conversation]}"

    async def leave(self) -> None:
        await super().leave()
        if self.line is not None:
            await self.line.close()


async def keep_connection(centre: Centre, agent: dict[str, Any]) -> None:
    """Let an agent's station keep its connection between calls."""
    async with centre.client(centre.ready["admin"]["accessToken"]) as admin:
        phones = "/api/v2/telephony/providers/edges/phones"
        found = (await admin.get(phones, params={"pageSize": 500})).json()["entities"]
        phone_id = next(each["id"] for each in found if (each.get("webRtcUser") or {}).get("id") == agent["userId"])
        phone = (await admin.get(f"{phones}/{phone_id}")).json()
        properties = phone["lines"][0].setdefault("properties", {})
        properties["station_persistent_enabled"] = {"value": {"instance": True}}
        (await admin.put(f"{phones}/{phone_id}", json=phone)).raise_for_status()
