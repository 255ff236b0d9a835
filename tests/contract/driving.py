"""The vendor's Python SDK, unmodified, against the routes of some rooms on a real port."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import PureCloudPlatformClientV2 as Vendor
import uvicorn
from tests.store.conftest import Tenant

from shiftline.foundation.context import Actor, Context
from shiftline.foundation.web.application import WebOptions, build
from shiftline.identity.operations.tokens import authenticate

Sdk = Any


@asynccontextmanager
async def listening(context: Context, routes: Sequence[Any]) -> AsyncGenerator[str]:
    """The API with these routes on a port of its own; its address."""

    async def who(token: str) -> Actor:
        return await authenticate(context.database, context.clock, token)

    options = WebOptions("localhost:8443")
    app: Any = build(routes, database=context.database, clock=context.clock, authenticate=who, options=options)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    listener = socket.create_server(("127.0.0.1", 0))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


def client(address: str, token: str) -> Sdk:
    """The SDK's client for one token."""
    sdk: Any = Vendor
    # The SDK keeps one configuration for the process; the address of this test is the one that counts.
    sdk.configuration.host = address
    api = sdk.api_client.ApiClient()
    api.access_token = token
    return api


async def drive(tenant: Tenant, routes: Sequence[Any], script: Callable[..., None], *person_ids: str) -> None:
    """Run a script of blocking SDK calls with one client for each person."""
    async with listening(tenant.context, routes) as address:
        clients = [client(address, tenant.tokens[each]) for each in person_ids]
        await asyncio.to_thread(script, *clients)
