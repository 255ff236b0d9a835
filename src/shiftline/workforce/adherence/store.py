"""Standings, explanations and jobs in PostgreSQL, and what this room reads of presences, schedules and units."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.foundation.time import Interval
from shiftline.presence.model import SYSTEM_DEFINITIONS, RoutingState, SystemPresence
from shiftline.workforce.adherence.model import (
    Actual,
    Code,
    Explanation,
    ExplanationStatus,
    Facts,
    Impact,
    Job,
    JobKind,
    Past,
    PresenceRow,
    RoutingRow,
    Scheduled,
    ScheduledRow,
    SpanRow,
    Standing,
    State,
)
from shiftline.workforce.adherence.rules.reading import read_settings

SQL = Queries.beside(__file__)
AHEAD = timedelta(days=1)

_SCHEDULED = msgspec.json.Decoder(list[ScheduledRow])
_PRESENCES = msgspec.json.Decoder(list[PresenceRow])
_ROUTING = msgspec.json.Decoder(list[RoutingRow])
_SPANS = msgspec.json.Decoder(list[SpanRow])


async def queue_judgements(tx: Transaction, person_ids: Collection[str]) -> None:
    """Wait until no other transaction judges any of these agents; others wait for this one."""
    parameters = {"organization_id": tx.context.organization_id, "person_ids": list(person_ids)}
    await tx.one(SQL["queue_judgements"], parameters)


async def find_standings(reader: Reader, organization_id: str, person_ids: Collection[str]) -> dict[str, Standing]:
    """How people stood last, by their ids."""
    parameters = {"organization_id": organization_id, "person_ids": list(person_ids)}
    rows = await reader.all(SQL["find_standings"], parameters)
    return {row["person_id"]: _standing(row) for row in rows}


def _standing(row: Row) -> Standing:
    words: Row = {"state": State(row["state"]), "impact": Impact(row["impact"]), "verdict": State(row["verdict"])}
    return Standing(**{**row, **words})


async def find_facts(
    reader: Reader, organization_id: str, person_ids: Collection[str], now: datetime
) -> dict[str, Facts]:
    """What agents' standings follow from, by person; people in no management unit are left out."""
    scope = {"organization_id": organization_id, "person_ids": list(person_ids)}
    around = {**scope, "from": now - AHEAD, "until": now + AHEAD}
    agents = await reader.all(SQL["find_agents"], scope)
    codes = await find_codes(reader, organization_id, {row["business_unit_id"] for row in agents})
    work: dict[str, list[Row]] = {}
    for row in await reader.all(SQL["find_work"], around):
        work.setdefault(row["agent_id"], []).append(row)
    explained: dict[str, list[Explanation]] = {}
    for row in await reader.all(SQL["find_explanations_at"], around):
        explained.setdefault(row["person_id"], []).append(_explanation(row))
    settings = {_key(row["settings"]): read_settings(row["settings"]) for row in agents}
    return {
        row["person_id"]: _facts(
            row,
            settings[_key(row["settings"])],
            list(_activities(work.get(row["person_id"], ()), codes.get(row["business_unit_id"], {}))),
            tuple(explained.get(row["person_id"], ())),
            now,
        )
        for row in agents
    }


def _key(settings: Any) -> bytes:
    return msgspec.json.encode(settings)


def _activities(shifts: Iterable[Row], codes: Mapping[str, Code]) -> Iterable[Scheduled]:
    for row in shifts:
        starts: list[datetime] = row["activity_starts"]
        for start, end, code_id in zip(starts, [*starts[1:], row["ends_at"]], row["activity_code_ids"], strict=True):
            yield Scheduled(code_id, codes.get(code_id), start, end)


def _facts(
    row: Row,
    settings: Any,
    activities: Sequence[Scheduled],
    explanations: tuple[Explanation, ...],
    now: datetime,
) -> Facts:
    offline = SystemPresence.OFFLINE
    return Facts(
        person_id=row["person_id"],
        management_unit_id=row["management_unit_id"],
        business_unit_id=row["business_unit_id"],
        settings=settings,
        actual=Actual(
            system_presence=row["system_presence"] or offline.value,
            definition_id=row["definition_id"] or SYSTEM_DEFINITIONS[offline],
            routing_status=row["routing_status"] or RoutingState.OFF_QUEUE.value,
            presence_at=row["presence_at"],
            routing_at=row["routing_at"],
        ),
        scheduled=next((each for each in activities if each.start <= now < each.end), None),
        ended_at=max((each.end for each in activities if each.end <= now), default=None),
        ahead=tuple(each for each in activities if each.start > now),
        explanations=explanations,
        joined_at=row["joined_at"],
    )


async def find_codes(
    reader: Reader, organization_id: str, business_unit_ids: Collection[str]
) -> dict[str, dict[str, Code]]:
    """Business units' activity codes, those no longer in use too: by unit, then by id."""
    parameters = {"organization_id": organization_id, "business_unit_ids": list(business_unit_ids)}
    found: dict[str, dict[str, Code]] = {}
    for row in await reader.all(SQL["find_codes"], parameters):
        code = Code(row["id"], row["name"], row["category"], frozenset(row["secondary_presence_ids"]))
        found.setdefault(row["business_unit_id"], {})[code.id] = code
    return found


async def list_agents_of(
    reader: Reader, organization_id: str, *, management_unit_id: str | None = None, business_unit_id: str | None = None
) -> list[str]:
    """The agents of a unit."""
    parameters = {
        "organization_id": organization_id,
        "management_unit_id": management_unit_id,
        "business_unit_id": business_unit_id,
    }
    return [row["person_id"] for row in await reader.all(SQL["list_agents_of"], parameters)]


async def put_standings(tx: Transaction, standings: Sequence[Standing]) -> None:
    """Store how agents stand; what was there becomes their past."""
    await tx.execute(
        SQL["put_standings"],
        {
            "organization_id": tx.context.organization_id,
            "now": tx.context.now(),
            "by": tx.context.actor.id,
            "standings": msgspec.json.encode(standings).decode(),
        },
    )


async def set_timers(tx: Transaction, due: Mapping[str, datetime | None]) -> None:
    """When people are to be judged again; None: not by time."""
    parameters = {
        "organization_id": tx.context.organization_id,
        "person_ids": list(due),
        "due_at": list(due.values()),
    }
    await tx.execute(SQL["set_timers"], parameters)


async def find_due(reader: Reader, now: datetime, limit: int) -> dict[str, list[str]]:
    """Whose time has come, by organization."""
    return _by_organization(await reader.all(SQL["find_due"], {"now": now, "limit": limit}))


async def list_unjudged(reader: Reader, limit: int) -> dict[str, list[str]]:
    """Agents who were never judged, by organization."""
    return _by_organization(await reader.all(SQL["list_unjudged"], {"limit": limit}))


def _by_organization(rows: Iterable[Row]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["organization_id"], []).append(row["person_id"])
    return found


def _explanation(row: Row) -> Explanation:
    return Explanation(
        id=row["id"],
        person_id=row["person_id"],
        management_unit_id=row["management_unit_id"],
        business_unit_id=row["business_unit_id"],
        type=row["type"],
        status=ExplanationStatus(row["status"]),
        start=row["starts_at"],
        end=row["ends_at"],
        notes=row["notes"],
        submitted_by=row["submitted_by"],
        submitted_at=row["submitted_at"],
        reviewed_by=row["reviewed_by"],
        reviewed_at=row["reviewed_at"],
        version=row["version"],
    )


async def queue_explanations(tx: Transaction, person_id: str) -> None:
    """Wait until no other transaction explains for this person; others wait for this one."""
    await tx.one(SQL["queue_explanations"], {"organization_id": tx.context.organization_id, "person_id": person_id})


async def find_explanations_within(tx: Transaction, person_id: str, span: Interval) -> list[Explanation]:
    """A person's explanations that were not denied and share time with a span."""
    parameters = {
        "organization_id": tx.context.organization_id,
        "person_ids": [person_id],
        "from": span.start,
        "until": span.end,
    }
    return [_explanation(row) for row in await tx.all(SQL["find_explanations_at"], parameters)]


async def list_explanations(
    reader: Reader,
    organization_id: str,
    span: Interval,
    limit: int,
    *,
    business_unit_id: str | None = None,
    management_unit_ids: Collection[str] | None = None,
    person_ids: Collection[str] | None = None,
) -> list[Explanation]:
    """Explanations that share time with a span, in order of time."""
    parameters = {
        "organization_id": organization_id,
        "from": span.start,
        "until": span.end,
        "business_unit_id": business_unit_id,
        "management_unit_ids": None if management_unit_ids is None else list(management_unit_ids),
        "person_ids": None if person_ids is None else list(person_ids),
        "limit": limit,
    }
    return [_explanation(row) for row in await reader.all(SQL["list_explanations"], parameters)]


async def find_explanation(reader: Reader, organization_id: str, explanation_id: str) -> Explanation | None:
    """One explanation."""
    row = await reader.one(SQL["find_explanation"], {"organization_id": organization_id, "id": explanation_id})
    return None if row is None else _explanation(row)


async def lock_explanation(tx: Transaction, explanation_id: str) -> Explanation | None:
    """One explanation that stays as it is until the end of the transaction."""
    parameters = {"organization_id": tx.context.organization_id, "id": explanation_id}
    row = await tx.one(SQL["lock_explanation"], parameters)
    return None if row is None else _explanation(row)


async def insert_explanation(tx: Transaction, explanation: Explanation) -> None:
    """A new explanation."""
    parameters = {
        "organization_id": tx.context.organization_id,
        "id": explanation.id,
        "person_id": explanation.person_id,
        "management_unit_id": explanation.management_unit_id,
        "business_unit_id": explanation.business_unit_id,
        "type": explanation.type,
        "status": explanation.status.value,
        "start": explanation.start,
        "end": explanation.end,
        "notes": explanation.notes,
        "submitted_by": explanation.submitted_by,
        "submitted_at": explanation.submitted_at,
        "reviewed_by": explanation.reviewed_by,
        "reviewed_at": explanation.reviewed_at,
        "now": tx.context.now(),
        "by": tx.context.actor.id,
    }
    await tx.execute(SQL["insert_explanation"], parameters)


async def decide_explanation(tx: Transaction, explanation_id: str, status: ExplanationStatus) -> None:
    """Approve or deny."""
    parameters = {
        "organization_id": tx.context.organization_id,
        "id": explanation_id,
        "status": status.value,
        "now": tx.context.now(),
        "by": tx.context.actor.id,
    }
    await tx.execute(SQL["decide_explanation"], parameters)


async def insert_job(tx: Transaction, job: Job) -> None:
    """A job, done or to be done."""
    parameters = {
        "organization_id": tx.context.organization_id,
        "id": job.id,
        "kind": job.kind.value,
        "status": job.status,
        "started_by": job.started_by,
        "started_at": job.started_at,
        "key": job.key,
        "request": Jsonb(job.request),
        "result": job.result,
        "error": None if job.error is None else Jsonb(job.error),
    }
    await tx.execute(SQL["insert_job"], parameters)


async def find_job(
    reader: Reader, organization_id: str, job_id: str, kinds: Collection[JobKind], started_by: str | None = None
) -> Job | None:
    """A job of some kinds, by whoever started it, or by anybody."""
    parameters = {
        "organization_id": organization_id,
        "id": job_id,
        "kinds": [kind.value for kind in kinds],
        "started_by": started_by,
    }
    row = await reader.one(SQL["find_job"], parameters)
    if row is None:
        return None
    words: Row = {"kind": JobKind(row["kind"])}
    return Job(**{**row, **words})


async def end_job(tx: Transaction, job: Job) -> bool:
    """Store how a job ended; False when it had ended before."""
    parameters = {
        "organization_id": tx.context.organization_id,
        "id": job.id,
        "status": job.status,
        "result": job.result,
        "parts": job.parts,
        "error": None if job.error is None else Jsonb(job.error),
    }
    return await tx.execute(SQL["end_job"], parameters) == 1


async def insert_part(tx: Transaction, job_id: str, number: int, content: bytes) -> None:
    """A file of a job's result, compressed."""
    scope = {"organization_id": tx.context.organization_id, "job_id": job_id}
    await tx.execute(SQL["insert_part"], {**scope, "number": number, "content": content})


async def find_part(reader: Reader, key: str, number: int) -> bytes | None:
    """A file of a job's result by the secret in its address, compressed."""
    row = await reader.one(SQL["find_part"], {"key": key, "number": number})
    return None if row is None else row["content"]


async def forget_jobs(tx: Transaction) -> None:
    """Drop what is older than a day."""
    await tx.execute(SQL["forget_jobs"], {})


async def list_members(reader: Reader, organization_id: str, management_unit_id: str, span: Interval) -> list[str]:
    """Who works in a management unit, or did at some time of a span."""
    parameters = {
        "organization_id": organization_id,
        "management_unit_id": management_unit_id,
        "from": span.start,
        "until": span.end,
    }
    return [row["person_id"] for row in await reader.all(SQL["list_members"], parameters)]


async def read_past(
    reader: Reader, organization_id: str, person_ids: Sequence[str], span: Interval, statuses: Collection[str]
) -> list[Past]:
    """What agents were scheduled for and did in a span, in the given order. ``statuses``: the routing statuses to be read."""
    parameters = {
        "organization_id": organization_id,
        "person_ids": list(person_ids),
        "from": span.start,
        "until": span.end,
        "statuses": list(statuses),
    }
    return [
        Past(
            row["person_id"],
            _SCHEDULED.decode(row["scheduled"] or "[]"),
            _PRESENCES.decode(row["presences"] or "[]"),
            _ROUTING.decode(row["routing"] or "[]"),
            _SPANS.decode(row["explained"] or "[]"),
        )
        for row in await reader.all(SQL["read_past"], parameters)
    ]
