"""What if: changes are made by the operations that make them, in a transaction that is undone, and everybody is judged in both
worlds. So what is foreseen is what would be.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from shiftline.access import store
from shiftline.access.errors import SimulationNotFound
from shiftline.access.model.simulations import (
    Change,
    ExceptionChange,
    GrantChange,
    PersonChange,
    RoleChange,
    ScheduleChange,
    SettingsChange,
    Simulation,
    Trial,
    World,
)
from shiftline.access.operations.asserting import guard
from shiftline.access.operations.deciding import VIEW
from shiftline.access.rules.simulations import compare_worlds, find_problems, rule_of
from shiftline.access.shiftrule.model import ExceptionDraft
from shiftline.access.shiftrule.operations import except_from_rule_in
from shiftline.authorization.model import RoleDraft
from shiftline.authorization.operations import change_role_in, find_roles, grant_role_in, require
from shiftline.foundation.clock import StandingClock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.errors import Conflict, Invalid, NotFound, Problem
from shiftline.foundation.ids import new_id
from shiftline.identity.model import Person, ShiftRuleChange
from shiftline.identity.operations.organizations import change_tenant_settings_in
from shiftline.identity.operations.people import change_person_in, find_people
from shiftline.workforce.schedule.model import ScheduleDraft
from shiftline.workforce.schedule.operations.changing import update_schedule_in
from shiftline.workforce.schedule.operations.places import find_schedule_by_id
from shiftline.workforce.schedule.operations.republishing import republish_in

LONGEST = timedelta(days=31)
PEOPLE_AT_MOST = 20_000


class _Undone(Exception):  # noqa: N818 - it is no error: what was tried is taken back
    """Rolls a transaction back."""


async def simulate(context: Context, trial: Trial) -> Simulation:
    """Who would flip by some changes, when and why, until an instant; nothing is changed. It is kept under its id.

    Needs ``access:decision:view``. Raises Invalid naming the field of what is unknown, contradicts itself or lasts too long;
    PermissionMissing. A change that would be refused by itself is told of in the answer.
    """
    require(context, VIEW)
    now = context.now()
    problems = find_problems(trial.changes)
    if not now < trial.until <= now + LONGEST:
        problems.append(Problem("until", f"must be within the next {LONGEST.days} days."))
    if problems:
        raise Invalid(*problems)
    before, after, refused = await _try(context, trial, now)
    foreseen, judged = await asyncio.to_thread(compare_worlds, trial.action, before, after, now, trial.until)
    simulation = Simulation(
        id=new_id(),
        action=trial.action,
        since=now,
        until=trial.until,
        people=len(before.histories),
        instants=judged,
        foreseen=tuple(foreseen),
        refused=refused,
        rule=rule_of(after),
    )
    async with context.transaction() as tx:
        await store.insert_simulation(tx, simulation, trial)
    return simulation


async def get_simulation(context: Context, simulation_id: str) -> Simulation:
    """A simulation that was made. Raises SimulationNotFound, PermissionMissing."""
    require(context, VIEW)
    async with context.reader() as reader:
        found = await store.find_simulation(reader, context.organization_id, simulation_id)
    if found is None:
        raise SimulationNotFound(simulation_id)
    return found


async def _try(context: Context, trial: Trial, now: datetime) -> tuple[World, World, str | None]:
    """The world as it stands and as it would, and why the changes would be refused."""
    system = Actor(context.organization_id, "system")
    acting = context.acting_as(system).with_clock(StandingClock(now))
    worlds: list[World] = []
    refused: str | None = None
    with contextlib.suppress(_Undone):
        async with acting.transaction() as tx:
            ids = await _find_ids(tx, trial.person_ids)
            worlds.append(await _read(tx, ids, now, trial.until))
            try:
                async with tx.connection.transaction():
                    for change in trial.changes:
                        await _apply(tx, change)
            except Conflict as conflict:
                refused = conflict.message
            worlds.append(await _read(tx, ids, now, trial.until))
            refused = refused or await _find_objection(tx)
            raise _Undone
    return worlds[0], worlds[1], refused


async def _find_objection(tx: Transaction) -> str | None:
    """What would be said against the commit."""
    try:
        await guard(tx, tuple(tx.noted))
    except Conflict as conflict:
        return conflict.message
    return None


async def _find_ids(tx: Transaction, wanted: Sequence[str] | None) -> list[str]:
    if wanted is None:
        ids = await store.list_person_ids(tx, tx.context.organization_id, limit=PEOPLE_AT_MOST + 1)
        if len(ids) > PEOPLE_AT_MOST:
            raise Invalid(Problem("user_ids", f"there are more than {PEOPLE_AT_MOST} users: name those to be judged."))
        return ids
    known = await find_people(tx, tx.context.organization_id, wanted)
    unknown = [
        Problem(f"user_ids[{i}]", f"there is no user with id {each}.")
        for i, each in enumerate(wanted)
        if each not in known
    ]
    if unknown:
        raise Invalid(*unknown)
    return list(dict.fromkeys(wanted))


async def _read(tx: Transaction, ids: Sequence[str], now: datetime, until: datetime) -> World:
    setting, histories = await store.read_histories(tx, tx.context.organization_id, ids, now, until)
    return World(setting, {each.person_id: each for each in histories})


async def _apply(tx: Transaction, change: Change) -> None:
    """Make a change; what is wrong with it is told of its field."""
    try:
        await _make(tx, change)
    except NotFound as missing:
        raise Invalid(Problem(change.field, missing.message, "not.found")) from missing
    except Invalid as invalid:
        raise Invalid(*(replace(each, field=f"{change.field}.{each.field}") for each in invalid.problems)) from invalid


async def _make(tx: Transaction, change: Change) -> None:
    match change:
        case SettingsChange():
            rule = ShiftRuleChange(
                enabled=change.softphone_within_shift,
                margin=change.shift_margin_minutes,
                grace_before=change.shift_grace_before_minutes,
                grace_after=change.shift_grace_after_minutes,
            )
            await change_tenant_settings_in(tx, rule, webrtc_enabled=change.webrtc_enabled)
        case ExceptionChange():
            await except_from_rule_in(tx, ExceptionDraft(change.subject, change.subject_id, "Tried"))
        case PersonChange():
            await _change_person(tx, change)
        case GrantChange():
            await _change_grant(tx, change)
        case RoleChange():
            await _change_role(tx, change)
        case ScheduleChange():
            await _change_schedule(tx, change)


async def _change_grant(tx: Transaction, change: GrantChange) -> None:
    if not await find_people(tx, tx.context.organization_id, [change.person_id]):
        raise NotFound("user", change.person_id)
    await grant_role_in(tx, change.person_id, change.role_id, change.division_id, active=change.active)


async def _change_person(tx: Transaction, change: PersonChange) -> None:
    def put(person: Person) -> Person:
        return replace(person, state=change.state)

    await change_person_in(tx, change.person_id, None, put)


async def _change_role(tx: Transaction, change: RoleChange) -> None:
    for role in await find_roles(tx, tx.context.organization_id, [change.role_id]):
        await change_role_in(tx, role.id, RoleDraft(role.name, role.description, change.permissions))
        return
    raise NotFound("role", change.role_id)


async def _change_schedule(tx: Transaction, change: ScheduleChange) -> None:
    unit, schedule = await find_schedule_by_id(tx.context, tx, change.schedule_id, "wfm:schedule:edit")
    if change.revision is not None:
        await republish_in(tx, unit, schedule, change.revision, (None, None))
        return
    await update_schedule_in(tx, schedule, ScheduleDraft(published=True, version=schedule.version))
