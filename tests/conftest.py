"""Fixtures for all tests: a real PostgreSQL per worker, a migrated template, a fresh copy of it per test."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import hypothesis
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from shiftline.apps.engines import postgres
from shiftline.apps.engines.postgres_cluster import TUNING
from shiftline.apps.supervisor.folder import DataFolder
from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database
from shiftline.foundation.migrations import migrate

# Losing the last commits of a test database is no loss. A connection that was begun while the server hung, and given up,
# holds its database for as long as it may take to authenticate.
FAST = {
    **TUNING,
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "authentication_timeout": "5s",
}

_numbers = count(1)

# One tree has one verdict: its examples are drawn from the tests' own text. `--hypothesis-profile=explore` draws others.
hypothesis.settings.register_profile("same", derandomize=True)
hypothesis.settings.register_profile("explore", derandomize=False)
hypothesis.settings.load_profile("same")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a case of bytes, or of a long text, by its argument: what was packed or drawn differs from worker to worker.

    Workers that collect other names run nothing at all.
    """
    if isinstance(val, bytes | bytearray) or (isinstance(val, str) and len(val) > 80):
        return argname
    return None


class SettableClock(Clock):
    """A clock that a test sets; it stands still once set."""

    def __init__(self) -> None:
        super().__init__()
        self._fixed: datetime | None = None

    def set(self, instant: datetime | str) -> None:
        """Stand at an instant; text is ISO 8601 with an offset."""
        fixed = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
        assert fixed.tzinfo is not None
        self._fixed = fixed.astimezone(UTC)

    def advance(self, span: timedelta) -> None:
        """Move on from where it stands."""
        self._fixed = self.now() + span

    def now(self) -> datetime:
        return self._fixed or super().now()


class SettableContext(Context):
    """A context whose clock a test may set."""

    clock: SettableClock


@dataclass(frozen=True, slots=True)
class Server:
    """The worker's PostgreSQL."""

    url: str
    password: str
    """Of its superuser."""

    def on(self, name: str) -> str:
        """The URL of one of its databases."""
        return make_conninfo(self.url, dbname=name)

    def on_as_superuser(self, name: str) -> str:
        """The same for who may do everything."""
        return make_conninfo(self.url, dbname=name, user="postgres", password=self.password)

    def command(self, statement: str) -> None:
        """Run a statement that cannot run in a transaction."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement.encode())

    def drop(self, name: str) -> None:
        """Drop a database. A worker of autovacuum, which only a superuser may end, has it a moment longer."""
        give_up_at = time.monotonic() + 20
        while True:
            try:
                self.command(f"drop database {name} with (force)")
            except psycopg.errors.InsufficientPrivilege:
                if time.monotonic() > give_up_at:
                    raise
                time.sleep(0.1)
            else:
                return


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL of this worker's own."""
    folder = Path(tempfile.mkdtemp(prefix="shiftline-test-"))
    folder.chmod(0o755)
    running = postgres.start(folder / "data", FAST)
    try:
        yield Server(running.server.url, DataFolder.open(folder / "data").secret("postgres-superuser"))
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def template(server: Server) -> str:
    """The name of a migrated database to copy from."""
    server.command("create database template_shiftline")
    asyncio.run(migrate(server.on("template_shiftline")))
    return "template_shiftline"


# A copy of the template takes a third of a second, emptying what a test wrote some milliseconds. Deleting without
# triggers costs a tenth of truncating, which makes new files for each table, for each of its indexes, and for all that
# refer to it. Whoever is still connected is gone before: what they were about to commit would be left.
EMPTY = """
do $$
declare each record;
begin
  perform pg_terminate_backend(pid, 10000) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend';
  set local session_replication_role = replica;
  for each in
    select format('%I.%I', n.nspname, c.relname) as name, pg_relation_size(c.oid) > 1000000 as is_large
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')
      and (n.nspname, c.relname) <> ('foundation', 'migration') and pg_relation_size(c.oid) > 0
  loop
    if each.is_large then
      execute format('truncate %s cascade', each.name);
    else
      execute format('delete from %s', each.name);
    end if;
  end loop;
end
$$
"""


@pytest.fixture(scope="session")
def kept_database(server: Server, template: str) -> str:
    """This worker's database, emptied after each test."""
    server.command(f"create database kept template {template}")
    return server.on("kept")


@pytest.fixture
def database_url(server: Server, kept_database: str) -> Iterator[str]:
    """The URL of an empty migrated database."""
    yield kept_database
    with psycopg.connect(server.on_as_superuser("kept"), autocommit=True) as connection:
        connection.execute(EMPTY)


@pytest.fixture
def fresh_database_url(server: Server, template: str) -> Iterator[str]:
    """The URL of a migrated database of the test's own, for what changes more than rows."""
    name = f"test_{next(_numbers)}"
    server.command(f"create database {name} template {template}")
    yield server.on(name)
    server.drop(name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A pool on a fresh migrated database."""
    pool = Database(database_url)
    await pool.open()
    yield pool
    await pool.close()


@pytest.fixture
def context(database: Database) -> SettableContext:
    """An administrator of the organization ``org-1``, with a clock that can be set."""
    return context_for(database, "org-1")


def context_for(database: Database, organization_id: str, person_id: str = "admin-1") -> SettableContext:
    """Somebody who may do everything in an organization."""
    everything = frozenset({"*"})
    actor = Actor(
        organization_id=organization_id,
        kind="person",
        person_id=person_id,
        grants={"*:*:*": everything, "*:*": everything},
    )
    return SettableContext(database=database, clock=SettableClock(), actor=actor)
