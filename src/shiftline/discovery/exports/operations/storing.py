"""Objects are stored: each created whole and only if it is not there, read back where the server does not check it."""

import asyncio
import contextlib
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import TypeAlias

from shiftline.discovery import schemas
from shiftline.discovery.errors import SourceDiffers
from shiftline.discovery.exports import rules
from shiftline.discovery.exports.destinations.placing import Store, digest
from shiftline.discovery.exports.errors import (
    DestinationUnavailable,
    ExportRefused,
    ObjectDamaged,
    ObjectDiffers,
    Superseded,
)
from shiftline.discovery.exports.events import ExportAdvanced
from shiftline.discovery.exports.model import ExportState, PlannedObject, Settled
from shiftline.discovery.exports.store import states
from shiftline.discovery.package.files import PackageFile
from shiftline.foundation.context import Context
from shiftline.foundation.errors import Unavailable

CLAIMED = 128
"""Objects that are taken on at once."""
SETTLED = 64
"""Results that are written together."""
SETTLE_EVERY = 1.0
TOLD_EVERY = 2.0
MOST_ATTEMPTS = 8
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
BUDGET = 96 * 1024 * 1024
"""Bytes that are under way at once; a larger object goes alone."""

TOLD = (Superseded, ExportRefused, SourceDiffers, Unavailable)
"""What may end storing, and is told before what comes after it."""

Items: TypeAlias = "asyncio.Queue[tuple[PlannedObject, PackageFile] | None]"
Files: TypeAlias = Callable[[Sequence[PlannedObject]], Awaitable[Sequence[PackageFile]]]
"""Finds the files of objects, in their order."""


@dataclass(slots=True)
class Storing:
    """Storing under way: who may, where to, and by how many at once."""

    context: Context
    export: ExportState
    store: Store
    files: Files
    together: int
    budget: "_Budget" = field(default_factory=lambda: _Budget(BUDGET))
    failures: list[Exception] = field(default_factory=list[Exception])
    settled: list[Settled] = field(default_factory=list[Settled])
    told_at: float = 0.0
    settled_at: float = field(default_factory=monotonic)

    async def run(self) -> None:
        """Store all that waits. Raises ExportRefused for what cannot be, Superseded, Unavailable."""
        queue: Items = asyncio.Queue(self.together * 2)
        workers = [asyncio.create_task(self._work(queue)) for _ in range(self.together)]
        try:
            try:
                await self._claim(queue)
            except TOLD as error:
                self.failures.append(error)
            for _ in workers:
                await queue.put(None)
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
        if self.failures:
            with contextlib.suppress(*TOLD):
                await self._settle()
            raise _first(self.failures)
        await self._settle()

    async def replay(self) -> None:
        """Store again what was stored before, for a destination that begins anew."""
        after = 0
        while True:
            async with self.context.reader() as reader:
                some = await states.list_objects(
                    reader, self.context.organization_id, self.export.id, after=after, stored_only=True, limit=CLAIMED
                )
            if not some:
                return
            for planned, file in zip(some, await self.files(some), strict=True):
                await self.store.create(planned, checked(planned, file), rules.custody_of(self.export, planned))
            after = some[-1].sequence
            async with self.context.transaction() as tx:
                if not await states.keep_alive(tx, self.export.id, self.export.run):
                    raise Superseded

    async def _claim(self, queue: Items) -> None:
        after = 0
        while not self.failures:
            async with self.context.transaction() as tx:
                if not await states.keep_alive(tx, self.export.id, self.export.run):
                    raise Superseded
                claimed = await states.claim_objects(tx, self.export.id, self.export.run, after=after, limit=CLAIMED)
            if not claimed:
                return
            for planned, file in zip(claimed, await self.files(claimed), strict=True):
                await queue.put((planned, file))
            after = claimed[-1].sequence

    async def _work(self, queue: Items) -> None:
        """Store what comes. Once somebody failed, what comes is let go: it waits for a later run."""
        while (item := await queue.get()) is not None:
            if self.failures:
                continue
            try:
                await self._store(*item)
            except Exception as error:  # noqa: BLE001 - told by who runs all of us
                self.failures.append(error)

    async def _store(self, planned: PlannedObject, file: PackageFile) -> None:
        async with self.budget.take(planned.size):
            settled = await self._put(planned, file)
        self.settled.append(settled)  # looked up only now: others settle while we wait
        if len(self.settled) >= SETTLED or monotonic() - self.settled_at > SETTLE_EVERY:
            await self._settle()

    async def _put(self, planned: PlannedObject, file: PackageFile) -> Settled:
        """Try until it is stored, or nobody can."""
        refusals: list[str] = []
        while True:
            try:
                there = not await self._create(planned, file)
            except DestinationUnavailable as error:
                refusals.append(error.message)
                if len(refusals) >= MOST_ATTEMPTS:
                    self.settled.append(_refused(planned, refusals))
                    raise
                await asyncio.sleep(min(FIRST_PAUSE * 2 ** len(refusals), LONGEST_PAUSE))
            except ExportRefused as error:
                self.settled.append(_refused(planned, [*refusals, error.message]))
                raise
            else:
                return Settled(planned.sequence, planned.size, len(refusals), int(there), tuple(refusals))

    async def _create(self, planned: PlannedObject, file: PackageFile) -> bool:
        """Store an object, and compare what is there; False when it was there, the same. Raises ObjectDiffers."""
        created = await self.store.create(planned, checked(planned, file), rules.custody_of(self.export, planned))
        if created and not self.store.reads_back and planned.schema is None:
            return True
        if planned.schema is not None:
            content = b"".join([chunk async for chunk in self.store.read(planned.path)])
            found = hashlib.sha256(content).hexdigest()
        else:
            content, found = b"", await digest(self.store, planned.path)
        if found != planned.sha256:
            raise (
                ObjectDamaged(planned.path, f"its SHA-256 is {found}, not {planned.sha256}")
                if created
                else ObjectDiffers(planned.path, planned.sha256, found)
            )
        if planned.schema is not None:
            _check_schema(planned.path, planned.schema, content)
        return created

    async def _settle(self) -> None:
        """Write down what came of objects. Raises Superseded."""
        settled, self.settled = self.settled, []
        self.settled_at = monotonic()
        if not settled:
            return
        async with self.context.transaction() as tx:
            if not await states.settle_objects(tx, self.export.id, self.export.run, settled):
                raise Superseded
            if monotonic() - self.told_at > TOLD_EVERY:
                self.told_at = monotonic()
                found = await states.find_export(tx, self.context.organization_id, self.export.id)
                assert found is not None
                tx.record(advanced(found))


async def checked(planned: PlannedObject, file: PackageFile) -> AsyncIterator[bytes]:
    """A file's bytes; ends with SourceDiffers when they are not those that were planned."""
    found, size = hashlib.sha256(), 0
    async for chunk in file.stream():
        found.update(chunk)
        size += len(chunk)
        yield chunk
    if (found.hexdigest(), size) != (planned.sha256, planned.size):
        raise SourceDiffers(
            planned.path, f"{planned.sha256}, {planned.size} bytes", f"{found.hexdigest()}, {size} bytes"
        )


def advanced(export: ExportState) -> ExportAdvanced:
    """The news of how far an export is."""
    return ExportAdvanced(
        organization_id=export.organization_id,
        export_id=export.id,
        status=export.status.value,
        step=export.step.value,
        total_objects=export.total_objects,
        total_bytes=export.total_bytes,
        stored_objects=export.stored_objects,
        stored_bytes=export.stored_bytes,
        problem=None if export.problem is None else export.problem.sentence,
    )


def _refused(planned: PlannedObject, refusals: Sequence[str]) -> Settled:
    more = max(0, len(refusals) - 1)
    return Settled(planned.sequence, planned.size, more, 0, tuple(refusals), stored=False)


def _check_schema(path: str, schema: str, content: bytes) -> None:
    try:
        problem = schemas.find_problem(schema, json.loads(content))
    except ValueError as error:
        raise ObjectDamaged(path, f"it is no JSON: {error}") from error
    if problem is not None:
        raise ObjectDamaged(path, f"it is not as schemas/{schema}.json wants it, {problem}")


def _first(failures: Sequence[Exception]) -> Exception:
    """What to tell of several failures: what needs somebody first, then what may work later; before all, what is unknown."""
    unknown = [each for each in failures if not isinstance(each, TOLD)]
    if unknown:
        return unknown[0]
    return min(failures, key=lambda each: next(at for at, kind in enumerate(TOLD) if isinstance(each, kind)))


class _Budget:
    """Bytes that are under way at once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._used = 0
        self._freed = asyncio.Condition()

    def take(self, size: int) -> "_Share":
        """A share of it, as a context: waits until there is room, or until it is alone."""
        return _Share(self, size)

    async def enter(self, size: int) -> None:
        async with self._freed:
            await self._freed.wait_for(lambda: self._used == 0 or self._used + size <= self._most)
            self._used += size

    async def leave(self, size: int) -> None:
        async with self._freed:
            self._used -= size
            self._freed.notify_all()


@dataclass(frozen=True, slots=True)
class _Share:
    budget: _Budget
    size: int

    async def __aenter__(self) -> None:
        await self.budget.enter(self.size)

    async def __aexit__(self, *_: object) -> None:
        await self.budget.leave(self.size)
