"""The audit, read; and the questions that were put."""

from dataclasses import dataclass
from datetime import datetime

from psycopg.types.json import Json

from shiftline.audit.model import AuditQuery, Entry, Property, Question
from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.foundation.time import Interval

SQL = Queries.beside(__file__)

_PARAMETERS: dict[Property, str] = {
    "UserId": "actor_ids",
    "ClientId": "client_ids",
    "Action": "actions",
    "EntityType": "entity_types",
    "EntityId": "entity_ids",
}


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of an answer: after an entry (at, id) or by offset; nothing after ``last_id``."""

    limit: int
    offset: int = 0
    after: tuple[datetime, int] | None = None
    last_id: int | None = None


async def insert_query(tx: Transaction, query_id: str, question: Question) -> AuditQuery:
    """Keep a question, its answer frozen now."""
    values = {
        "organization_id": tx.context.organization_id,
        "id": query_id,
        "starts_at": question.span.start,
        "ends_at": question.span.end,
        "service": question.service,
        "filters": Json(question.filters),
        "descending": question.descending,
        "now": tx.context.now(),
        "by": tx.context.actor.id,
    }
    row = await tx.one(SQL["insert_query"], values)
    assert row is not None
    return _query(row)


async def find_query(reader: Reader, organization_id: str, query_id: str) -> AuditQuery | None:
    """A question that was put."""
    row = await reader.one(SQL["find_query"], {"organization_id": organization_id, "id": query_id})
    return None if row is None else _query(row)


async def list_entries(reader: Reader, organization_id: str, question: Question, part: Part) -> list[Entry]:
    """A part of the answer, in the order that was asked for."""
    after_at, after_id = part.after or (None, None)
    span = {"last_id": part.last_id, "after_at": after_at, "after_id": after_id}
    paging = {"limit": part.limit, "offset": part.offset}
    statement = SQL["list_newest"] if question.descending else SQL["list_oldest"]
    rows = await reader.all(statement, {**_parameters(organization_id, question), **span, **paging})
    return [Entry(**row) for row in rows]


async def count_entries(reader: Reader, organization_id: str, question: Question) -> int:
    """How many entries answer a question now."""
    row = await reader.one(SQL["count_entries"], _parameters(organization_id, question))
    assert row is not None
    return row["total"]


def _parameters(organization_id: str, question: Question) -> Row:
    filters = {parameter: question.filters.get(name) for name, parameter in _PARAMETERS.items()}
    return {
        "organization_id": organization_id,
        "starts_at": question.span.start,
        "ends_at": question.span.end,
        "service": question.service,
        **{parameter: None if values is None else list(values) for parameter, values in filters.items()},
    }


def _query(row: Row) -> AuditQuery:
    question = Question(
        span=Interval(row["starts_at"], row["ends_at"]),
        service=row["service"],
        filters={name: tuple(values) for name, values in row["filters"].items()},
        descending=row["descending"],
    )
    return AuditQuery(row["id"], question, row["last_id"], row["started_at"], row["started_by"])
