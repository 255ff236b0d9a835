"""One child kept alive: started again with growing patience whenever it ends, until it is told to stop."""

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from shiftline.apps.supervisor.child import Child, ChildFailedError, Started, start_child, tail

FIRST_DELAY = 0.2
LONGEST_DELAY = 10.0
STEADY_AFTER = 30.0
_POLL = 0.02
_PATIENCE_TO_COME_UP = 60.0
_TRIES_TO_COME_UP = 3
_LAST_GRACE = 0.5


class KeptChild:
    """A child process that is replaced when it ends; `say` receives a sentence for each end."""

    def __init__(self, child: Child, log: Path, say: Callable[[str], None]) -> None:
        self.child = child
        self.log = log
        self._say = say
        self._ready = asyncio.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._failures = 0
        self._last_end = "it did not say that it is ready"
        self._gave_up = asyncio.Event()

    @property
    def pid(self) -> int | None:
        """The process id, None while there is no process."""
        return None if self._process is None else self._process.pid

    @property
    def is_ready(self) -> bool:
        """Whether the present process has said that it is ready."""
        return self._ready.is_set()

    async def come_up(self) -> None:
        """Start the child and wait until it is ready; raises ChildFailedError after a minute or three failures.

        A child behind a gate has its minute from the opening.
        """
        self._keeping = asyncio.create_task(self._keep(), name=f"keep {self.child.name}")
        outcome = (self._ready, self._gave_up)
        if self.child.gate is not None:
            await _first_of(self.child.gate.opened, *outcome)
        await _first_of(*outcome, within=_PATIENCE_TO_COME_UP)
        if not self._ready.is_set():
            raise ChildFailedError(f"{self.child.name} did not start: {self._last_end}. {self._evidence()}")

    async def stop(self) -> None:
        """Ask the child to end, insist after its time is over, and wait until it is gone."""
        await self._stop_keeping()
        process = self._process
        if process is None:
            return
        for number, patience in (
            (self.child.stop_signal, self.child.stop_within),
            (self.child.last_signal, _LAST_GRACE),
            (signal.SIGKILL, _LAST_GRACE),
        ):
            if process.poll() is None:
                process.send_signal(number)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(ended(process), patience)

    async def drop(self) -> None:
        """End the child without a word, as a power cut does, and do not start it again."""
        await self._stop_keeping()
        process = self._process
        if process is not None and process.poll() is None:
            process.kill()
            await ended(process)

    async def _stop_keeping(self) -> None:
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)

    async def _keep(self) -> None:
        delay = FIRST_DELAY
        while True:
            begun = time.monotonic()
            try:
                self._last_end = describe_end(await self._live_once())
            except (ChildFailedError, OSError) as error:
                self._last_end = str(error)
            self._count_failure()
            self._ready.clear()
            if time.monotonic() - begun >= STEADY_AFTER:
                delay = FIRST_DELAY
            self._say(f"{self.child.name} ended: {self._last_end}; started again in {delay:.1f} s. Its log: {self.log}")
            await asyncio.sleep(delay)
            delay = min(delay * 2, LONGEST_DELAY)

    async def _live_once(self) -> int:
        if self.child.before_start is not None:
            await asyncio.to_thread(self.child.before_start)
        started = start_child(self.child, self.log)
        self._process = started.process
        readiness = asyncio.create_task(self._announce(started))
        try:
            return await ended(started.process)
        finally:
            readiness.cancel()
            await asyncio.gather(readiness, return_exceptions=True)

    def _count_failure(self) -> None:
        """Give up on a child that ended again and again before it was ever ready."""
        if not self._ready.is_set():
            self._failures += 1
            if self._failures >= _TRIES_TO_COME_UP:
                self._gave_up.set()

    async def _announce(self, started: Started) -> None:
        if started.ready_fd is not None:
            said = await read_all(started.ready_fd, until_line=True)
            if not said:
                return
        is_ready = started.child.is_ready
        while is_ready is not None and not await asyncio.to_thread(is_ready, started.process.pid):  # noqa: ASYNC110  another program
            await asyncio.sleep(_POLL)
        self._failures = 0
        self._ready.set()

    def _evidence(self) -> str:
        last = tail(self.log)
        return f"Its log is {self.log}" + (f" and ends:\n{last}" if last else ", and empty.")


async def _first_of(*events: asyncio.Event, within: float | None = None) -> None:
    waits = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=within, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


async def ended(process: subprocess.Popen[bytes]) -> int:
    """Wait for the end of a process and collect it; the result is as Popen.returncode."""
    if not hasattr(os, "pidfd_open"):
        while process.poll() is None:  # noqa: ASYNC110  no descriptor to wait on here
            await asyncio.sleep(_POLL)
        return process.wait()
    if process.poll() is None:
        descriptor = os.pidfd_open(process.pid)
        try:
            await _readable(descriptor)
        finally:
            os.close(descriptor)
    return process.wait()


async def read_all(descriptor: int, *, until_line: bool = False) -> bytes:
    """Read a pipe to its end, or to its first line's, and close it."""
    os.set_blocking(descriptor, False)
    said = b""
    try:
        while not (until_line and b"\n" in said):
            await _readable(descriptor)
            part = os.read(descriptor, 65536)
            if not part:
                break
            said += part
    finally:
        os.close(descriptor)
    return said


async def read_lines(descriptor: int, say: Callable[[str], None]) -> None:
    """Read a pipe to its end, hand on each line as soon as it is whole, and close it."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(descriptor, "rb")
    )
    try:
        async for line in reader:
            say(line.decode(errors="replace").rstrip())
    finally:
        transport.close()


async def _readable(descriptor: int) -> None:
    loop = asyncio.get_running_loop()
    event = asyncio.Event()
    loop.add_reader(descriptor, event.set)
    try:
        await event.wait()
    finally:
        loop.remove_reader(descriptor)


def describe_end(status: int) -> str:
    """Say in words how a process ended, from its Popen.returncode."""
    if status >= 0:
        return f"exit status {status}"
    try:
        return f"killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"killed by signal {-status}"
