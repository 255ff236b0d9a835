"""A signalling node on a real port over a real PostgreSQL, with the channels' API beside it and no NATS."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from tests.socket_client import Socket, connect
from tests.store.conftest import Api, Tenant

from shiftline.access import endpoints as access
from shiftline.apps import rooms
from shiftline.foundation.bus import Bus
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database
from shiftline.foundation.web.application import WebOptions, build
from shiftline.identity.model import Person
from shiftline.identity.operations.tokens import authenticate
from shiftline.signalling.channels import endpoints
from shiftline.signalling.delivery import Delivery
from shiftline.signalling.extensions.catalogue import speak
from shiftline.signalling.extensions.services import IceServer
from shiftline.signalling.leases import Leases
from shiftline.signalling.propagation import endpoints as figures
from shiftline.signalling.propagation.measuring import Propagation
from shiftline.signalling.propagation.operations import find_arrivals
from shiftline.signalling.session import Session
from shiftline.signalling.softphones import Softphones
from shiftline.signalling.standing import Standing
from shiftline.signalling.switchboard import Switchboard
from shiftline.signalling.truth import Truth
from shiftline.signalling.websocket import listen

CHANNELS = "/api/v2/notifications/channels"
SOFTPHONE = "webRTC:enable"


@dataclass
class Node:
    """A signalling node, and the API that makes channels for it."""

    tenant: Tenant
    api: Api
    switchboard: Switchboard
    leases: Leases
    port: int
    propagation: Propagation

    async def agent(self, name: str = "Ana", *more: str) -> tuple[Person, str]:
        """Somebody who may connect, and their token."""
        person = await self.tenant.person(name, SOFTPHONE, *more)
        return person, self.tenant.tokens[person.id]

    async def channel(self, token: str) -> str:
        answer = await self.api.call("POST", CHANNELS, token)
        assert answer.status_code == 200, answer.text
        return answer.json()["id"]

    async def put(self, token: str, channel_id: str, *topics: str, method: str = "PUT") -> httpx.Response:
        body = [{"id": topic} for topic in topics]
        return await self.api.call(method, f"{CHANNELS}/{channel_id}/subscriptions", token, body)

    async def live(self, person: Person, token: str, channel_id: str | None = None) -> Socket:
        """A bound session."""
        socket = await connect(self.port, channel_id or await self.channel(token))
        answer = await socket.sign_in(person.jabber_id, token)
        assert answer.local_name == "success", answer
        await socket.bind()
        return socket

    def session(self, person: Person) -> Session:
        (session,) = self.switchboard.registry.of_person(person.id)
        return session

    async def context_of(self, token: str) -> Context:
        """The context of a token's own requests."""
        context = self.tenant.context
        return context.acting_as(await authenticate(context.database, context.clock, token))

    async def until(self, look: Callable[[], bool], within: float = 3) -> float:
        """Wait until something is so; the seconds it took."""
        began = time.monotonic()
        for _ in range(round(within / 0.005)):
            if look():
                return time.monotonic() - began
            await asyncio.sleep(0.005)
        raise AssertionError("it did not happen in time")

    async def closes(self, socket: Socket, change: Callable[[], Awaitable[object]]) -> tuple[list[str], float]:
        """What a session is told when a change ends it, and the seconds from the change's commit until it was told."""
        await change()
        began = time.monotonic()
        first = await socket.read()
        seconds = time.monotonic() - began
        return [first, *await socket.ended()], seconds


@pytest.fixture
async def node(tenant: Tenant, database: Database) -> AsyncIterator[Node]:
    clock, topics = tenant.context.clock, rooms.topics()

    async def who(token: str) -> Actor:
        return await authenticate(database, clock, token)

    state = {"topics": topics, "find_arrivals": find_arrivals}
    options = WebOptions("localhost:8443", extra_state=state)
    routes = [*endpoints.ROUTES, *figures.ROUTES, *access.ROUTES]
    app: Any = build(routes, database=database, clock=clock, authenticate=who, options=options)
    truth = Truth(database, clock, topics)
    dialect = speak("notifications.localhost:8443", [IceServer("stun", "localhost")])
    switchboard = Switchboard(dialect, truth, Softphones(database, clock))
    switchboard.start()
    standing = Standing(database, clock, switchboard)
    propagation = Propagation(database, clock, "node-1")
    delivery = Delivery(database, switchboard, truth, rooms.notifiers(), standing=standing, propagation=propagation)
    leases = Leases(database, clock, "node-1")
    switchboard.on_open.append(leases.open)
    switchboard.on_close.append(leases.close)
    server = await listen(switchboard, "127.0.0.1", 0)
    absent = Bus("nats://127.0.0.1:1")
    works = (delivery.run(absent), delivery.watch_ends(clock), leases.write())
    tasks = [asyncio.create_task(work) for work in works]
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="https://api.localhost:8443") as client:
        port = server.sockets[0].getsockname()[1]
        yield Node(tenant, Api(client), switchboard, leases, port, propagation)
    server.close()
    await switchboard.stop()
    assert not [task for task in tasks if task.done()], "a task of the node ended by itself"
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
