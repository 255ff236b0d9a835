"""Keeps the children of a cluster, and loses them on request: what is lost stays away until it is called back."""

import asyncio
from collections.abc import Callable, Iterable

from shiftline.apps.cluster.plan import ALONE, NODES
from shiftline.apps.supervisor.child import Child, StartRefusedError
from shiftline.apps.supervisor.folder import DataFolder
from shiftline.apps.supervisor.kept import KeptChild


class Keeper:
    """The children by name: ``a.api``, ``b.nats``, ``postgres``. ``say`` receives sentences for a person."""

    def __init__(self, folder: DataFolder, say: Callable[[str], None]) -> None:
        self._folder = folder
        self._say = say
        self._kept: dict[str, KeptChild] = {}
        self._lost: dict[str, Child] = {}

    async def start(self, *children: Child) -> None:
        """Start children together and wait until all are ready. Raises ChildFailedError."""
        for child in children:
            self._folder.rotate_log(child.name)
            self._kept[child.name] = KeptChild(child, self._folder.log(child.name), self._say)
        await asyncio.gather(*(self._kept[child.name].come_up() for child in children))

    async def stop(self) -> None:
        """Stop everything by phases, lowest first."""
        for phase in sorted({kept.child.stop_phase for kept in self._kept.values()}):
            await asyncio.gather(*(kept.stop() for kept in self._kept.values() if kept.child.stop_phase == phase))

    async def lose(self, target: str) -> list[str]:
        """End what a target means with ``kill -9``; it stays away. Returns its names. Raises StartRefusedError."""
        names = self._named(target, self._kept)
        kept = [self._kept.pop(name) for name in names]
        self._lost.update({each.child.name: each.child for each in kept})
        await asyncio.gather(*(each.drop() for each in kept))
        return names

    async def call_back(self, target: str) -> list[str]:
        """Start again what was lost, and wait until it is ready. Raises StartRefusedError, ChildFailedError."""
        names = self._named(target, self._lost)
        await self.start(*(self._lost.pop(name) for name in names))
        return names

    async def restart(self, target: str) -> list[str]:
        """Stop in order and start again, one after another. Raises StartRefusedError, ChildFailedError."""
        names = self._named(target, self._kept)
        for name in names:
            child = self._kept[name].child
            await self._kept[name].stop()
            await self.start(child)
        return names

    def pids(self) -> dict[str, int]:
        """The process ids of what runs, by name."""
        return {name: kept.pid for name, kept in self._kept.items() if kept.pid is not None and kept.is_ready}

    @property
    def lost(self) -> list[str]:
        """The names of what was lost."""
        return sorted(self._lost)

    def _named(self, target: str, among: Iterable[str]) -> list[str]:
        """A node means all on it, a program or an engine itself, ``nats`` all three."""
        everything = [*self._kept, *self._lost]
        meant = [name for name in everything if _means(target, name)]
        if not meant:
            known = ", ".join((*NODES, ALONE, "nats", *sorted(everything)))
            raise StartRefusedError(f"There is no {target!r} in this cluster: choose one of {known}.")
        found = [name for name in meant if name in set(among)]
        if not found:
            raise StartRefusedError(f"{target} is {'lost already' if meant[0] in self._lost else 'not lost'}.")
        return found


def _means(target: str, name: str) -> bool:
    node, _, program = name.partition(".")
    return target in (name, node) or (target == "nats" and program == "nats")
