"""Refreshes of metadata on the wire: which recordings are meant, and what came of them."""

from collections.abc import Sequence
from typing import Annotated, Literal

from msgspec import Meta

from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.web.wire import Identifier, Wire
from shiftline.recordings.model import Outcome, RecordingFilter, Refreshed, RefreshJob
from shiftline.recordings.wire.own import WireChange, read_interval, show_changes

PATH = "/api/v2/recordings/metadata/refresh"
USUAL_REASON = "metadata.refresh"

_SELECTORS = ("userIds", "conversationIds", "interval")


class RefreshBody(Wire):
    """Which recordings are meant: exactly one of the three; and why."""

    user_ids: Annotated[list[Identifier], Meta(min_length=1, max_length=500)] | None = None
    conversation_ids: Annotated[list[Identifier], Meta(min_length=1, max_length=1000)] | None = None
    interval: Annotated[str, Meta(max_length=100)] | None = None
    reason: Annotated[str, Meta(min_length=1, max_length=500, pattern=r"^[^\x00]*$")] | None = None


class WireRefreshed(Wire):
    """What came of one recording."""

    recording_id: str
    outcome: str
    conversation_id: str | None = None
    revision: int | None = None
    difference: list[WireChange] | None = None
    problem: str | None = None


class WireRefresh(Wire, omit_defaults=False):
    """What came of a refresh, or how far it is. ``results`` of a job are those that were left out or failed."""

    id: str | None
    state: Literal["running", "done", "failed"]
    reason: str
    total: int
    revised: int
    unchanged: int
    skipped: int
    failed: int
    results: list[WireRefreshed]
    without_recordings: list[str]
    self_uri: str | None


def read_selection(body: RefreshBody) -> RecordingFilter:
    """Which recordings a body means. Raises Invalid, which names the fields, unless it has exactly one selector."""
    given = dict(zip(_SELECTORS, (body.user_ids, body.conversation_ids, body.interval), strict=True))
    named = [name for name, value in given.items() if value is not None]
    if len(named) != 1:
        sentence = (
            f"one of {', '.join(_SELECTORS)} is needed."
            if not named
            else f"only one of {', '.join(_SELECTORS)} may be given, not {' and '.join(named)}."
        )
        raise Invalid(*(Problem(name, sentence, "recording.refresh.selector") for name in named or _SELECTORS))
    return RecordingFilter(
        conversation_ids=body.conversation_ids,
        person_ids=body.user_ids,
        started=None if body.interval is None else read_interval(body.interval),
    )


def show_refreshed(refreshed: Sequence[Refreshed], without: Sequence[str], reason: str) -> WireRefresh:
    """What came of a refresh that was done at once; ``without``: ids of the selector for which there is no recording."""
    counts = {name: sum(1 for each in refreshed if each.outcome is name) for name in Outcome}
    return WireRefresh(
        id=None,
        state="done",
        reason=reason,
        total=len(refreshed),
        revised=counts[Outcome.REVISED],
        unchanged=counts[Outcome.UNCHANGED],
        skipped=counts[Outcome.SKIPPED],
        failed=counts[Outcome.FAILED],
        results=[_refreshed(each) for each in refreshed],
        without_recordings=list(without),
        self_uri=None,
    )


def _refreshed(each: Refreshed) -> WireRefreshed:
    return WireRefreshed(
        recording_id=each.recording_id,
        conversation_id=each.conversation_id,
        outcome=each.outcome.value,
        revision=each.revision,
        difference=show_changes(each.difference),
        problem=each.problem,
    )


def show_job(job: RefreshJob) -> WireRefresh:
    """A refresh of many, and how far it is."""
    return WireRefresh(
        id=job.id,
        state=job.state,  # type: ignore[arg-type] - the table has these three
        reason=job.reason,
        total=job.total,
        revised=job.revised,
        unchanged=job.unchanged,
        skipped=job.skipped,
        failed=job.failed,
        results=[WireRefreshed(**each) for each in job.problems],
        without_recordings=[],
        self_uri=f"{PATH}/jobs/{job.id}",
    )
