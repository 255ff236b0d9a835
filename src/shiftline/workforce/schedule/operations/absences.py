"""A time-off request was approved, changed or taken back: every schedule in force that it touches follows at once."""

from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.time import DAY, Interval
from shiftline.workforce.schedule.model import Change, Clash, RevisionKind, Schedule, TimeOff
from shiftline.workforce.schedule.operations.revising import Locked, Wanted, revise_in
from shiftline.workforce.schedule.store import absences, schedules, shifts
from shiftline.workforce.units.operations.business_units import find_business_unit


async def hold_weeks_in(tx: Transaction, business_unit_id: str, span: Interval) -> None:
    """Hold what is in force in a unit around a span at once, before several requests of it follow one after the other.

    One by one they would hold weeks in the order of the requests, and wait for who holds them in the order of the ids.
    """
    await absences.queue(tx, business_unit_id, "approval")
    first, end = span.start.date() - 3 * DAY, span.end.date() + 2 * DAY
    weeks = schedules.Weeks(business_unit_id, first, (end - first).days // 7 + 1)
    await schedules.lock_schedules(tx, [], weeks)


async def find_planned(reader: Reader, organization_id: str, business_unit_id: str, span: Interval) -> list[Interval]:
    """The spans around another one for which a unit has schedules in force, for other rooms."""
    unit = await find_business_unit(reader, organization_id, business_unit_id)
    days = (span.start.date() - DAY, span.end.date() + 2 * DAY)
    in_force = await schedules.list_published(reader, organization_id, days, business_unit_id)
    return [schedule.bounds(unit.zone) for schedule in in_force]


async def follow_time_off_in(tx: Transaction, off: TimeOff, reason: str) -> tuple[Clash, ...]:
    """Bring what is in force to a request's present revision, in the transaction that changes the request.

    A request that never was approved touches nothing. What it clashes with, or what could not be put back, is answered
    in words. Raises Invalid when a shift that is put back overlaps one in force in another schedule.
    """
    organization_id = tx.context.organization_id
    await absences.queue(tx, off.business_unit_id, "approval")
    former = (await absences.find_time_off(tx, organization_id, [off.request_id])).get(off.request_id)
    if former is None and not off.approved:
        return ()
    await absences.save_time_off(tx, off)
    touched = [piece for each in (former, off) if each is not None and each.approved for piece in each.absences]
    if not touched:
        return ()
    # A shift may reach into its first day from up to two days before; dates are a unit's, one day around.
    days = (
        min(piece.start for piece in touched).date() - 3 * DAY,
        max(piece.end for piece in touched).date() + 2 * DAY,
    )
    found = await absences.list_carrying(tx, off.agent_id, off.business_unit_id, days)
    held = await schedules.lock_schedules(tx, [schedule.id for schedule in found])
    in_force = sorted((each for each in held.values() if each.published), key=lambda each: each.week_date)
    clashes = [clash for schedule in in_force for clash in await _follow(tx, schedule, off.agent_id, reason)]
    return tuple(clashes)


async def _follow(tx: Transaction, schedule: Schedule, agent_id: str, reason: str) -> tuple[Clash, ...]:
    unit = await find_business_unit(tx, tx.context.organization_id, schedule.business_unit_id)
    kept = await shifts.read_parts(tx, tx.context.organization_id, schedule.id, [agent_id])
    change = Change(RevisionKind.UPDATE, published=True, description=schedule.description, reason=reason)
    wanted = Wanted(kept=kept, also=(agent_id,))
    return (await revise_in(tx, Locked(schedule, (), unit.zone), change, wanted)).clashes
