from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from shiftline.foundation import events
from shiftline.foundation.errors import Invalid
from shiftline.workforce.timeoff.events import TimeOffRequested
from shiftline.workforce.timeoff.model import Piece, Status, Substatus, TimeOffRequest
from shiftline.workforce.timeoff.rules.codes import choose_code, choose_kind
from shiftline.workforce.timeoff.rules.revisions import approved_time_changed, content_of, revise
from shiftline.workforce.timeoff.rules.states import TRANSITIONS, choose_substatus, judge_edit, judge_transition
from shiftline.workforce.timeoff.topics import notifications
from shiftline.workforce.units.model import DEFAULT_CODES, ActivityCategory, ActivityCode

START = datetime(2023, 10, 28, 13, tzinfo=UTC)
END = START + timedelta(hours=8)
BEFORE, DURING, AFTER = START - timedelta(days=1), START + timedelta(hours=1), END
P, A, D, C = Status.PENDING, Status.APPROVED, Status.DENIED, Status.CANCELED


def request_in(status: Status) -> TimeOffRequest:
    return TimeOffRequest(
        id="r-1",
        person_id="p-1",
        business_unit_id="bu",
        management_unit_id="mu",
        zone="America/Chicago",
        activity_code_id="5",
        paid=True,
        pieces=(Piece(START, END, 480, 480),),
        status=status,
        substatus=choose_substatus(status),
        submitted_by="p-1",
        submitted_at=BEFORE,
        modified_by="p-1",
        modified_at=BEFORE,
    )


@pytest.mark.parametrize(
    ("path", "before", "during", "after"),
    [
        ((P, A), True, True, True),
        ((P, D), True, True, True),
        ((P, C), True, True, False),
        ((A, P), True, False, False),
        ((A, D), True, True, False),
        ((A, C), True, True, False),
        ((D, P), True, False, False),
        ((D, A), True, True, True),
    ],
)
def test_each_transition_holds_as_long_as_its_rule_says(
    path: tuple[Status, Status], before: bool, during: bool, after: bool
) -> None:
    request = request_in(path[0])
    verdicts = [judge_transition(request, path[1], now).holds for now in (BEFORE, DURING, AFTER)]
    assert verdicts == [before, during, after]


def test_every_other_transition_is_refused_with_both_states_in_the_sentence() -> None:
    others = {(a, b) for a, b in product(Status, Status) if a is not b} - set(TRANSITIONS)
    assert others == {(D, C), (C, P), (C, A), (C, D)}
    for former, target in others:
        reason = judge_transition(request_in(former), target, BEFORE)
        assert reason.holds is False
        assert former in reason.sentence
        assert target in reason.sentence


def test_only_a_pending_request_waits_for_a_person() -> None:
    assert [choose_substatus(status) for status in (P, A, D, C)] == [Substatus.MANUAL_APPROVAL, None, None, None]


def test_what_the_agent_canceled_is_not_edited() -> None:
    assert [judge_edit(request_in(status)).holds for status in (P, A, D, C)] == [True, True, True, False]


def test_notes_raise_the_version_but_not_the_sync_version() -> None:
    former = request_in(P)
    annotated = revise(former, replace(former, notes="please"), "boss", DURING)
    assert (annotated.version, annotated.sync_version, annotated.modified_by) == (2, 1, "boss")
    approved = revise(annotated, replace(annotated, status=A), "boss", DURING)
    assert (approved.version, approved.sync_version) == (3, 2)


def test_equality_is_of_activity_pay_and_times() -> None:
    request = request_in(P)
    assert content_of(request) == content_of(replace(request, id="other", notes="x", status=D, version=7))
    for other in (
        replace(request, paid=False),
        replace(request, activity_code_id="sick"),
        replace(request, pieces=(Piece(START, END, 480, 470),)),
    ):
        assert content_of(request) != content_of(other)


def test_only_time_that_is_approved_counts_as_changed() -> None:
    pending, approved = request_in(P), request_in(A)
    moved = replace(approved, pieces=(Piece(START, END + timedelta(hours=1), 540, 540),))
    assert approved_time_changed(pending, approved)
    assert approved_time_changed(approved, replace(approved, status=C))
    assert approved_time_changed(approved, moved)
    assert not approved_time_changed(approved, replace(approved, notes="x"))
    assert not approved_time_changed(pending, replace(pending, status=D))


def test_paid_time_off_is_the_units_default_code_paid() -> None:
    kind = choose_kind(DEFAULT_CODES, "PAID_TIME_OFF", "timeOffRequests[0].type")
    assert (kind.code.id, kind.paid) == ("5", True)
    assert choose_kind(DEFAULT_CODES, "UNPAID_TIME_OFF", "x").paid is False
    assert choose_kind(DEFAULT_CODES, "5", "x").code.id == "5"
    with pytest.raises(Invalid, match="PAID_TIME_OFF"):
        choose_kind(DEFAULT_CODES, "0", "timeOffRequests[0].type")


def test_a_code_must_be_time_off_in_use_and_for_agents_selectable() -> None:
    sick = ActivityCode("sick", "Sick", ActivityCategory.TIME_OFF, 480, True, False)
    codes = (*DEFAULT_CODES, sick, replace(sick, id="old", active=False))
    assert choose_code(codes, "sick", "activityCodeId", by_agent=False) is sick
    for code_id, by_agent in (("sick", True), ("old", False), ("0", False), ("nope", False)):
        with pytest.raises(Invalid) as error:
            choose_code(codes, code_id, "activityCodeId", by_agent=by_agent)
        assert error.value.problems[0].field == "activityCodeId"


def test_an_event_comes_back_as_it_was_and_reaches_the_persons_topic() -> None:
    request = replace(request_in(P), notes="Grüße")
    happened = TimeOffRequested(organization_id="org-1", request_id="r-1", person_id="p-1", request=request)
    assert events.decode("workforce.timeoff.requested", 1, events.encode(happened)) == happened
    (note,) = notifications(happened)
    assert note.topic == "v2.users.p-1.workforcemanagement.timeoffrequests"
    assert note.body["partialDayStartDateTimes"] == ["2023-10-28T13:00:00.000Z"]
    assert note.body["status"] == "PENDING"
    assert "reviewedBy" not in note.body
