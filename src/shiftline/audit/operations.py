"""Putting questions to the audit and reading the answers."""

from collections.abc import Sequence
from datetime import datetime

from shiftline.audit import store
from shiftline.audit.errors import QueryNotFound
from shiftline.audit.model import AuditQuery, Entry, Question
from shiftline.audit.store import Part
from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.ids import new_id
from shiftline.foundation.web.paging import Page
from shiftline.identity.operations.people import find_people

VIEW = "audits:audit:view"


async def start_query(context: Context, question: Question) -> AuditQuery:
    """Put a question; its answer is frozen now and can be read for a week."""
    require(context, VIEW)
    async with context.transaction() as tx:
        return await store.insert_query(tx, new_id(), question)


async def get_query(context: Context, query_id: str) -> AuditQuery:
    """A question that was put. Raises QueryNotFound."""
    require(context, VIEW)
    async with context.reader() as reader:
        query = await store.find_query(reader, context.organization_id, query_id)
    if query is None:
        raise QueryNotFound(query_id)
    return query


async def read_answer(
    context: Context, query_id: str, limit: int, after: tuple[datetime, int] | None
) -> tuple[list[Entry], bool]:
    """The part of an answer after an entry, and whether more follows. Raises QueryNotFound."""
    query = await get_query(context, query_id)
    part = Part(limit + 1, after=after, last_id=query.last_id)
    async with context.reader() as reader:
        entries = await store.list_entries(reader, context.organization_id, query.question, part)
    return entries[:limit], len(entries) > limit


async def ask_now(context: Context, question: Question, page: Page) -> tuple[list[Entry], int]:
    """One page of what answers a question now, and how many entries do."""
    require(context, VIEW)
    async with context.reader() as reader:
        entries = await store.list_entries(
            reader, context.organization_id, question, Part(page.size, offset=page.offset)
        )
        return entries, await store.count_entries(reader, context.organization_id, question)


async def find_names(context: Context, entries: Sequence[Entry]) -> dict[str, str]:
    """What the people are called who did something."""
    ids = {entry.actor_id for entry in entries if entry.actor_kind == "person"}
    async with context.reader() as reader:
        people = await find_people(reader, context.organization_id, ids)
    return {person.id: person.name for person in people.values()}
