"""Plain SQL migrations: ``NNNN_pre_*.sql`` before the new release starts, ``NNNN_post_*.sql`` when no old one runs.

The files stand in ``migrations/`` of a checkout, or beside this module in an installed package. One at a time, each in
its own transaction, under an advisory lock: two processes that migrate at once do it once.
"""

import hashlib
from importlib import resources
from pathlib import Path
from typing import Any

import psycopg

LOCK = 0x5348_4946_54  # "SHIFT"

_HERE = Path(__file__).resolve()


def folder() -> Path:
    """Where the migrations stand. Raises FileNotFoundError when the installation is incomplete."""
    for candidate in (_HERE.parents[3] / "migrations", _HERE.parents[1] / "migrations"):
        if candidate.is_dir() and any(candidate.glob("*.sql")):
            return candidate
    raise FileNotFoundError("the migrations folder is missing from this installation")


async def migrate(database_url: str) -> list[str]:
    """Apply what is missing, in the order of the names; the names applied. Raises RuntimeError for an edited file."""
    applied: list[str] = []
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
        await connection.execute("select pg_advisory_lock(%s)", (LOCK,))
        await connection.execute("create schema if not exists foundation")
        await connection.execute(
            "create table if not exists foundation.migration "
            "(name text primary key, digest text not null, applied_at timestamptz not null default clock_timestamp())"
        )
        cursor = await connection.execute("select name, digest from foundation.migration")
        known = dict(await cursor.fetchall())
        for file in sorted(folder().glob("*.sql")):
            text = file.read_bytes()
            digest = hashlib.sha256(text).hexdigest()
            if file.name in known:
                if known[file.name] != digest:
                    raise RuntimeError(f"migration {file.name} was edited after it had been applied")
                continue
            async with connection.transaction():
                await connection.execute("set local lock_timeout = '5s'")
                await connection.execute(text)
                await connection.execute(
                    "insert into foundation.migration (name, digest) values (%s, %s)", (file.name, digest)
                )
            applied.append(file.name)
        applied += await _install_job_queue(connection)
    return applied


async def _install_job_queue(connection: psycopg.AsyncConnection[Any]) -> list[str]:
    """Procrastinate's own tables, once. Its triggers notify in every insert, which halves the commit rate: dropped."""
    cursor = await connection.execute("select to_regclass('procrastinate_jobs') is not null")
    row = await cursor.fetchone()
    if row is not None and row[0]:
        return []
    schema = resources.files("procrastinate").joinpath("sql", "schema.sql").read_bytes()
    async with connection.transaction():
        await connection.execute(schema)
        await connection.execute("drop trigger procrastinate_jobs_notify_queue_job_inserted_v1 on procrastinate_jobs")
        await connection.execute("drop trigger procrastinate_jobs_notify_queue_job_aborted_v1 on procrastinate_jobs")
    return ["procrastinate"]
