"""Open shifts on the wire, as agents take them and as claims are reviewed; all of it is ours."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta

from shiftline.foundation.web.wire import Reference, Wire
from shiftline.workforce.schedule.model.open_shifts import OpenShiftState
from shiftline.workforce.trades.model import Finding, Mode
from shiftline.workforce.trades.model.open_shifts import Takeable, TakeJudgement
from shiftline.workforce.trades.operations.open_shifts import Wish
from shiftline.workforce.trades.wire.answers import ShiftTradeRuling
from shiftline.workforce.trades.wire.judgements import ShiftTradeActivityPreview


class OpenShiftReadVersion(Wire):
    """The version that was read."""

    version: Annotated[int, Meta(ge=1)]


class OpenShiftTakeRequest(Wire):
    """Which version is meant."""

    metadata: OpenShiftReadVersion

    def wish(self, open_shift_id: str) -> Wish:
        """The wish."""
        return Wish(open_shift_id, self.metadata.version)


class OpenShiftReviewRequest(OpenShiftTakeRequest):
    """What whoever reviews trades decides of a claim."""

    state: Literal["Approved", "Denied"]


class OpenShiftRule(Wire):
    """What one rule says of somebody taking it. ``consequence``: what follows where it does not hold; then there is a
    sentence.
    """

    code: str
    type: str
    holds: bool
    consequence: Mode
    sentence: str | None = None


class TakeableMetadata(Wire):
    """The version to send."""

    version: int


class TakeableOpenShift(Wire):
    """An open shift with the verdict of each rule on one agent taking it, and their paid minutes of its week before and
    after. ``wouldBe``: what follows if they take it now. ``heldUntil``: it begins a ring that waits for its review so
    long, and taking it is refused meanwhile.
    """

    id: str
    state: OpenShiftState
    management_unit: Reference
    week_date: date
    start_date: datetime
    length_minutes: int
    paid_minutes: int
    time_zone: str
    activities: list[ShiftTradeActivityPreview]
    skill_ids: list[str]
    queue_ids: list[str]
    metadata: TakeableMetadata
    reason: str | None = None
    taken_by: Reference | None = None
    date_taken: datetime | None = None
    decided_by: ShiftTradeRuling | None = None
    would_be: Mode | None = None
    would_be_decided_by: ShiftTradeRuling | None = None
    rules: list[OpenShiftRule] | None = None
    paid_minutes_before: int | None = None
    paid_minutes_after: int | None = None
    held_until: datetime | None = None


class TakeableListing(Wire):
    """Open shifts, the earliest first."""

    entities: list[TakeableOpenShift]


def show_list(found: Iterable[Takeable]) -> TakeableListing:
    """Open shifts."""
    return TakeableListing(entities=[show(each) for each in found])


def show(found: Takeable) -> TakeableOpenShift:
    """An open shift; before it is decided with what the rules say."""
    open_shift, judgement = found.open_shift, found.judgement
    shift, taker, ruling = open_shift.shift, open_shift.taker, open_shift.ruling
    return TakeableOpenShift(
        id=open_shift.id,
        state=open_shift.state,
        management_unit=Reference(id=open_shift.management_unit_id),
        week_date=open_shift.week_date,
        start_date=shift.start,
        length_minutes=shift.minutes,
        paid_minutes=shift.paid_minutes,
        time_zone=shift.zone,
        activities=[
            ShiftTradeActivityPreview(
                start_date=each.start,
                length_minutes=each.minutes,
                activity_code_id=each.code_id,
                counts_as_paid_time=each.paid,
                payable_minutes=each.payable_minutes,
            )
            for each in shift.activities
        ],
        skill_ids=list(shift.skill_ids),
        queue_ids=list(open_shift.queue_ids),
        metadata=TakeableMetadata(version=open_shift.version),
        reason=open_shift.reason,
        taken_by=None if taker is None else Reference(id=taker.person_id),
        date_taken=None if taker is None else taker.at,
        decided_by=None if ruling is None else ShiftTradeRuling(code=ruling[0], sentence=ruling[1]),
        would_be=None if judgement is None else judgement.verdict,
        would_be_decided_by=_ruling(judgement),
        rules=None if judgement is None else [_rule(each) for each in judgement.verdicts],
        paid_minutes_before=None if judgement is None or judgement.pay is None else judgement.pay.before,
        paid_minutes_after=None if judgement is None or judgement.pay is None else judgement.pay.after,
        held_until=found.held_until,
    )


def _ruling(judgement: TakeJudgement | None) -> ShiftTradeRuling | None:
    if judgement is None:
        return None
    return ShiftTradeRuling(code=judgement.ruling.code, sentence=judgement.ruling.sentence)


def _rule(finding: Finding) -> OpenShiftRule:
    holds = finding.reason.holds is True
    return OpenShiftRule(
        code=finding.reason.code,
        type=finding.violation,
        holds=holds,
        consequence=finding.mode,
        sentence=None if holds else finding.reason.sentence,
    )
