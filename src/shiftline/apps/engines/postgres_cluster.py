"""Making a PostgreSQL cluster: its files, the application's role and its database. Seconds, once."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shiftline.apps.engines.account import borrowed_account, give
from shiftline.apps.supervisor.child import Account, ChildFailedError, StartRefusedError
from shiftline.apps.supervisor.folder import DataFolder

ROLE = DATABASE = "shiftline"
MAJOR = "18"

# Written into a new folder's postgresql.conf, where an operator may change them.
TUNING: Mapping[str, str] = {
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",
    # A morning fills tables that the night emptied: within seconds, not a minute, statements are planned for what is there.
    "autovacuum_naptime": "5s",
    "log_checkpoints": "off",
    "log_lock_waits": "on",
    # A committed row survives the power cut: these are the server's own defaults, named because promises rest on them.
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
}
QUIET = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True)
class Creation:
    """What a cluster is made of: in `home`, by the programs in `binaries`, run as `account` (None unless we are root)."""

    folder: DataFolder
    home: Path
    binaries: Path
    account: Account | None
    tuning: Mapping[str, str]


def create(creation: Creation) -> None:
    """Make the cluster beside its place and move it there once it is whole, so that a cut start leaves no half of one."""
    partial = creation.home / "partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700)
    account = creation.account
    borrowed = None if account is None else borrowed_account(account)
    if account is not None and borrowed is not None:
        # The borrowed user enters its own folder by the group of ours; the folder above stays closed to all others.
        creation.home.chmod(0o710)
        os.chown(partial, borrowed.uid, borrowed.gid)
    _initialise(creation, partial, borrowed)
    if account is not None:
        give(partial, account)
        creation.home.chmod(0o700)
    (partial / "data").rename(creation.home / "data")
    shutil.rmtree(partial)


def _initialise(creation: Creation, partial: Path, borrowed: Account | None) -> None:
    secret = partial / "superuser"
    secret.touch(mode=0o600)
    secret.write_text(creation.folder.secret("postgres-superuser"))
    if borrowed is not None:
        os.chown(secret, borrowed.uid, borrowed.gid)
    cluster = str(partial / "data")
    locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8")
    entry = ("--username=postgres", f"--pwfile={secret}", "--auth=scram-sha-256")
    tuning = tuple(part for name, value in creation.tuning.items() for part in ("-c", f"{name}={value}"))
    initdb = (str(creation.binaries / "initdb"), "-D", cluster, *locale, *entry, *tuning, "--no-instructions")
    _run(initdb, borrowed, "")
    secret.unlink()
    # The application is no superuser: it owns its database and may create others, as tests do. btree_gist is a trusted
    # extension, which an owner may create.
    password = creation.folder.secret("postgres")
    statements = (
        f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{password}'",
        f"GRANT pg_monitor TO {ROLE}",
        f"CREATE DATABASE {DATABASE} OWNER {ROLE}",
    )
    single = (str(creation.binaries / "postgres"), "--single", "-j", "-D", cluster, "postgres")
    _run(single, borrowed, "".join(f"{statement};\n\n" for statement in statements))


def _run(command: tuple[str, ...], account: Account | None, statements: str) -> None:
    """Run a PostgreSQL program to its end; raises ChildFailedError with what it said."""
    try:
        done = subprocess.run(
            command,
            input=statements,
            env=QUIET,
            cwd="/",
            user=None if account is None else account.uid,
            group=None if account is None else account.gid,
            extra_groups=None if account is None else [],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    except OSError as error:
        message = f"PostgreSQL's {Path(command[0]).name} could not be run: {error.strerror}"
        raise ChildFailedError(message) from error
    # The single-user server goes on after a failed statement and ends with 0.
    if done.returncode != 0 or "ERROR:" in done.stdout or "FATAL:" in done.stdout:
        message = f"PostgreSQL's {Path(command[0]).name} failed:\n{done.stdout[-2000:]}"
        raise ChildFailedError(message)


def require_major(cluster: Path) -> None:
    """Raise StartRefusedError where another major version made a cluster."""
    found = (cluster / "PG_VERSION").read_text().strip()
    if found != MAJOR:
        message = f"The database in {cluster} was made by PostgreSQL {found}, and this Shiftline brings {MAJOR}."
        raise StartRefusedError(message)
