"""Proposed rings of trades in PostgreSQL, and who would work more."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.foundation.time import Interval
from shiftline.workforce.trades.model import Ruling, Shift
from shiftline.workforce.trades.model.cycles import Answer, Cycle, CycleFilter, CycleState, Member, Wanted

SQL = Queries.beside(__file__, "cycles.sql")


async def insert_cycle(tx: Transaction, cycle: Cycle, search_id: str) -> None:
    """A new proposal."""
    organization_id = tx.context.organization_id
    await tx.execute(SQL["insert_cycle"], {**_values(cycle, organization_id), "search_id": search_id})
    members = [_member_values(member, place) for place, member in enumerate(cycle.members)]
    scope = {"organization_id": organization_id, "cycle_id": cycle.id}
    await tx.execute_many(SQL["insert_member"], [{**scope, **member} for member in members])


def _values(cycle: Cycle, organization_id: str) -> Row:
    ruling = cycle.ruling
    return {
        "organization_id": organization_id,
        "id": cycle.id,
        "business_unit_id": cycle.business_unit_id,
        "week_date": cycle.week_date,
        "state": cycle.state.value,
        "expires_at": cycle.expires_at,
        "proposed_by": cycle.proposed_by,
        "proposed_at": cycle.proposed_at,
        "changed_by": cycle.changed_by,
        "changed_at": cycle.changed_at,
        "version": cycle.version,
        "ruling_code": None if ruling is None else ruling.code,
        "ruling_sentence": None if ruling is None else ruling.sentence,
        "open_shift_id": cycle.open_shift_id,
        "open_shift_version": cycle.open_shift_version,
    }


def _member_values(member: Member, place: int) -> Row:
    shift = member.shift
    return {
        "place": place,
        "person_id": member.person_id,
        "management_unit_id": member.management_unit_id,
        "trade_id": member.trade_id,
        "trade_version": member.trade_version,
        "shift_id": None if shift is None else shift.id,
        "schedule_id": None if shift is None else shift.schedule_id,
        "schedule_week_date": None if shift is None else shift.schedule_week_date,
        "week_date": None if shift is None else shift.week_date,
        "starts_at": None if shift is None else shift.span.start,
        "ends_at": None if shift is None else shift.span.end,
        "answer": member.answer.value,
    }


async def lock_cycle(tx: Transaction, organization_id: str, cycle_id: str) -> Cycle | None:
    """A proposal that nobody else changes until the end of the transaction."""
    row = await tx.one(SQL["lock_cycle"], {"organization_id": organization_id, "id": cycle_id})
    return None if row is None else (await _with_members(tx, organization_id, [row]))[0]


async def find_cycle(reader: Reader, organization_id: str, cycle_id: str) -> Cycle | None:
    """A proposal."""
    row = await reader.one(SQL["find_cycle"], {"organization_id": organization_id, "id": cycle_id})
    return None if row is None else (await _with_members(reader, organization_id, [row]))[0]


async def list_cycles(reader: Reader, organization_id: str, wanted: CycleFilter, limit: int) -> list[Cycle]:
    """The proposals that match, the earliest first."""
    parameters = {
        "organization_id": organization_id,
        "business_unit_id": wanted.business_unit_id,
        "week_dates": list(wanted.weeks),
        "person_id": wanted.person_id,
        "state": None if wanted.state is None else wanted.state.value,
        "limit": limit,
    }
    return await _with_members(reader, organization_id, await reader.all(SQL["list_cycles"], parameters))


@dataclass(frozen=True, slots=True)
class Busy:
    """Offers and open shifts that a ring uses, and everybody who waits for a ring."""

    held: frozenset[str]
    people: frozenset[str]


async def list_busy(reader: Reader, organization_id: str, business_unit_id: str) -> Busy:
    """Who and what stands in a business unit's pending proposals."""
    parameters = {"organization_id": organization_id, "business_unit_id": business_unit_id}
    rows = await reader.all(SQL["list_busy"], parameters)
    held = frozenset(each for row in rows if row["held"] for each in (row["trade_id"], row["open_shift_id"]))
    return Busy(held, frozenset(row["person_id"] for row in rows))


async def list_like(
    reader: Reader, organization_id: str, trade_ids: Collection[str], open_shift_ids: Collection[str]
) -> list[Cycle]:
    """Proposals with one of some offers or open shifts that are pending or that somebody has declined."""
    parameters = {
        "organization_id": organization_id,
        "trade_ids": list(trade_ids),
        "open_shift_ids": list(open_shift_ids),
    }
    return await _with_members(reader, organization_id, await reader.all(SQL["list_like"], parameters))


async def update_cycle(tx: Transaction, cycle: Cycle, organization_id: str, *, held: bool) -> None:
    """The new state of a proposal that was locked. ``held``: its offers are used by it."""
    await tx.execute(SQL["update_cycle"], _values(cycle, organization_id))
    members = [
        {
            "organization_id": organization_id,
            "cycle_id": cycle.id,
            "place": place,
            "answer": member.answer.value,
            "answered_at": member.answered_at,
            "held": held,
        }
        for place, member in enumerate(cycle.members)
    ]
    await tx.execute_many(SQL["update_member"], members)


async def find_holder(reader: Reader, organization_id: str, cycle: Cycle) -> str | None:
    """Another proposal that uses one of this one's offers, or its open shift."""
    parameters = {
        "organization_id": organization_id,
        "id": cycle.id,
        "trade_ids": cycle.trade_ids,
        "open_shift_ids": cycle.open_shift_ids,
    }
    row = await reader.one(SQL["find_holder"], parameters)
    return None if row is None else row["cycle_id"]


async def find_holder_of(reader: Reader, organization_id: str, trade_id: str) -> Cycle | None:
    """The ring that uses an offer and waits for its review."""
    row = await reader.one(SQL["find_holder_of"], {"organization_id": organization_id, "trade_id": trade_id})
    return None if row is None else (await _with_members(reader, organization_id, [row]))[0]


async def find_holder_of_open_shift(reader: Reader, organization_id: str, open_shift_id: str) -> Cycle | None:
    """The ring that begins with an open shift and waits for its review."""
    parameters = {"organization_id": organization_id, "open_shift_id": open_shift_id}
    row = await reader.one(SQL["find_holder_of_open_shift"], parameters)
    return None if row is None else (await _with_members(reader, organization_id, [row]))[0]


async def list_held(reader: Reader, organization_id: str, ids: Collection[str], now: datetime) -> dict[str, datetime]:
    """Of some offers and open shifts those that a ring uses which waits for its review, and until when."""
    if not ids:
        return {}
    parameters = {"organization_id": organization_id, "ids": list(ids), "now": now}
    return {row["id"]: row["expires_at"] for row in await reader.all(SQL["list_held"], parameters)}


async def list_over_with(reader: Reader, organization_id: str, trade_id: str) -> list[str]:
    """Pending proposals with an offer that is no longer as it was when they were made, in the order of their ids."""
    parameters = {"organization_id": organization_id, "trade_id": trade_id}
    return [row["id"] for row in await reader.all(SQL["list_over_with"], parameters)]


async def lock_over(tx: Transaction, limit: int) -> list[tuple[str, str]]:
    """Organization and id of the next pending proposals that cannot come about any more, in all organizations."""
    rows = await tx.all(SQL["lock_over"], {"now": tx.context.now(), "limit": limit})
    return [(row["organization_id"], row["id"]) for row in rows]


async def find_moved(reader: Reader, organization_id: str, cycle_id: str) -> str | None:
    """The id of an offer of a proposal that is no longer as it was."""
    row = await reader.one(SQL["find_moved"], {"organization_id": organization_id, "id": cycle_id})
    return None if row is None else row["id"]


async def find_moved_open_shift(reader: Reader, organization_id: str, cycle_id: str) -> tuple[str, str] | None:
    """The id of a proposal's open shift that is no longer as it was, and what became of it."""
    row = await reader.one(SQL["find_moved_open_shift"], {"organization_id": organization_id, "id": cycle_id})
    return None if row is None else (row["id"], row["state"])


async def put_wanted(tx: Transaction, business_unit_id: str, wanted: Wanted) -> None:
    """When somebody would work more in a week, in place of what they said before."""
    parameters = {
        "organization_id": tx.context.organization_id,
        "person_id": wanted.person_id,
        "week_date": wanted.week_date,
        "business_unit_id": business_unit_id,
        "starts": [each.start for each in wanted.times],
        "ends": [each.end for each in wanted.times],
        "now": tx.context.now(),
    }
    await tx.execute(SQL["put_wanted"], parameters)


async def list_wanted(
    reader: Reader, organization_id: str, business_unit_id: str, weeks: Sequence[date], person_id: str | None = None
) -> list[Wanted]:
    """Who would work more in some weeks of a business unit."""
    parameters = {
        "organization_id": organization_id,
        "business_unit_id": business_unit_id,
        "week_dates": list(weeks),
        "person_id": person_id,
    }
    return [
        Wanted(row["person_id"], row["week_date"], _spans(row["starts"], row["ends"]))
        for row in await reader.all(SQL["list_wanted"], parameters)
    ]


def _spans(starts: Sequence[datetime], ends: Sequence[datetime]) -> tuple[Interval, ...]:
    return tuple(Interval(start, end) for start, end in zip(starts, ends, strict=True))


async def _with_members(reader: Reader, organization_id: str, rows: Sequence[Row]) -> list[Cycle]:
    parameters = {"organization_id": organization_id, "cycle_ids": [row["id"] for row in rows]}
    members: dict[str, list[Member]] = {}
    for row in await reader.all(SQL["list_members"], parameters):
        members.setdefault(row["cycle_id"], []).append(_member(row))
    return [_cycle(row, tuple(members[row["id"]])) for row in rows]


def _cycle(row: Row, members: tuple[Member, ...]) -> Cycle:
    return Cycle(
        id=row["id"],
        business_unit_id=row["business_unit_id"],
        week_date=row["week_date"],
        state=CycleState(row["state"]),
        members=members,
        expires_at=row["expires_at"],
        proposed_by=row["proposed_by"],
        proposed_at=row["proposed_at"],
        changed_by=row["changed_by"],
        changed_at=row["changed_at"],
        version=row["version"],
        ruling=None if row["ruling_code"] is None else Ruling(row["ruling_code"], row["ruling_sentence"]),
        open_shift_id=row["open_shift_id"],
        open_shift_version=row["open_shift_version"],
    )


def _member(row: Row) -> Member:
    shift = None
    if row["shift_id"] is not None:
        shift = Shift(
            id=row["shift_id"],
            schedule_id=row["schedule_id"],
            schedule_week_date=row["schedule_week_date"],
            person_id=row["person_id"],
            span=Interval(row["span"].lower, row["span"].upper),
            week_date=row["week_date"],
        )
    return Member(
        person_id=row["person_id"],
        management_unit_id=row["management_unit_id"],
        trade_id=row["trade_id"],
        trade_version=row["trade_version"],
        shift=shift,
        answer=Answer(row["answer"]),
        answered_at=row["answered_at"],
    )
