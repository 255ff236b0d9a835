"""A base of the server's files and the segments of its log after it: what any instant is put back from.

Needs the server that `serve` starts, with its log archived into the same folder of backups: the superuser's password is in the data
folder, and its socket on this machine.
"""

import asyncio
import contextlib
import re
import tarfile
import time
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import tuple_row

from shiftline.apps.backup.manifest import BASE, BaseFact, Cut, FileFact, digest_file, list_backups, read_manifest
from shiftline.apps.backup.programs import archived, environment_of, output_of
from shiftline.apps.backup.showing import Shown
from shiftline.apps.backup.streaming import compressed, pieces_of, write_stream
from shiftline.apps.supervisor.child import ChildFailedError, StartRefusedError
from shiftline.apps.supervisor.folder import DataFolder

OLDEST_BASE = timedelta(days=7)
"""A base that is older is not built upon: putting back would have to replay as much."""

_PATIENCE = 90.0
_SEGMENT = re.compile(r"[0-9A-F]{24}")
_LABEL = re.compile(r"START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)")


def superuser_url(database_url: str, data: Path) -> str:
    """How the superuser of a folder's own server is reached."""
    secret = DataFolder(data.resolve()).secret("postgres-superuser")
    return make_conninfo(database_url, user="postgres", password=secret, dbname="postgres")


@contextlib.asynccontextmanager
async def _superuser(url: str) -> AsyncGenerator[psycopg.AsyncConnection[tuple[object, ...]]]:
    try:
        connection = await psycopg.AsyncConnection.connect(url, autocommit=True, row_factory=tuple_row)
    except psycopg.Error as error:
        raise StartRefusedError(f"The database server's log cannot be looked at: {str(error).strip()}") from None
    try:
        yield connection
    finally:
        await connection.close()


async def require_archiving(url: str, root: Path) -> str:
    """The server's own identifier, once it is sure that its log goes into a folder of backups. Raises StartRefusedError."""
    async with _superuser(url) as connection:
        cursor = await connection.execute(
            "select system_identifier::text, current_setting('archive_mode'), current_setting('archive_command') "
            "from pg_control_system()"
        )
        row = await cursor.fetchone()
    assert row is not None
    system, mode, command = map(str, row)
    if mode != "on" or f"'{root}/wal/" not in command:
        raise StartRefusedError(
            f"The database's log is not archived into {root}. Start with --archive-to {root}, or back up without it."
        )
    return system


def find_base(root: Path, system: str, now: datetime) -> BaseFact | None:
    """The latest base of a server that is young enough to build upon."""
    for folder in reversed(list(list_backups(root).values())):
        base = read_manifest(folder).base
        if base is not None and base.system == system and (root / "backups" / base.backup / BASE).exists():
            return base if now - base.usable_from < OLDEST_BASE else None
    return None


async def take_base(url: str, system: str, folder: Path, shown: Shown) -> tuple[BaseFact, FileFact]:
    """Copy the server's files while it runs. Raises ChildFailedError, OSError."""
    shown.begin("copying the database's files")
    # Without the log: its segments are archived. The server waits until those that the copy needs are.
    arguments = ("-D", "-", "-Ft", "-X", "none", "--checkpoint=fast", "--no-password", "--label=shiftline")
    async with output_of("pg_basebackup", *arguments, environment=environment_of(url)) as output:
        size, sha256 = await write_stream(folder / BASE, compressed(pieces_of(output)), shown.written)
    first = await asyncio.to_thread(_first_segment, folder / BASE)
    base = BaseFact(folder.name, system, datetime.now(UTC), first)
    return base, FileFact(BASE, size, sha256)


def _first_segment(base: Path) -> str:
    with tarfile.open(base, "r|gz") as archive:
        for member in archive:
            if member.name in ("backup_label", "./backup_label"):
                held = archive.extractfile(member)
                found = _LABEL.search(held.read().decode() if held is not None else "")
                if found is not None:
                    return found[1]
    raise ChildFailedError(f"{base} has no backup_label: it is no base.")


async def mark_cut(url: str, root: Path, name: str) -> Cut:
    """Put a mark into the log, and wait until it is archived. Raises StartRefusedError when it is not."""
    async with _superuser(url) as connection:
        cursor = await connection.execute(
            "with mark as (select pg_create_restore_point(%s) as lsn) "
            "select pg_walfile_name(lsn), clock_timestamp() from mark",
            (name,),
        )
        row = await cursor.fetchone()
        assert row is not None
        segment, at = str(row[0]), row[1]
        assert isinstance(at, datetime)
        await connection.execute("select pg_switch_wal()")
        give_up_at = time.monotonic() + _PATIENCE
        while not archived(root, segment).exists():
            if time.monotonic() > give_up_at:
                raise StartRefusedError(await _why_not(connection, root, segment))
            await asyncio.sleep(0.1)
    return Cut(at, name, segment)


async def _why_not(connection: psycopg.AsyncConnection[tuple[object, ...]], root: Path, segment: str) -> str:
    row = await (await connection.execute("select last_failed_wal, failed_count from pg_stat_archiver")).fetchone()
    failed = f" The server last failed at {row[0]}, {row[1]} times in all." if row is not None and row[0] else ""
    return (
        f"The segment {segment} of the database's log did not arrive in {root / 'wal'} within {_PATIENCE:.0f} s.{failed} "
        "Its own log says why; is the disk full?"
    )


def list_segments(root: Path, first: str, last: str) -> list[FileFact]:
    """The archived segments from the first to the last, with their SHA-256."""
    found: list[FileFact] = []
    for path in sorted((root / "wal").glob("*.gz")):
        name = path.name.removesuffix(".gz")
        if _SEGMENT.fullmatch(name) and first <= name <= last:
            found.append(FileFact(f"wal/{path.name}", *digest_file(path)))
    return found


def unpack_base(base: Path, cluster: Path) -> None:
    """Put a base's files into a new folder."""
    cluster.mkdir(mode=0o700)
    with tarfile.open(base, "r|gz") as archive:
        archive.extractall(cluster, filter="data")
    # What ran then does not run here; folders without files may be missing from the archive.
    (cluster / "postmaster.pid").unlink(missing_ok=True)
    for name in ("pg_wal", "pg_wal/archive_status", "pg_wal/summaries"):
        (cluster / name).mkdir(mode=0o700, exist_ok=True)
