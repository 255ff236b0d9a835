"""Callers who insist: they ring until they are taken, and mend their connection as the product's own page does."""

import asyncio
import contextlib
import random
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from benchmarks.survival.voices import Ear, Voice
from benchmarks.telephones import Caller

POLL = 1.0
"""Seconds between looks at how the call stands, as the page's."""
AGAIN = 0.5
PATIENCE = (0.5, 12.0)
DEAF = 2.5
"""Seconds without a packet after which a caller who feels their connection takes it for dead, as a browser does."""
RESTART = 6.0
"""Seconds that a new connection has to come up, as the page gives it."""


@dataclass
class Call:
    """What became of one call, as its caller knows it; instants of the wall clock."""

    began: float
    conversation: str = ""
    taken: float = 0.0
    ended: float = 0.0
    reason: str = ""
    hung_up: bool = False
    offers: int = 0
    renewed: list[float] = field(default_factory=list[float])


@dataclass
class InsistentCaller:
    """One person who calls again and again. ``feels``: notices silence by themselves, and not only what they are told."""

    name: str
    base: str
    trust: ssl.SSLContext
    queue_id: str
    packets: Sequence[bytes]
    ear: Ear
    address: str
    feels: bool = False
    dice: random.Random = field(default_factory=random.Random)
    gives_up: float = 0.0
    """The share of their calls that they end themselves, in the queue or in the talk, after some seconds."""
    calls: list[Call] = field(default_factory=list[Call])
    refusals: list[str] = field(default_factory=list[str])
    phone: Caller | None = None
    status: dict[str, Any] = field(default_factory=dict[str, Any])
    _generation: int = 0
    _unanswered: bool = False
    _offered_at: float = 0.0

    async def call_again_and_again(self, stop: asyncio.Event, pause: float = 1.0) -> None:
        """Until told to stop; a call that is under way then is brought to its end."""
        while not stop.is_set():
            await self.call()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)

    async def call(self) -> Call:
        """One call from the first ring to its end."""
        call = Call(time.time())
        self.calls.append(call)
        # An address of its own for each: one address may have thirty calls.
        way = httpx.AsyncHTTPTransport(verify=self.trust, local_address=self.address)
        async with httpx.AsyncClient(base_url=self.base, transport=way, timeout=15) as client:
            self.phone = Caller(client, self.queue_id, self.ear, lambda: Voice(self.packets))
            leaving: asyncio.Task[None] | None = None
            try:
                await self._ring(self.phone, call)
                if self.dice.random() < self.gives_up:
                    leaving = asyncio.create_task(self._leave_later())
                await self._follow(self.phone, call)
            finally:
                if leaving is not None:
                    leaving.cancel()
                if self.phone.connection is not None:
                    await self.phone.connection.close()
                self.phone = None
        return call

    async def _leave_later(self) -> None:
        await asyncio.sleep(self.dice.uniform(*PATIENCE))
        await self.hang_up()

    async def hang_up(self) -> None:
        """End the call that there is."""
        if self.phone is not None and self.calls:
            self.calls[-1].hung_up = True
            while True:
                with contextlib.suppress(httpx.HTTPError):
                    if (await self.phone.client.delete(self.phone.location)).status_code in {200, 404}:
                        return
                await asyncio.sleep(AGAIN)

    async def _ring(self, phone: Caller, call: Call) -> None:
        self._generation, self._unanswered, self.status = 0, False, {}
        while True:
            self._offered_at = time.time()
            call.offers += 1
            try:
                await phone.call()
            except httpx.HTTPStatusError as refused:
                self._note(refused, "call")
            except httpx.HTTPError:
                pass
            else:
                call.taken = time.time()
                return
            await asyncio.sleep(AGAIN)

    async def _follow(self, phone: Caller, call: Call) -> None:
        while not call.ended:
            with contextlib.suppress(httpx.HTTPError):
                await self._look(phone, call)
            if not call.ended:
                await self._wait()

    async def _wait(self) -> None:
        end = time.time() + POLL
        while (left := end - time.time()) > 0 and not self._is_deaf:
            await asyncio.sleep(min(left, 0.1))
        await asyncio.sleep(0.05)

    async def _look(self, phone: Caller, call: Call) -> None:
        answer = await phone.client.get(phone.location)
        if answer.status_code == 404:
            call.ended, call.reason = time.time(), "not.found"
            return
        answer.raise_for_status()
        status = self.status = answer.json()
        call.conversation = status["conversationId"]
        self._generation = self._generation or status["generation"]
        if status["state"] == "ended":
            call.ended, call.reason = time.time(), status.get("endReason") or ""
        elif self._must_renew(status):
            await self._renew(phone, call)

    def _must_renew(self, status: dict[str, Any]) -> bool:
        other = status["state"] == "lost" or status["generation"] > self._generation
        return self._unanswered or other or self._is_deaf

    @property
    def _is_deaf(self) -> bool:
        """Whether they feel that the connection is dead."""
        now = time.time()
        return self.feels and now - self.ear.packet_at > DEAF and now - self._offered_at > RESTART

    async def _renew(self, phone: Caller, call: Call) -> None:
        self._unanswered, self._offered_at = True, time.time()
        call.offers += 1
        try:
            await phone.renew()
        except httpx.HTTPStatusError as refused:
            self._note(refused, "renew")
            return
        self._unanswered, self._generation = False, 0
        call.renewed.append(time.time())

    def _note(self, refused: httpx.HTTPStatusError, what: str) -> None:
        """Keep what a caller should never be told; 503 and 409 say that they shall try again, 404 that it is over."""
        code = refused.response.status_code
        if code not in {404, 409, 502, 503, 504}:
            self.refusals.append(f"{what}: {code} {refused.response.text[:200]}")
