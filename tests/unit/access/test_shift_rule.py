"""The tenant's shift rule on plain facts: graces, exceptions, overrides, time off, and the nights on which clocks change."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.access.test_rules import AGENT, HOUR, LONG_AGO, NOW, READY, TENANT, shift, time_off

from shiftline.access.model.connecting import ExceptionFact, OverrideFact, ShiftFact, Snapshot, TimeOffFact, TokenFact
from shiftline.access.rules.connecting import judge_access, retry_at_of
from shiftline.access.rules.shifts import list_open_windows
from shiftline.foundation.decision import Decision, Reason

MINUTE = timedelta(minutes=1)
RULE = replace(TENANT, softphone_within_shift=True, shift_grace_before_minutes=10, shift_grace_after_minutes=30)
GATED = replace(READY, tenant=RULE)
CHICAGO = ZoneInfo("America/Chicago")


def excepted(kind: str = "person", subject_id: str = "ana", ends_at: datetime | None = None) -> ExceptionFact:
    return ExceptionFact(f"e-{kind}", kind, subject_id, None, "Works at the door", ends_at, LONG_AGO, "admin")  # type: ignore[arg-type]


def override(start: datetime, end: datetime, override_id: str = "v1") -> OverrideFact:
    return OverrideFact(override_id, "Storm", start, end, start, "sam", "Sam Super")


def gate_of(decision: Decision) -> Reason:
    [gate] = [each for each in decision.gates if each.code.startswith("shift.")]
    return gate


def judged(snapshot: Snapshot) -> tuple[Reason, datetime | None]:
    decision = judge_access("connect", snapshot)
    return gate_of(decision), decision.next_change_at


# Graces


@pytest.mark.parametrize(
    ("before_start", "code"),
    [(11 * MINUTE, "shift.outside"), (10 * MINUTE, "shift.within"), (0 * MINUTE, "shift.within")],
)
def test_grace_before_is_its_own(before_start: timedelta, code: str) -> None:
    gate, _ = judged(replace(GATED, shifts=(shift(NOW + before_start),)))
    assert gate.code == code


@pytest.mark.parametrize(("since_end", "code"), [(29 * MINUTE, "shift.within"), (30 * MINUTE, "shift.outside")])
def test_grace_after_is_its_own(since_end: timedelta, code: str) -> None:
    gate, change = judged(replace(GATED, shifts=(shift(NOW - since_end - 8 * HOUR),)))
    assert gate.code == code
    assert change == (NOW + MINUTE if code == "shift.within" else None)


def test_a_margin_alone_is_both_graces_and_the_sentence_tells_them_apart() -> None:
    far = (shift(NOW + 9 * HOUR),)
    both, _ = judged(replace(GATED, tenant=replace(TENANT, softphone_within_shift=True), shifts=far))
    assert "only within 15 minutes of a published shift" in both.sentence
    apart, change = judged(replace(GATED, shifts=far))
    assert "only within 10 minutes before and 30 minutes after a published shift" in apart.sentence
    assert (apart.facts["graceBeforeMinutes"], apart.facts["graceAfterMinutes"]) == (10, 30)
    assert change == NOW + 9 * HOUR - 10 * MINUTE


def test_who_is_refused_is_told_of_the_override_and_of_the_rule() -> None:
    gate, _ = judged(replace(GATED, shifts=(shift(NOW + 9 * HOUR),)))
    over, loosen = gate.remedies
    assert over.who == "a supervisor with access:shiftRule:override"
    assert "up to 8 h 0 min" in over.sentence
    assert 'POST /api/v2/shiftline/access/shiftoverrides {"userId": "ana", "minutes": 60' in over.sentence
    assert "softphoneOnlyWithinShift" in loosen.sentence


# Exceptions


@pytest.mark.parametrize(
    ("fact", "told"),
    [
        (excepted(), "does not concern Ana Ruiz: Works at the door."),
        (excepted("role", "r1"), "does not concern whoever holds the role Agent: Works at the door."),
        (
            replace(excepted("division", "home"), subject_name="North"),
            "does not concern whoever is in the division North: Works at the door.",
        ),
    ],
)
def test_the_rule_does_not_concern_who_is_excepted(fact: ExceptionFact, told: str) -> None:
    gate, change = judged(replace(GATED, exceptions=(fact,)))
    assert (gate.code, gate.holds, change) == ("shift.excepted", True, None)
    assert told in gate.sentence
    assert gate.facts["exceptionId"] == fact.exception_id
    assert gate.source is not None
    assert (gate.source.record, gate.source.since) == ("access.shift_exception", LONG_AGO)


@pytest.mark.parametrize(
    "fact",
    [
        excepted(subject_id="bo"),
        excepted("role", "r2"),
        excepted("division", "elsewhere"),
        excepted("role", "ana"),
        excepted(ends_at=NOW),
    ],
)
def test_an_exception_of_others_or_one_that_is_over_changes_nothing(fact: ExceptionFact) -> None:
    assert judged(replace(GATED, exceptions=(fact,)))[0].code == "shift.outside"


def test_a_role_that_was_taken_away_excepts_no_more() -> None:
    holdings = (AGENT, replace(AGENT, role_id="r2", role="Guard", active=False))
    gate, _ = judged(replace(GATED, holdings=holdings, exceptions=(excepted("role", "r2"),)))
    assert gate.code == "shift.outside"


def test_of_several_exceptions_the_one_that_ends_last_tells_the_next_change() -> None:
    soon, late = excepted(ends_at=NOW + HOUR), excepted("role", "r1", NOW + 2 * HOUR)
    gate, change = judged(replace(GATED, exceptions=(soon, late)))
    assert (gate.facts["kind"], change) == ("role", NOW + 2 * HOUR)
    assert "until 2023-10-27 12:58 UTC" in gate.sentence
    gate, change = judged(replace(GATED, exceptions=(soon, excepted("division", "home"), late)))
    assert (gate.facts["kind"], change) == ("division", None)


# Overrides


def test_an_override_lets_in_until_its_end_and_says_by_whom_and_why() -> None:
    gate, change = judged(replace(GATED, overrides=(override(NOW - MINUTE, NOW + HOUR),)))
    assert (gate.code, gate.holds, change) == ("shift.overridden", True, NOW + HOUR)
    assert "Sam Super lets the softphone connect until 2023-10-27 11:58 UTC all the same: Storm." in gate.sentence
    assert gate.source is not None
    assert (gate.source.record, gate.source.by) == ("access.shift_override", "sam")


def test_what_comes_first_is_the_next_change_the_override_s_end_or_the_next_window() -> None:
    standing = (override(NOW - MINUTE, NOW + 2 * HOUR),)
    assert judged(replace(GATED, overrides=standing, shifts=(shift(NOW + HOUR),)))[1] == NOW + 50 * MINUTE
    assert judged(replace(GATED, overrides=standing, shifts=(shift(NOW + 9 * HOUR),)))[1] == NOW + 2 * HOUR


@pytest.mark.parametrize("span", [(NOW + MINUTE, NOW + HOUR), (NOW - HOUR, NOW)])
def test_an_override_of_another_time_lets_nobody_in(span: tuple[datetime, datetime]) -> None:
    assert judged(replace(GATED, overrides=(override(*span),)))[0].code == "shift.outside"


def test_of_two_overrides_the_longer_counts() -> None:
    two = (override(NOW, NOW + 2 * HOUR, "long"), override(NOW, NOW + HOUR, "short"))
    gate, change = judged(replace(GATED, overrides=two))
    assert (gate.facts["overrideId"], change) == ("long", NOW + 2 * HOUR)


def test_within_a_shift_nothing_is_overridden() -> None:
    snapshot = replace(GATED, shifts=(shift(NOW),), overrides=(override(NOW - MINUTE, NOW + HOUR),))
    assert judged(snapshot)[0].code == "shift.within"


# Time off


def test_time_off_that_stands_now_is_named_and_ends_by_itself() -> None:
    off = time_off("APPROVED", NOW - HOUR, 2)
    snapshot = replace(GATED, shifts=(shift(NOW - 2 * HOUR),), time_off=(off,))
    decision = judge_access("connect", snapshot)
    gate = gate_of(decision)
    assert (gate.code, gate.holds) == ("shift.time_off", False)
    assert gate.facts["timeOffRequestId"] == "t1"
    assert (
        "because of approved time off from 2023-10-27 09:58 UTC to 2023-10-27 11:58 UTC there is none" in gate.sentence
    )
    assert "may connect again at 2023-10-27 11:58 UTC" in gate.sentence
    assert gate.source is not None
    assert gate.source.record == "timeoff.request"
    assert retry_at_of(decision) == NOW + HOUR


def test_a_shift_that_is_off_as_a_whole_has_no_grace_and_time_off_is_why() -> None:
    start = NOW + 5 * MINUTE
    snapshot = replace(GATED, shifts=(shift(start),), time_off=(time_off("APPROVED", start, 8),))
    gate, change = judged(snapshot)
    assert (gate.code, change) == ("shift.time_off", None)
    assert "no other shift is published in the coming days" in gate.sentence


def test_a_partial_day_off_cuts_the_window_and_no_more() -> None:
    shifts, off = (shift(NOW, 8),), (time_off("APPROVED", NOW + 6 * HOUR, 2),)
    windows = list_open_windows(shifts, off, 10 * MINUTE, 30 * MINUTE)
    assert windows == [(NOW - 10 * MINUTE, NOW + 6 * HOUR)]
    early = (time_off("APPROVED", NOW - HOUR, 2),)
    assert list_open_windows(shifts, early, 10 * MINUTE, 30 * MINUTE) == [(NOW + HOUR, NOW + 8 * HOUR + 30 * MINUTE)]


def test_time_off_of_another_day_is_not_why() -> None:
    snapshot = replace(GATED, shifts=(shift(NOW + 9 * HOUR),), time_off=(time_off("APPROVED", NOW - 3 * HOUR, 2),))
    assert judged(snapshot)[0].code == "shift.outside"


def test_a_whole_day_off_is_why_though_its_shift_left_the_schedule() -> None:
    snapshot = replace(GATED, time_off=(time_off("APPROVED", NOW - HOUR, 24),))
    assert judged(snapshot)[0].code == "shift.time_off"


def test_pending_time_off_is_never_why() -> None:
    snapshot = replace(GATED, shifts=(shift(NOW - HOUR),), time_off=(time_off("PENDING", NOW - HOUR, 2),))
    assert judged(snapshot)[0].code == "shift.within"


# Nights on which clocks change


def local(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHICAGO, fold=fold)


@pytest.mark.parametrize(
    ("starts", "ends", "opens", "closes"),
    [
        # Back from 2:00 to 1:00: an hour of grace before 1:30 of the second pass begins at 1:30 of the first.
        ("2023-11-05T01:30:00/1", "2023-11-05T09:30:00", "2023-11-05T06:30:00+00:00", "2023-11-05T16:30:00+00:00"),
        ("2023-11-04T17:00:00", "2023-11-05T01:30:00", "2023-11-04T21:00:00+00:00", "2023-11-05T07:30:00+00:00"),
        # On from 2:00 to 3:00: an hour before 3:15 is 1:15, an hour after 1:45 is 3:45.
        ("2024-03-10T03:15:00", "2024-03-10T11:15:00", "2024-03-10T07:15:00+00:00", "2024-03-10T17:15:00+00:00"),
        ("2024-03-09T18:00:00", "2024-03-10T01:45:00", "2024-03-09T23:00:00+00:00", "2024-03-10T08:45:00+00:00"),
    ],
)
def test_graces_are_elapsed_minutes_when_clocks_change(starts: str, ends: str, opens: str, closes: str) -> None:
    start, _, fold = starts.partition("/")
    fact = replace(shift(NOW), starts_at=local(start, int(fold or 0)), ends_at=local(ends), zone="America/Chicago")
    [window] = list_open_windows((fact,), (), HOUR, HOUR)
    assert window == (datetime.fromisoformat(opens), datetime.fromisoformat(closes))


# For any facts


def instants() -> st.SearchStrategy[datetime]:
    return st.integers(-2000, 2000).map(lambda minutes: NOW + minutes * MINUTE)


def a_shift(start: datetime, minutes: int) -> ShiftFact:
    return shift(start, minutes / 60)


def some_time_off(status: str, start: datetime, minutes: int) -> TimeOffFact:
    return time_off(status, start, minutes / 60)


def an_override(ago: int, minutes: int) -> OverrideFact:
    """Whoever lets somebody in does so from then on."""
    return override(NOW - ago * MINUTE, NOW + (minutes - ago) * MINUTE)


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    minutes, graces = st.integers(1, 1440), st.integers(0, 1440)
    excepts = st.builds(
        excepted,
        st.sampled_from(["person", "role", "division"]),
        st.sampled_from(["ana", "r1", "home", "other"]),
        st.none() | instants(),
    )
    offs = st.builds(some_time_off, st.sampled_from(["APPROVED", "PENDING"]), instants(), minutes)
    return replace(
        GATED,
        tenant=replace(RULE, shift_grace_before_minutes=draw(graces), shift_grace_after_minutes=draw(graces)),
        shifts=tuple(draw(st.lists(st.builds(a_shift, instants(), minutes), max_size=3))),
        time_off=tuple(draw(st.lists(offs, max_size=2))),
        exceptions=tuple(draw(st.lists(excepts, max_size=2))),
        overrides=tuple(draw(st.lists(st.builds(an_override, st.integers(0, 1440), minutes), max_size=2))),
    )


def said(decision: Decision) -> Decision:
    return replace(decision, decision_id="")


@given(snapshots(), st.sampled_from(["sign-in", "connect"]))
def test_with_the_rule_off_no_exception_and_no_override_changes_any_decision(snapshot: Snapshot, action: str) -> None:
    off = replace(snapshot, tenant=TENANT)
    without = replace(off, exceptions=(), overrides=())
    assert said(judge_access(action, off)) == said(judge_access(action, without))  # type: ignore[arg-type]


@given(snapshots())
def test_signing_in_is_never_gated_by_the_rule(snapshot: Snapshot) -> None:
    assert judge_access("sign-in", snapshot).allowed is True


@given(snapshots())
def test_the_gate_is_always_told_while_the_rule_is_on_and_stays_until_its_next_change(snapshot: Snapshot) -> None:
    decision = judge_access("connect", snapshot)
    gate, change = gate_of(decision), decision.next_change_at
    assert change is None or change > snapshot.at
    ends = [change - MINUTE / 60] if change else [NOW + 7 * 24 * HOUR]
    for instant in (*ends, snapshot.at + ((change or NOW + HOUR) - snapshot.at) / 2):
        if instant > snapshot.at:
            token = TokenFact(NOW - HOUR, instant + HOUR)
            later = gate_of(judge_access("connect", replace(snapshot, at=instant, token=token)))
            assert later.holds is gate.holds


def is_open(snapshot: Snapshot, at: datetime) -> bool:
    """The rule in words: not in approved time off, and near a part of a shift that is not time off."""
    assert snapshot.tenant is not None
    off = [each for each in snapshot.time_off if each.status == "APPROVED"]
    if any(each.starts_at <= at < each.ends_at for each in off):
        return False
    return any(_near(snapshot, each, at) for each in snapshot.shifts)


def _near(snapshot: Snapshot, one: ShiftFact, at: datetime) -> bool:
    assert snapshot.tenant is not None
    minutes = [one.starts_at + k * MINUTE for k in range(round((one.ends_at - one.starts_at) / MINUTE))]
    off = [each for each in snapshot.time_off if each.status == "APPROVED"]
    return any(
        each - snapshot.tenant.grace_before <= at < each + MINUTE + snapshot.tenant.grace_after
        for each in minutes
        if not any(one.starts_at <= each < one.ends_at for one in off)
    )


@given(snapshots(), instants())
def test_windows_are_what_the_rule_says_minute_by_minute(snapshot: Snapshot, at: datetime) -> None:
    assert snapshot.tenant is not None
    windows = list_open_windows(
        snapshot.shifts, snapshot.time_off, snapshot.tenant.grace_before, snapshot.tenant.grace_after
    )
    assert windows == sorted(windows)
    assert any(start <= at < end for start, end in windows) is is_open(snapshot, at.astimezone(UTC))
