"""Repairs: what a crash or a vanished client left broken, found by a lease or a timer and mended without an administrator.

Each room finds and mends what is its own, in one transaction with an event of its own whose name ends with ``.repaired``: what
was wrong, since when, what was done. How it all hangs together: docs/explanation/self-repair.md.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.telemetry import REPAIRS

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """What was mended. ``fault``: its stable code; ``since`` (application's time): None where that cannot be told."""

    organization_id: str
    person_id: str | None
    fault: str
    since: datetime | None
    wrong: str
    done: str

    @property
    def sentence(self) -> str:
        """What was wrong and what was done."""
        return f"{self.wrong} {self.done}"


async def mend_each(
    context: Context,
    find: Callable[[Reader], Awaitable[Iterable[tuple[str, T]]]],
    mend: Callable[[Transaction, T], Awaitable[bool]],
) -> int:
    """Find what is broken, of every organization, as (organization, what); then mend each in a transaction of its own, as the system in
    its organization. How many were mended.

    ``mend`` holds it and looks again: somebody may have come before. It says whether there was still anything to do.
    """
    async with context.reader() as reader:
        found = await find(reader)
    mended = 0
    for organization_id, what in found:
        async with context.acting_as(Actor(organization_id, "system")).transaction() as tx:
            mended += await mend(tx, what)
    return mended


def record_repair(tx: Transaction, repair: Repair) -> None:
    """Note a repair in the transaction that makes it; counted once that has committed."""
    tx.record(repair)
    tx.afterwards.append(partial(REPAIRS.labels(repair.fault).inc))


def application_time(context: Context, real: datetime) -> datetime:
    """An instant of leases, which is real time, by the application's clock."""
    return context.now() - (context.clock.real_now() - real)
