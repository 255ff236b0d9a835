"""Sends callers to a queue of a running folder, one after another."""

import asyncio
import signal
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import psycopg

from shiftline.apps.callers.caller import Caller, Wish
from shiftline.apps.callers.queues import list_open_queues
from shiftline.apps.callers.voice import read_sound
from shiftline.apps.callers.whip import Edge
from shiftline.apps.connections import make_engines, opened
from shiftline.apps.engines.caddy import certificate_authority
from shiftline.apps.engines.ports import LOOPBACK
from shiftline.apps.running import find_edge
from shiftline.apps.supervisor.child import StartRefusedError
from shiftline.apps.supervisor.folder import DataFolder
from shiftline.calls.media.model import PROMPTS
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.errors import Unavailable
from shiftline.foundation.settings import Settings
from shiftline.identity.operations.organizations import list_organizations
from shiftline.routing.model.queues import Queue

SPREAD = 3.0
"""Seconds between two callers."""
SENTENCES = ("caller-1", "caller-2", "caller-3")
NAMES = ("Robin Park", "Casey Lund", "Sam Ortiz", "Kim Baker", "Alex Moreau", "Jo Lindqvist", "Toni Bianchi")
_ANYWHERE = {"0.0.0.0": LOOPBACK, "::": "::1"}  # noqa: S104  compared, not bound


@dataclass(frozen=True, kw_only=True)
class Ringing:
    """How many call which queue (None: the open one that most agents are in), and for how many seconds each talks."""

    data: Path
    count: int = 1
    queue_id: str | None = None
    seconds: float = 45.0


async def ring(ringing: Ringing, say: Callable[[str], None]) -> int:
    """Send the callers and stay until the last has hung up; how many an agent answered.

    Raises StartRefusedError where nothing runs, or no queue is open to callers from the web.
    """
    settings, address, port = find_edge(ringing.data)
    queue = await _find_queue(settings, ringing.queue_id)
    authority = certificate_authority(DataFolder(ringing.data.resolve()))
    edge = Edge(settings.host, _ANYWHERE.get(address, address), port, authority)
    sounds = [await asyncio.to_thread(read_sound, PROMPTS / f"{name}.ogg") for name in SENTENCES]
    say(f"{ringing.count} {'caller' if ringing.count == 1 else 'callers'} for {queue.name}.")
    callers = [
        Caller(edge, Wish(queue.id, name, sound, ringing.seconds), say)
        for name, sound in islice(zip(cycle(NAMES), cycle(sounds), strict=False), ringing.count)
    ]
    try:
        return sum(await asyncio.gather(*(_later(place, caller) for place, caller in enumerate(callers))))
    finally:
        for caller in callers:
            say(caller.summary())


async def _later(place: int, caller: Caller) -> bool:
    await asyncio.sleep(place * SPREAD)
    return await caller.live()


async def _find_queue(settings: Settings, queue_id: str | None) -> Queue:
    try:
        async with opened(make_engines(settings, connections=2)) as engines:
            context = Context(engines.database, engines.clock, Actor("", "system"))
            found = await _open_queues(context, queue_id)
    except Unavailable as unavailable:
        raise StartRefusedError(unavailable.message) from None
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):
        raise StartRefusedError("The database is older than this Shiftline: run shiftline migrate.") from None
    if not found:
        which = "No queue is" if queue_id is None else f"There is no queue {queue_id} that is"
        raise StartRefusedError(f"{which} open to callers from the web: switch it on in a queue's settings.")
    return max(found, key=lambda queue: queue.joined_count)


async def _open_queues(context: Context, queue_id: str | None) -> list[Queue]:
    """The queues of whichever organization of this installation, or the one that is named."""
    async with context.reader() as reader:
        organizations = await list_organizations(reader)
    found: list[Queue] = []
    for organization in organizations:
        found += await list_open_queues(context.acting_as(Actor(organization.id, "system")), queue_id)
    return found


def run(ringing: Ringing, say: Callable[[str], None]) -> int:
    """Ring until all have hung up or a signal says stop; the exit code: 0 when an agent answered everybody."""
    answered = asyncio.run(_ring_until_told(ringing, say))
    say(f"An agent answered {answered} of {ringing.count}.")
    return 0 if answered == ringing.count else 1


async def _ring_until_told(ringing: Ringing, say: Callable[[str], None]) -> int:
    ringers = asyncio.create_task(ring(ringing, say))
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, ringers.cancel)
    try:
        return await ringers
    except asyncio.CancelledError:  # everybody has hung up
        return 0
