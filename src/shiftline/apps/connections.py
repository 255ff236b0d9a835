"""What a program holds open while it runs: PostgreSQL, NATS, the objects. Loads no web framework."""

import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from shiftline.apps import rooms
from shiftline.foundation.bus import Bus
from shiftline.foundation.clock import Clock
from shiftline.foundation.database import Database
from shiftline.foundation.objects import Objects
from shiftline.foundation.settings import Settings


@dataclass(frozen=True, slots=True)
class Engines:
    """What a program holds open."""

    database: Database
    bus: Bus
    clock: Clock
    objects: Objects


def make_engines(settings: Settings, *, connections: int = 10) -> Engines:
    """The engines as settings name them, nothing connected yet."""
    rooms.load("events")
    bus = Bus(settings.nats_url)
    database = Database(settings.database_url, bus, size=connections, guards=rooms.guards())
    return Engines(database, bus, Clock(settings.clock_offset), Objects(settings.objects_url))


@contextlib.asynccontextmanager
async def opened(engines: Engines) -> AsyncGenerator[Engines]:
    """Connect to PostgreSQL and NATS for the life of a program; both may be absent at first."""
    await engines.bus.open()
    await engines.database.open()
    try:
        yield engines
    finally:
        await engines.bus.close()
        await engines.database.close()
