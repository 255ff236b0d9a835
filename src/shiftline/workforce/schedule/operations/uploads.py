"""Files of schedules: a place to put one, and working on it, at once when it is small, else by the worker."""

import hashlib
import secrets
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, TypeAlias

from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.errors import Conflict, Invalid, Problem, Refusal, Unavailable
from shiftline.foundation.ids import new_id
from shiftline.foundation.jobs import defer
from shiftline.workforce.schedule.errors import (
    OperationNotFound,
    ScheduleNotFound,
    UploadNotFound,
    UploadUnfit,
)
from shiftline.workforce.schedule.events import ScheduleOperationFailed
from shiftline.workforce.schedule.model import Revised, Schedule, ScheduleDraft
from shiftline.workforce.schedule.model.operations import (
    FieldProblem,
    Operation,
    OperationKind,
    OperationStatus,
    Upload,
)
from shiftline.workforce.schedule.operations.changing import import_schedule_in, update_schedule_in
from shiftline.workforce.schedule.operations.places import Place, check_week, find_schedule_at, find_unit
from shiftline.workforce.schedule.store import schedules, uploads, writing
from shiftline.workforce.schedule.store.uploads import Ending

COMPRESSED_BYTES_AT_MOST: Final = 64 * 1024 * 1024
UNPACKED_BYTES_AT_MOST: Final = 512 * 1024 * 1024
INLINE_BYTES_AT_MOST: Final = 512 * 1024  # unpacked: some 160 agents' week, 0.1 s of planning
LIFETIME: Final = timedelta(hours=1)
JOB: Final = "schedule.process_upload"

ReadDraft: TypeAlias = Callable[[OperationKind, bytes], ScheduleDraft]


@dataclass(frozen=True, slots=True)
class Address:
    """A new upload, and the unguessable last part of its address."""

    upload: Upload
    key: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request: done (``schedule`` is set), or being worked on."""

    operation_id: str
    status: OperationStatus
    schedule: Schedule | None = None
    revised: Revised | None = None


async def open_upload(
    context: Context, business_unit_id: str, week_date: date, size_bytes: int, schedule_id: str | None = None
) -> Address:
    """A place to put a file of exactly so many bytes: for an import, or with a schedule's id for an update of it.

    Raises BusinessUnitNotFound, ScheduleNotFound, Invalid.
    """
    if not 0 < size_bytes <= COMPRESSED_BYTES_AT_MOST:
        sentence = f"must be from 1 to {COMPRESSED_BYTES_AT_MOST}."
        raise Invalid(Problem("contentLengthBytes", sentence, "request.entity.too.large"))
    async with context.transaction() as tx:
        if schedule_id is None:
            unit = await find_unit(context, tx, business_unit_id, "wfm:schedule:add")
            check_week(unit, week_date, "weekId")
        else:
            place = Place(business_unit_id, week_date, schedule_id)
            await find_schedule_at(context, tx, place, "wfm:schedule:edit")
        upload = Upload(
            id=new_id(),
            purpose=OperationKind.IMPORT if schedule_id is None else OperationKind.UPDATE,
            business_unit_id=business_unit_id,
            week_date=week_date,
            schedule_id=schedule_id,
            size_bytes=size_bytes,
            created_by=context.actor.id,
            expires_at=context.clock.real_now() + LIFETIME,
        )
        secret = secrets.token_urlsafe(32)
        await uploads.insert_upload(tx, upload, _digest(secret))
        # The address carries the organization: whoever puts the file there shows nothing but the address.
        return Address(upload, f"{secret}.{context.organization_id}")


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


async def find_slot(context: Context, key: str) -> tuple[Context, Upload]:
    """The upload that an address stands for, and a context to fill it in. Raises UploadNotFound, Conflict."""
    secret, _, organization_id = key.partition(".")
    async with context.reader() as reader:
        slot = await uploads.find_upload_by_address(reader, organization_id, _digest(secret))
    if slot is None or slot.upload.expires_at <= context.clock.real_now():
        raise UploadNotFound("of this address")
    if slot.filled:
        raise Conflict("There is a file at this address already; ask for another upload url.", code="upload.used")
    owner = Actor(organization_id=organization_id, kind="person", person_id=slot.upload.created_by)
    return context.acting_as(owner), slot.upload


async def fill_upload(context: Context, upload: Upload, content: bytes) -> None:
    """Keep the file; ``context`` and ``upload`` are those of ``find_slot``. Raises UploadUnfit, Conflict."""
    if len(content) != upload.size_bytes:
        sentence = f"was announced as {upload.size_bytes}, but {len(content)} bytes came."
        raise UploadUnfit("contentLengthBytes", sentence, "upload.size")
    if content[:2] != b"\x1f\x8b":
        raise UploadUnfit("body", "must be compressed with gzip.", "upload.not.gzip")
    async with context.transaction() as tx:
        if not await uploads.fill_upload(tx, upload.id, content):
            raise Conflict("There is a file at this address already; ask for another upload url.", code="upload.used")


def unpack(content: bytes, limit: int = UNPACKED_BYTES_AT_MOST) -> bytes:
    """A gzip file's content, never more than the limit, whatever the file claims. Raises UploadUnfit."""
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        unpacked = unpacker.decompress(content, limit)
    except zlib.error as error:
        raise UploadUnfit("body", f"cannot be unpacked: {error}.", "upload.damaged") from error
    if unpacker.unconsumed_tail:
        raise UploadUnfit("body", f"unpacks to more than {limit} bytes.", "request.entity.too.large")
    if not unpacker.eof or unpacker.unused_data:
        raise UploadUnfit("body", "is not one whole gzip file: it is cut off, or followed by more.", "upload.damaged")
    return unpacked


def claimed_bytes(content: bytes) -> int:
    """What a gzip file's trailer says of its unpacked size (RFC 1952 section 2.3.1); never more than deflate can do."""
    return min(int.from_bytes(content[-4:], "little"), len(content) * 1032)


@dataclass(frozen=True, slots=True)
class Work:
    """Which upload shall be worked on, for what; ``later``: by the worker, however small it is."""

    upload_id: str
    business_unit_id: str
    week_date: date
    schedule_id: str | None = None
    later: bool = False


async def process_upload(context: Context, work: Work, read: ReadDraft) -> Outcome:
    """Import or update by a file: done at once when small, else by the worker. A repeat answers how it stands.

    Raises UploadNotFound, UploadUnfit, and what the import or update itself refuses; nothing is stored then.
    """
    async with context.transaction() as tx:
        upload = await _take(tx, work)
        if upload.operation_id is not None:
            return await _find_outcome(tx, upload.operation_id)
        assert upload.content is not None
        operation = _operation(context, upload)
        if work.later or claimed_bytes(upload.content) > INLINE_BYTES_AT_MOST:
            await uploads.insert_operation(tx, operation)
            await uploads.assign_upload(tx, upload.id, operation.id, keep=True)
            arguments = {"operation_id": operation.id, "upload_id": upload.id}
            await defer(tx, JOB, arguments, lock=f"schedule:{upload.business_unit_id}")
            return Outcome(operation.id, OperationStatus.PROCESSING)
        draft = read(upload.purpose, unpack(upload.content, INLINE_BYTES_AT_MOST))
        revised = await _apply(tx, upload, draft, operation.id)
        done = replace(operation, status=OperationStatus.COMPLETE, schedule_id=revised.schedule.id)
        await uploads.insert_operation(tx, done)
        return Outcome(operation.id, OperationStatus.COMPLETE, revised.schedule, revised)


async def _find_outcome(tx: Transaction, operation_id: str) -> Outcome:
    """How work that began before stands now."""
    organization_id = tx.context.organization_id
    operation = await uploads.find_operation(tx, organization_id, operation_id)
    assert operation is not None
    done = operation.status is OperationStatus.COMPLETE and operation.schedule_id is not None
    schedule = await schedules.find_schedule(tx, organization_id, operation.schedule_id or "") if done else None
    return Outcome(operation.id, operation.status, schedule)


def _operation(context: Context, upload: Upload) -> Operation:
    return Operation(
        id=new_id(),
        kind=upload.purpose,
        status=OperationStatus.PROCESSING,
        business_unit_id=upload.business_unit_id,
        schedule_id=upload.schedule_id,
        message=None,
        problems=(),
        started_by=context.actor.id,
        started_at=context.now(),
        ended_at=None,
    )


async def _take(tx: Transaction, work: Work) -> Upload:
    """The upload that the caller may work on, with its file or what works on it. Raises UploadNotFound, Conflict."""
    if work.schedule_id is None:
        await find_unit(tx.context, tx, work.business_unit_id, "wfm:schedule:add")
    else:
        place = Place(work.business_unit_id, work.week_date, work.schedule_id)
        await find_schedule_at(tx.context, tx, place, "wfm:schedule:edit")
    upload = await uploads.lock_upload(tx, work.upload_id)
    wanted = (work.business_unit_id, work.week_date, work.schedule_id)
    if upload is None or (upload.business_unit_id, upload.week_date, upload.schedule_id) != wanted:
        raise UploadNotFound(work.upload_id)
    if upload.content is None and upload.operation_id is None:
        raise Conflict("Nothing was put at the upload url yet. PUT the file there first.", code="upload.empty")
    return upload


async def _apply(tx: Transaction, upload: Upload, draft: ScheduleDraft, operation_id: str) -> Revised:
    await uploads.assign_upload(tx, upload.id, operation_id, keep=False)
    if upload.schedule_id is None:
        return await import_schedule_in(tx, upload.business_unit_id, upload.week_date, draft, operation_id)
    schedule = await schedules.find_schedule(tx, tx.context.organization_id, upload.schedule_id)
    if schedule is None:
        raise ScheduleNotFound(upload.schedule_id)
    return await update_schedule_in(tx, schedule, draft, operation_id)


async def run_operation(context: Context, operation_id: str, upload_id: str, read: ReadDraft) -> None:
    """The worker's part: do it, or note why it was refused. A repeat after the end does nothing. Raises Unavailable."""
    try:
        async with context.transaction() as tx:
            upload = await uploads.lock_upload(tx, upload_id)
            if upload is None or upload.content is None:
                return
            revised = await _apply(tx, upload, read(upload.purpose, unpack(upload.content)), operation_id)
            await uploads.end_operation(tx, operation_id, Ending(OperationStatus.COMPLETE, revised.schedule.id))
    except Unavailable:
        raise
    except Refusal as refusal:
        await _note_refusal(context, operation_id, upload_id, refusal)


async def learn_sizes(context: Context) -> None:
    """After a big file: what is read next is read by the right index. Nothing that anybody sees changes."""
    async with context.transaction() as tx:
        await writing.learn_sizes(tx)


async def _note_refusal(context: Context, operation_id: str, upload_id: str, refusal: Refusal) -> None:
    problems = refusal.problems if isinstance(refusal, Invalid) else ()
    kept = tuple(FieldProblem(problem.field, problem.sentence, problem.code) for problem in problems)
    async with context.transaction() as tx:
        operation = await uploads.find_operation(tx, context.organization_id, operation_id)
        await uploads.assign_upload(tx, upload_id, operation_id, keep=False)
        ending = Ending(OperationStatus.ERROR, message=refusal.message, problems=kept)
        if operation is None or not await uploads.end_operation(tx, operation_id, ending):
            return
        tx.record(
            ScheduleOperationFailed(
                organization_id=context.organization_id,
                operation_id=operation_id,
                kind=operation.kind.value,
                business_unit_id=operation.business_unit_id,
                schedule_id=operation.schedule_id,
                message=refusal.message,
            )
        )


async def get_operation(context: Context, operation_id: str) -> tuple[Operation, Schedule | None]:
    """What became of long work, for whoever started it or may see the unit's schedules. Raises OperationNotFound."""
    async with context.reader() as reader:
        operation = await uploads.find_operation(reader, context.organization_id, operation_id)
        if operation is None:
            raise OperationNotFound(operation_id)
        if operation.started_by != context.actor.id:
            await find_unit(context, reader, operation.business_unit_id, "wfm:schedule:view")
        if operation.schedule_id is None:
            return operation, None
        return operation, await schedules.find_schedule(reader, context.organization_id, operation.schedule_id)


async def forget_uploads(context: Context, real_now: datetime) -> None:
    """Drop what expired, in every organization."""
    async with context.transaction() as tx:
        await uploads.forget_uploads(tx, real_now)
