"""Small operations on a schedule: what they would make of it, and writing that as one revision, or nothing.

Whoever uses these judges the rules in between; see ``publishing``.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.time import Interval
from shiftline.workforce.schedule.model import (
    Absence,
    AcceptedBreach,
    Change,
    KeptPart,
    Part,
    Revised,
    RevisionKind,
    Schedule,
    Shift,
)
from shiftline.workforce.schedule.operations.carrying import reach_of
from shiftline.workforce.schedule.operations.changing import check_version
from shiftline.workforce.schedule.operations.opening import check_opened, leave_open_in
from shiftline.workforce.schedule.operations.places import find_schedule_by_id
from shiftline.workforce.schedule.operations.planning import frame_for, unknown_skills
from shiftline.workforce.schedule.operations.revising import Locked, Prepared, Wanted, lock_for, prepare_in, write_in
from shiftline.workforce.schedule.rules.coverage import Load, count_on_queue
from shiftline.workforce.schedule.rules.editing.applying import apply_edits
from shiftline.workforce.schedule.rules.editing.asked import Edit, EditNote, is_window
from shiftline.workforce.schedule.rules.editing.bench import Bench, Opened, Workshop
from shiftline.workforce.schedule.rules.parts import Planned
from shiftline.workforce.schedule.rules.reporting import Report
from shiftline.workforce.schedule.rules.shifts import Frame
from shiftline.workforce.schedule.store import absences, shifts
from shiftline.workforce.units.model import Agent, BusinessUnit
from shiftline.workforce.units.operations.agents import find_agents

EDIT = "wfm:schedule:edit"


@dataclass(frozen=True, slots=True)
class Order:
    """Which schedule shall be edited as the caller read it, how, and why."""

    schedule_id: str
    version: int | None
    edits: tuple[Edit, ...]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What edits would make of a schedule. ``before`` and ``after`` are the parts of everybody whom they name.

    ``problems``: what can never be; then ``prepared`` is None and ``after`` is as far as it goes without time off.
    """

    unit: BusinessUnit
    locked: Locked
    change: Change
    frame: Frame
    agents: Mapping[str, Agent]
    before: Mapping[str, Part]
    after: Mapping[str, Part]
    fields: Mapping[str, Mapping[str, str]]
    notes: tuple[EditNote, ...]
    placed: Mapping[str, Mapping[str, datetime]]
    approved: Mapping[str, tuple[Absence, ...]]
    problems: tuple[Problem, ...] = ()
    prepared: Prepared | None = None
    opened: tuple[Opened, ...] = ()

    @property
    def schedule(self) -> Schedule:
        """The schedule before the edits."""
        return self.locked.schedule


async def draft_edits_in(context: Context, tx: Transaction, order: Order, *, hold: bool) -> Draft:
    """What the edits would make of the schedule, with its agents' time off; ``hold`` it to write them afterwards.

    Raises ScheduleNotFound, PermissionMissing, VersionMissing, StaleVersion (409, with the current version).
    """
    unit, schedule = await find_schedule_by_id(context, tx, order.schedule_id, EDIT)
    locked = await lock_for(tx, schedule, unit.zone, publishing=False) if hold else Locked(schedule, (), unit.zone)
    current = locked.schedule
    check_version(current, order.version, "version")
    change = Change(
        RevisionKind.EDIT, published=current.published, description=current.description, reason=order.reason
    )
    frame = await frame_for(tx, unit, current.week_date, current.week_count)
    report = Report()
    kept, agents = await _find_agents(tx, unit, current, order.edits, report)
    await _check_skills(tx, order.edits, report)
    approved = await _find_approved(tx, locked, agents)
    benches = await _open_benches(tx, current, agents, kept, approved)
    load = await _read_load(tx, current, frame, order.edits)
    shop = Workshop(benches, frame, load, report)
    # Thousands of agents take seconds: whoever else this process serves must not wait for them.
    planned = await asyncio.to_thread(apply_edits, order.edits, shop)
    await check_opened(tx, current, shop.opened, report)
    before = {agent_id: each.part for agent_id, each in kept.items()}
    prepared, problems = await _prepare(tx, locked, change, (planned, kept), report)
    return Draft(
        unit=unit,
        locked=locked,
        change=change,
        frame=frame,
        agents=agents,
        before=before,
        after=_after(planned, prepared),
        fields={agent_id: each.fields for agent_id, each in planned.items()},
        notes=tuple(shop.notes),
        placed=shop.placed,
        approved=approved,
        problems=problems,
        prepared=prepared,
        opened=tuple(shop.opened),
    )


async def write_edits_in(tx: Transaction, draft: Draft, accepted: Sequence[AcceptedBreach]) -> Revised:
    """Make the drafted revision, and leave open what it opens; the draft was made in the same transaction and holds the
    schedule. Raises ShiftsOverlap.
    """
    assert draft.prepared is not None
    change = replace(draft.change, accepted=tuple(accepted))
    revised = await write_in(tx, draft.locked, change, draft.prepared)
    why = (draft.agents, draft.change.reason)
    return replace(revised, open_shift_ids=await leave_open_in(tx, (revised.schedule, draft.unit), draft.opened, why))


async def _find_agents(
    tx: Transaction, unit: BusinessUnit, schedule: Schedule, edits: Sequence[Edit], report: Report
) -> tuple[dict[str, KeptPart], dict[str, Agent]]:
    """The parts as they are kept of everybody who is named, and who of them is an agent of the unit."""
    named = {agent_id for edit in edits for agent_id in edit.agent_ids}
    agents = await find_agents(tx, tx.context.organization_id, named, business_unit_id=unit.id)
    for edit in edits:
        for index, agent_id in enumerate(edit.agent_ids):
            if agent_id not in agents:
                sentence = f"{agent_id} is not an agent of the business unit {unit.name}."
                report.refuse(edit.agent_field(index), sentence, "agent.unknown")
    kept = await shifts.read_all_parts(tx, tx.context.organization_id, schedule.id, agents)
    return kept, agents


async def _check_skills(tx: Transaction, edits: Sequence[Edit], report: Report) -> None:
    unknown = await unknown_skills(tx, {skill_id for edit in edits for skill_id in edit.skill_ids or ()})
    for edit in edits:
        for index, skill_id in enumerate(edit.skill_ids or ()):
            if skill_id in unknown:
                report.refuse(f"{edit.field}.skillIds[{index}]", f"there is no skill {skill_id}.", "skill.unknown")


async def _find_approved(tx: Transaction, locked: Locked, agent_ids: Collection[str]) -> dict[str, tuple[Absence, ...]]:
    """Approved time off near the schedule's weeks by agent."""
    found: dict[str, tuple[Absence, ...]] = {}
    for off in await absences.list_approved(tx, reach_of(locked.schedule.bounds(locked.zone)), agent_ids):
        found[off.agent_id] = (*found.get(off.agent_id, ()), *off.absences)
    return found


async def _open_benches(
    tx: Transaction,
    schedule: Schedule,
    agents: Mapping[str, Agent],
    kept: Mapping[str, KeptPart],
    approved: Mapping[str, tuple[Absence, ...]],
) -> dict[str, Bench]:
    covered = await absences.read_covered(tx, schedule.id, agents) if schedule.published else {}
    return {
        agent_id: Bench(
            part=kept[agent_id].part if agent_id in kept else Part(agent_id=agent_id),
            zone=agent.zone,
            covered=covered.get(agent_id, {}),
            absences=approved.get(agent_id, ()),
        )
        for agent_id, agent in agents.items()
    }


async def _read_load(tx: Transaction, schedule: Schedule, frame: Frame, edits: Sequence[Edit]) -> Load:
    """What is on queue over the windows in which places are looked for."""
    windows = [edit.window for edit in edits if edit.window is not None and is_window(edit.window)]
    if not windows:
        return count_on_queue((), frame.codes)
    organization_id = tx.context.organization_id
    found: list[Shift]
    if schedule.published:
        span = Interval(min(start for start, _ in windows), max(end for _, end in windows))
        rows = await shifts.search_shifts(tx, organization_id, span, schedule_ids=[schedule.id])
        found = [each.shift for each in rows]
    else:
        parts = await shifts.read_all_parts(tx, organization_id, schedule.id)
        found = [shift for kept in parts.values() for shift in kept.part.shifts]
    return await asyncio.to_thread(count_on_queue, found, frame.codes)


async def _prepare(
    tx: Transaction,
    locked: Locked,
    change: Change,
    planned: tuple[Mapping[str, Planned], Mapping[str, KeptPart]],
    report: Report,
) -> tuple[Prepared | None, tuple[Problem, ...]]:
    """The change as it would be written, or why it cannot be."""
    parts, kept = planned
    if not report.problems:
        # Somebody who had no part and gets no shift still has none.
        wanted = {agent_id: each for agent_id, each in parts.items() if agent_id in kept or each.part.shifts}
        try:
            return await prepare_in(tx, locked, change, Wanted(wanted, kept)), ()
        except Invalid as refusal:
            report.take(refusal)
    return None, tuple(report.problems)


def _after(planned: Mapping[str, Planned], prepared: Prepared | None) -> dict[str, Part]:
    if prepared is None:
        return {agent_id: each.part for agent_id, each in planned.items()}
    return {agent_id: each.part for agent_id, each in prepared.wanted.parts.items() if each is not None}
