"""What was written can be read: from a replica that has come so far, else from the primary, else nowhere; never the old."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from litestar import get, post

from shiftline.apps.engines import postgres, replica
from shiftline.apps.supervisor.child import start_child
from shiftline.apps.supervisor.folder import DataFolder
from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database
from shiftline.foundation.errors import NotFound
from shiftline.foundation.revisions import TOLD, WANTED, Replica, Revisions
from shiftline.foundation.web.application import WebOptions, build


@get("/api/v2/notes", operation_id="getNotes", opt={"public": True})
async def get_notes(context: Context) -> dict[str, Any]:
    async with context.reader() as reader:
        row = await reader.one("select count(*) as notes, pg_is_in_recovery() as at_replica from notes", {})
    assert row is not None
    return dict(row)


@get("/api/v2/shiftline/access/notes", operation_id="getAccessNotes", opt={"public": True})
async def get_decided(context: Context) -> dict[str, Any]:
    async with context.reader() as reader:
        row = await reader.one("select count(*) as notes, pg_is_in_recovery() as at_replica from notes", {})
    assert row is not None
    return dict(row)


@get("/api/v2/notes/{note:str}", operation_id="getNote", opt={"public": True})
async def get_note(context: Context, note: str) -> None:
    async with context.reader() as reader:
        await reader.one("select 1 as one from notes", {})
        raise NotFound("note", note)


@post("/api/v2/notes", operation_id="postNotes", opt={"public": True})
async def post_note(context: Context) -> dict[str, Any]:
    async with context.transaction() as tx:
        await tx.execute("insert into notes (text) values ('one more')", {})
    return {}


@post("/api/v2/notes/refused", operation_id="postRefused", opt={"public": True})
async def post_refused(context: Context) -> dict[str, Any]:
    async with context.transaction() as tx:
        await tx.execute("insert into notes (text) values ('nobody sees this')", {})
        raise NotFound("note", "refused")


@dataclass
class Pair:
    """A primary with its standby, and the API in front of them."""

    primary: postgres.RunningPostgres
    standby_url: str
    superuser: str
    client: httpx.AsyncClient
    replica: Replica

    async def write(self) -> str:
        answer = await self.client.post("/api/v2/notes")
        assert answer.status_code == 201, answer.text
        return answer.headers[TOLD]

    async def notes(self, revision: str | None = None, path: str = "/api/v2/notes") -> dict[str, Any]:
        answer = await self.client.get(path, headers={} if revision is None else {WANTED: revision})
        assert answer.status_code == 200, answer.text
        return {**answer.json(), "revision": answer.headers[TOLD]}

    @contextmanager
    def lagging(self) -> Generator[None]:
        """The standby receives the log and replays none of it."""
        with psycopg.connect(self.superuser, autocommit=True) as connection:
            connection.execute("select pg_wal_replay_pause()")
            while connection.execute("select pg_get_wal_replay_pause_state()").fetchone() != ("paused",):
                pass
            try:
                yield
            finally:
                connection.execute("select pg_wal_replay_resume()")


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[postgres.RunningPostgres, postgres.Postgres, str]]:
    base = Path(tempfile.mkdtemp(prefix="shiftline-replica-"))
    base.chmod(0o755)
    primary = postgres.start(base / "data")
    folder = DataFolder.open(base / "data")
    standby = replica.make(folder, primary.server)
    child = standby.child()
    started = start_child(child, folder.log("replica"))
    try:
        for _ in range(1000):
            if standby.is_ready(started.process.pid):
                break
            assert started.process.poll() is None, folder.log("replica").read_text()
            time.sleep(0.01)
        with psycopg.connect(primary.url, autocommit=True) as connection:
            connection.execute("create table notes (text text)")
        yield primary, standby.server, folder.secret("postgres-superuser")
    finally:
        started.process.send_signal(child.stop_signal)
        started.process.wait(10)
        primary.stop()
        shutil.rmtree(base, ignore_errors=True)


@pytest.fixture
async def pair(servers: tuple[postgres.RunningPostgres, postgres.Postgres, str]) -> AsyncIterator[Pair]:
    primary, standby, secret = servers
    database, copy = Database(primary.url), Database(standby.url, timeout=timedelta(milliseconds=100))
    second = Replica(copy, timedelta(milliseconds=100))
    await database.open()
    await copy.open()

    async def nobody(token: str) -> Actor:
        raise AssertionError(token)

    app: Any = build(
        [get_notes, get_decided, get_note, post_note, post_refused],
        database=database,
        clock=Clock(),
        authenticate=nobody,
        options=WebOptions("localhost:8443", extra_state={"revisions": Revisions(database, second)}),
    )
    transport = httpx.ASGITransport(app=app)
    superuser = f"postgresql://postgres:{secret}@/postgres?host={standby.sockets}"
    async with httpx.AsyncClient(transport=transport, base_url="https://api.localhost:8443") as client:
        yield Pair(primary, standby.url, superuser, client, second)
    await copy.close()
    await database.close()


async def caught_up(pair: Pair, revision: str) -> dict[str, Any]:
    """What the standby answers once it has come to a revision."""
    for _ in range(200):
        found = await pair.notes(revision)
        if found["at_replica"]:
            return found
        await asyncio.sleep(0.02)
    raise AssertionError("the standby never answered")


async def test_what_was_written_is_read_from_the_replica(pair: Pair) -> None:
    for _ in range(20):
        before = (await pair.notes())["notes"]
        revision = await pair.write()
        found = await caught_up(pair, revision)
        assert found["notes"] == before + 1
        assert found["revision"] >= revision


async def test_who_names_no_revision_is_answered_by_the_primary(pair: Pair) -> None:
    with pair.lagging():
        before = (await pair.notes())["notes"]
        await pair.write()
        found = await pair.notes()
        assert (found["notes"], found["at_replica"]) == (before + 1, False)


async def test_a_replica_that_lags_is_waited_for_and_then_the_primary_is_read(pair: Pair) -> None:
    early = (await pair.notes())["revision"]
    await caught_up(pair, early)
    with pair.lagging():
        before = (await pair.notes())["notes"]
        revision = await pair.write()
        found = await pair.notes(revision)
        assert (found["notes"], found["at_replica"]) == (before + 1, False)
        # An older revision is still served by the replica, and may be older: nothing newer was asked for.
        old = await pair.notes(early)
        assert (old["notes"], old["at_replica"]) == (before, True)
    assert (await caught_up(pair, revision))["notes"] == before + 1


async def test_a_replica_that_comes_in_time_is_read(pair: Pair) -> None:
    pair.replica.patience = timedelta(seconds=5)
    with pair.lagging():
        before = (await pair.notes())["notes"]
        revision = await pair.write()
        reading = asyncio.create_task(pair.notes(revision))
        await asyncio.sleep(0.2)
        assert not reading.done()
    found = await reading
    assert (found["notes"], found["at_replica"]) == (before + 1, True)


async def test_decisions_on_access_never_come_from_a_replica(pair: Pair) -> None:
    revision = (await pair.notes())["revision"]
    await caught_up(pair, revision)
    with pair.lagging():
        await pair.write()
        found = await pair.notes(revision, "/api/v2/shiftline/access/notes")
        assert found["at_replica"] is False


async def test_refusals_tell_how_far_they_looked(pair: Pair) -> None:
    revision = await pair.write()
    answer = await pair.client.get("/api/v2/notes/none")
    assert answer.status_code == 404
    assert answer.headers[TOLD] >= revision
    refused = await pair.client.post("/api/v2/notes/refused")
    assert refused.status_code == 404
    before = (await pair.notes())["notes"]
    assert await pair.write()
    assert (await pair.notes())["notes"] == before + 1


@pytest.mark.parametrize("text", ["", "7", "r1-7", "r1-zzzzzzzzzzzzzzzz", "r2-0000000000000007"])
async def test_what_is_no_revision_is_named(pair: Pair, text: str) -> None:
    answer = await pair.client.get("/api/v2/notes", headers={WANTED: text})
    assert answer.status_code == 400
    assert WANTED in answer.json()["message"]


async def test_a_revision_of_another_history_is_refused(pair: Pair) -> None:
    answer = await pair.client.get("/api/v2/notes", headers={WANTED: "r1-7000000000000000"})
    assert answer.status_code == 400
    assert "another installation" in answer.json()["message"]


async def test_with_the_primary_away_the_old_is_not_given_for_the_new(
    servers: tuple[postgres.RunningPostgres, postgres.Postgres, str], pair: Pair
) -> None:
    revision = (await pair.notes())["revision"]
    await caught_up(pair, revision)
    with pair.lagging():
        newer = await pair.write()
        nowhere = Database("postgresql://nobody@127.0.0.1:1/none", timeout=timedelta(milliseconds=50))
        app: Any = build(
            [get_notes],
            database=nowhere,
            clock=Clock(),
            authenticate=None,  # type: ignore[arg-type]
            options=WebOptions("localhost:8443", extra_state={"revisions": Revisions(nowhere, pair.replica)}),
        )
        await nowhere.open()
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="https://api.localhost:8443") as client:
            assert (await client.get("/api/v2/notes", headers={WANTED: revision})).json()["at_replica"] is True
            answer = await client.get("/api/v2/notes", headers={WANTED: newer})
            assert answer.status_code == 503
            assert int(answer.headers["retry-after"]) >= 1
            assert "notes" not in answer.json()
        await nowhere.close()
