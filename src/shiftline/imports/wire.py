"""Imports and quarantine on the wire. Ours: the vendor takes nothing in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.web.wire import Identifier, Wire
from shiftline.imports.model import (
    Import,
    ImportDraft,
    Item,
    ItemFilter,
    ItemState,
    Refused,
    Repair,
    ReportLine,
    Rule,
)
from shiftline.imports.model import Problem as Found
from shiftline.imports.rules import reporting
from shiftline.imports.rules.reading import NAMES

IMPORTS = "/api/v2/shiftline/recordings/imports"
QUARANTINE = "/api/v2/shiftline/recordings/quarantine"
REPORT = "/api/v2/shiftline/recordings/metadata/report"
USUAL_REASON = "import"

Reason = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"^[^\x00]*$")]
Told = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


class ImportBody(Wire):
    """What to read: a folder below the installation's folder for imports; ``organizationIds``: what we were called there."""

    folder: Annotated[str, Meta(min_length=1, max_length=1000, pattern=r"^[^\x00]*$")]
    reason: Reason | None = None
    time_zone: Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[^\x00]*$")] | None = None
    organization_ids: Annotated[list[Identifier], Meta(max_length=100)] | None = None
    repair: bool = True


class CorrectionsBody(Wire):
    """What is right, by the names of the vendor's file; the others stay as the file has them."""

    conversation_id: Identifier | None = None
    start_time: Told | None = None
    end_time: Told | None = None
    time_zone: Told | None = None
    user_id: Identifier | None = None
    queue_id: Identifier | None = None
    division_ids: Annotated[list[Identifier], Meta(min_length=1, max_length=100)] | None = None
    direction: Told | None = None
    utc_offset: Told | None = None
    media_format: Told | None = None
    address: Told | None = None


class RepairBody(Wire):
    """The fields that are corrected, the rules whose problem is taken as it is, and why."""

    reason: Reason
    corrections: CorrectionsBody | None = None
    accept: Annotated[list[Rule], Meta(max_length=50)] | None = None


class WireRefused(Wire):
    """What was not kept."""

    path: str
    sentence: str


class WireImport(Wire, omit_defaults=False):
    """An import and how far it is."""

    id: str
    folder: str
    reason: str
    time_zone: str | None
    organization_ids: Sequence[str]
    repair: bool
    state: str
    started_by: str
    date_started: datetime
    date_ended: datetime | None
    total: int
    done: int
    received: int
    known: int
    adopted: int
    refused: int
    problem: str | None
    self_uri: str
    refusals: list[WireRefused] | None = None


class WireProblem(Wire, omit_defaults=False):
    """A rule that is broken. ``corrected`` follows from the file itself; ``open``: it waits for somebody."""

    rule: str
    sentence: str
    field: str
    found: Any
    corrected: Any
    open: bool


class WireItem(Wire, omit_defaults=False):
    """An item. ``before`` is what its file says, ``after`` what the recording says."""

    id: str
    import_id: str
    path: str
    recording_id: str
    conversation_id: str | None
    state: ItemState
    metadata_sha256: str | None
    media_sha256: str | None
    media_size_bytes: int | None
    media_type: str | None
    duration_ms: int | None
    problems: list[WireProblem]
    before: Mapping[str, Any]
    after: Mapping[str, Any] | None
    corrections: Mapping[str, Any]
    date_received: datetime
    date_repaired: datetime | None
    repaired_by: str | None
    repair_reason: str | None
    self_uri: str
    metadata_uri: str | None
    recording_uri: str | None


class WireCount(Wire, omit_defaults=False):
    """How many there were, and are left."""

    before: int
    after: int


class WireLine(Wire, omit_defaults=False):
    """One field of one recording."""

    recording_id: str
    path: str
    field: str
    class_: str = msgspec.field(name="class")
    rule: str
    before: Any
    after: Any
    solved: bool


class WireReport(Wire, omit_defaults=False):
    """What was null, contradictory or wrongly offset before, and what is not after."""

    counts: dict[str, WireCount]
    total: int
    lines: list[WireLine]
    self_uri: str


def read_import(body: ImportBody) -> ImportDraft:
    """What a body means."""
    ids = tuple(body.organization_ids or ())
    return ImportDraft(body.folder, body.reason or USUAL_REASON, body.time_zone, ids, body.repair)


def read_repair(body: RepairBody) -> Repair:
    """What a body means. Raises Invalid when it says nothing."""
    given: dict[str, Any] = {}
    if body.corrections is not None:
        found = {_camel(name): getattr(body.corrections, name) for name in CorrectionsBody.__struct_fields__}
        given = {name: value for name, value in found.items() if value is not None}
    assert set(given) <= set(NAMES) | {"direction"}
    if not given and not body.accept:
        raise Invalid(
            Problem("corrections", "say what is right, or in accept what is taken as it is.", "import.repair.empty")
        )
    return Repair(given, tuple(body.accept or ()), body.reason)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(each.capitalize() for each in rest)


def read_items(import_id: str | None, state: ItemState | None, rule: Rule | None) -> ItemFilter:
    """Which items a query means."""
    return ItemFilter(import_id, state, rule)


def show_import(found: Import, refusals: Sequence[Refused] | None = None) -> WireImport:
    """An import."""
    return WireImport(
        id=found.id,
        folder=found.folder,
        reason=found.reason,
        time_zone=found.zone,
        organization_ids=found.organization_ids,
        repair=found.repair,
        state=found.state,
        started_by=found.started_by,
        date_started=found.started_at,
        date_ended=found.ended_at,
        total=found.total,
        done=found.done,
        received=found.received,
        known=found.known,
        adopted=found.adopted,
        refused=found.refused,
        problem=found.problem,
        self_uri=f"{IMPORTS}/{found.id}",
        refusals=None
        if refusals is None
        else [WireRefused(path=each.path, sentence=each.sentence) for each in refusals],
    )


def show_item(item: Item) -> WireItem:
    """An item."""
    adopted = item.state is ItemState.ADOPTED
    return WireItem(
        id=item.id,
        import_id=item.import_id,
        path=item.path,
        recording_id=item.recording_id,
        conversation_id=item.conversation_id,
        state=item.state,
        metadata_sha256=None if item.metadata_sha256 is None else item.metadata_sha256.hex(),
        media_sha256=None if item.media_sha256 is None else item.media_sha256.hex(),
        media_size_bytes=item.media_size,
        media_type=item.media_type,
        duration_ms=item.duration_ms,
        problems=[_problem(each) for each in item.problems],
        before=item.before,
        after=None if item.after is None else {_camel(name): value for name, value in item.after.items()},
        corrections=item.corrections,
        date_received=item.received_at,
        date_repaired=item.repaired_at,
        repaired_by=item.repaired_by,
        repair_reason=item.repair_reason,
        self_uri=f"{QUARANTINE}/{item.id}",
        metadata_uri=None if item.metadata is None else f"{QUARANTINE}/{item.id}/metadata",
        recording_uri=f"/api/v2/shiftline/recordings/{item.recording_id}" if adopted else None,
    )


def _problem(each: Found) -> WireProblem:
    return WireProblem(
        rule=each.rule.value,
        sentence=each.sentence,
        field=each.field,
        found=each.found,
        corrected=each.corrected,
        open=each.open,
    )


def show_report(lines: Sequence[ReportLine], self_uri: str) -> WireReport:
    """A report."""
    counts = {name: WireCount(**each) for name, each in reporting.count(lines).items()}
    return WireReport(counts=counts, total=len(lines), lines=[_line(each) for each in lines], self_uri=self_uri)


def _line(each: ReportLine) -> WireLine:
    return WireLine(
        recording_id=each.subject_id,
        path=each.path,
        field=each.field,
        class_=each.counted.value,
        rule=each.rule,
        before=each.before,
        after=each.after,
        solved=each.solved,
    )
