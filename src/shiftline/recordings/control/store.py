"""Policies, pauses, snippets, announcements, reasons and annotations in PostgreSQL."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime

from psycopg.types.json import Jsonb

from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.recordings.control.model import (
    AccessReason,
    Annotation,
    AnnotationDraft,
    Announcement,
    Channel,
    Pause,
    RecordedPause,
    Scope,
    ScopedPolicy,
    Snippet,
    SnippetKind,
    Terms,
)

SQL = Queries.beside(__file__)
_TERMS = tuple(Terms.__dataclass_fields__)
_PAUSE = tuple(Pause.__dataclass_fields__)
_DRAFT = tuple(AnnotationDraft.__dataclass_fields__)


async def find_policies(reader: Reader, organization_id: str) -> list[ScopedPolicy]:
    """The policies that hold."""
    rows = await reader.all(SQL["find_policies"], {"organization_id": organization_id})
    return [_policy(row) for row in rows]


async def lock_policy(tx: Transaction, scope: Scope) -> ScopedPolicy | None:
    """The policy of a scope that holds, which nobody else changes until the end of the transaction."""
    row = await tx.one(SQL["lock_policy"], {**_mine(tx), **_scope(scope)})
    return None if row is None or not row["active"] else _policy(row)


async def put_policy(tx: Transaction, scope: Scope, terms: Terms) -> bool:
    """Set the policy of a scope; whether that is new."""
    return await tx.execute(SQL["put_policy"], {**_mine(tx), **_scope(scope), **asdict(terms)}) > 0


async def create_policy(tx: Transaction, scope: Scope, terms: Terms) -> bool:
    """Make the policy of a scope; False when there is one."""
    return await tx.execute(SQL["create_policy"], {**_mine(tx), **_scope(scope), **asdict(terms)}) > 0


async def remove_policy(tx: Transaction, scope: Scope) -> Terms | None:
    """Take the policy of a scope away; what it said, None when there was none."""
    row = await tx.one(SQL["remove_policy"], {**_mine(tx), **_scope(scope)})
    return None if row is None else Terms(**row)


async def begin_pause(tx: Transaction, pause_id: str, conversation_id: str) -> bool:
    """Begin a pause now; False when one lasts."""
    parameters = {**_mine(tx), "id": pause_id, "conversation_id": conversation_id}
    return await tx.one(SQL["begin_pause"], parameters) is not None


async def end_pause(tx: Transaction, conversation_id: str) -> Pause | None:
    """End the pause that lasts; None when none does."""
    row = await tx.one(SQL["end_pause"], {**_mine(tx), "conversation_id": conversation_id})
    return None if row is None else Pause(**row)


async def find_pause(reader: Reader, organization_id: str, conversation_id: str) -> Pause | None:
    """The pause that lasts."""
    row = await reader.one(SQL["find_pause"], _of(organization_id, conversation_id))
    return None if row is None else Pause(**row)


async def say_silent(tx: Transaction, pause_id: str, recording_id: str, at: datetime) -> None:
    """A recording holds nothing from an instant on; what was said before stays."""
    await tx.execute(SQL["say_silent"], {**_mine(tx), "pause_id": pause_id, "recording_id": recording_id, "at": at})


async def say_heard(tx: Transaction, pause_id: str, recording_id: str, at: datetime) -> None:
    """A recording holds something again from an instant on."""
    await tx.execute(SQL["say_heard"], {**_mine(tx), "pause_id": pause_id, "recording_id": recording_id, "at": at})


async def count_unconfirmed(reader: Reader, organization_id: str, conversation_id: str, pause_id: str) -> int:
    """How many recordings that are being written have not said that they keep nothing of a pause."""
    parameters = {**_of(organization_id, conversation_id), "pause_id": pause_id}
    row = await reader.one(SQL["count_unconfirmed"], parameters)
    return 0 if row is None else row["missing"]


async def list_open(reader: Reader, organization_id: str, conversation_id: str) -> list[str]:
    """The ids of a conversation's recordings that are being written."""
    return [row["id"] for row in await reader.all(SQL["list_open"], _of(organization_id, conversation_id))]


async def list_pauses(
    reader: Reader, organization_id: str, recording_ids: Collection[str]
) -> dict[str, list[RecordedPause]]:
    """The pauses that fall into recordings, by recording, in their order."""
    parameters = {"organization_id": organization_id, "recording_ids": list(recording_ids)}
    found: dict[str, list[RecordedPause]] = {}
    for row in await reader.all(SQL["list_pauses"], parameters):
        pause = Pause(**{name: row[name] for name in _PAUSE})
        found.setdefault(row["recording_id"], []).append(RecordedPause(pause, row["silent_from"], row["silent_until"]))
    return found


async def begin_snippet(tx: Transaction, snippet_id: str, conversation_id: str, kind: SnippetKind) -> bool:
    """Begin a recording by hand; False when one lasts."""
    parameters = {**_mine(tx), "id": snippet_id, "conversation_id": conversation_id, "kind": kind}
    return await tx.one(SQL["begin_snippet"], parameters) is not None


async def end_snippet(tx: Transaction, conversation_id: str) -> Snippet | None:
    """End the recording by hand that lasts; None when none does."""
    row = await tx.one(SQL["end_snippet"], {**_mine(tx), "conversation_id": conversation_id})
    return None if row is None else Snippet(**row)


async def find_snippet(reader: Reader, organization_id: str, conversation_id: str) -> Snippet | None:
    """The recording by hand that lasts."""
    row = await reader.one(SQL["find_snippet"], _of(organization_id, conversation_id))
    return None if row is None else Snippet(**row)


async def insert_announcement(tx: Transaction, announcement: Announcement) -> bool:
    """Keep that it is announced; False when it was before."""
    return await tx.one(SQL["insert_announcement"], {**_mine(tx), **asdict(announcement)}) is not None


async def find_announcement(reader: Reader, organization_id: str, conversation_id: str) -> Announcement | None:
    """When it was announced in a conversation."""
    row = await reader.one(SQL["find_announcement"], _of(organization_id, conversation_id))
    return None if row is None else Announcement(**row)


async def list_reasons(reader: Reader, organization_id: str) -> tuple[AccessReason, ...]:
    """The reasons that an organization set; none when it never did."""
    rows = await reader.all(SQL["list_reasons"], {"organization_id": organization_id})
    return tuple(AccessReason(**row) for row in rows)


async def set_reasons(tx: Transaction, reasons: Sequence[AccessReason]) -> None:
    """The reasons of an organization, in their order."""
    listed = [{**asdict(each), "position": index} for index, each in enumerate(reasons)]
    await tx.execute(SQL["drop_reasons"], _mine(tx))
    await tx.execute(SQL["insert_reasons"], {**_mine(tx), "reasons": Jsonb(listed)})


async def insert_annotation(tx: Transaction, annotation_id: str, recording_id: str, draft: AnnotationDraft) -> None:
    """A new note."""
    parameters = {**_mine(tx), "id": annotation_id, "recording_id": recording_id, **asdict(draft)}
    await tx.execute(SQL["insert_annotation"], parameters)


async def update_annotation(tx: Transaction, annotation_id: str, recording_id: str, draft: AnnotationDraft) -> bool:
    """Change a note; False when there is none."""
    parameters = {**_mine(tx), "id": annotation_id, "recording_id": recording_id, **asdict(draft)}
    return await tx.one(SQL["update_annotation"], parameters) is not None


async def delete_annotation(tx: Transaction, annotation_id: str, recording_id: str) -> bool:
    """Take a note away; False when there is none."""
    parameters = {**_mine(tx), "id": annotation_id, "recording_id": recording_id}
    return await tx.one(SQL["delete_annotation"], parameters) is not None


async def list_annotations(
    reader: Reader, organization_id: str, recording_ids: Collection[str], annotation_id: str | None = None
) -> list[Annotation]:
    """The notes on recordings, in the order of their place."""
    parameters = {"organization_id": organization_id, "recording_ids": list(recording_ids), "id": annotation_id}
    return [
        Annotation(
            id=row["id"],
            recording_id=row["recording_id"],
            draft=AnnotationDraft(**{name: row[name] for name in _DRAFT}),
            made_at=row["made_at"],
            made_by=row["made_by"],
            changed_at=row["changed_at"],
            changed_by=row["changed_by"],
        )
        for row in await reader.all(SQL["list_annotations"], parameters)
    ]


async def list_versions(
    reader: Reader, organization_id: str, conversation_id: str, event: str, limit: int
) -> list[tuple[datetime, str, str]]:
    """How a conversation was from each instant on, oldest first: the instant, who changed it, and the event as JSON."""
    parameters = {**_of(organization_id, conversation_id), "event": event, "limit": limit}
    return [(row["at"], row["actor_id"], row["body"]) for row in await reader.all(SQL["list_versions"], parameters)]


def _policy(row: Row) -> ScopedPolicy:
    scope = Scope(Channel(row["channel"]), row["queue_id"] or None, row["direction"] or None)
    return ScopedPolicy(scope, Terms(**{name: row[name] for name in _TERMS}), row["since"], row["changed_by"])


def _scope(scope: Scope) -> Row:
    return {"queue_id": scope.queue_id or "", "direction": scope.direction or "", "channel": scope.channel.value}


def _of(organization_id: str, conversation_id: str) -> Row:
    return {"organization_id": organization_id, "conversation_id": conversation_id}


def _mine(tx: Transaction) -> Row:
    return {"organization_id": tx.context.organization_id, "now": tx.context.now(), "by": tx.context.actor.id}
