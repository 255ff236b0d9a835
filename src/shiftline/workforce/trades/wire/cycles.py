"""Proposed rings of trades on the wire; all of it is ours."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta

from shiftline.foundation.time import Interval
from shiftline.foundation.web.wire import Reference, Wire
from shiftline.workforce.schedule.model import Shift
from shiftline.workforce.trades.model import Job, Mode
from shiftline.workforce.trades.model import Shift as OfferedShift
from shiftline.workforce.trades.model.cycles import Answer, Cycle, CycleState, Move, RingJudgement, Wanted
from shiftline.workforce.trades.operations.agreeing import Shown
from shiftline.workforce.trades.operations.cycling import WEEKS_AT_MOST, CycleSearch
from shiftline.workforce.trades.wire.answers import ShiftTradeInterval, ShiftTradeRuling
from shiftline.workforce.trades.wire.judgements import ShiftTradeMatchViolation
from shiftline.workforce.trades.wire.requests import INTERVALS, Ids, RequiredDateRange, interval_of

PREFIX = "/api/v2/shiftline/workforce/businessunits"


class TradeCycleSearchRequest(Wire):
    """Where rings are looked for: weeks from the one in the address on; ``maximumLength`` people in a ring at most."""

    week_count: Annotated[int, Meta(ge=1, le=WEEKS_AT_MOST)] = 1
    maximum_length: Annotated[int, Meta(ge=2, le=4)] = 4
    management_unit_ids: Ids | None = None

    def search(self, business_unit_id: str, week_date: date) -> CycleSearch:
        """What is looked for."""
        units = tuple(self.management_unit_ids) if self.management_unit_ids else None
        return CycleSearch(business_unit_id, week_date, self.week_count, self.maximum_length, units)


class TradeCycleAnswerRequest(Wire):
    """What one of the ring's people says to their part."""

    answer: Literal["Accepted", "Declined"]


class TradeCycleVersion(Wire):
    """The version that was read."""

    version: int


class TradeCycleReviewRequest(Wire):
    """What whoever reviews trades decides of a ring that all have accepted."""

    state: Literal["Approved", "Denied"]
    metadata: TradeCycleVersion


class WantedShiftsRequest(Wire):
    """When the caller would work more than they do; an empty list: not at all."""

    acceptable_intervals: Annotated[list[RequiredDateRange], INTERVALS]

    def wanted(self) -> list[Interval]:
        """The times. Raises Invalid."""
        return [
            interval_of(each.start_date, each.end_date, f"acceptableIntervals[{index}]")
            for index, each in enumerate(self.acceptable_intervals)
        ]


class WantedShifts(Wire):
    """When somebody would work more in a week."""

    user: Reference
    week_date: date
    acceptable_intervals: list[ShiftTradeInterval]


class TradeCycleShift(Wire):
    """A shift that changes hands; as it was offered, once the ring is over."""

    id: str
    start_date: datetime
    length_minutes: int
    paid_minutes: int | None = None
    time_zone: str | None = None


class TradeCycleMember(Wire):
    """Somebody in a ring: what they give and get and what they said to it; for themselves, and for whoever reviews
    trades, the paid minutes of all weeks that change, and what stands against it.
    """

    user: Reference
    management_unit: Reference
    answer: Answer
    trade: Reference | None = None
    answered_date: datetime | None = None
    gives: TradeCycleShift | None = None
    gets: TradeCycleShift | None = None
    paid_minutes_before: int | None = None
    paid_minutes_after: int | None = None
    paid_minutes_difference: int | None = None
    violations: list[ShiftTradeMatchViolation] | None = None
    admin_review_violations: list[ShiftTradeMatchViolation] | None = None


class TradeCycleMetadata(Wire):
    """Who changed a proposal last, and when."""

    version: int
    modified_by: Reference
    date_modified: datetime


class TradeCycle(Wire):
    """A proposed ring: each member gets the shift of the next, the last that of the first (none, in a chain; the open
    shift, in one that begins with ``openShift``).

    Each of its people sees who would get which shift, and who has accepted. ``decidedBy``: why it stands as it does.
    """

    id: str
    state: CycleState
    week_date: date
    chain: bool
    length: int
    shifts_moved: int
    accepted: int
    expiration_date: datetime
    members: list[TradeCycleMember]
    metadata: TradeCycleMetadata
    decided_by: ShiftTradeRuling | None = None
    would_be_decided_by: ShiftTradeRuling | None = None
    open_shift: Reference | None = None


class TradeCycleListing(Wire):
    """Proposed rings."""

    entities: list[TradeCycle]


class TradeCycleSearchJob(Wire):
    """A search, and once it is complete what it found: no packing moves more than ``bound`` shifts, so ``optimal`` is
    proven; ``gap`` is by how much of itself it could be better at most.
    """

    id: str
    status: Literal["Processing", "Complete", "Error"]
    self_uri: str
    offers: int | None = None
    shifts_moved: int | None = None
    bound: int | None = None
    optimal: bool | None = None
    gap: float | None = None
    message: str | None = None
    proposals: list[TradeCycle] | None = None


def show_job(job: Job, found: Sequence[Cycle], path: str) -> TradeCycleSearchJob:
    """A search as it stands."""
    done = job.body["status"] == "Complete"
    moved, bound = (int(job.body[name]) if done else 0 for name in ("moved", "bound"))
    return TradeCycleSearchJob(
        id=job.id,
        status=job.body["status"],
        self_uri=f"{path}/{job.id}",
        offers=job.body.get("offers"),
        shifts_moved=moved if done else None,
        bound=bound if done else None,
        optimal=moved >= bound if done else None,
        gap=(bound - moved) / max(moved, 1) if done else None,
        message=job.body.get("message"),
        proposals=[show(Shown(cycle, None)) for cycle in found] if done else None,
    )


def show_list(found: Sequence[Shown], person_id: str | None = None) -> TradeCycleListing:
    """Proposals; for one of their people, if named."""
    return TradeCycleListing(entities=[show(each, person_id) for each in found])


def show(shown: Shown, person_id: str | None = None) -> TradeCycle:
    """A proposal; for one of its people, if named, with what the rules say of their part alone."""
    cycle, judgement = shown.cycle, shown.judgement
    moves = {} if judgement is None else {move.person_id: move for move in judgement.moves}
    members = [
        _member(cycle, place, moves.get(member.person_id), whole=person_id in (None, member.person_id))
        for place, member in enumerate(cycle.members)
    ]
    return TradeCycle(
        id=cycle.id,
        state=cycle.state,
        week_date=cycle.week_date,
        chain=cycle.is_chain,
        length=len(cycle.members),
        shifts_moved=len(cycle.trade_ids) + len(cycle.open_shift_ids),
        accepted=cycle.accepted,
        expiration_date=cycle.expires_at,
        members=members,
        metadata=TradeCycleMetadata(
            version=cycle.version, modified_by=Reference(id=cycle.changed_by), date_modified=cycle.changed_at
        ),
        decided_by=None
        if cycle.ruling is None
        else ShiftTradeRuling(code=cycle.ruling.code, sentence=cycle.ruling.sentence),
        would_be_decided_by=_ruling(judgement) if cycle.ruling is None else None,
        open_shift=None if cycle.open_shift_id is None else Reference(id=cycle.open_shift_id),
    )


def _ruling(judgement: RingJudgement | None) -> ShiftTradeRuling | None:
    if judgement is None:
        return None
    return ShiftTradeRuling(code=judgement.ruling.code, sentence=judgement.ruling.sentence)


def _member(cycle: Cycle, place: int, move: Move | None, *, whole: bool) -> TradeCycleMember:
    """``whole``: with their pay, and what stands against their part."""
    member, giver = cycle.members[place], cycle.members[(place + 1) % len(cycle.members)]
    told = TradeCycleMember(
        user=Reference(id=member.person_id),
        management_unit=Reference(id=member.management_unit_id),
        answer=member.answer,
        trade=None if member.trade_id is None else Reference(id=member.trade_id),
        answered_date=member.answered_at,
        gives=_offered(member.shift) if move is None else _shift(move.gives),
        gets=_offered(giver.shift) if move is None else _shift(move.gets),
    )
    if whole and move is not None:
        told.paid_minutes_before, told.paid_minutes_after = move.pay.before, move.pay.after
        told.paid_minutes_difference = move.pay.after - move.pay.before
        told.violations, told.admin_review_violations = _violations(move, Mode.REFUSE), _violations(move, Mode.REVIEW)
    return told


def _offered(shift: OfferedShift | None) -> TradeCycleShift | None:
    if shift is None:
        return None
    minutes = int((shift.span.end - shift.span.start).total_seconds()) // 60
    return TradeCycleShift(id=shift.id, start_date=shift.span.start, length_minutes=minutes)


def _shift(shift: Shift | None) -> TradeCycleShift | None:
    if shift is None:
        return None
    return TradeCycleShift(
        id=shift.id,
        start_date=shift.start,
        length_minutes=shift.minutes,
        paid_minutes=shift.paid_minutes,
        time_zone=shift.zone,
    )


def _violations(move: Move, mode: Mode) -> list[ShiftTradeMatchViolation]:
    return [
        ShiftTradeMatchViolation(
            type=finding.violation, params={"code": finding.reason.code, "sentence": finding.reason.sentence}
        )
        for finding in move.findings
        if finding.mode is mode
    ]


def show_wanted(wanted: Wanted) -> WantedShifts:
    """When somebody would work more."""
    return WantedShifts(
        user=Reference(id=wanted.person_id),
        week_date=wanted.week_date,
        acceptable_intervals=[ShiftTradeInterval(start_date=each.start, end_date=each.end) for each in wanted.times],
    )
