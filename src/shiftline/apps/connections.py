"""What a program holds open while it runs: PostgreSQL, NATS, the objects. Loads no web framework."""

import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import timedelta

from shiftline.apps import rooms
from shiftline.foundation.bus import Bus
from shiftline.foundation.clock import Clock
from shiftline.foundation.database import Database
from shiftline.foundation.objects import Objects
from shiftline.foundation.revisions import Replica
from shiftline.foundation.settings import Settings

SOON = timedelta(milliseconds=50)
"""How long a connection to a replica is waited for, at least."""


@dataclass(frozen=True, slots=True)
class Engines:
    """What a program holds open."""

    database: Database
    bus: Bus
    clock: Clock
    objects: Objects
    replica: Replica | None = None


def make_engines(settings: Settings, *, connections: int = 10, reads_replica: bool = False) -> Engines:
    """The engines as settings name them, nothing connected yet."""
    rooms.load("events")
    bus = Bus(settings.nats_url)
    database = Database(settings.database_url, bus, size=connections, guards=rooms.guards())
    replica = None
    if reads_replica and settings.replica_url:
        patience = settings.replica_patience
        replica = Replica(Database(settings.replica_url, size=connections, timeout=max(patience, SOON)), patience)
    return Engines(database, bus, Clock(settings.clock_offset), Objects(settings.objects_url), replica)


@contextlib.asynccontextmanager
async def opened(engines: Engines) -> AsyncGenerator[Engines]:
    """Connect to PostgreSQL and NATS for the life of a program; both may be absent at first."""
    await engines.bus.open()
    await engines.database.open()
    if engines.replica is not None:
        await engines.replica.database.open()
    try:
        yield engines
    finally:
        await engines.bus.close()
        await engines.database.close()
        if engines.replica is not None:
            await engines.replica.database.close()
