"""Repairs: what a crash or a vanished client left broken, found by a lease or a timer and mended without an administrator.

Each room finds and mends what is its own, in one transaction with an event of its own whose name ends with ``.repaired``: what
was wrong, since when, what was done. How it all hangs together: docs/explanation/self-repair.md.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.telemetry import REPAIRS


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


def record_repair(tx: Transaction, repair: Repair) -> None:
    """Note a repair in the transaction that makes it; counted once that has committed."""
    tx.record(repair)
    tx.afterwards.append(partial(REPAIRS.labels(repair.fault).inc))


def application_time(context: Context, real: datetime) -> datetime:
    """An instant of leases, which is real time, by the application's clock."""
    return context.now() - (context.clock.real_now() - real)
