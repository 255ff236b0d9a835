"""Snapshots, attempts and client traces in PostgreSQL."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from psycopg.types.json import Json

from shiftline.access.model.connecting import (
    Attempt,
    ExceptionFact,
    Holding,
    OrganizationFact,
    OverrideFact,
    PersonFact,
    Question,
    ShiftFact,
    Snapshot,
    StationFact,
    TenantFact,
    TimeOffFact,
    TokenFact,
)
from shiftline.access.model.offers import Queueing
from shiftline.access.model.receiving import Reception
from shiftline.access.model.recording import Recorded, RecordingWish
from shiftline.foundation.database import Queries, Reader, Transaction
from shiftline.foundation.events import EventType
from shiftline.recordings.events import RecordingLost, RecordingNotMade
from shiftline.routing.model.queues import Medium
from shiftline.routing.model.utilization import MediaUtilization

SQL = Queries.beside(__file__)
RECEPTION = Queries.beside(__file__, "reception.sql")
RECORDING = Queries.beside(__file__, "recording.sql")

OFFERS_AT_MOST = 50
"""The latest offers of a conversation that are told."""


async def read_snapshot(
    reader: Reader,
    organization_id: str,
    person_id: str,
    moment: datetime,
    *,
    past: bool,
    token_digest: bytes | None = None,
) -> Snapshot:
    """All facts in one read: those that stand now, or (``past``) those that stood at the moment."""
    row = await reader.one(
        SQL["read_snapshot"],
        {
            "organization_id": organization_id,
            "person_id": person_id,
            "moment": moment,
            "at": moment if past else None,
            "token_digest": token_digest,
        },
    )
    assert row is not None
    return Snapshot(
        person_id=person_id,
        at=moment,
        person=_convert(row["person"], PersonFact | None),
        organization=_convert(row["organization"], OrganizationFact | None),
        tenant=_convert(row["tenant"], TenantFact | None),
        token=_convert(row["token"], TokenFact | None),
        holdings=_convert(row["holdings"], tuple[Holding, ...]),
        former_holdings=_convert(row["former_holdings"], tuple[Holding, ...]),
        shifts=_convert(row["shifts"], tuple[ShiftFact, ...]),
        time_off=_convert(row["time_off"], tuple[TimeOffFact, ...]),
        station=_convert(row["station"], StationFact | None),
        exceptions=_convert(row["exceptions"], tuple[ExceptionFact, ...]),
        overrides=_convert(row["overrides"], tuple[OverrideFact, ...]),
    )


async def read_reception(
    reader: Reader, organization_id: str, person_id: str, question: Question, *, moment: datetime, real_now: datetime
) -> Reception:
    """What decides whether a person is offered calls, now or at the question's instant; a second read, for those who ask."""
    row = await reader.one(
        RECEPTION["read_reception"],
        {
            "organization_id": organization_id,
            "person_id": person_id,
            "queue_id": question.queue_id,
            "moment": moment,
            "at": question.at,
            "real_now": real_now,
        },
    )
    assert row is not None
    utilization = row.pop("utilization")
    found: Reception = _convert(row, Reception)
    if utilization is None:
        return found
    return replace(found, utilization=_convert(utilization, dict[Medium, MediaUtilization]))


async def read_queueing(
    reader: Reader, organization_id: str, person_id: str, question: Question, *, moment: datetime
) -> Queueing:
    """What became of the question's conversation until a moment, as a person sees it."""
    row = await reader.one(
        RECEPTION["read_queueing"],
        {
            "organization_id": organization_id,
            "person_id": person_id,
            "conversation_id": question.conversation_id,
            "queue_id": question.queue_id,
            "moment": moment,
            "limit": OFFERS_AT_MOST,
        },
    )
    assert row is not None
    return _convert({**row, "conversation_id": question.conversation_id}, Queueing)


async def read_policies(reader: Reader, organization_id: str, person_id: str, question: Question) -> RecordingWish:
    """What was decided of recording, and of which queues the question is."""
    parameters = {
        "organization_id": organization_id,
        "person_id": person_id,
        "queue_id": question.queue_id,
        "at": question.at,
    }
    return _convert(await reader.one(RECORDING["read_policies"], parameters), RecordingWish)


async def read_recorded(
    reader: Reader, organization_id: str, person_id: str, conversation_id: str, *, moment: datetime
) -> Recorded:
    """What was recorded of a conversation until a moment; in the zone of the person."""
    parameters = {
        "organization_id": organization_id,
        "person_id": person_id,
        "conversation_id": conversation_id,
        "moment": moment,
        "lost": _called(RecordingLost),
        "not_made": _called(RecordingNotMade),
    }
    row = await reader.one(RECORDING["read_recorded"], parameters)
    assert row is not None
    return _convert({**row, "conversation_id": conversation_id}, Recorded)


def _called(declared: type[Any]) -> str:
    """How an event is called in the audit."""
    kind: EventType = declared.EVENT
    return kind.name


def _convert(value: Any, shape: Any) -> Any:
    return msgspec.convert(value, shape, strict=False)


async def insert_attempt(tx: Transaction, attempt: Attempt) -> None:
    """Keep a decision that was made."""
    await tx.execute(
        SQL["insert_attempt"],
        {
            "organization_id": tx.context.organization_id,
            "decision_id": attempt.decision_id,
            "person_id": attempt.person_id,
            "action": attempt.action,
            "purpose": attempt.purpose,
            "at": attempt.at,
            "allowed": attempt.allowed,
            "decision": Json(attempt.decision),
            "evidence": Json(attempt.evidence),
        },
    )


async def find_attempt(reader: Reader, organization_id: str, decision_id: str) -> Attempt | None:
    """A decision by its id."""
    row = await reader.one(SQL["find_attempt"], {"organization_id": organization_id, "decision_id": decision_id})
    return None if row is None else Attempt(**row)


async def list_attempts(
    reader: Reader, organization_id: str, person_id: str, start: datetime, end: datetime, *, limit: int
) -> list[Attempt]:
    """What a person attempted in a span of the application's time, newest first."""
    parameters = {"organization_id": organization_id, "person_id": person_id, "from": start, "to": end}
    return [Attempt(**row) for row in await reader.all(SQL["list_attempts"], {**parameters, "limit": limit})]


async def insert_trace(tx: Transaction, person_id: str, body: Any, *, most_a_day: int) -> bool:
    """Keep what a client saw, unless it sent too much today; whether it was kept."""
    parameters = {
        "organization_id": tx.context.organization_id,
        "person_id": person_id,
        "at": tx.context.now(),
        "body": Json(body),
        "most_a_day": most_a_day,
    }
    return await tx.execute(SQL["insert_trace"], parameters) > 0


async def list_traces(
    reader: Reader, organization_id: str, person_id: str, start: datetime, end: datetime
) -> list[dict[str, Any]]:
    """What a person's clients saw in a span of the application's time."""
    parameters = {"organization_id": organization_id, "person_id": person_id, "from": start, "to": end}
    return await reader.all(SQL["list_traces"], parameters)


async def forget_old(reader: Reader) -> None:
    """Drop traces older than a week and questions older than a month. Real time."""
    await reader.connection.execute(SQL["forget_old"], {})
