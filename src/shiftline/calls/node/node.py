"""One media process: its lease, its place in the outbox, its lines of work, and what it tells of its legs."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Any

import structlog

from shiftline.calls.events import LegChanged
from shiftline.calls.media.engine import Engine
from shiftline.calls.media.model import EngineOptions
from shiftline.calls.model import NODE_RENEWAL, Leg
from shiftline.calls.node.archive import Archive
from shiftline.calls.node.held import Held, line_of, stats_of
from shiftline.calls.node.lines import Lines
from shiftline.calls.node.reconciling import Line, Reconciler
from shiftline.calls.operations import nodes
from shiftline.conversations.events import ConversationChanged
from shiftline.foundation.bus import Bus
from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database
from shiftline.foundation.errors import Unavailable
from shiftline.foundation.events import Event
from shiftline.foundation.ids import new_id
from shiftline.foundation.objects import Objects
from shiftline.foundation.outbox import OutboxReader
from shiftline.recordings.keys import Keys
from shiftline.recordings.spool.files import Spool

LONGEST_WAIT = 0.2
"""Seconds between looks at the outbox without a wake-up."""
MEASURE_EVERY = 5.0
ANNOUNCE_EVERY = 30.0
TRIES_APART = 0.3
FOLLOWED = (LegChanged, ConversationChanged)
"""What a node hears of."""
ROOMS = ("calls", "conversations")
A_MOMENT = 0.01
"""Clocks and timers are not the same to the millisecond."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class NodeEngines:
    """What a node stands on."""

    database: Database
    bus: Bus
    clock: Clock
    objects: Objects
    keys: Keys
    spool: Spool


class Node:
    """A media node in a slot (``media-1``): one process at a time has it."""

    def __init__(self, engines: NodeEngines, options: EngineOptions, slot: str) -> None:
        self.id, self.slot = new_id(), slot
        self._bus, self._database = engines.bus, engines.database
        self._context = Context(engines.database, engines.clock, Actor("", "system"))
        self._outbox = OutboxReader(engines.database, only=FOLLOWED)
        self._lost = asyncio.Event()
        self._leaving = False
        self._woken = asyncio.Event()
        self._telling: set[asyncio.Task[None]] = set()
        self.engine = Engine(options, self, engines.clock)
        self.archive = Archive(self._context, engines.objects, engines.keys, engines.spool)
        self._lines = Lines(self._look)
        self.reconciler = Reconciler(self.id, self._context, self.engine, self.archive, self._look_later)

    async def run(self, stop: asyncio.Event, ready: Callable[[], None]) -> None:
        """Serve until told to stop, or until the lease is lost: then whoever supervises starts another."""
        # The place in the outbox first: whoever sees the node may give it a leg, and that must be news here.
        await self._insist(self._outbox.start)
        await self._insist(lambda: nodes.register_node(self._context, self.id, self.slot))
        works = [self._read(), self._renew(), self._measure(), self._announce(), self.archive.run()]
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(work) for work in works]
            ready()
            await _first(stop, self._lost)
            for task in tasks:
                task.cancel()
        await self._leave()

    # what the engine tells

    def leg_connected(self, leg_id: str) -> None:
        """Its packets flow."""
        self._tell(leg_id, nodes.connect_leg)

    def leg_failed(self, leg_id: str, reason: str) -> None:
        """It did not come up, or is dead."""

        async def fail(context: Context, leg: Leg) -> None:
            await nodes.fail_leg(context, leg, reason)

        self._tell(leg_id, fail)

    def leg_recovered(self, leg_id: str) -> None:
        """It sends again; what became of its call meanwhile is told by its row."""
        held = self.reconciler.held.get(leg_id)
        if held is not None:
            self._lines.mark(held.line)

    def digit(self, leg_id: str, digit: str) -> None:
        """A key was pressed. Nothing here listens to keys yet beside the other party, who hears the tone event."""
        log.debug("media.digit", leg=leg_id, digit=digit)

    # inner

    def _tell(self, leg_id: str, operation: Callable[[Context, Leg], Awaitable[None]]) -> None:
        held = self.reconciler.held.get(leg_id)
        if held is None:
            return
        leg = held.leg
        system = self._context.acting_as(Actor(leg.organization_id, "system"))
        task = asyncio.create_task(self._insist(lambda: operation(system, leg)))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _insist(self, work: Callable[[], Awaitable[Any]]) -> None:
        """Do something that must be done, however long PostgreSQL is away. A refusal is an outcome."""
        while True:
            try:
                await work()
            except Unavailable:
                await asyncio.sleep(TRIES_APART)
            except Exception:
                log.exception("media.tell_failed")
                return
            else:
                return

    async def _look(self, key: Hashable) -> None:
        organization_id, conversation_id, leg_id = key  # type: ignore[misc]
        context = self._context.acting_as(Actor(organization_id, "system"))
        for other in await self.reconciler.reconcile(context, conversation_id, leg_id):
            self._lines.mark(other)

    def _look_later(self, line: Line, seconds: float) -> None:
        """Look at a line after so many seconds; while the node leaves, nothing is looked at any more."""
        asyncio.get_running_loop().call_later(seconds + A_MOMENT, self._mark_if_serving, line)

    def _mark_if_serving(self, line: Line) -> None:
        if not self._leaving and self.reconciler.serves(line[1] or ""):
            self._lines.mark(line)

    async def _read(self) -> None:
        self._bus.on_wake(self._woken.set, ROOMS)
        while True:
            self._woken.clear()
            try:
                news = await self._outbox.read()
            except Unavailable:
                await asyncio.sleep(LONGEST_WAIT)
                continue
            for item in news:
                self._hear(item.event)
            if not self._outbox.has_more:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), LONGEST_WAIT)

    def _hear(self, event: Event) -> None:
        match event:
            case LegChanged() if event.node_id == self.id or self.reconciler.holds(event.leg_id):
                self._lines.mark(line_of(event.organization_id, event.conversation_id, event.leg_id))
            case ConversationChanged() if self.reconciler.serves(event.conversation_id):
                self._lines.mark((event.organization_id, event.conversation_id, None))
            case _:
                pass

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(NODE_RENEWAL.total_seconds())
            try:
                alive = await nodes.renew_node(self._context, self.id)
            except Unavailable:
                continue
            if not alive:
                log.error("media.lease_lost", node=self.id, slot=self.slot)
                self._lost.set()

    async def _measure(self) -> None:
        while True:
            await asyncio.sleep(MEASURE_EVERY)
            with contextlib.suppress(Unavailable):
                await self._keep_stats(list(self.reconciler.held.values()))

    async def _keep_stats(self, all_held: list[Held]) -> None:
        measured = [(held.leg, stats_of(self.engine, held)) for held in all_held]
        await nodes.keep_stats(self._context, [(leg, stats) for leg, stats in measured if stats is not None])

    async def _announce(self) -> None:
        while True:
            await asyncio.sleep(ANNOUNCE_EVERY)
            for held in list(self.reconciler.held.values()):
                if held.waiting:
                    self._lines.mark(held.line)

    async def _leave(self) -> None:
        """Stop in order: the lease first, so that calls go on elsewhere; then what was recorded is brought to safety."""
        self._leaving = True
        with contextlib.suppress(Unavailable, TimeoutError):
            async with asyncio.timeout(1):
                await nodes.end_node(self._context, self.id, self.slot)
        await self._lines.close()
        for held in list(self.reconciler.held.values()):
            self.reconciler.stop_recording(held)
        await self.engine.close()
        await self.archive.close()


async def _first(*events: asyncio.Event) -> None:
    tasks = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
