"""What makes two requests equal, and what a change moves on."""

from dataclasses import replace
from datetime import datetime

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

    ``sync_version`` counts what a schedule would have to follow (state, activity, pay, times), ``version`` every change.
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
