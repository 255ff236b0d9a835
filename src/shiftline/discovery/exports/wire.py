"""Exports on the wire. The vendor has nothing like them: the shapes are ours."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from msgspec import Meta, field

from shiftline.discovery.exports import rules
from shiftline.discovery.exports.model import (
    Destination,
    ExportDraft,
    ExportState,
    LockMode,
    Place,
    PlannedObject,
    Selection,
    StepTaken,
)
from shiftline.discovery.model import Channel, Stored
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.time import Interval
from shiftline.foundation.web.wire import Identifier, Instant, Wire

EXPORTS = "/api/v2/shiftline/discovery/exports"
MOST_IDS = 10_000

Text = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"^[^\x00\r\n]*[^\s\x00][^\x00\r\n]*$")]


class WireSelection(Wire):
    """Which conversations are wanted: all that is given must hold. ``interval``: START/END, some of it lies in it."""

    matter_id: Identifier | None = None
    user_ids: Annotated[list[Identifier], Meta(min_length=1, max_length=MOST_IDS)] | None = None
    queue_ids: Annotated[list[Identifier], Meta(min_length=1, max_length=MOST_IDS)] | None = None
    conversation_ids: Annotated[list[Identifier], Meta(min_length=1, max_length=MOST_IDS)] | None = None
    channels: Annotated[list[Literal["call", "message", "email"]], Meta(min_length=1, max_length=3)] | None = None
    interval: Annotated[str, Meta(max_length=100)] | None = None


class WireDestination(Wire):
    """Where it goes: below what the operator set for folders, ZIPs or the bucket. Locks are for buckets with Object Lock."""

    type: Literal["folder", "zip", "s3"]
    name: Annotated[str, Meta(min_length=1, max_length=100)]
    lock_mode: Literal["GOVERNANCE", "COMPLIANCE"] | None = None
    retain_until: Instant | None = None
    legal_hold: bool = False


class ExportBody(Wire):
    """An export to be. ``matterId`` is of a matter that is kept here, ``matterName`` how it is called in the package."""

    matter_name: Text
    reason: Text
    selection: WireSelection
    destination: WireDestination
    matter_id: Identifier | None = None
    vendor_media: bool = False


class WireAmount(Wire, omit_defaults=False):
    """How many are planned so far, and how many are stored."""

    total: int
    stored: int


class WireProblem(Wire):
    """Why it does not go on."""

    code: str
    sentence: str
    at: datetime


class WireExport(Wire, omit_defaults=False):
    """An export and how far it is. ``root`` is the SHA-256 of its tag manifest, by which the package is known."""

    id: str
    matter_id: str | None
    matter_name: str
    reason: str
    status: Literal["running", "paused", "failed", "cancelled", "sealed"]
    step: str
    problem: WireProblem | None
    operator: dict[str, str]
    query: dict[str, Any]
    destination: dict[str, Any]
    objects: WireAmount
    bytes: WireAmount
    created_time: datetime
    modified_time: datetime
    frozen_time: datetime | None
    sealed_time: datetime | None
    root: str | None
    attestation_key: str | None
    self_uri: str


class WireStep(Wire):
    """A line of what became of an export; ``realTime`` by the machine's clock."""

    run: int
    what: str
    sentence: str
    by: str
    time: datetime
    real_time: datetime


class WireSteps(Wire):
    """What became of an export, latest first."""

    entities: list[WireStep] = field(default_factory=list[WireStep])


class WireObject(Wire, omit_defaults=False):
    """A line of the export log: an object, its place in the chain of custody, and what it took to store it."""

    sequence: int
    path: str
    media_type: str
    size: int
    sha256: str
    previous_sha256: str
    attempts: int
    conflicts: int
    refusals: list[str]
    stored_time: datetime | None
    number: int | None
    conversation_id: str | None
    user_ids: list[str]


def read_draft(body: ExportBody) -> ExportDraft:
    """An export to be. Raises Invalid, which names the field."""
    wanted, to = body.selection, body.destination
    return ExportDraft(
        matter_name=body.matter_name.strip(),
        reason=body.reason.strip(),
        selection=Selection(
            held_by=wanted.matter_id,
            agent_ids=_unique(wanted.user_ids),
            queue_ids=_unique(wanted.queue_ids),
            conversation_ids=_unique(wanted.conversation_ids),
            channels=None
            if wanted.channels is None
            else tuple(Channel(each) for each in dict.fromkeys(wanted.channels)),
            interval=None if wanted.interval is None else read_interval(wanted.interval, "selection.interval"),
        ),
        destination=Destination(
            place=Place(to.type),
            name=to.name,
            lock_mode=None if to.lock_mode is None else LockMode(to.lock_mode),
            retain_until=to.retain_until,
            legal_hold=to.legal_hold,
        ),
        matter_id=body.matter_id,
        vendor_media=body.vendor_media,
    )


def read_interval(text: str, name: str) -> Interval:
    """``START/END``, both with a zone. Raises Invalid."""
    first, _, last = text.partition("/")
    try:
        start, end = datetime.fromisoformat(first), datetime.fromisoformat(last)
    except ValueError:
        raise _wrong(
            name, f"{text!r} is no interval such as 2023-11-05T00:00:00-05:00/2023-11-06T00:00:00-06:00."
        ) from None
    if start.tzinfo is None or end.tzinfo is None:
        raise _wrong(name, f"{text!r} has an instant without a zone: write Z or an offset behind both.")
    if end - start <= timedelta(0):
        raise _wrong(name, f"{text!r} ends before it begins, or is empty.")
    return Interval(start, end)


def show_export(export: ExportState) -> WireExport:
    """An export and how far it is."""
    to, problem = export.destination, export.problem
    return WireExport(
        id=export.id,
        matter_id=export.matter_id,
        matter_name=export.matter_name,
        reason=export.reason,
        status=export.status.value,
        step=export.step.value,
        problem=None if problem is None else WireProblem(code=problem.code, sentence=problem.sentence, at=problem.at),
        operator={"id": export.operator_id, "name": export.operator_name},
        query=rules.show_query(export.selection),
        destination={
            "type": to.place.value,
            "name": to.name,
            **({} if to.lock_mode is None else {"lockMode": to.lock_mode.value}),
            **({} if to.retain_until is None else {"retainUntil": to.retain_until}),
            **({"legalHold": True} if to.legal_hold else {}),
        },
        objects=WireAmount(total=export.total_objects, stored=export.stored_objects),
        bytes=WireAmount(total=export.total_bytes, stored=export.stored_bytes),
        created_time=export.created_at,
        modified_time=export.changed_at,
        frozen_time=export.frozen_at,
        sealed_time=export.sealed_at,
        root=export.root,
        attestation_key=None if export.attestation_key is None else bytes(export.attestation_key).decode(),
        self_uri=f"{EXPORTS}/{export.id}",
    )


def show_step(step: StepTaken) -> WireStep:
    """A line of what became of an export."""
    return WireStep(
        run=step.run, what=step.what, sentence=step.sentence, by=step.by, time=step.at, real_time=step.real_at
    )


def show_object(planned: PlannedObject, stored: Stored, at: datetime | None) -> WireObject:
    """A line of the export log."""
    return WireObject(
        sequence=planned.sequence,
        path=planned.path,
        media_type=planned.media_type,
        size=planned.size,
        sha256=planned.sha256,
        previous_sha256=planned.previous,
        attempts=stored.attempts,
        conflicts=stored.conflicts,
        refusals=list(stored.refusals),
        stored_time=at,
        number=planned.number,
        conversation_id=planned.conversation_id,
        user_ids=list(planned.agent_ids),
    )


def _unique(ids: list[str] | None) -> tuple[str, ...] | None:
    return None if ids is None else tuple(dict.fromkeys(ids))


def _wrong(name: str, sentence: str) -> Invalid:
    return Invalid(Problem(name, sentence, "export.interval.invalid"))
