"""Live sessions: signalling opens, renews and closes their leases; whose last one ends is offline after a grace.

All instants of leases are real time. A node renews all of its leases every ``RENEWAL``; one that nobody renews expires
after ``LEASE_LIFETIME`` and is closed ``EXPIRY_SLACK`` later: a node that was cut off from PostgreSQL for longer than a
lifetime renews first when it is back, and its sessions are not taken for dead.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.ids import new_id
from shiftline.foundation.repairs import application_time, record_repair
from shiftline.presence import store
from shiftline.presence.errors import LeaseNotFound
from shiftline.presence.events import PresenceRepaired, SessionClosed, SessionOpened, SessionRepaired
from shiftline.presence.model import Lease, LeaseOpening, SystemPresence
from shiftline.presence.operations.presences import find_presences, go_offline_in

LEASE_LIFETIME = timedelta(seconds=90)
RENEWAL = timedelta(seconds=30)
EXPIRY_SLACK = timedelta(seconds=30)

# The softphone tries again 2, 6, 14, 30 and 62 s after its socket dropped: two minutes outlast five tries.
ABSENCE_GRACE = timedelta(minutes=2)

BATCH = 200
MINUTE = timedelta(minutes=1)

LEASE_EXPIRED = "lease.expired"
PEER_SILENT = "peer.silent"


async def open_lease_in(tx: Transaction, opening: LeaseOpening) -> Lease:
    """A new live session; whoever was away is back."""
    (lease,) = await open_leases_in(tx, [opening])
    return lease


async def open_leases_in(tx: Transaction, openings: Sequence[LeaseOpening]) -> list[Lease]:
    """New live sessions of one organization, in two statements however many; one whose id is known is left out."""
    named = [opening if opening.id else replace(opening, id=new_id()) for opening in openings]
    leases = await store.insert_leases(tx, named, LEASE_LIFETIME)
    await store.end_absences(tx, sorted({lease.person_id for lease in leases}))
    for lease in leases:
        tx.record(
            SessionOpened(
                organization_id=tx.context.organization_id,
                person_id=lease.person_id,
                lease_id=lease.id,
                channel_id=lease.channel_id,
                node=lease.node,
                transport=lease.transport,
            )
        )
    return leases


async def renew_leases(context: Context, node: str) -> set[str]:
    """Renew all leases that a node holds, of whatever organization; the ids of those that still live.

    A session whose lease is not among them was closed meanwhile: open a new one for it.
    """
    async with context.reader() as reader:
        return await store.renew_leases(reader, node, context.clock.real_now(), LEASE_LIFETIME)


async def close_lease_in(tx: Transaction, lease_id: str, reason: str) -> None:
    """End a live session; a closed one stays as it is. Raises LeaseNotFound."""
    if await store.find_lease(tx, tx.context.organization_id, lease_id) is None:
        raise LeaseNotFound(lease_id)
    await close_leases_in(tx, [lease_id], reason)


async def close_leases_in(tx: Transaction, lease_ids: Collection[str], reason: str) -> int:
    """End live sessions of one organization, in three statements however many; how many were live."""
    return len(await _close_in(tx, lease_ids, reason))


async def _close_in(tx: Transaction, lease_ids: Collection[str], reason: str) -> list[Lease]:
    if not lease_ids:
        return []
    live = await store.lock_live_leases(tx, lease_ids)
    ending, real_now = [lease for lease in live if lease.id in lease_ids], tx.context.clock.real_now()
    if not ending:
        return []
    await store.close_leases(tx, [lease.id for lease in ending], reason)
    staying = {lease.person_id for lease in live if lease.id not in lease_ids and lease.expires_at > real_now}
    last = {lease.person_id: lease.id for lease in ending if lease.person_id not in staying}
    await store.begin_absences(tx, last, ABSENCE_GRACE)
    for lease in ending:
        tx.record(
            SessionClosed(
                organization_id=tx.context.organization_id,
                person_id=lease.person_id,
                lease_id=lease.id,
                channel_id=lease.channel_id,
                reason=reason,
                last=last.get(lease.person_id) == lease.id,
            )
        )
    return ending


async def close_silent_leases_in(tx: Transaction, silent: Mapping[str, float]) -> int:
    """End live sessions whose client was heard no more for so many seconds (half-open ones); how many were live."""
    ended = await _close_in(tx, silent, PEER_SILENT)
    for lease in ended:
        since = tx.context.now() - timedelta(seconds=silent[lease.id])
        wrong = f"Nothing was heard of the client of this session for {round(silent[lease.id])} s, not even an answer to a ping."
        _record_repair(tx, lease, PEER_SILENT, since, wrong)
    return len(ended)


def _record_repair(tx: Transaction, lease: Lease, fault: str, since: datetime, wrong: str) -> None:
    record_repair(
        tx,
        SessionRepaired(
            organization_id=tx.context.organization_id,
            person_id=lease.person_id,
            fault=f"session.{fault.replace('.', '_')}",
            since=since,
            wrong=wrong,
            done=f"The session was ended; without another one the user is offline after {ABSENCE_GRACE // MINUTE} minutes.",
            lease_id=lease.id,
            node=lease.node,
        ),
    )


async def close_lease(context: Context, lease_id: str, reason: str) -> None:
    """``close_lease_in`` in a transaction of its own."""
    async with context.transaction() as tx:
        await close_lease_in(tx, lease_id, reason)


async def close_leases_of_node(context: Context, node: str, reason: str) -> int:
    """End all live sessions that a node held, because it stopped; how many."""
    async with context.reader() as reader:
        held = await store.leases_of_node(reader, node, 1_000_000)
    return await _close(context, held, reason)


async def close_expired_leases(context: Context) -> int:
    """End the sessions that nobody renewed, of every organization; how many."""
    before = context.clock.real_now() - EXPIRY_SLACK
    async with context.reader() as reader:
        expired = await store.expired_leases(reader, before, BATCH)
    return await _close(context, expired, LEASE_EXPIRED, _tell_expired)


def _tell_expired(tx: Transaction, lease: Lease) -> None:
    wrong = f"Node {lease.node} did not renew this session in time: it is gone, or cut off from the database."
    since = application_time(tx.context, lease.expires_at - LEASE_LIFETIME)
    _record_repair(tx, lease, LEASE_EXPIRED, since, wrong)


async def _close(
    context: Context,
    leases: Sequence[tuple[str, str]],
    reason: str,
    tell: Callable[[Transaction, Lease], None] | None = None,
) -> int:
    """End sessions given as (organization, lease), a batch a transaction."""
    closed = 0
    for organization_id in sorted({organization_id for organization_id, _ in leases}):
        lease_ids = [lease_id for owner, lease_id in leases if owner == organization_id]
        for start in range(0, len(lease_ids), BATCH):
            async with _system(context, organization_id).transaction() as tx:
                ended = await _close_in(tx, lease_ids[start : start + BATCH], reason)
                if tell is not None:
                    for lease in ended:
                        tell(tx, lease)
                closed += len(ended)
    return closed


async def end_absences(context: Context) -> int:
    """Take those for offline who have been away for longer than the grace, of every organization; how many."""
    async with context.reader() as reader:
        due = await store.due_absences(reader, context.clock.real_now(), BATCH)
    ended = [await _end_absence(_system(context, organization_id), person_id) for organization_id, person_id in due]
    return sum(ended)


async def _end_absence(context: Context, person_id: str) -> bool:
    real_now = context.clock.real_now()
    async with context.transaction() as tx:
        if not await store.end_absences(tx, [person_id], real_now):
            return False
        # One who came back just while their last session was being closed is not away.
        if await store.find_live_leases(tx, context.organization_id, [person_id], real_now):
            return False
        was = (await find_presences(tx, context.organization_id, [person_id]))[person_id].system_presence
        await go_offline_in(tx, person_id, "session.ended")
        if was is not SystemPresence.OFFLINE:
            _tell_vanished(tx, person_id, was)
        return True


def _tell_vanished(tx: Transaction, person_id: str, was: SystemPresence) -> None:
    minutes = ABSENCE_GRACE // MINUTE
    record_repair(
        tx,
        PresenceRepaired(
            organization_id=tx.context.organization_id,
            person_id=person_id,
            fault="presence.vanished",
            since=tx.context.now() - ABSENCE_GRACE,
            wrong=f"The user's last session ended and none came within {minutes} minutes, but the presence still said {was}.",
            done="The presence was set to Offline.",
            was=was,
        ),
    )


async def find_live_leases(
    reader: Reader, organization_id: str, person_ids: Collection[str], real_now: datetime
) -> list[Lease]:
    """People's live sessions, oldest first; ``real_now`` is real time."""
    return await store.find_live_leases(reader, organization_id, person_ids, real_now)


def _system(context: Context, organization_id: str) -> Context:
    return context.acting_as(Actor(organization_id, "system"))
