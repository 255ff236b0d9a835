"""PostgreSQL's own programs, of the version that Shiftline brings: pg_dump, pg_restore, pg_basebackup."""

import asyncio
import contextlib
import os
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from shiftline.apps.engines.postgres_programs import programs
from shiftline.apps.supervisor.child import ChildFailedError

_PIECE = 1024 * 1024
# What libpq reads from its environment: an argument would show a password to everybody on the machine.
_VARIABLES = {
    "host": "PGHOST", "hostaddr": "PGHOSTADDR", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD",
    "dbname": "PGDATABASE", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY",
    "options": "PGOPTIONS", "channel_binding": "PGCHANNELBINDING", "target_session_attrs": "PGTARGETSESSIONATTRS",
}  # fmt: skip


def environment_of(database_url: str) -> dict[str, str]:
    """The variables by which a program of PostgreSQL finds a database."""
    known = conninfo_to_dict(database_url)
    return {
        "PATH": os.defpath,
        "LC_ALL": "C",
        "PGCONNECT_TIMEOUT": "10",
        **{variable: str(known[name]) for name, variable in _VARIABLES.items() if known.get(name)},
    }


@contextlib.asynccontextmanager
async def output_of(name: str, *arguments: str, environment: Mapping[str, str]) -> AsyncGenerator[asyncio.StreamReader]:
    """What a program writes, as it does. It dies with the block. Raises ChildFailedError with what it complained of."""
    process = await asyncio.create_subprocess_exec(
        str(programs() / name),
        *arguments,
        env=dict(environment),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=_PIECE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    complaining = asyncio.create_task(process.stderr.read())
    try:
        yield process.stdout
        complaint = (await complaining).decode(errors="replace").strip()
        if await process.wait() != 0:
            raise ChildFailedError(f"{name} failed: {complaint or 'it did not say why'}")
    finally:
        complaining.cancel()
        if process.returncode is None:
            process.kill()
            await process.wait()


async def run(name: str, *arguments: str, environment: Mapping[str, str]) -> None:
    """Run a program to its end. Raises ChildFailedError with what it complained of."""
    async with output_of(name, *arguments, environment=environment) as output:
        while await output.read(_PIECE):
            pass


def archived(root: Path, segment: str) -> Path:
    """Where a segment of the server's log is kept in a folder of backups."""
    return root / "wal" / f"{segment}.gz"
