"""Time off as schedules know it, and what it covers in them."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Literal

import msgspec

from shiftline.foundation.database import Reader, Row, Transaction
from shiftline.foundation.time import Interval
from shiftline.workforce.schedule.model import Absence, Covered, Schedule, TimeOff
from shiftline.workforce.schedule.store.statements import SQL, mark


async def queue(tx: Transaction, business_unit_id: str, who: Literal["publication", "approval"]) -> None:
    """Wait until no publication of a unit and no approval in it miss each other; before any schedule is locked."""
    await tx.one(SQL[f"queue_{who}"], {**mark(tx), "business_unit_id": business_unit_id})


async def save_time_off(tx: Transaction, off: TimeOff) -> None:
    """Keep a request's present revision."""
    values = {
        "request_id": off.request_id,
        "agent_id": off.agent_id,
        "business_unit_id": off.business_unit_id,
        "sync_version": off.sync_version,
        "status": off.status,
        "start": off.absences[0].start,
        "end": off.absences[-1].end,
        "absences": msgspec.json.encode(off.absences).decode(),
    }
    await tx.execute(SQL["save_time_off"], {**mark(tx), **values})


async def find_time_off(reader: Reader, organization_id: str, request_ids: Collection[str]) -> dict[str, TimeOff]:
    """The requests of these ids that schedules know, by id."""
    parameters = {"organization_id": organization_id, "request_ids": list(request_ids)}
    return {row["request_id"]: _time_off(row) for row in await reader.all(SQL["find_time_off"], parameters)}


async def list_approved(
    tx: Transaction, span: Interval, agent_ids: Collection[str], business_unit_id: str | None = None
) -> list[TimeOff]:
    """Approved time off that touches a span: of some agents, and of everybody of a business unit if one is given."""
    parameters = {
        **mark(tx),
        "start": span.start,
        "end": span.end,
        "agent_ids": list(agent_ids),
        "business_unit_id": business_unit_id,
    }
    return [_time_off(row) for row in await tx.all(SQL["list_approved"], parameters)]


def _time_off(row: Row) -> TimeOff:
    return TimeOff(
        request_id=row["request_id"],
        agent_id=row["agent_id"],
        business_unit_id=row["business_unit_id"],
        sync_version=row["sync_version"],
        status=row["status"],
        absences=msgspec.convert(row["absences"], tuple[Absence, ...]),
    )


async def list_carrying(
    tx: Transaction, agent_id: str, business_unit_id: str, days: tuple[date, date]
) -> list[Schedule]:
    """The schedules in force over days [first, end), of an agent's business unit or with a part of theirs."""
    parameters = {
        **mark(tx),
        "agent_id": agent_id,
        "business_unit_id": business_unit_id,
        "first_day": days[0],
        "end_day": days[1],
    }
    return [Schedule(**row) for row in await tx.all(SQL["list_carrying"], parameters)]


async def list_marked_agents(tx: Transaction, schedule_id: str) -> list[str]:
    """Whose parts of a schedule carry marks of requests, or cover something for them."""
    rows = await tx.all(SQL["list_marked_agents"], {**mark(tx), "schedule_id": schedule_id})
    return [row["agent_id"] for row in rows]


async def read_covered(
    tx: Transaction, schedule_id: str, agent_ids: Collection[str], number: int | None = None
) -> dict[str, dict[str, Covered]]:
    """What time off covers in a schedule now or at a revision, by agent and id."""
    parameters = {**mark(tx), "schedule_id": schedule_id, "agent_ids": list(agent_ids), "number": number}
    covered: dict[str, dict[str, Covered]] = {}
    for row in await tx.all(SQL["read_covered"], parameters):
        each = msgspec.convert(row["content"], Covered)
        covered.setdefault(row["agent_id"], {})[each.id] = each
    return covered


async def write_covered(
    tx: Transaction,
    schedule: Schedule,
    former: Mapping[str, Mapping[str, Covered]],
    latter: Mapping[str, Mapping[str, Covered]],
) -> None:
    """Close what a revision no longer covers and insert what it covers newly; ``schedule`` is the revised one."""
    here: Row = {**mark(tx), "schedule_id": schedule.id, "number": schedule.version}
    gone = [
        (agent_id, key)
        for agent_id, each in former.items()
        for key, covered in each.items()
        if latter.get(agent_id, {}).get(key) != covered
    ]
    if gone:
        closed = {"agent_ids": [agent_id for agent_id, _ in gone], "ids": [key for _, key in gone]}
        await tx.execute(SQL["close_covered"], {**here, **closed})
    rows = [
        {**here, "agent_id": agent_id, "id": key, "content": msgspec.json.encode(covered).decode()}
        for agent_id, each in latter.items()
        for key, covered in each.items()
        if former.get(agent_id, {}).get(key) != covered
    ]
    if rows:
        await tx.execute_many(SQL["insert_covered"], rows)
