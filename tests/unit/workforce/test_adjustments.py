"""What may be adjusted of the past, by whom until when; each rule fires and is silent."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shiftline.foundation.errors import Invalid
from shiftline.foundation.time import Interval
from shiftline.workforce.adjustments.errors import AdjustmentClosed
from shiftline.workforce.adjustments.model import Adjustment, Change, CodeState, ReasonCode, Status
from shiftline.workforce.adjustments.rules import (
    apply_change,
    check_code,
    check_open,
    check_query,
    check_range,
    is_expired,
    span_of,
)
from shiftline.workforce.units.model import Stamp

NOW = datetime(2023, 10, 27, 12, tzinfo=UTC)
HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
STAMP = Stamp(1, "ada", NOW, "ada", NOW)
PENDING = Adjustment(
    id="a-1",
    person_id="ada",
    management_unit_id="chicago",
    business_unit_id="bu",
    reason_code_id="late",
    status=Status.PENDING,
    start=NOW - HOUR,
    end=NOW - HOUR / 2,
    stamp=STAMP,
)


def field_of(refused: pytest.ExceptionInfo[Invalid]) -> str:
    return refused.value.problems[0].field


@pytest.mark.parametrize(
    ("start", "minutes", "field"),
    [
        (NOW - HOUR, 61, "a.startDate"),
        (datetime.max.replace(tzinfo=UTC), 1, "a.startDate"),
        (NOW - 2 * DAY, 1441, "a.lengthMinutes"),
        (NOW - DAY, 0, "a.lengthMinutes"),
    ],
)
def test_only_what_is_over_is_adjusted_and_a_day_at_most(start: datetime, minutes: int, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        span_of(start, minutes, NOW, "a.")
    assert field_of(refused) == field
    assert span_of(NOW - DAY, 1440, NOW, "a.") == Interval(NOW - DAY, NOW)


def test_agents_go_back_as_far_as_their_unit_says() -> None:
    with pytest.raises(Invalid) as refused:
        check_range(Interval(NOW - 3 * DAY - MINUTE, NOW - 3 * DAY), 3, NOW)
    assert field_of(refused) == "startDate"
    check_range(Interval(NOW - 3 * DAY, NOW), 3, NOW)


@pytest.mark.parametrize("state", [CodeState.INACTIVE, CodeState.DELETED, None])
def test_a_reason_is_one_that_can_be_chosen(state: CodeState | None) -> None:
    code = ReasonCode("late", "bu", "Late train", state or CodeState.ACTIVE, STAMP)
    with pytest.raises(Invalid) as refused:
        check_code(None if state is None else code, "late", "")
    assert field_of(refused) == "reasonCodeId"
    check_code(replace(code, state=CodeState.ACTIVE), "late", "")


def test_what_is_decided_or_expired_is_closed_to_its_agent() -> None:
    check_open(PENDING, 1, NOW)
    assert is_expired(PENDING, 1, NOW + DAY)
    assert not is_expired(replace(PENDING, status=Status.DENIED), 1, NOW + DAY)
    for closed, now in ((replace(PENDING, status=Status.DENIED), NOW), (PENDING, NOW + DAY)):
        with pytest.raises(AdjustmentClosed):
            check_open(closed, 1, now)


def test_a_decision_says_by_whom_and_when() -> None:
    decided = apply_change(PENDING, Change(status=Status.APPROVED, reviewer_notes="Seen"), NOW, "boss")
    assert (decided.status, decided.reviewed_by, decided.reviewed_at) == (Status.APPROVED, "boss", NOW)
    assert (decided.reviewer_notes, decided.span) == ("Seen", PENDING.span)
    moved = apply_change(PENDING, Change(start=NOW - 2 * HOUR, length_minutes=10), NOW, "ada")
    assert (moved.start, moved.length_minutes, moved.reviewed_by) == (NOW - 2 * HOUR, 10, None)
    assert apply_change(PENDING, Change(status=Status.PENDING), NOW, "boss") == PENDING
    with pytest.raises(Invalid) as refused:
        apply_change(decided, Change(status=Status.PENDING, field="adjustments[0]."), NOW, "boss")
    assert field_of(refused) == "adjustments[0].status"
    with pytest.raises(Invalid):
        apply_change(PENDING, Change(length_minutes=61), NOW, "ada")


def test_a_query_has_an_end_after_its_start_within_a_year() -> None:
    for end in (NOW, NOW + timedelta(days=367)):
        with pytest.raises(Invalid) as refused:
            check_query(NOW, end)
        assert field_of(refused) == "endDate"
    assert check_query(NOW, NOW + DAY).end == NOW + DAY
