"""What makes two requests equal, and what a change moves on."""

from dataclasses import replace
from datetime import datetime

from shiftline.foundation.time import Interval
from shiftline.workforce.schedule.model import Absence, TimeOff
from shiftline.workforce.timeoff.model import Piece, Status, TimeOffRequest


def content_of(request: TimeOffRequest) -> tuple[object, ...]:
    """What makes two requests of a person equal: activity, pay and times. Notes and state do not."""
    times = [
        (piece.day or piece.starts_at, piece.minutes, piece.payable_minutes, *_offsets_of(piece))
        for piece in request.pieces
    ]
    return (request.activity_code_id, request.paid, times)


def _offsets_of(piece: Piece) -> tuple[int | None, int | None]:
    return piece.earliest_start_offset, piece.latest_end_offset


def revise(former: TimeOffRequest, latter: TimeOffRequest, by: str, now: datetime) -> TimeOffRequest:
    """A changed request with its counters and marks moved on.

    ``sync_version`` counts what schedules follow (state, activity, pay, times), ``version`` every change.
    """
    follow = former.status is not latter.status or content_of(former) != content_of(latter)
    return replace(
        latter,
        version=former.version + 1,
        sync_version=former.sync_version + (1 if follow else 0),
        modified_by=by,
        modified_at=now,
    )


def approved_time_changed(former: TimeOffRequest | None, latter: TimeOffRequest) -> bool:
    """Whether the time that is approved off differs: the only thing of this room a tenant's shift rule looks at."""
    before = former.pieces if former is not None and former.status is Status.APPROVED else ()
    after = latter.pieces if latter.status is Status.APPROVED else ()
    return [(piece.starts_at, piece.ends_at) for piece in before] != [(p.starts_at, p.ends_at) for p in after]


def list_taken(former: TimeOffRequest | None, latter: TimeOffRequest) -> list[Interval]:
    """The spans of an approved request that were not approved off before."""
    before = former.pieces if former is not None and former.status is Status.APPROVED else ()
    known = {(piece.starts_at, piece.ends_at) for piece in before}
    return [piece.span for piece in latter.pieces if (piece.starts_at, piece.ends_at) not in known]


def list_freed(former: TimeOffRequest, latter: TimeOffRequest) -> list[Interval]:
    """The spans in which an approved request may have freed something: all of them, unless it is approved as it was."""
    if former.status is not Status.APPROVED:
        return []
    if latter.status is Status.APPROVED and content_of(former) == content_of(latter):
        return []
    return [piece.span for piece in former.pieces]


def time_off_of(request: TimeOffRequest) -> TimeOff:
    """A request as schedules know it."""
    return TimeOff(
        request_id=request.id,
        agent_id=request.person_id,
        business_unit_id=request.business_unit_id,
        sync_version=request.sync_version,
        status=request.status.value,
        absences=tuple(_absence(request, piece) for piece in request.pieces),
    )


def _absence(request: TimeOffRequest, piece: Piece) -> Absence:
    return Absence(
        request_id=request.id,
        sync_version=request.sync_version,
        code_id=request.activity_code_id,
        paid=request.paid,
        start=piece.starts_at,
        end=piece.ends_at,
        minutes=piece.minutes,
        payable_minutes=piece.payable_minutes,
        day=piece.day,
        start_offset_minutes=piece.earliest_start_offset,
        end_offset_minutes=piece.latest_end_offset,
    )
