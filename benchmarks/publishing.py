"""Publishing a contact centre's week from its uploaded file, beside a raw COPY of the same rows into the same tables."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median

import psycopg
from psycopg import sql

from benchmarks.installation import Account, make_accounts
from benchmarks.registry import Outcome, bench, middle, say
from benchmarks.week import first_day, make_unit, week_file
from shiftline.apps import rooms
from shiftline.apps.engines import postgres
from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database
from shiftline.foundation.migrations import migrate
from shiftline.identity.operations.organizations import prepare_organization_in
from shiftline.workforce.schedule.operations import uploads
from shiftline.workforce.schedule.operations.uploads import Work, fill_upload, find_slot, open_upload
from shiftline.workforce.schedule.wire.upload import read_draft

AGENTS = 2000
REPEATS = 5
RATIO = 3.0
TABLES = ("agent_schedule", "shift")


@contextmanager
def bare_database() -> Generator[str]:
    """A PostgreSQL as the product tunes it, with nothing beside it; its URL."""
    base = Path(tempfile.mkdtemp(prefix="shiftline-bench-"))
    base.chmod(0o755)
    running = postgres.start(base / "data")
    try:
        asyncio.run(migrate(running.server.url))
        yield running.server.url
    finally:
        running.stop()
        shutil.rmtree(base, ignore_errors=True)


class Peer:
    """Tables of the same columns, checks, indexes and exclusion constraint, filled by COPY in one transaction."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True)
        self._connection.execute("create schema peer")
        for table in TABLES:
            names = {"peer": sql.Identifier("peer", table), "ours": sql.Identifier("schedule", table)}
            self._connection.execute(sql.SQL("create table {peer} (like {ours} including all)").format(**names))

    def load(self, schedule_id: str) -> float:
        """Copy what a published schedule holds; seconds from the first byte to the commit."""
        rows = {table: self._read(table, schedule_id) for table in TABLES}
        began = time.perf_counter()
        with self._connection.transaction(), self._connection.cursor() as cursor:
            for table in TABLES:
                wanted = sql.SQL("copy {} from stdin").format(sql.Identifier("peer", table))
                with cursor.copy(wanted) as copy:
                    copy.write(rows[table])
        return time.perf_counter() - began

    def _read(self, table: str, schedule_id: str) -> bytes:
        wanted = sql.SQL("copy (select * from {} where schedule_id = {}) to stdout")
        names = sql.Identifier("schedule", table), sql.Literal(schedule_id)
        with self._connection.cursor().copy(wanted.format(*names)) as copy:
            return b"".join(bytes(block) for block in copy)

    def close(self) -> None:
        self._connection.close()


@bench(
    "publish-week",
    group="schedule",
    bar=f"a {AGENTS:,}-agent week (10,000 shifts, 60,000 activities) published in at most {RATIO:g}x a raw COPY",
)
def publish_week() -> Outcome:
    """Both turn by turn, week after week, so that the tables grow alike."""
    with bare_database() as url:
        return asyncio.run(_measure(url))


async def _measure(url: str) -> Outcome:
    rooms.load("events")
    database = Database(url)
    await database.open()
    peer = Peer(url)
    try:
        context = await make_organization(database)
        accounts = await make_accounts(context, AGENTS)
        unit_id = await make_unit(context, accounts)
        ours: list[dict[str, float]] = []
        copies: list[float] = []
        for number in range(REPEATS + 1):
            first = first_day(datetime.now(UTC).date(), number + 1)
            took, schedule_id = await publish(context, unit_id, first, _file(accounts, first))
            copied = peer.load(schedule_id)
            say(f"week {first}: {took} s, COPY {copied:.2f} s")
            if number:
                ours.append(took)
                copies.append(copied)
    finally:
        peer.close()
        await database.close()
    figures = middle(ours)
    ratio = figures["seconds"] / median(copies)
    return Outcome(
        {**figures, "shifts": AGENTS * 5, "ratio": round(ratio, 2)},
        {"name": "COPY into the same tables", "seconds": round(median(copies), 3)},
        holds=ratio <= RATIO,
    )


def _file(accounts: list[Account], first: date) -> bytes:
    return week_file([account.person_id for account in accounts], first)


async def make_organization(database: Database) -> Context:
    """An organization of its own; its system's context."""
    founding = Context(database, Clock(), Actor("bench", "system"))
    async with founding.transaction() as tx:
        organization = await prepare_organization_in(tx, "Benchmark", "bench.example")
    return Context(database, Clock(), Actor(organization.id, "system"))


async def publish(context: Context, unit_id: str, first: date, content: bytes) -> tuple[dict[str, float], str]:
    """The worker's part, from the stored file to the commit; what it took and the schedule's id."""
    address = await open_upload(context, unit_id, first, len(content))
    _, upload = await find_slot(context, address.key)
    await fill_upload(context, upload, content)
    started = await uploads.process_upload(context, Work(upload.id, unit_id, first, later=True), read_draft)
    began, cpu = time.perf_counter(), time.process_time()
    await uploads.run_operation(context, started.operation_id, upload.id, read_draft)
    took = {"seconds": round(time.perf_counter() - began, 3), "own_cpu_seconds": round(time.process_time() - cpu, 3)}
    began = time.perf_counter()
    read_draft(upload.purpose, uploads.unpack(content))
    took["of_which_reading_the_file"] = round(time.perf_counter() - began, 3)
    operation, schedule = await uploads.get_operation(context, started.operation_id)
    if schedule is None:
        raise RuntimeError(str(operation))
    return took, schedule.id
