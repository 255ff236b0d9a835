"""Snapshots, attempts and client traces in PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from psycopg.types.json import Json
from psycopg.types.multirange import TimestamptzMultirange
from psycopg.types.range import TimestamptzRange

from shiftline.access.model.assertions import Assertion, AssertionDraft
from shiftline.access.model.changes import Happened
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
from shiftline.access.model.histories import History, Setting
from shiftline.access.model.offers import Queueing
from shiftline.access.model.receiving import Reception
from shiftline.access.model.recording import Recorded, RecordingWish
from shiftline.access.model.simulations import Simulation, Trial
from shiftline.foundation.database import Queries, Reader, Transaction
from shiftline.foundation.events import EventType
from shiftline.recordings.events import RecordingLost, RecordingNotMade
from shiftline.routing.model.queues import Medium
from shiftline.routing.model.utilization import MediaUtilization

SQL = Queries.beside(__file__)
RECEPTION = Queries.beside(__file__, "reception.sql")
RECORDING = Queries.beside(__file__, "recording.sql")
HISTORIES = Queries.beside(__file__, "histories.sql")
TRIALS = Queries.beside(__file__, "trials.sql")

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


async def read_histories(
    reader: Reader, organization_id: str, person_ids: Sequence[str], since: datetime, until: datetime
) -> tuple[Setting, list[History]]:
    """What stood of the organization and of some people at any instant of a span, both ends included."""
    parameters = {"organization_id": organization_id, "ids": list(person_ids), "since": since, "until": until}
    setting = await reader.one(HISTORIES["read_setting"], parameters)
    rows = await reader.all(HISTORIES["read_histories"], parameters)
    return _convert(setting, Setting), [_convert(row, History) for row in rows]


async def list_happened(
    reader: Reader,
    organization_id: str,
    person_id: str,
    spans: Sequence[tuple[datetime, datetime]],
    role_ids: Collection[str],
    *,
    limit: int,
) -> list[Happened]:
    """What happened to a person in spans of the application's time, or to all of their organization, oldest first."""
    if not spans:
        return []
    ranges = [TimestamptzRange(start, end, "[)") for start, end in spans]
    parameters = {
        "organization_id": organization_id,
        "person_id": person_id,
        "whole": TimestamptzRange(min(start for start, _ in spans), max(end for _, end in spans), "[]"),
        "spans": TimestamptzMultirange(ranges),
        "role_ids": list(role_ids),
        "limit": limit,
    }
    return [Happened(**row) for row in await reader.all(HISTORIES["list_happened"], parameters)]


async def list_reception_instants(
    reader: Reader,
    organization_id: str,
    person_id: str,
    question: Question,
    span: tuple[datetime, datetime],
    *,
    limit: int,
) -> list[datetime]:
    """When something changed in a span that decides of a person's calls or of recording, beside what decides of connecting."""
    parameters = {
        "organization_id": organization_id,
        "person_id": person_id,
        "queue_id": question.queue_id,
        "since": span[0],
        "until": span[1],
        "limit": limit,
    }
    return [row["at"] for row in await reader.all(HISTORIES["list_reception_instants"], parameters)]


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


async def list_person_ids(reader: Reader, organization_id: str, *, limit: int) -> list[str]:
    """Everybody who is not deleted."""
    rows = await reader.all(TRIALS["list_person_ids"], {"organization_id": organization_id, "limit": limit})
    return [row["id"] for row in rows]


async def insert_simulation(tx: Transaction, simulation: Simulation, trial: Trial) -> None:
    """Keep what was tried and found."""
    parameters = {
        **_mark(tx),
        "id": simulation.id,
        "at": simulation.since,
        "trial": Json(trial),
        "rule": Json(simulation.rule),
        "result": Json(simulation),
    }
    await tx.execute(TRIALS["insert_simulation"], parameters)


async def find_simulation(reader: Reader, organization_id: str, simulation_id: str) -> Simulation | None:
    """What was tried and found, by its id."""
    row = await reader.one(TRIALS["find_simulation"], {"organization_id": organization_id, "id": simulation_id})
    return None if row is None else _convert(row["result"], Simulation)


async def was_simulated(reader: Reader, organization_id: str, rule: Mapping[str, object]) -> bool:
    """Whether somebody looked in the last day at what exactly these switches would do."""
    row = await reader.one(TRIALS["was_simulated"], {"organization_id": organization_id, "rule": Json(rule)})
    return row is not None and row["simulated"]


async def list_assertions(reader: Reader, organization_id: str, *, limit: int) -> list[Assertion]:
    """What is asserted, by name."""
    rows = await reader.all(TRIALS["list_assertions"], {"organization_id": organization_id, "limit": limit})
    return [_convert(row, Assertion) for row in rows]


async def find_assertion(reader: Reader, organization_id: str, assertion_id: str) -> Assertion | None:
    """What is asserted under an id."""
    row = await reader.one(TRIALS["find_assertion"], {"organization_id": organization_id, "id": assertion_id})
    return None if row is None else _convert(row, Assertion)


async def put_assertion(tx: Transaction, assertion_id: str, draft: AssertionDraft) -> Assertion:
    """Keep an assertion under an id, in place of what was there."""
    parameters = {
        **_mark(tx),
        "id": assertion_id,
        "name": draft.name,
        "action": draft.action,
        "person_ids": list(draft.person_ids),
        "expected": draft.expected,
        "blocks": draft.blocks,
        "at": draft.at,
        "weekdays": None if draft.weekdays is None else list(draft.weekdays),
        "wall_time": draft.wall_time,
        "zone": draft.zone,
    }
    row = await tx.one(TRIALS["put_assertion"], parameters)
    return _convert(row, Assertion)


async def delete_assertion(tx: Transaction, assertion_id: str) -> None:
    """Take an assertion away."""
    await tx.execute(TRIALS["delete_assertion"], {**_mark(tx), "id": assertion_id})


def _mark(tx: Transaction) -> dict[str, Any]:
    context = tx.context
    return {"organization_id": context.organization_id, "now": context.now(), "by": context.actor.id}


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
    """Drop traces older than a week, questions and simulations older than a month. Real time."""
    await reader.connection.execute(SQL["forget_old"], {})
