"""What a database tells at the cut: read in one snapshot, which other programs may share."""

import contextlib
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import dict_row

from shiftline.apps.backup.manifest import LedgerFact
from shiftline.apps.supervisor.child import StartRefusedError
from shiftline.foundation.database import Queries, Reader, Row

SQL = Queries.beside(__file__)


@dataclass(frozen=True, slots=True)
class Named:
    """An object that the database names: what is known of it, and what it is."""

    sha256: str
    size: int | None
    what: str
    recording_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the database says at the cut; ``named`` by the objects' keys."""

    at: datetime
    postgres: int
    migrations: list[str]
    ledgers: list[LedgerFact]
    key_ids: list[str]
    recordings: int
    named: Mapping[str, Named]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A transaction that sees one instant for as long as it is open; ``id`` lets pg_dump see the same."""

    reader: Reader
    id: str
    at: datetime


@contextlib.asynccontextmanager
async def snapshot_of(database_url: str) -> AsyncGenerator[Snapshot]:
    """A snapshot of a database. Raises StartRefusedError when it cannot be read."""
    try:
        # The whole is as long as the dump is: it is not for the server to end it.
        options = "-c TimeZone=UTC -c statement_timeout=0 -c idle_in_transaction_session_timeout=0"
        connection = await psycopg.AsyncConnection[Row].connect(
            database_url, row_factory=dict_row, options=options, connect_timeout=10, application_name="shiftline backup"
        )
    except psycopg.Error as error:
        raise StartRefusedError(f"The database cannot be reached: {str(error).strip()}") from None
    try:
        reader = Reader(connection)
        await connection.execute("set transaction isolation level repeatable read, read only")
        row = await reader.one("select pg_export_snapshot() as id, clock_timestamp() as at", {})
        assert row is not None
        yield Snapshot(reader, row["id"], row["at"])
    finally:
        await connection.close()


async def read_facts(snapshot: Snapshot) -> Facts:
    """What a snapshot tells. Raises StartRefusedError for a database that is older than this program."""
    reader = snapshot.reader
    try:
        migrations = [
            row["name"] for row in await reader.all("select name from foundation.migration order by name", {})
        ]
        ledgers = [LedgerFact(**row) for row in await reader.all(SQL["list_ledgers"], {})]
        key_ids = [row["key_id"] for row in await reader.all(SQL["list_key_ids"], {})]
        named = await _list_named(reader)
    except psycopg.errors.UndefinedTable:
        raise StartRefusedError("The database is older than this Shiftline: run shiftline migrate.") from None
    recordings = sum(1 for each in named.values() if each.recording_id is not None)
    return Facts(
        at=snapshot.at,
        postgres=reader.connection.info.server_version,
        migrations=migrations,
        ledgers=ledgers,
        key_ids=key_ids,
        recordings=recordings,
        named=named,
    )


async def _list_named(reader: Reader) -> dict[str, Named]:
    named: dict[str, Named] = {}
    for row in await reader.all(SQL["list_recordings"], {}):
        named[row["object_key"]] = Named(
            row["sha256"], row["stored_size"], f"recording {row['recording_id']}", row["recording_id"]
        )
    for row in await reader.all(SQL["list_quarantined"], {}):
        what = f"what was imported as {row['recording_id']}"
        named.setdefault(row["object_key"], Named(row["sha256"], row["stored_size"], what))
    for row in await reader.all(SQL["list_contents"], {}):
        named[row["object_key"]] = Named(row["sha256"], None, f"a file or an e-mail of {row['organization_id']}")
    return named


async def list_named(database_url: str) -> Mapping[str, Named]:
    """The objects that a database names now."""
    async with snapshot_of(database_url) as snapshot:
        return await _list_named(snapshot.reader)
