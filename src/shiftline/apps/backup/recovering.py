"""A database is made from a backup: by pg_restore into an empty one, or from a base and the log up to an instant."""

import os
import shutil
import signal
import time
from collections.abc import Mapping
from datetime import UTC
from pathlib import Path

import psycopg

from shiftline.apps.backup import base
from shiftline.apps.backup.choosing import Chosen
from shiftline.apps.backup.manifest import BASE, DUMP
from shiftline.apps.backup.programs import environment_of, run
from shiftline.apps.engines import postgres
from shiftline.apps.engines.account import give
from shiftline.apps.engines.archiving import fetch_command
from shiftline.apps.engines.postgres import Postgres, RunningPostgres
from shiftline.apps.engines.postgres_cluster import DATABASE, ROLE
from shiftline.apps.engines.postgres_programs import install
from shiftline.apps.supervisor.child import ChildFailedError, StartRefusedError, tail
from shiftline.apps.supervisor.folder import DataFolder

_PATIENCE = 24 * 3600.0


async def load_dump(chosen: Chosen, database_url: str) -> None:
    """Fill an empty database. Raises ChildFailedError."""
    environment = environment_of(database_url)
    arguments = ("--no-owner", "--no-privileges", "--exit-on-error", "--jobs=2", "--no-password")
    name = environment.get("PGDATABASE", "")
    await run("pg_restore", *arguments, "-d", name, str(chosen.folder / DUMP), environment=environment)


def replay_log(chosen: Chosen, folder: DataFolder) -> None:
    """Make the folder's database of a base and the log after it, up to the instant, and stop it again.

    Raises StartRefusedError when the log does not reach so far, ChildFailedError.
    """
    told = chosen.manifest.base
    assert told is not None
    server = postgres.choose_place(folder)
    if server.account is not None:
        install(folder)
    base.unpack_base(chosen.root / "backups" / told.backup / BASE, server.cluster)
    log = server.cluster.parent / "log-to-replay"
    _gather_log(chosen, told.first_segment, log)
    entry = server.cluster / "pg_hba.conf"
    usual = entry.read_text()
    # Its roles have the passwords of the folder that was backed up; the socket is in a folder that is the server's alone.
    entry.write_text("local all all trust\n")
    (server.cluster / "postgresql.auto.conf").write_text(_recovery(chosen, log))
    (server.cluster / "recovery.signal").touch()
    if server.account is not None:
        give(server.cluster, server.account)
        give(log, server.account)
    try:
        running = postgres.start_prepared(server, folder.log("postgres"))
    except ChildFailedError as failure:
        raise StartRefusedError(_why(chosen, str(failure))) from None
    try:
        _await_end(chosen, server, running, folder.log("postgres"))
        _take_over(server, folder)
    finally:
        stop(running)
    entry.write_text(usual)
    (server.cluster / "postgresql.auto.conf").write_text("")
    shutil.rmtree(log)


def _gather_log(chosen: Chosen, first: str, log: Path) -> None:
    """The segments from a base on, where the server's own user may read them; files that tell of timelines, too."""
    log.mkdir(mode=0o700)
    for path in (chosen.root / "wal").glob("*.gz"):
        name = path.name.removesuffix(".gz")
        if name.endswith(".history") or name[:24] >= first:
            shutil.copyfile(path, log / path.name)


def _recovery(chosen: Chosen, log: Path) -> str:
    if chosen.to_time is None:
        target = f"recovery_target_name = '{chosen.manifest.cut.restore_point}'"
    else:
        target = f"recovery_target_time = '{chosen.to_time.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f+00}'"
    command = fetch_command(log).replace("'", "''")
    return f"restore_command = '{command}'\n{target}\nrecovery_target_action = 'promote'\n"


def _url(server: Postgres) -> str:
    return f"postgresql://postgres@/{DATABASE}?host={server.sockets}"


def _await_end(chosen: Chosen, server: Postgres, running: RunningPostgres, log: Path) -> None:
    """Wait until the log was replayed and the server takes changes."""
    give_up_at = time.monotonic() + _PATIENCE
    while time.monotonic() < give_up_at:
        if running.started.process.poll() is not None:
            raise StartRefusedError(_why(chosen, tail(log, 30)))
        try:
            with psycopg.connect(_url(server), autocommit=True) as connection:
                row = connection.execute("select pg_is_in_recovery()").fetchone()
        except psycopg.OperationalError:
            row = None
        if row is not None and not row[0]:
            return
        time.sleep(0.1)
    raise ChildFailedError("The log was not replayed within a day.")


def _why(chosen: Chosen, said: str) -> str:
    if "recovery ended before configured recovery target was reached" in said:
        last = max((path.name for path in (chosen.root / "wal").glob("*.gz")), default="(none)")
        wanted = "its cut" if chosen.to_time is None else chosen.to_time.isoformat()
        return (
            f"The archived log ends before {wanted}: its last segment is {last}. "
            f"Choose an instant before {chosen.manifest.cut.at.isoformat(timespec='seconds')}."
        )
    return f"The log could not be replayed: {said}"


def _take_over(server: Postgres, folder: DataFolder) -> None:
    """Give the roles the passwords of this folder, and note nothing of the former one."""
    secrets: Mapping[str, str] = {
        ROLE: folder.secret("postgres"),
        "postgres": folder.secret("postgres-superuser"),
    }
    with psycopg.connect(_url(server), autocommit=True) as connection:
        for role, secret in secrets.items():
            connection.execute(f"alter role {role} password '{secret}'".encode())
        connection.execute("checkpoint")


def stop(running: RunningPostgres) -> None:
    """Stop a server and wait until it is gone."""
    if running.started.process.poll() is None:
        os.kill(running.started.process.pid, signal.SIGINT)
    running.started.process.wait(60)
    postgres.remove_sockets(running.server)
