"""The one way in which a schedule changes: a change and its content become a revision, with everything that follows.

The caller holds the locks (``lock_for``), has planned the parts it wants, and hands in the parts as they are kept.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg

from shiftline.foundation.database import Transaction
from shiftline.foundation.time import DAY, Interval, Zone
from shiftline.workforce.schedule.errors import IdTaken, ScheduleNotFound, ShiftsOverlap, WeekOccupied
from shiftline.workforce.schedule.events import (
    ScheduleCreated,
    ScheduleDeleted,
    SchedulePublished,
    ScheduleReverted,
    ScheduleSuperseded,
    ScheduleUpdated,
)
from shiftline.workforce.schedule.model import (
    AgentUpdate,
    Change,
    KeptPart,
    Revised,
    RevisionKind,
    Schedule,
)
from shiftline.workforce.schedule.operations.carrying import Carrying, Load, carry_time_off, reach_of
from shiftline.workforce.schedule.rules.changes import Changes, find_changes, merge_updates
from shiftline.workforce.schedule.rules.parts import Planned, judge_neighbours
from shiftline.workforce.schedule.rules.reporting import Report
from shiftline.workforce.schedule.store import absences, schedules, shifts, writing
from shiftline.workforce.schedule.store.schedules import Weeks


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a schedule shall hold: planned parts of the agents that are touched (None: no part any more).

    ``kept`` are the same agents' parts as stored. ``also`` are agents whose part is not touched by the caller and shall
    follow their time off. ``number``: the revision that the parts were taken from.
    """

    parts: Mapping[str, Planned | None] = field(default_factory=dict[str, "Planned | None"])
    kept: Mapping[str, KeptPart] = field(default_factory=dict[str, KeptPart])
    also: tuple[str, ...] = ()
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Locked:
    """Schedules held until the end of the transaction: the one at hand, and those in force over its weeks."""

    schedule: Schedule
    in_the_way: tuple[Schedule, ...]
    zone: Zone


async def lock_for(tx: Transaction, schedule: Schedule, zone: Zone, *, publishing: bool) -> Locked:
    """Hold a schedule, and when it shall come into force also what is there now. Raises ScheduleNotFound when gone."""
    weeks = None
    if publishing:
        await absences.queue(tx, schedule.business_unit_id, "publication")
        weeks = Weeks(schedule.business_unit_id, schedule.week_date, schedule.week_count)
    held = await schedules.lock_schedules(tx, [schedule.id], weeks)
    mine = held.pop(schedule.id, None)
    if mine is None:
        raise ScheduleNotFound(schedule.id)
    return Locked(mine, tuple(other for other in held.values() if other.published), zone)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A change that can be written as it is: the parts with their agents' time off, and how they differ from what is kept."""

    wanted: Wanted
    carrying: Carrying
    changes: Changes


async def prepare_in(tx: Transaction, locked: Locked, change: Change, wanted: Wanted) -> Prepared:
    """What a change would write; nothing is written. Raises Invalid (a shift overlaps what is in force elsewhere)."""
    current = locked.schedule
    wanted, carrying = await _carry(tx, locked, change, wanted, whole=_is_whole(current, change))
    changes = find_changes(wanted.kept, {a: None if p is None else p.part for a, p in wanted.parts.items()})
    if change.published and not (changes.is_empty and _is_as_wanted(current, change)):
        own = [current.id, *(other.id for other in _give_way(locked, change))]
        await _check_neighbours(tx, locked, own, wanted.parts)
    return Prepared(wanted, carrying, changes)


def _give_way(locked: Locked, change: Change) -> tuple[Schedule, ...]:
    """What leaves force when the schedule comes into it."""
    return locked.in_the_way if change.published and not locked.schedule.published else ()


async def revise_in(tx: Transaction, locked: Locked, change: Change, wanted: Wanted) -> Revised:
    """Make a revision, or nothing when the schedule already is as wanted.

    Raises Invalid (a shift overlaps what is in force elsewhere), ShiftsOverlap, WeekOccupied.
    """
    return await write_in(tx, locked, change, await prepare_in(tx, locked, change, wanted))


async def write_in(tx: Transaction, locked: Locked, change: Change, prepared: Prepared) -> Revised:
    """Make the revision that was prepared in the same transaction, under its locks. Raises ShiftsOverlap, WeekOccupied."""
    current, wanted, carrying, changes = locked.schedule, prepared.wanted, prepared.carrying, prepared.changes
    if changes.is_empty and _is_as_wanted(current, change):
        return Revised(current, changed=False, clashes=carrying.clashes)
    entering = change.published and not current.published
    try:
        aside = await _set_aside(tx, _give_way(locked, change), current.id)
        revised = await schedules.revise_schedule(tx, current, change)
        await writing.write_changes(tx, revised, changes)
        await absences.write_covered(tx, revised, carrying.former, carrying.latter)
        if entering:
            await writing.change_book(tx, current.id, "put_in_force")
        elif current.published and not revised.published:
            await writing.change_book(tx, current.id, "set_aside")
    except psycopg.errors.ExclusionViolation as error:
        raise _translate(error) from error
    updates = changes.updates if not entering else await _entering_updates(tx, revised)
    _record(tx, locked, revised, change, _Effect(updates, aside))
    return Revised(
        revised,
        changed=True,
        updates=changes.updates,
        superseded=tuple(done for done, _ in aside),
        clashes=carrying.clashes,
        parts={agent_id: plan.part for agent_id, plan in wanted.parts.items() if plan is not None},
    )


def _is_whole(current: Schedule, change: Change) -> bool:
    """Whether all of a schedule's content comes into force."""
    return not current.published or change.kind is RevisionKind.REPUBLISH


async def _carry(
    tx: Transaction, locked: Locked, change: Change, wanted: Wanted, *, whole: bool
) -> tuple[Wanted, Carrying]:
    """The parts with their agents' time off; when ``whole`` of a schedule comes into force, also of agents not named."""
    if not change.published:
        return wanted, Carrying()
    current, kept = locked.schedule, dict(wanted.kept)
    # A part that a planner takes away by name goes with everything that it covers.
    taken = {agent_id for agent_id, plan in wanted.parts.items() if plan is None} if not whole else set[str]()
    parts = {a: None if p is None else p.part for a, p in wanted.parts.items() if a not in taken}
    others = {*wanted.also, *(await absences.list_marked_agents(tx, current.id) if whole else ())} - wanted.parts.keys()
    kept |= await _read_missing(tx, current, others, kept)
    parts |= {agent_id: kept[agent_id].part if agent_id in kept else None for agent_id in others}
    bounds = current.bounds(locked.zone)
    if whole:
        off = await absences.list_approved(tx, reach_of(bounds), (), current.business_unit_id)
        unnamed = {each.agent_id for each in off}
        kept |= (more := await _read_missing(tx, current, unnamed - parts.keys(), kept))
        parts |= {agent_id: each.part for agent_id, each in more.items()}
    load = Load(current, bounds, parts, everybody=whole, number=wanted.number)
    carrying = await carry_time_off(tx, load)
    former = {**carrying.former, **await absences.read_covered(tx, current.id, taken)} if taken else carrying.former
    fields = {agent_id: plan.fields for agent_id, plan in wanted.parts.items() if plan is not None}
    planned: dict[str, Planned | None] = {
        agent_id: None if part is None else Planned(part, fields.get(agent_id, {}))
        for agent_id, part in carrying.parts.items()
    }
    return replace(wanted, parts={**wanted.parts, **planned}, kept=kept), replace(carrying, former=former)


async def _read_missing(
    tx: Transaction, schedule: Schedule, agent_ids: Collection[str], kept: Mapping[str, KeptPart]
) -> dict[str, KeptPart]:
    missing = [agent_id for agent_id in agent_ids if agent_id not in kept]
    return await shifts.read_parts(tx, tx.context.organization_id, schedule.id, missing) if missing else {}


@dataclass(frozen=True, slots=True)
class NewSchedule:
    """A schedule that shall be: its id, weeks, the business unit's zone, and what makes it."""

    id: str
    weeks: Weeks
    zone: Zone
    change: Change


async def create_in(tx: Transaction, new: NewSchedule, parts: Mapping[str, Planned]) -> Revised:
    """A new schedule with its first revision. Raises IdTaken, and as ``revise_in``."""
    schedule_id, weeks, zone, change = new.id, new.weeks, new.zone, new.change
    if change.published:
        await absences.queue(tx, weeks.business_unit_id, "publication")
    held = await schedules.lock_schedules(tx, [], weeks) if change.published else {}
    in_the_way = tuple(held.values())
    try:
        aside = await _set_aside(tx, in_the_way, schedule_id)
        made = await schedules.insert_schedule(tx, schedule_id, weeks, change)
        if made is None:
            raise IdTaken(schedule_id)
        locked = Locked(made, in_the_way, zone)
        wanted, carrying = await _carry(tx, locked, change, Wanted(parts), whole=True)
        changes = find_changes({}, {a: None if p is None else p.part for a, p in wanted.parts.items()})
        if change.published:
            await _check_neighbours(tx, locked, [made.id, *held], wanted.parts)
        await writing.write_changes(tx, made, changes)
        await absences.write_covered(tx, made, {}, carrying.latter)
    except psycopg.errors.ExclusionViolation as error:
        raise _translate(error) from error
    _record(tx, locked, made, change, _Effect(changes.updates, aside))
    superseded = tuple(done for done, _ in aside)
    return Revised(made, changed=True, updates=changes.updates, superseded=superseded, clashes=carrying.clashes)


async def delete_in(tx: Transaction, locked: Locked) -> Schedule:
    """Close everything a schedule holds; its revisions stay."""
    current = locked.schedule
    kept = await shifts.read_all_parts(tx, tx.context.organization_id, current.id)
    changes = find_changes(kept, dict.fromkeys(kept))
    change = Change(RevisionKind.DELETE, published=False, description=current.description)
    revised = await schedules.revise_schedule(tx, current, change)
    await writing.write_changes(tx, revised, changes)
    updates = changes.updates if current.published else {}
    tx.record(ScheduleDeleted(**_told(tx, locked.zone, revised, change, updates)))
    return revised


def _is_as_wanted(current: Schedule, change: Change) -> bool:
    same_forecast = change.short_term_forecast in (None, current.short_term_forecast)
    return current.published == change.published and current.description == change.description and same_forecast


async def _check_neighbours(
    tx: Transaction, locked: Locked, own: list[str], parts: Mapping[str, Planned | None]
) -> None:
    """Find, naming fields, what the exclusion constraint would only refuse."""
    planned = {agent_id: plan for agent_id, plan in parts.items() if plan is not None}
    bounds = locked.schedule.bounds(locked.zone)
    around = Interval(bounds.start - 2 * DAY, bounds.end + 2 * DAY)
    report = Report()
    judge_neighbours(planned, await shifts.find_neighbours(tx, around, planned, own), report)
    report.check()


async def _set_aside(
    tx: Transaction, in_the_way: tuple[Schedule, ...], by_id: str
) -> list[tuple[Schedule, Mapping[str, AgentUpdate]]]:
    """Take schedules out of force; each with the shifts that this takes from its agents."""
    done: list[tuple[Schedule, Mapping[str, AgentUpdate]]] = []
    for schedule in in_the_way:
        starts = await shifts.read_starts(tx, tx.context.organization_id, schedule.id)
        change = Change(
            RevisionKind.SUPERSEDE, published=False, description=schedule.description, reason=f"superseded by {by_id}"
        )
        revised = await schedules.revise_schedule(tx, schedule, change)
        await writing.change_book(tx, schedule.id, "set_aside")
        done.append((revised, {agent: AgentUpdate(deleted=tuple(each)) for agent, each in starts.items()}))
    return done


async def _entering_updates(tx: Transaction, schedule: Schedule) -> Mapping[str, AgentUpdate]:
    """When a draft comes into force, all of its shifts are new to their agents."""
    starts = await shifts.read_starts(tx, tx.context.organization_id, schedule.id)
    return {agent: AgentUpdate(added=tuple(each)) for agent, each in starts.items()}


def _translate(error: psycopg.errors.ExclusionViolation) -> Exception:
    if error.diag.constraint_name == "schedule_one_in_force":
        return WeekOccupied()
    return ShiftsOverlap(error.diag.message_detail or "")


@dataclass(frozen=True, slots=True)
class _Effect:
    updates: Mapping[str, AgentUpdate]
    aside: list[tuple[Schedule, Mapping[str, AgentUpdate]]]


def _record(tx: Transaction, locked: Locked, revised: Schedule, change: Change, effect: _Effect) -> None:
    """One event for the schedule, one for each that it set aside. An agent who is in both is told by the new one."""
    updates = dict(effect.updates)
    for schedule, taken in effect.aside:
        updates |= {agent: merge_updates(taken[agent], updates[agent]) for agent in taken if agent in updates}
        left = {agent: update for agent, update in taken.items() if agent not in updates}
        told = _told(tx, locked.zone, schedule, replace(change, operation_id=None, reason=None), left)
        tx.record(ScheduleSuperseded(**told, superseded_by=revised.id))
    told = _told(tx, locked.zone, revised, change, updates)
    superseded = tuple(schedule.id for schedule, _ in effect.aside)
    if change.kind is RevisionKind.REPUBLISH:
        tx.record(ScheduleReverted(**told, restores=change.restores or 0, superseded=superseded))
    elif revised.published and (revised.version == 1 or not locked.schedule.published):
        tx.record(SchedulePublished(**told, kind=change.kind.value, superseded=superseded))
    elif revised.version == 1:
        tx.record(ScheduleCreated(**told, kind=change.kind.value))
    else:
        tx.record(ScheduleUpdated(**told, kind=change.kind.value))


def _told(
    tx: Transaction, zone: Zone, schedule: Schedule, change: Change, updates: Mapping[str, AgentUpdate]
) -> dict[str, Any]:
    """What every event about a schedule tells."""
    bounds = schedule.bounds(zone)
    return {
        "organization_id": tx.context.organization_id,
        "schedule_id": schedule.id,
        "business_unit_id": schedule.business_unit_id,
        "week_date": schedule.week_date,
        "week_count": schedule.week_count,
        "description": schedule.description,
        "published": schedule.published,
        "version": schedule.version,
        "by": schedule.changed_by,
        "at": schedule.changed_at,
        "starts_at": bounds.start,
        "ends_at": bounds.end,
        "agents": dict(updates),
        "reason": change.reason,
        "operation_id": change.operation_id,
    }
