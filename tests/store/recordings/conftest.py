"""A tenant's recorded calls: real conversations, a spool, objects on a folder, keys in a file."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.conftest import SettableClock, SettableContext
from tests.store.conftest import Tenant
from tests.store.conversations.centre import Calls, make_calls

from shiftline.conversations.model.conversations import Conversation, Participant
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database
from shiftline.foundation.objects import Objects
from shiftline.foundation.web.application import WebOptions, build
from shiftline.identity.model import Person
from shiftline.identity.operations.tokens import authenticate
from shiftline.recordings.container import Counts
from shiftline.recordings.deletion.endpoints import ROUTES as DELETIONS
from shiftline.recordings.endpoints import ROUTES
from shiftline.recordings.keys import Keys, create_key_file
from shiftline.recordings.matters.endpoints import ROUTES as MATTERS
from shiftline.recordings.model import OpenRecording, Recording, RecordingDraft
from shiftline.recordings.operations.opening import get_data_key, open_recording_in, stop_recording_in
from shiftline.recordings.operations.sealing import seal_spooled
from shiftline.recordings.operations.vault import Vault
from shiftline.recordings.spool import ogg
from shiftline.recordings.spool.files import Spool, SpoolFile
from unit.recordings.sounds import tone

START = datetime(2023, 10, 27, 11, 0, tzinfo=UTC)
CHICAGO = "America/Chicago"


def pages_of(sound: bytes) -> list[bytes]:
    return [sound[page.start : page.stop] for page in ogg.pages(sound)]


@dataclass
class Room:
    """What a media node and an API have to do with recordings."""

    tenant: Tenant
    calls: Calls
    vault: Vault
    spool: Spool
    agent: Person
    clock: SettableClock

    @property
    def context(self) -> Context:
        """The system in the organization, as media nodes act."""
        return self.tenant.context.acting_as(Actor(self.tenant.context.organization_id, "system"))

    def draft(self, conversation: Conversation, participant: Participant, **more: Any) -> RecordingDraft:
        draft = RecordingDraft(
            conversation_id=conversation.id,
            participant_id=participant.id,
            leg_id=f"leg-of-{participant.id}",
            started_at=self.clock.now(),
            zone=CHICAGO,
            direction=conversation.direction,
            person_id=participant.person_id,
            queue_id=participant.queue_id,
            participants=conversation.participants,
        )
        return replace(draft, **more)

    async def open(self, **more: Any) -> OpenRecording:
        """An agent talks to a caller and is recorded."""
        conversation, participant = await self.calls.talk(self.agent.id)
        return await self.open_for(conversation, participant, **more)

    async def open_for(self, conversation: Conversation, participant: Participant, **more: Any) -> OpenRecording:
        async with self.context.transaction() as tx:
            opened = await open_recording_in(tx, self.draft(conversation, participant, **more))
        assert opened is not None
        return opened

    async def begin(self, opened: OpenRecording) -> tuple[SpoolFile, bytes]:
        key = await get_data_key(self.context, opened.id, self.vault.keys)
        return self.spool.begin(opened.organization_id, opened.id, key), key

    async def stop(self, opened: OpenRecording) -> None:
        async with self.context.transaction() as tx:
            await stop_recording_in(tx, opened.id, self.clock.now())

    def write(self, file: SpoolFile, pages: Sequence[bytes], lasting: timedelta = timedelta(0)) -> None:
        """Each page is a chunk; the clock goes on meanwhile."""
        begun = self.clock.now()
        for index, page in enumerate(pages, 1):
            self.clock.set(begun + lasting * index / len(pages))
            file.write(page)
            file.flush()

    async def record(self, opened: OpenRecording, sound: bytes) -> Recording:
        """A whole recording, from its first page to its seal."""
        file, key = await self.begin(opened)
        self.write(file, pages_of(sound), timedelta(seconds=3))
        await self.stop(opened)
        return await seal_spooled(self.context, self.vault, file.finish(Counts(151, 2)), key)

    async def sealed(self, seconds: float = 3.0, **more: Any) -> Recording:
        """A sealed recording of an agent's call with a caller, who has hung up."""
        conversation, participant = await self.calls.talk(self.agent.id)
        opened = await self.open_for(conversation, participant, **more)
        recording = await self.record(opened, tone(seconds))
        await self.calls.hang_up(conversation)
        await self.tenant.news()
        return recording

    async def rows(self, statement: str, **parameters: Any) -> list[dict[str, Any]]:
        async with self.context.reader() as reader:
            return await reader.all(statement, parameters)  # type: ignore[arg-type]


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return make_vault(tmp_path)


def make_vault(tmp_path: Path) -> Vault:
    """Objects in a folder, and a file of keys beside it."""
    create_key_file(tmp_path / "keys.json", START)
    return Vault(Objects((tmp_path / "objects").as_uri()), Keys(tmp_path / "keys.json"))


@pytest.fixture
async def room(tenant: Tenant, context: SettableContext, vault: Vault, tmp_path: Path) -> Room:
    return await make_room(tenant, context, vault, tmp_path)


async def make_room(tenant: Tenant, context: SettableContext, vault: Vault, tmp_path: Path) -> Room:
    """The recordings of ``org-1`` at 06:00 in Chicago on 2023-10-27."""
    context.clock.set(START)
    agent = await tenant.person("Ana Ruiz")
    calls = await make_calls(tenant)
    spool = Spool(tmp_path / "spool", context.clock)
    return Room(tenant, calls, vault, spool, agent, context.clock)


@dataclass
class Api:
    """The API of recordings, called with tokens and headers."""

    room: Room
    client: httpx.AsyncClient

    async def call(
        self, method: str, path: str, who: Person | str | None = "admin-1", body: Any = None, **headers: str
    ) -> httpx.Response:
        """One request by a person (None: by nobody); names of headers have _ for -."""
        person_id = who.id if isinstance(who, Person) else who
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if person_id is not None:
            sent["Authorization"] = f"Bearer {self.room.tenant.tokens[person_id]}"
        return await self.client.request(method, path, headers=sent, json=body)

    async def get(self, path: str, who: Person | str | None = "admin-1", **headers: str) -> Any:
        """What a request answers that succeeds."""
        answer = await self.call("GET", path, who, **headers)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
async def api(room: Room, database: Database) -> AsyncIterator[Api]:
    """The API on the room's database and vault."""

    async def who(token: str) -> Actor:
        return await authenticate(database, room.clock, token)

    more: Mapping[str, Any] = {"vault": room.vault}
    options = WebOptions("localhost:8443", extra_state=more)
    app: Any = build(
        [*ROUTES, *MATTERS, *DELETIONS], database=database, clock=room.clock, authenticate=who, options=options
    )
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="https://api.localhost:8443") as client:
        yield Api(room, client)
