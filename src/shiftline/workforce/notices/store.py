"""Notices in PostgreSQL."""

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import product

import msgspec
from psycopg.types.json import Jsonb

from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.workforce.notices.model import (
    ExplanationFacts,
    Kind,
    Notice,
    OpenShiftFacts,
    RingFacts,
    Subject,
    TimeOffFacts,
    TradeFacts,
)

SQL = Queries.beside(__file__)


async def find_approvers(reader: Reader, organization_id: str, agent_id: str, permissions: Iterable[str]) -> list[str]:
    """The active people who hold all of the permissions where an agent works."""
    groups = [patterns_of(permission) for permission in permissions]
    parameters = {"organization_id": organization_id, "agent_id": agent_id, "groups": Jsonb(groups)}
    return [row["id"] for row in await reader.all(SQL["find_approvers"], parameters)]


def patterns_of(permission: str) -> list[str]:
    """Everything in a role that covers a permission: each part may be ``*``."""
    return [":".join(parts) for parts in product(*((part, "*") for part in permission.split(":")))]


async def insert_notice(tx: Transaction, notice: Notice) -> bool:
    """A new notice; False when the person was told of this version before."""
    subject = notice.subject
    facts = subject.time_off or subject.trade or subject.explanation or subject.ring or subject.open_shift
    parameters = {
        "organization_id": tx.context.organization_id,
        "id": notice.id,
        "person_id": notice.person_id,
        "kind": subject.kind.value,
        "subject_id": subject.id,
        "subject_version": subject.version,
        "at": subject.at,
        "for_agent": notice.for_agent,
        "facts": Jsonb(msgspec.to_builtins(facts)),
    }
    return await tx.execute(SQL["insert_notice"], parameters) == 1


async def list_notices(reader: Reader, organization_id: str, person_id: str) -> list[Notice]:
    """A person's notices, the latest first."""
    parameters = {"organization_id": organization_id, "person_id": person_id}
    return [_notice(row) for row in await reader.all(SQL["list_notices"], parameters)]


async def lock_notices(tx: Transaction, person_id: str, ids: Collection[str]) -> dict[str, Notice]:
    """Those of a person's notices that have one of the ids."""
    parameters = {"organization_id": tx.context.organization_id, "person_id": person_id, "ids": list(ids)}
    return {row["id"]: _notice(row) for row in await tx.all(SQL["lock_notices"], parameters)}


async def mark_notices(tx: Transaction, person_id: str, ids: Collection[str], *, read: bool) -> None:
    """Set the read mark."""
    scope = {"organization_id": tx.context.organization_id, "person_id": person_id}
    await tx.execute(SQL["mark_notices"], {**scope, "ids": list(ids), "read": read})


async def forget_notices(tx: Transaction, before: datetime) -> None:
    """Drop what was told before an instant, in all organizations."""
    await tx.execute(SQL["forget_notices"], {"before": before})


def _notice(row: Row) -> Notice:
    kind = Kind(row["kind"])
    time_off = msgspec.convert(row["facts"], TimeOffFacts) if kind is Kind.TIME_OFF else None
    trade = msgspec.convert(row["facts"], TradeFacts) if kind is Kind.TRADE else None
    explanation = msgspec.convert(row["facts"], ExplanationFacts) if kind is Kind.EXPLANATION else None
    ring = msgspec.convert(row["facts"], RingFacts) if kind is Kind.RING else None
    open_shift = msgspec.convert(row["facts"], OpenShiftFacts) if kind is Kind.OPEN_SHIFT else None
    told = (time_off, trade, explanation, ring, open_shift)
    subject = Subject(kind, row["subject_id"], row["subject_version"], row["at"], *told)
    return Notice(row["id"], row["person_id"], subject, row["for_agent"], row["marked_as_read"])
