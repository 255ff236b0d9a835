"""One child process: what is known of it before it runs, and how it is started so that it cannot outlive its parent."""

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

READY_FD = "SHIFTLINE_READY_FD"
GATE_FD = "SHIFTLINE_GATE_FD"

_PR_SET_PDEATHSIG = 1
_LINUX = sys.platform == "linux"
# Loaded here and not in the forked child: dlopen between fork and exec may wait for a lock that no longer has an owner.
_libc = ctypes.CDLL(None, use_errno=True) if _LINUX else None


class StartRefusedError(Exception):
    """Something outside Shiftline must change before it can start; the text is a plain sentence for a person."""


class ChildFailedError(Exception):
    """A child did not come up; the text names it, its end and its log."""


@dataclass(frozen=True)
class Account:
    """The unprivileged user a child runs as."""

    uid: int
    gid: int


class Gate:
    """What children wait at once they are loaded: those that it is given to go on when it is opened.

    It is the reading end of a pipe on which nothing is ever written: opening it ends the pipe for all who wait.
    """

    def __init__(self) -> None:
        self._reading, self._writing = os.pipe()
        self.opened = asyncio.Event()

    @property
    def descriptor(self) -> int | None:
        """What a child waits on, None once the gate is open."""
        return None if self.opened.is_set() else self._reading

    def open(self) -> None:
        """Let everybody through, also those who come later."""
        if not self.opened.is_set():
            self.opened.set()
            os.close(self._writing)
            os.close(self._reading)


def wait_at_gate() -> None:
    """Wait until the supervisor lets this process go on; at once where it has no gate."""
    descriptor = os.environ.pop(GATE_FD, None)
    if descriptor is not None:
        with os.fdopen(int(descriptor), "rb") as gate:
            gate.read()


@dataclass(frozen=True, kw_only=True)
class Child:
    """A process to keep: `stop_signal` asks it to end, `orphan_signal` reaches it when the supervisor dies.

    `is_ready` is polled with the process id; a child without it announces itself by a line on the descriptor that the
    variable `SHIFTLINE_READY_FD` names. `before_start` is called ahead of each start, also after a crash; it may block.
    With a `gate` it is loaded early and serves once that is opened. A stop goes by `stop_phase`, lowest first; `last_signal` follows `stop_signal` after `stop_within` seconds.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    account: Account | None = None
    is_ready: Callable[[int], bool] | None = None
    before_start: Callable[[], None] | None = None
    gate: Gate | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    last_signal: signal.Signals = signal.SIGKILL
    orphan_signal: signal.Signals = signal.SIGKILL
    stop_within: float = 4.0
    stop_phase: int = 0


@dataclass(frozen=True)
class Started:
    """A running child; `ready_fd` is the reading end of its announcement, None when it is polled."""

    child: Child
    process: subprocess.Popen[bytes]
    ready_fd: int | None


def start_child(child: Child, log: Path) -> Started:
    """Start `child` in a session of its own, its output appended to `log`; raises ChildFailedError when it cannot run.

    Call it from the main thread only: the kernel ties the death signal to the thread that forked.
    """
    announce = os.pipe() if child.is_ready is None else None
    environment = dict(child.environment)
    gate = None if child.gate is None else child.gate.descriptor
    inherited = {READY_FD: None if announce is None else announce[1], GATE_FD: gate}
    kept = {name: descriptor for name, descriptor in inherited.items() if descriptor is not None}
    environment |= {name: str(descriptor) for name, descriptor in kept.items()}
    try:
        process = _spawn(child, log, environment, tuple(kept.values()))
    except OSError as error:
        if announce is not None:
            os.close(announce[0])
        message = f"{child.name} could not be run ({error.strerror}: {child.command[0]})"
        raise ChildFailedError(message) from error
    finally:
        if announce is not None:
            os.close(announce[1])
    return Started(child, process, None if announce is None else announce[0])


def _spawn(child: Child, log: Path, environment: dict[str, str], keep: tuple[int, ...]) -> subprocess.Popen[bytes]:
    account = child.account
    with log.open("ab") as output:
        return subprocess.Popen(
            child.command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            pass_fds=keep,
            # A terminal's Ctrl-C must reach the supervisor alone, which then stops its children in order.
            start_new_session=True,
            user=None if account is None else account.uid,
            group=None if account is None else account.gid,
            extra_groups=None if account is None else [],
            # Runs after the change of user, which would clear the death signal.
            preexec_fn=_tied_to(os.getpid(), child.orphan_signal),  # noqa: PLW1509  calls libc only, already loaded
        )


def _tied_to(parent: int, orphan_signal: signal.Signals) -> Callable[[], None] | None:
    libc = _libc
    if libc is None:
        return None

    def tie() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(orphan_signal), 0, 0, 0)
        if os.getppid() != parent:  # the parent died before the tie held
            os.kill(os.getpid(), signal.SIGKILL)

    return tie


def tail(log: Path, lines: int = 12) -> str:
    """Return the last `lines` lines of `log`, empty when there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 8192))
            return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
