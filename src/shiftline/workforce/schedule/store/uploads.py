"""Uploads and long operations."""

from dataclasses import dataclass
from datetime import datetime

import msgspec
from psycopg.types.json import Jsonb

from shiftline.foundation.database import Reader, Transaction
from shiftline.workforce.schedule.model.operations import (
    FieldProblem,
    Operation,
    OperationKind,
    OperationStatus,
    Upload,
)
from shiftline.workforce.schedule.store.statements import SQL, mark


async def insert_upload(tx: Transaction, upload: Upload, address_digest: bytes) -> None:
    """A place for one file."""
    values = {
        "id": upload.id,
        "address_digest": address_digest,
        "purpose": upload.purpose.value,
        "business_unit_id": upload.business_unit_id,
        "week_date": upload.week_date,
        "schedule_id": upload.schedule_id,
        "size_bytes": upload.size_bytes,
        "expires_at": upload.expires_at,
    }
    await tx.execute(SQL["insert_upload"], {**mark(tx), **values})


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a file as its address finds it."""

    upload: Upload
    filled: bool


async def find_upload_by_address(reader: Reader, organization_id: str, address_digest: bytes) -> Slot | None:
    """The place that an address stands for."""
    parameters = {"organization_id": organization_id, "address_digest": address_digest}
    row = await reader.one(SQL["find_upload_by_address"], parameters)
    if row is None:
        return None
    filled = bool(row.pop("filled"))
    row["purpose"] = OperationKind(row["purpose"])
    return Slot(Upload(**row), filled)


async def fill_upload(tx: Transaction, upload_id: str, content: bytes) -> bool:
    """Put the file there; False when there is one already."""
    values = {"id": upload_id, "content": content}
    return await tx.one(SQL["fill_upload"], {**mark(tx), **values}) is not None


async def lock_upload(tx: Transaction, upload_id: str) -> Upload | None:
    """An upload with its content, held until the end of the transaction."""
    row = await tx.one(SQL["lock_upload"], {**mark(tx), "id": upload_id})
    if row is None:
        return None
    row["purpose"] = OperationKind(row["purpose"])
    return Upload(**row)


async def assign_upload(tx: Transaction, upload_id: str, operation_id: str, *, keep: bool) -> None:
    """Note what works on an upload; its content goes unless it is kept for the worker."""
    values = {"id": upload_id, "operation_id": operation_id, "keep": keep}
    await tx.execute(SQL["assign_upload"], {**mark(tx), **values})


async def forget_uploads(tx: Transaction, real_now: datetime) -> None:
    """Drop what expired, in every organization."""
    await tx.execute(SQL["forget_uploads"], {"real_now": real_now})


async def insert_operation(tx: Transaction, operation: Operation) -> None:
    """Note work that began (or, inline, was done)."""
    values = {
        "id": operation.id,
        "kind": operation.kind.value,
        "status": operation.status.value,
        "business_unit_id": operation.business_unit_id,
        "schedule_id": operation.schedule_id,
    }
    await tx.execute(SQL["insert_operation"], {**mark(tx), **values})


@dataclass(frozen=True, slots=True)
class Ending:
    """How long work ended."""

    status: OperationStatus
    schedule_id: str | None = None
    message: str | None = None
    problems: tuple[FieldProblem, ...] = ()


async def end_operation(tx: Transaction, operation_id: str, ending: Ending) -> bool:
    """Note how work ended; False when that was noted before."""
    values = {
        "id": operation_id,
        "status": ending.status.value,
        "schedule_id": ending.schedule_id,
        "message": ending.message,
        "problems": Jsonb(msgspec.to_builtins(ending.problems)),
    }
    return await tx.execute(SQL["end_operation"], {**mark(tx), **values}) > 0


async def find_operation(reader: Reader, organization_id: str, operation_id: str) -> Operation | None:
    """One operation."""
    row = await reader.one(SQL["find_operation"], {"organization_id": organization_id, "id": operation_id})
    if row is None:
        return None
    row["kind"], row["status"] = OperationKind(row["kind"]), OperationStatus(row["status"])
    row["problems"] = tuple(msgspec.convert(row["problems"], list[FieldProblem]))
    return Operation(**row)
