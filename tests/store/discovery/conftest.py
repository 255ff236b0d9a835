"""A tenant's recorded calls, and the API of discovery's rooms beside that of recordings."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.conftest import SettableContext
from tests.store.conftest import Tenant
from tests.store.recordings.conftest import Api, Room, make_room, make_vault

from shiftline.discovery.batches.endpoints import ROUTES as BATCHES
from shiftline.foundation.context import Actor
from shiftline.foundation.database import Database
from shiftline.foundation.web.application import WebOptions, build
from shiftline.identity.operations.tokens import authenticate
from shiftline.recordings.endpoints import ROUTES as RECORDINGS


@pytest.fixture
async def room(tenant: Tenant, context: SettableContext, tmp_path: Path) -> Room:
    """The recordings of ``org-1`` at 06:00 in Chicago on 2023-10-27."""
    return await make_room(tenant, context, make_vault(tmp_path), tmp_path)


@pytest.fixture
async def api(room: Room, database: Database) -> AsyncIterator[Api]:
    """The API on the room's database and vault."""

    async def who(token: str) -> Actor:
        return await authenticate(database, room.clock, token)

    options = WebOptions("localhost:8443", extra_state={"vault": room.vault})
    routes = [*RECORDINGS, *BATCHES]
    app: Any = build(routes, database=database, clock=room.clock, authenticate=who, options=options)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="https://api.localhost:8443") as client:
        yield Api(room, client)
