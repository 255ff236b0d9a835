"""The live sessions as facts in PostgreSQL: opened, renewed and closed in batches, never on the way of a connection.

What happens to sessions is written a tenth of a second later, all of it at once. While PostgreSQL cannot be reached it
waits here; a node that dies says nothing more, and its leases expire.
"""

import asyncio
import contextlib
from collections.abc import Iterable
from datetime import timedelta
from itertools import groupby, islice

import structlog

from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database
from shiftline.foundation.errors import Unavailable
from shiftline.foundation.ids import new_id
from shiftline.presence.model import LeaseOpening
from shiftline.presence.operations import leases
from shiftline.signalling.session import Session

PAUSE = timedelta(milliseconds=100)
AGAIN_AFTER = timedelta(seconds=1)
BATCH = 500
ENDED = "session.ended"
STOPPED = "node.stopped"

log = structlog.get_logger()


class Leases:
    """One node's leases, and which of them are still to be written."""

    def __init__(self, database: Database, clock: Clock, node: str | None = None) -> None:
        self.node = node or new_id()
        self._context = Context(database, clock, Actor("", "system"))
        self._held: dict[Session, str] = {}
        self._opened: dict[str, Session] = {}
        self._closed: dict[str, str] = {}  # lease -> organization
        self._silent: dict[str, float] = {}  # of those, whose client was heard no more: for how many seconds
        self._tried: set[str] = set()  # of those to be opened: perhaps they are written already
        self._something = asyncio.Event()

    @property
    def unwritten(self) -> int:
        """How many beginnings and ends are still to be written."""
        return len(self._opened) + len(self._closed)

    def open(self, session: Session) -> None:
        """A session began. A program's is nobody's presence."""
        if session.identity.jid:
            # Chosen here, so that a write that is repeated is known for one.
            lease_id = self._held[session] = new_id()
            self._opened[lease_id] = session
            self._something.set()

    def close(self, session: Session) -> None:
        """A session ended; one whose lease nobody began to write leaves no trace."""
        lease_id = self._held.pop(session, None)
        if lease_id is None:
            return
        if lease_id in self._opened and lease_id not in self._tried:
            del self._opened[lease_id]
            return
        self._closed[lease_id] = session.identity.organization_id
        if session.silent_for is not None:
            self._silent[lease_id] = session.silent_for
        self._something.set()

    async def write(self) -> None:
        """Write for ever, what gathered in a pause at a time."""
        while True:
            await self._something.wait()
            await asyncio.sleep(PAUSE.total_seconds())
            self._something.clear()
            try:
                await self.flush()
            except Unavailable:
                log.warning("leases.database_unavailable", unwritten=self.unwritten)
                await self._rest()
            except Exception:
                log.exception("leases.failed")
                self._opened.clear()  # the next renewal misses them and opens others
                self._tried.clear()
                await self._rest()

    async def renew(self) -> None:
        """Renew all leases for ever, in one statement each time."""
        while True:
            await asyncio.sleep(leases.RENEWAL.total_seconds())
            with contextlib.suppress(Unavailable):
                await self.renew_now()

    async def renew_now(self) -> None:
        """Renew; a session whose lease was taken for expired meanwhile gets another one. Raises Unavailable."""
        written = {session: lease_id for session, lease_id in self._held.items() if lease_id not in self._opened}
        alive = await leases.renew_leases(self._context, self.node)
        for session, lease_id in written.items():
            if lease_id not in alive and self._held.get(session) == lease_id:
                self.open(session)

    async def stop(self) -> None:
        """The node stops, and so do its sessions. What cannot be written in time expires."""
        with contextlib.suppress(Unavailable, TimeoutError):
            async with asyncio.timeout(2):
                await leases.close_leases_of_node(self._context, self.node, STOPPED)

    async def flush(self) -> None:
        """Write what gathered. Raises Unavailable; then it is still to be written."""
        while self._opened or self._closed:
            for organization_id, opened in _by_organization(
                (session.identity.organization_id, lease_id) for lease_id, session in self._opened.items()
            ):
                await self._write_opened(organization_id, opened)
            for organization_id, closed in _by_organization(
                (owner, lease_id) for lease_id, owner in self._closed.items()
            ):
                await self._write_closed(organization_id, closed)

    async def _write_opened(self, organization_id: str, lease_ids: list[str]) -> None:
        openings = [self._opening(lease_id) for lease_id in lease_ids if lease_id in self._opened]
        self._tried.update(lease_ids)
        async with self._organization(organization_id).transaction() as tx:
            await leases.open_leases_in(tx, openings)
        self._tried.difference_update(lease_ids)
        for lease_id in lease_ids:
            self._opened.pop(lease_id, None)

    async def _write_closed(self, organization_id: str, lease_ids: list[str]) -> None:
        async with self._organization(organization_id).transaction() as tx:
            silent = {lease_id: self._silent[lease_id] for lease_id in lease_ids if lease_id in self._silent}
            await leases.close_silent_leases_in(tx, silent)
            await leases.close_leases_in(tx, [lease_id for lease_id in lease_ids if lease_id not in silent], ENDED)
        for lease_id in lease_ids:
            del self._closed[lease_id]
            self._silent.pop(lease_id, None)

    def _opening(self, lease_id: str) -> LeaseOpening:
        session = self._opened[lease_id]
        return LeaseOpening(
            person_id=session.identity.person_id,
            channel_id=session.identity.channel_digest,  # the id itself is a secret
            node=self.node,
            transport="xmpp" if session.resource else "json",
            id=lease_id,
            jid=session.jid if session.resource else None,
        )

    def _organization(self, organization_id: str) -> Context:
        return self._context.acting_as(Actor(organization_id, "system"))

    async def _rest(self) -> None:
        await asyncio.sleep(AGAIN_AFTER.total_seconds())
        self._something.set()


def _by_organization(waiting: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    """The first of the (organization, lease) that wait, as (organization, leases)."""
    batch = sorted(islice(waiting, BATCH))
    return [(owner, [lease_id for _, lease_id in group]) for owner, group in groupby(batch, lambda pair: pair[0])]
