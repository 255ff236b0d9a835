"""What the rules say of a match, on the wire of both generations."""

from collections.abc import Iterable
from datetime import datetime

from shiftline.foundation.web.wire import Wire
from shiftline.workforce.schedule.model import Shift
from shiftline.workforce.trades.model import Finding, Judgement, Mode, Role


class ShiftTradeActivityPreview(Wire):
    """The vendor's ShiftTradeActivityPreviewResponse."""

    start_date: datetime
    length_minutes: int
    activity_code_id: str
    counts_as_paid_time: bool
    payable_minutes: int


class ShiftTradePreview(Wire):
    """The vendor's ShiftTradePreviewResponse."""

    activities: list[ShiftTradeActivityPreview]


class ShiftTradeMatchReviewUser(Wire):
    """The vendor's ShiftTradeMatchReviewUserResponse: minutes over all weeks that the trade touches; limits of a week.

    ``paidMinutesDifference`` is ours.
    """

    pre_trade_schedule_paid_minutes: int
    post_trade_schedule_paid_minutes: int
    paid_minutes_difference: int
    weekly_minimum_paid_minutes: int | None = None
    weekly_maximum_paid_minutes: int | None = None
    post_trade_new_shift: ShiftTradePreview | None = None


class ShiftTradeMatchViolation(Wire):
    """The vendor's ShiftTradeMatchViolation; ``params`` hold our reason's code and sentence."""

    type: str
    params: dict[str, str]


class ShiftTradeMatchReview(Wire):
    """The vendor's ShiftTradeMatchReviewResponse."""

    violations: list[ShiftTradeMatchViolation]
    admin_review_violations: list[ShiftTradeMatchViolation]
    unevaluated_rules: list[str]
    initiating_user: ShiftTradeMatchReviewUser | None = None
    receiving_user: ShiftTradeMatchReviewUser | None = None


def show(judgement: Judgement) -> ShiftTradeMatchReview:
    """A judgement: what refuses, what needs a review, and what each side is paid before and after."""
    return ShiftTradeMatchReview(
        violations=violations_of(judgement, Mode.REFUSE),
        admin_review_violations=violations_of(judgement, Mode.REVIEW),
        unevaluated_rules=list(judgement.unevaluated),
        initiating_user=_user(judgement, Role.INITIATING),
        receiving_user=_user(judgement, Role.RECEIVING),
    )


def violations_of(judgement: Judgement, mode: Mode) -> list[ShiftTradeMatchViolation]:
    """The rules that do not hold and have one consequence."""
    return _violations(finding for finding in judgement.findings if finding.mode is mode)


def _violations(findings: Iterable[Finding]) -> list[ShiftTradeMatchViolation]:
    return [
        ShiftTradeMatchViolation(
            type=finding.violation, params={"code": finding.reason.code, "sentence": finding.reason.sentence}
        )
        for finding in findings
    ]


def preview_of(judgement: Judgement) -> ShiftTradePreview | None:
    """What whoever takes the offer would work."""
    return _preview(judgement.receives.get(Role.RECEIVING))


def _user(judgement: Judgement, role: Role) -> ShiftTradeMatchReviewUser | None:
    pay = judgement.pay.get(role)
    if pay is None:
        return None
    return ShiftTradeMatchReviewUser(
        pre_trade_schedule_paid_minutes=pay.before,
        post_trade_schedule_paid_minutes=pay.after,
        paid_minutes_difference=pay.after - pay.before,
        weekly_minimum_paid_minutes=pay.minimum,
        weekly_maximum_paid_minutes=pay.maximum,
        post_trade_new_shift=_preview(judgement.receives.get(role)),
    )


def _preview(shift: Shift | None) -> ShiftTradePreview | None:
    if shift is None:
        return None
    return ShiftTradePreview(
        activities=[
            ShiftTradeActivityPreview(
                start_date=activity.start,
                length_minutes=activity.minutes,
                activity_code_id=activity.code_id,
                counts_as_paid_time=activity.paid,
                payable_minutes=activity.payable_minutes,
            )
            for activity in shift.activities
        ]
    )
