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


@contextlib.asynccontextmanager
async def open_engines(settings: Settings, *, connections: int = 10) -> AsyncGenerator[Engines]:
    """Connect to PostgreSQL and NATS for the life of a program; both may be absent at first."""
    rooms.load("events")
    bus = Bus(settings.nats_url)
    database = Database(settings.database_url, bus, size=connections)
    await bus.open()
    await database.open()
    try:
        yield Engines(database, bus, Clock(settings.clock_offset), Objects(settings.objects_url))
    finally:
        await bus.close()
        await database.close()
