"""Trades and jobs in PostgreSQL, and what this room reads of published shifts and approved time off."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.foundation.time import Interval, day_of, week_start
from shiftline.workforce.trades.model import Calendar, Job, Match, Ruling, Shift, State, Trade, TradeFilter

SQL = Queries.beside(__file__)


async def find_shift(
    reader: Reader, organization_id: str, schedule_id: str, shift_id: str, calendar: Calendar
) -> Shift | None:
    """A shift of a schedule that is in force now."""
    parameters = {"organization_id": organization_id, "shift_id": shift_id, "schedule_id": schedule_id}
    row = await reader.one(SQL["find_shift"], parameters)
    return None if row is None else _shift(row, calendar)


async def list_shifts_of(
    reader: Reader, organization_id: str, person_id: str, start: datetime, calendar: Calendar
) -> list[Shift]:
    """A person's published shifts that end after an instant, in order of time."""
    parameters = {"organization_id": organization_id, "person_id": person_id, "from": start}
    return [_shift(row, calendar) for row in await reader.all(SQL["list_shifts_of"], parameters)]


async def list_time_off(reader: Reader, organization_id: str, person_id: str, start: datetime) -> list[Interval]:
    """A person's approved time off that ends after an instant."""
    return (await list_time_off_of(reader, organization_id, [person_id], start)).get(person_id, [])


async def list_time_off_of(
    reader: Reader, organization_id: str, person_ids: Sequence[str], start: datetime
) -> dict[str, list[Interval]]:
    """People's approved time off that ends after an instant."""
    parameters = {"organization_id": organization_id, "person_ids": list(person_ids), "from": start}
    return _spans_by_person(await reader.all(SQL["list_time_off"], parameters))


def _spans_by_person(rows: Sequence[Row]) -> dict[str, list[Interval]]:
    found: dict[str, list[Interval]] = {}
    for row in rows:
        found.setdefault(row["person_id"], []).append(Interval(row["starts_at"], row["ends_at"]))
    return found


async def list_held_skills_of(
    reader: Reader, organization_id: str, person_ids: Sequence[str]
) -> dict[str, frozenset[str]]:
    """The skills that people have."""
    parameters = {"organization_id": organization_id, "person_ids": list(person_ids)}
    found: dict[str, set[str]] = {}
    for row in await reader.all(SQL["list_held_skills"], parameters):
        found.setdefault(row["person_id"], set()).add(row["skill_id"])
    return {person_id: frozenset(skill_ids) for person_id, skill_ids in found.items()}


async def list_queues_of(reader: Reader, organization_id: str, person_ids: Sequence[str]) -> dict[str, frozenset[str]]:
    """The queues that people are members of."""
    parameters = {"organization_id": organization_id, "person_ids": list(person_ids)}
    found: dict[str, set[str]] = {}
    for row in await reader.all(SQL["list_queues"], parameters):
        found.setdefault(row["person_id"], set()).add(row["queue_id"])
    return {person_id: frozenset(queue_ids) for person_id, queue_ids in found.items()}


async def queue_offers(tx: Transaction, person_id: str) -> None:
    """Wait until no other transaction offers for this person; others wait for this one."""
    await tx.one(SQL["queue_offers"], {"organization_id": tx.context.organization_id, "person_id": person_id})


async def find_open_trade(tx: Transaction, shift: Shift) -> Trade | None:
    """The offer in which a shift stands open, also one whose expiry nobody has noticed; nobody else changes it."""
    parameters = {
        "organization_id": tx.context.organization_id,
        "schedule_id": shift.schedule_id,
        "shift_id": shift.id,
    }
    row = await tx.one(SQL["find_open_trade"], parameters)
    return None if row is None else _trade(row)


async def count_week_offers(tx: Transaction, person_id: str, shift: Shift) -> int:
    """How many offers a person made for shifts of the shift's week and did not take back."""
    parameters = {
        "organization_id": tx.context.organization_id,
        "person_id": person_id,
        "week_date": shift.week_date,
    }
    row = await tx.one(SQL["count_week_offers"], parameters)
    return 0 if row is None else row["offers"]


async def insert_trade(tx: Transaction, trade: Trade) -> None:
    """A new trade."""
    await tx.execute(SQL["insert_trade"], _values(tx, trade))


async def change_offer(tx: Transaction, trade: Trade) -> None:
    """What an offer that was locked asks for now."""
    parameters = {
        "organization_id": tx.context.organization_id,
        "id": trade.id,
        "acceptable_starts": [interval.start for interval in trade.acceptable],
        "acceptable_ends": [interval.end for interval in trade.acceptable],
        "target_person_id": trade.target_person_id,
        "expires_at": trade.expires_at,
        "review_note": trade.review_note,
        "changed_by": trade.changed_by,
        "changed_at": trade.changed_at,
        "version": trade.version,
    }
    await tx.execute(SQL["change_offer"], parameters)


async def update_trade(tx: Transaction, trade: Trade, organization_id: str) -> None:
    """The new state of a trade that was locked, with its match and what was decided."""
    match, ruling = trade.match, trade.ruling
    given = None if match is None else match.shift
    parameters = {
        "organization_id": organization_id,
        "id": trade.id,
        "state": trade.state.value,
        "receiving_person_id": None if match is None else match.person_id,
        "receiving_management_unit_id": None if match is None else match.management_unit_id,
        "matched_at": None if match is None else match.at,
        **_given_values(given),
        "reviewed_by": trade.reviewed_by,
        "reviewed_at": trade.reviewed_at,
        "ruling_code": None if ruling is None else ruling.code,
        "ruling_sentence": None if ruling is None else ruling.sentence,
        "changed_by": trade.changed_by,
        "changed_at": trade.changed_at,
        "version": trade.version,
    }
    await tx.execute(SQL["update_trade"], parameters)


def _given_values(given: Shift | None) -> Row:
    return {
        "receiving_shift_id": None if given is None else given.id,
        "receiving_schedule_id": None if given is None else given.schedule_id,
        "receiving_schedule_week_date": None if given is None else given.schedule_week_date,
        "receiving_week_date": None if given is None else given.week_date,
        "receiving_starts_at": None if given is None else given.span.start,
        "receiving_ends_at": None if given is None else given.span.end,
    }


async def find_other_trade(reader: Reader, organization_id: str, shift: Shift, trade_id: str) -> str | None:
    """The id of another undecided trade in which a shift stands, on either side."""
    parameters = {
        "organization_id": organization_id,
        "id": trade_id,
        "schedule_id": shift.schedule_id,
        "shift_id": shift.id,
    }
    row = await reader.one(SQL["find_other_trade"], parameters)
    return None if row is None else row["id"]


async def find_trade(reader: Reader, organization_id: str, trade_id: str) -> Trade | None:
    """A trade."""
    row = await reader.one(SQL["find_trade"], {"organization_id": organization_id, "id": trade_id})
    return None if row is None else _trade(row)


async def lock_trade(tx: Transaction, organization_id: str, trade_id: str) -> Trade | None:
    """A trade that nobody else changes until the end of the transaction."""
    row = await tx.one(SQL["lock_trade"], {"organization_id": organization_id, "id": trade_id})
    return None if row is None else _trade(row)


async def lock_trades(tx: Transaction, trade_ids: Sequence[str]) -> dict[str, Trade]:
    """Trades that nobody else changes until the end of the transaction, locked in the order of their ids."""
    parameters = {"organization_id": tx.context.organization_id, "ids": list(trade_ids)}
    return {row["id"]: _trade(row) for row in await tx.all(SQL["lock_trades"], parameters)}


async def list_given_twice(reader: Reader, organization_id: str, trade_ids: Sequence[str]) -> dict[str, str]:
    """Of some offers those whose shift stands in another matched trade, too, with that trade's id."""
    parameters = {"organization_id": organization_id, "ids": list(trade_ids)}
    return {row["id"]: row["other_id"] for row in await reader.all(SQL["list_given_twice"], parameters)}


async def list_trades(
    reader: Reader, organization_id: str, wanted: TradeFilter, now: datetime, *, limit: int
) -> list[Trade]:
    """Trades by the start of their shift. ``only_open``: not expired at ``now``, and the shift stands as offered."""
    parameters = {
        "organization_id": organization_id,
        "business_unit_id": wanted.business_unit_id,
        "management_unit_ids": _listed(wanted.management_unit_ids),
        "week_dates": _listed(wanted.week_dates),
        "person_ids": _listed(wanted.person_ids),
        "states": None if wanted.states is None else [state.value for state in wanted.states],
        "only_open": wanted.only_open,
        "now": now,
        "limit": limit,
    }
    return [_trade(row) for row in await reader.all(SQL["list_trades"], parameters)]


async def lock_due(tx: Transaction, limit: int) -> list[tuple[str, str]]:
    """Organization and id of the next open trades whose expiry has come, in all organizations."""
    rows = await tx.all(SQL["lock_due"], {"now": tx.context.now(), "limit": limit})
    return [(row["organization_id"], row["id"]) for row in rows]


async def insert_job(tx: Transaction, job: Job) -> None:
    """Keep what an operation answered."""
    parameters = {
        "organization_id": tx.context.organization_id,
        "id": job.id,
        "kind": job.kind,
        "started_by": tx.context.actor.id,
        "now": tx.context.now(),
        "body": Jsonb(job.body),
    }
    await tx.execute(SQL["insert_job"], parameters)


async def update_job(tx: Transaction, job: Job) -> None:
    """Keep what became of an operation."""
    parameters = {"organization_id": tx.context.organization_id, "id": job.id, "body": Jsonb(job.body)}
    await tx.execute(SQL["update_job"], parameters)


async def find_job(reader: Reader, organization_id: str, started_by: str, kind: str, job_id: str) -> Job | None:
    """What an operation of a kind answered to whoever started it."""
    parameters = {"organization_id": organization_id, "started_by": started_by, "kind": kind, "id": job_id}
    row = await reader.one(SQL["find_job"], parameters)
    return None if row is None else Job(row["id"], row["kind"], row["body"])


async def forget_jobs(tx: Transaction) -> None:
    """Drop what was answered more than a day ago."""
    await tx.execute(SQL["forget_jobs"], {})


def _listed(values: Sequence[Any] | None) -> list[Any] | None:
    return None if values is None else list(values)


def _shift(row: Mapping[str, Any], calendar: Calendar) -> Shift:
    span = Interval(row["starts_at"], row["ends_at"])
    return Shift(
        id=row["shift_id"],
        schedule_id=row["schedule_id"],
        schedule_week_date=row["schedule_week_date"],
        person_id=row["agent_id"],
        span=span,
        week_date=week_start(day_of(span.start, calendar.zone), calendar.first_day),
    )


def _values(tx: Transaction, trade: Trade) -> Row:
    return {
        "organization_id": tx.context.organization_id,
        "id": trade.id,
        "state": trade.state.value,
        "business_unit_id": trade.business_unit_id,
        "management_unit_id": trade.management_unit_id,
        "person_id": trade.person_id,
        "shift_id": trade.shift.id,
        "schedule_id": trade.shift.schedule_id,
        "schedule_week_date": trade.shift.schedule_week_date,
        "week_date": trade.shift.week_date,
        "starts_at": trade.shift.span.start,
        "ends_at": trade.shift.span.end,
        "acceptable_starts": [interval.start for interval in trade.acceptable],
        "acceptable_ends": [interval.end for interval in trade.acceptable],
        "target_person_id": trade.target_person_id,
        "expires_at": trade.expires_at,
        "review_note": trade.review_note,
        "created_by": trade.created_by,
        "created_at": trade.created_at,
        "changed_by": trade.changed_by,
        "changed_at": trade.changed_at,
        "version": trade.version,
    }


def _trade(row: Row) -> Trade:
    span = row["span"]
    shift = Shift(
        id=row["shift_id"],
        schedule_id=row["schedule_id"],
        schedule_week_date=row["schedule_week_date"],
        person_id=row["person_id"],
        span=Interval(span.lower, span.upper),
        week_date=row["week_date"],
    )
    acceptable = zip(row["acceptable_starts"], row["acceptable_ends"], strict=True)
    return Trade(
        id=row["id"],
        state=State(row["state"]),
        business_unit_id=row["business_unit_id"],
        management_unit_id=row["management_unit_id"],
        person_id=row["person_id"],
        shift=shift,
        acceptable=tuple(Interval(start, end) for start, end in acceptable),
        target_person_id=row["target_person_id"],
        expires_at=row["expires_at"],
        review_note=row["review_note"],
        created_by=row["created_by"],
        created_at=row["created_at"],
        changed_by=row["changed_by"],
        changed_at=row["changed_at"],
        version=row["version"],
        match=_match(row),
        reviewed_by=row["reviewed_by"],
        reviewed_at=row["reviewed_at"],
        ruling=None if row["ruling_code"] is None else Ruling(row["ruling_code"], row["ruling_sentence"]),
    )


def _match(row: Row) -> Match | None:
    if row["receiving_person_id"] is None:
        return None
    span = row["receiving_span"]
    given = None
    if row["receiving_shift_id"] is not None:
        given = Shift(
            id=row["receiving_shift_id"],
            schedule_id=row["receiving_schedule_id"],
            schedule_week_date=row["receiving_schedule_week_date"],
            person_id=row["receiving_person_id"],
            span=Interval(span.lower, span.upper),
            week_date=row["receiving_week_date"],
        )
    return Match(row["receiving_person_id"], row["receiving_management_unit_id"], given, row["matched_at"])
