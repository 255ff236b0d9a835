"""A standby of the embedded database on the same machine: copied from the running primary, then fed by its log as it is written."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from shiftline.apps.engines import postgres
from shiftline.apps.engines.account import give
from shiftline.apps.engines.postgres import Postgres
from shiftline.apps.supervisor.child import Child, ChildFailedError
from shiftline.apps.supervisor.folder import DataFolder

SLOT = "shiftline_replica"
_SETTINGS: Mapping[str, str] = {
    "hot_standby": "on",
    # What a reader still looks at is not cleared away under it.
    "hot_standby_feedback": "on",
}


@dataclass(frozen=True)
class Replica:
    """A standby: `server` is its place, `settings` what it is told beside its own."""

    server: Postgres
    settings: Mapping[str, str] = field(default_factory=dict[str, str])

    def child(self) -> Child:
        """Return the standby as a child to keep. It is ready once it answers reads."""
        server = replace(self.server, log_settings={**_SETTINGS, **self.settings})
        return replace(server.child(), name="replica", is_ready=self.is_ready)

    def is_ready(self, pid: int) -> bool:
        """Say whether the standby with this process id answers reads."""
        try:
            lines = (self.server.cluster / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[0].strip() == str(pid) and lines[7].strip() in ("ready", "standby")  # noqa: PLR2004


def _feeding(folder: DataFolder, primary: Postgres, server: Postgres) -> Mapping[str, str]:
    """Return how the standby reaches the primary; the password stands in a file of its own."""
    passwords = server.cluster.parent / "passwords"
    passwords.unlink(missing_ok=True)
    passwords.touch(mode=0o600)
    passwords.write_text(f"*:*:*:postgres:{folder.secret('postgres-superuser')}\n")
    if server.account is not None:
        os.chown(passwords, server.account.uid, server.account.gid)
    host, port = primary.sockets, primary.log_settings.get("port", "5432")
    return {
        "primary_conninfo": f"host='{host}' port={port} user=postgres passfile='{passwords}' application_name=replica",
        "primary_slot_name": SLOT,
    }


def make(folder: DataFolder, primary: Postgres, say: Callable[[str], None] | None = None) -> Replica:
    """Copy the running primary into the folder, where there is no copy; it keeps its log for the standby. Blocks.

    Raises ChildFailedError.
    """
    server = postgres.choose_place(folder, say, "replica")
    if not server.cluster.exists():
        _copy(folder, primary, server)
    return Replica(server, _feeding(folder, primary, server))


def _copy(folder: DataFolder, primary: Postgres, server: Postgres) -> None:
    partial = server.cluster.with_name("partial")
    shutil.rmtree(partial, ignore_errors=True)
    account = server.account
    command = (
        str(primary.binaries / "pg_basebackup"),
        *("-D", str(partial), "-X", "stream", "--checkpoint=fast", "--no-password"),
        *("--write-recovery-conf", "--slot", SLOT, *(() if _has_slot(primary) else ("--create-slot",))),
    )
    done = subprocess.run(
        command,
        env={
            "PATH": os.defpath,
            "LC_ALL": "C",
            "PGHOST": str(primary.sockets),
            "PGPORT": primary.log_settings.get("port", "5432"),
            "PGUSER": "postgres",
            # Not an argument, which every user of the machine could read.
            "PGPASSWORD": folder.secret("postgres-superuser"),
        },
        cwd="/",
        user=None if account is None else account.uid,
        group=None if account is None else account.gid,
        extra_groups=None if account is None else [],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise ChildFailedError(f"pg_basebackup failed:\n{done.stdout[-2000:]}")
    if account is not None:
        give(partial, account)
    partial.rename(server.cluster)


def _has_slot(primary: Postgres) -> bool:
    """Say whether an earlier copy, which was cut short, has made the slot."""
    return (primary.cluster / "pg_replslot" / SLOT).exists()
