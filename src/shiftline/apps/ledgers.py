"""The ledgers: the leading worker gives what was entered its place; an operator has them checked from end to end."""

import asyncio
import contextlib
from pathlib import Path

import psycopg
import structlog

from shiftline.apps.connections import Engines, make_engines, opened
from shiftline.apps.finding import Finding
from shiftline.apps.supervisor.child import StartRefusedError
from shiftline.foundation import jobs
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.errors import Unavailable
from shiftline.foundation.settings import Settings
from shiftline.ledger.errors import SigningUnavailable
from shiftline.ledger.operations.checking import check_ledger, list_ledgers
from shiftline.ledger.operations.sequencing import Notary, sequence_waiting

PAUSE = 0.5
"""Seconds after a signature before the next: what is entered meanwhile is signed together."""
LOOK = 1.0
"""Seconds between looks while nothing wakes us."""

ENTER = ("discovery", "imports", "recordings")
"""The rooms whose news may come with entries."""

log = structlog.get_logger()


async def sequence_entries(engines: Engines, notary: Notary) -> None:
    """Give entries their places and sign, at each news and each second, for ever. Raises Unavailable.

    Without keys the entries wait, and that is logged once.
    """
    woken = asyncio.Event()
    engines.bus.on_wake(woken.set, ENTER)
    problem: str | None = None
    while True:
        woken.clear()
        placed = 0
        try:
            placed = await sequence_waiting(jobs.system_context(engines.database, engines.clock), notary)
            problem = None
        except SigningUnavailable as error:
            if problem != error.message:
                log.error("ledger.not_signed", error=error.message)  # noqa: TRY400 - it is known
            problem = error.message
        except Unavailable:
            raise
        except Exception as error:
            log.exception("ledger.failed", error=str(error))
            await asyncio.sleep(LOOK)
        if placed:
            await asyncio.sleep(PAUSE)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(woken.wait(), LOOK)


async def verify_ledgers(settings: Settings, organization_id: str | None, against: Path | None) -> list[Finding]:
    """Check the ledger of an organization, None: of each. Raises StartRefusedError when that cannot be done at all."""
    known = _read_known(against)
    async with opened(make_engines(settings, connections=2)) as engines:
        context = jobs.system_context(engines.database, engines.clock)
        try:
            async with context.reader() as reader:
                there = await list_ledgers(reader)
            wanted = there if organization_id is None else [organization_id]
            if organization_id not in (None, *there):
                raise StartRefusedError(f"--organization: {organization_id} has no ledger.")
            if known and len(wanted) != 1:
                raise StartRefusedError("--against needs --organization: a checkpoint is of one organization's log.")
            if not wanted:
                return [Finding(holds=True, sentence="No organization has a ledger yet: nothing was entered.")]
            return [await _verify(context.acting_as(Actor(each, "system")), known) for each in wanted]
        except Unavailable as unavailable:
            raise StartRefusedError(f"The ledger cannot be read: {unavailable.message}") from None
        except psycopg.errors.UndefinedTable:
            raise StartRefusedError("The database is older than this Shiftline: run shiftline migrate.") from None


def _read_known(against: Path | None) -> list[str]:
    try:
        return [] if against is None else [against.read_text(encoding="utf-8")]
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise StartRefusedError(f"--against: {against} cannot be read: {reason}.") from None


async def _verify(context: Context, known: list[str]) -> Finding:
    report = await check_ledger(context, known)
    name = report.origin or context.organization_id
    if report.problem is not None:
        return Finding(holds=False, sentence=f"{name}: {report.problem}")
    waiting = f"; {report.waiting} more wait for their place" if report.waiting else ""
    return Finding(
        holds=True,
        sentence=f"{name}: {report.leaves} entries are what {report.checkpoints} signed checkpoints say{waiting}. "
        f"Root {report.root.hex()}.",
    )
