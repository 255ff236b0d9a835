"""A tenant's recorded calls, and the API of discovery's rooms beside that of recordings."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.conftest import SettableContext
from tests.seaweed import KEY, SECRET, Seaweed, seaweed
from tests.store.conftest import Tenant
from tests.store.recordings.conftest import Api, Room, make_room, make_vault

from shiftline.discovery.batches.endpoints import ROUTES as BATCHES
from shiftline.discovery.bulk.endpoints import ROUTES as JOBS
from shiftline.discovery.integrations.endpoints import ROUTES as INTEGRATIONS
from shiftline.foundation.context import Actor
from shiftline.foundation.database import Database
from shiftline.foundation.web.application import WebOptions, build
from shiftline.identity.operations.tokens import authenticate
from shiftline.recordings.endpoints import ROUTES as RECORDINGS
from shiftline.recordings.matters.endpoints import ROUTES as MATTERS

_buckets = count(1)


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seaweed]:
    """This worker's S3 server."""
    with seaweed(tmp_path_factory.mktemp("s3")) as running:
        yield running


@dataclass
class RealBucket:
    """A bucket as a reader of its own sees it."""

    server: Seaweed
    name: str

    @property
    def client(self) -> Any:
        return self.server.client()

    def keys(self) -> list[str]:
        found = self.client.list_objects_v2(Bucket=self.name).get("Contents", [])
        return sorted(each["Key"] for each in found)

    def content(self, key: str) -> bytes:
        return self.client.get_object(Bucket=self.name, Key=key)["Body"].read()

    def notes(self, key: str) -> dict[str, str]:
        return self.client.head_object(Bucket=self.name, Key=key)["Metadata"]


@pytest.fixture
def bucket(s3: Seaweed) -> RealBucket:
    """A bucket that nothing is in yet."""
    return RealBucket(s3, s3.bucket(f"recordings-{next(_buckets)}"))


async def connect(api: Api, bucket: RealBucket, **properties: Any) -> str:
    """An enabled integration with the bucket; its id."""

    async def call(method: str, path: str, body: Any) -> Any:
        answer = await api.call(method, f"/api/v2/integrations{path}", "admin-1", body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    fields = {"accessKeyId": KEY, "secretAccessKey": SECRET}
    number = next(_buckets)
    credential = await call(
        "POST", "/credentials", {"name": f"key {number}", "type": {"id": "awsAccessKey"}, "credentialFields": fields}
    )
    kind = {"id": "aws-s3-recording-bulk-actions-integration"}
    made = await call("POST", "", {"name": f"bucket {number}", "integrationType": kind})
    await call(
        "PUT",
        f"/{made['id']}/config/current",
        {
            "version": 1,
            "properties": {"bucket": bucket.name, "endpoint": bucket.server.endpoint, **properties},
            "credentials": {"awsAccessKey": {"id": credential["id"]}},
        },
    )
    enabled = await call("PATCH", f"/{made['id']}", {"intendedState": "ENABLED"})
    assert enabled["reportedState"]["code"] == "ACTIVE", enabled["reportedState"]
    return made["id"]


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
    routes = [*RECORDINGS, *BATCHES, *INTEGRATIONS, *JOBS, *MATTERS]
    app: Any = build(routes, database=database, clock=room.clock, authenticate=who, options=options)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="https://api.localhost:8443") as client:
        yield Api(room, client)
