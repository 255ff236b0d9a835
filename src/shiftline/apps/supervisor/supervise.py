"""The supervisor of one data folder: starts children together, keeps them, and stops them in their order."""

import asyncio
import contextlib
import resource
from collections.abc import Callable, Coroutine
from typing import Any

from shiftline.apps.supervisor import orphans
from shiftline.apps.supervisor.child import Child, ChildFailedError, start_child, tail
from shiftline.apps.supervisor.folder import DataFolder
from shiftline.apps.supervisor.kept import KeptChild, describe_end, ended, read_all, read_lines

_TICK = 1.0
_LARGEST_LOG = 64 * 1024 * 1024
_OPEN_FILES = 1_048_576


class Supervisor:
    """Keeps the children of `folder`; `say` receives sentences for a person.

    With `owns_process`, which says that nothing else in this process starts children, orphans of the children are
    adopted, collected, and killed at the end.
    """

    def __init__(self, folder: DataFolder, say: Callable[[str], None], *, owns_process: bool = False) -> None:
        self._folder = folder
        self._say = say
        self._owns_process = owns_process
        self._kept: list[KeptChild] = []
        self._followed: set[int] = set()
        self._ticking: asyncio.Task[None] | None = None
        if owns_process:
            orphans.adopt_orphans()

    @property
    def kept(self) -> tuple[KeptChild, ...]:
        """The children that are kept, in the order of their start."""
        return tuple(self._kept)

    async def start(self, *children: Child) -> None:
        """Start `children` together and wait until all are ready; raises ChildFailedError for the first that is not."""
        new: list[KeptChild] = []
        for child in children:
            self._folder.rotate_log(child.name)
            new.append(KeptChild(child, self._folder.log(child.name), self._say))
        self._kept += new
        await _all(*(kept.come_up() for kept in new))

    async def run(self, child: Child) -> bytes:
        """Run `child` to its end and return what it announced; raises ChildFailedError when it failed."""
        self._folder.rotate_log(child.name)
        log = self._folder.log(child.name)
        started = start_child(child, log)
        try:
            said = b"" if started.ready_fd is None else await read_all(started.ready_fd)
            status = await ended(started.process)
        finally:
            if started.process.poll() is None:
                started.process.kill()
                started.process.wait()
        if status != 0:
            raise ChildFailedError(f"{child.name} failed ({describe_end(status)}). Its log is {log}:\n{tail(log)}")
        return said

    async def follow(self, child: Child, say: Callable[[str], None]) -> None:
        """Run `child` to its end beside what is kept, and hand on each line that it announces; cancelled, it is ended."""
        self._folder.rotate_log(child.name)
        started = start_child(child, self._folder.log(child.name))
        self._followed.add(started.process.pid)
        try:
            if started.ready_fd is not None:
                await read_lines(started.ready_fd, say)
            await ended(started.process)
        finally:
            if started.process.poll() is None:
                started.process.send_signal(child.stop_signal)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(ended(started.process), child.stop_within)
            self._followed.discard(started.process.pid)

    def watch(self) -> None:
        """Begin the regular work beside the children: orphans are collected and logs kept to a size."""
        self._ticking = asyncio.create_task(self._tick(), name="supervisor tick")

    async def stop(self) -> None:
        """Stop everything by phases, lowest first, and leave no process behind."""
        if self._ticking is not None:
            self._ticking.cancel()
        for phase in sorted({kept.child.stop_phase for kept in self._kept}):
            await asyncio.gather(*(kept.stop() for kept in self._kept if kept.child.stop_phase == phase))
        if self._owns_process:
            orphans.kill_all()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK)
            if self._owns_process:
                orphans.collect_dead({kept.pid for kept in self._kept} | self._followed)
            for kept in self._kept:
                self._folder.shorten_log(kept.child.name, _LARGEST_LOG)


async def _all(*comings: Coroutine[Any, Any, None]) -> None:
    """Await all; the first failure cancels the rest and is raised as it is."""
    tasks = [asyncio.ensure_future(coming) for coming in comings]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()


def raise_open_files() -> int:
    """Raise this process's limit of open files, which its children inherit, as far as allowed; returns the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = max(soft, min(hard, _OPEN_FILES) if hard != resource.RLIM_INFINITY else _OPEN_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted
