"""From what a file asks for to parts that can be stored: agents, codes and skills looked up once, rules applied."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, cast

from shiftline.foundation.database import Transaction
from shiftline.foundation.time import DAY, Zone, week_bounds
from shiftline.workforce.schedule.errors import PartGone, StalePart, VersionMissing
from shiftline.workforce.schedule.model import LONGEST_SHIFT_MINUTES, KeptPart, PartDraft
from shiftline.workforce.schedule.rules.parts import Planned, plan_part
from shiftline.workforce.schedule.rules.reporting import Report
from shiftline.workforce.schedule.rules.shifts import Frame
from shiftline.workforce.schedule.store.schedules import find_skills
from shiftline.workforce.units.model import BusinessUnit
from shiftline.workforce.units.operations.activity_codes import find_activity_codes
from shiftline.workforce.units.operations.agents import find_agents

# The search for shifts near an instant looks two days back.
LONGEST_LIMIT_MINUTES = 48 * 60


def longest_shift_minutes(unit: BusinessUnit) -> int:
    """The longest shift that a business unit allows: its setting ``scheduling.longestShiftMinutes``, else 24 hours."""
    scheduling = unit.settings.get("scheduling")
    group = cast("Mapping[str, Any]", scheduling) if isinstance(scheduling, Mapping) else {}
    wanted = group.get("longestShiftMinutes")
    return wanted if isinstance(wanted, int) and 0 < wanted <= LONGEST_LIMIT_MINUTES else LONGEST_SHIFT_MINUTES


async def frame_for(tx: Transaction, unit: BusinessUnit, week_date: date, week_count: int) -> Frame:
    """What the shifts of a schedule are judged by."""
    codes = await find_activity_codes(tx, tx.context.organization_id, unit.id)
    return Frame(
        bounds=week_bounds(week_date, unit.zone, week_count),
        first_day=week_date,
        end_day=week_date + week_count * 7 * DAY,
        codes=codes.codes,
        longest_minutes=longest_shift_minutes(unit),
    )


async def plan_parts(
    tx: Transaction, unit: BusinessUnit, frame: Frame, drafts: Sequence[PartDraft], kept: Mapping[str, KeptPart]
) -> tuple[dict[str, Planned | None], Report]:
    """What becomes of each named agent's part (None: it is deleted), and what there is to say about it.

    Raises Invalid naming every wrong field; StalePart, PartGone, VersionMissing for a part changed meanwhile.
    """
    report = Report()
    zones = await _find_zones(tx, unit, drafts, kept, report)
    await _check_skills(tx, drafts, report)
    planned: dict[str, Planned | None] = {}
    for index, draft in enumerate(drafts):
        await let_others_work(index)
        if draft.agent_id in planned:
            report.refuse(f"{draft.field}.userId", f"the agent {draft.agent_id} is named twice.", "agent.twice")
            continue
        zone, former = zones.get(draft.agent_id), kept.get(draft.agent_id)
        check_part_version(draft, former)
        if draft.delete:
            planned[draft.agent_id] = None
        elif zone is not None:
            planned[draft.agent_id] = plan_part(draft, former.part if former else None, zone, frame, report)
    report.check()
    return planned, report


async def let_others_work(done: int) -> None:
    """Give way after every hundred agents, some 20 ms: whoever else this process serves must not wait for a whole week."""
    if done % 100 == 99:  # noqa: PLR2004
        await asyncio.sleep(0)


def check_part_version(draft: PartDraft, former: KeptPart | None) -> None:
    """Whether the caller knows the part that it changes. Raises StalePart, PartGone, VersionMissing."""
    if former is None:
        if draft.version is not None or draft.delete:
            raise PartGone(draft.field, draft.agent_id)
        return
    if draft.version is None:
        raise VersionMissing(f"{draft.field}.metadata.version")
    if draft.version != former.stamp.version:
        raise StalePart(draft.field, draft.agent_id, former.stamp, draft.version)


async def _find_zones(
    tx: Transaction, unit: BusinessUnit, drafts: Sequence[PartDraft], kept: Mapping[str, KeptPart], report: Report
) -> dict[str, Zone]:
    """The zone of each named agent's wall. Whoever is not in the unit can only lose a part that they still have."""
    wanted = {draft.agent_id for draft in drafts}
    agents = await find_agents(tx, tx.context.organization_id, wanted, business_unit_id=unit.id)
    for draft in drafts:
        leaving = draft.delete and draft.agent_id in kept
        if draft.agent_id not in agents and not leaving:
            sentence = f"{draft.agent_id} is not an agent of the business unit {unit.name}."
            report.refuse(f"{draft.field}.userId", sentence, "agent.unknown")
    return {agent_id: agent.zone for agent_id, agent in agents.items()}


async def _check_skills(tx: Transaction, drafts: Sequence[PartDraft], report: Report) -> None:
    named = {skill_id for draft in drafts for shift in draft.shifts if shift.skill_ids for skill_id in shift.skill_ids}
    unknown = await unknown_skills(tx, named)
    for draft in drafts if unknown else ():
        for shift in draft.shifts:
            for index, skill_id in enumerate(shift.skill_ids or ()):
                if skill_id in unknown:
                    report.refuse(f"{shift.field}.skillIds[{index}]", f"there is no skill {skill_id}.", "skill.unknown")


async def unknown_skills(tx: Transaction, named: Iterable[str]) -> set[str]:
    """Which of these ids are no skills of the organization."""
    wanted = set(named)
    return wanted - await find_skills(tx, tx.context.organization_id, wanted) if wanted else set()
