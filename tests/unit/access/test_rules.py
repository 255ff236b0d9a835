"""The access decision on plain facts: each gate firing and silent, and what never is a cause."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shiftline.access.model.connecting import (
    Holding,
    OrganizationFact,
    PersonFact,
    ShiftFact,
    Snapshot,
    StationFact,
    TenantFact,
    TimeOffFact,
    TokenFact,
)
from shiftline.access.rules.connecting import judge_access, retry_at_of
from shiftline.access.rules.shifts import list_open_windows

NOW = datetime(2023, 10, 27, 10, 58, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=90)
HOUR = timedelta(hours=1)

AGENT = Holding("r1", "Agent", "*", ("webRTC:enable",), active=True, since=LONG_AGO, by="admin")
TENANT = TenantFact(
    webrtc_enabled=True, softphone_within_shift=False, shift_margin_minutes=15, since=LONG_AGO, by="admin"
)
READY = Snapshot(
    person_id="ana",
    at=NOW,
    person=PersonFact("Ana Ruiz", "active", "home", LONG_AGO, "admin"),
    organization=OrganizationFact("Northwind", active=True, since=LONG_AGO, by="System"),
    tenant=TENANT,
    token=TokenFact(NOW - HOUR, NOW + HOUR),
    holdings=(AGENT,),
    station=StationFact("st-1", "Ana's softphone"),
)


def shift(start: datetime, hours: float = 8, *, swapped: bool = False) -> ShiftFact:
    return ShiftFact(
        starts_at=start,
        ends_at=start + hours * HOUR,
        wall_start="2023-10-27T06:00:00",
        wall_end="2023-10-27T14:00:00",
        zone="America/Chicago",
        is_swap=swapped,
        swap_reason="Agent Preference" if swapped else None,
        schedule_id="s1",
    )


def time_off(status: str, start: datetime, hours: float = 8) -> TimeOffFact:
    return TimeOffFact("t1", status, start, start + hours * HOUR, LONG_AGO)


def blockers(snapshot: Snapshot, action: str = "connect") -> list[str]:
    return [gate.code for gate in judge_access(action, snapshot).blockers]  # type: ignore[arg-type]


def test_nothing_against_it() -> None:
    decision = judge_access("connect", READY)
    assert decision.allowed is True
    assert decision.sentence == "Ana Ruiz may connect the softphone: nothing stands against it."
    assert decision.warnings == ()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"token": None}, "token.none"),
        ({"token": TokenFact(NOW - HOUR, NOW)}, "token.expired"),
        ({"token": TokenFact(NOW - HOUR, NOW + HOUR, NOW, "signed out")}, "token.revoked"),
        ({"organization": OrganizationFact("N", active=False, since=LONG_AGO, by="x")}, "organization.inactive"),
        ({"person": PersonFact("Ana", "inactive", "home", LONG_AGO, "x")}, "person.inactive"),
        ({"person": None}, "person.unknown"),
        ({"tenant": replace(TENANT, webrtc_enabled=False)}, "tenant.webrtc_disabled"),
        ({"holdings": ()}, "permission.missing"),
        ({"holdings": (replace(AGENT, active=False),)}, "permission.missing"),
        ({"holdings": (replace(AGENT, division_id="elsewhere"),)}, "permission.missing"),
    ],
)
def test_each_gate_blocks_alone(change: dict[str, object], code: str) -> None:
    assert blockers(replace(READY, **change)) == [code]


def test_a_token_revoked_later_was_valid_then() -> None:
    later = TokenFact(NOW - HOUR, NOW + HOUR, NOW + timedelta(minutes=1), "signed out")
    assert blockers(replace(READY, token=later)) == []


def test_all_blockers_are_named_not_only_the_first() -> None:
    bad = replace(
        READY,
        person=PersonFact("Ana", "inactive", "home", LONG_AGO, "x"),
        tenant=replace(TENANT, webrtc_enabled=False),
        holdings=(),
    )
    decision = judge_access("connect", bad)
    assert [gate.code for gate in decision.blockers] == [
        "person.inactive",
        "tenant.webrtc_disabled",
        "permission.missing",
    ]
    assert all(remedy.at_once for remedy in decision.remedies)
    assert len(decision.remedies) == 3


def test_sign_in_does_not_ask_for_the_softphone() -> None:
    assert blockers(replace(READY, holdings=(), tenant=replace(TENANT, webrtc_enabled=False)), "sign-in") == []


def test_what_could_not_be_known_is_neither_yes_nor_no() -> None:
    decision = judge_access("connect", replace(READY, tenant=None))
    assert decision.allowed is None
    with pytest.raises(TypeError):
        bool(decision)


def test_a_lost_permission_tells_when_and_by_whom() -> None:
    taken = NOW - timedelta(minutes=7)
    lost = replace(
        READY,
        holdings=(replace(AGENT, active=False, since=taken, by="boss"),),
        former_holdings=(replace(AGENT, until=taken),),
    )
    gate = judge_access("connect", lost).blockers[0]
    assert "until 2023-10-27 10:51 UTC, when it was taken away by boss" in gate.sentence
    assert gate.source is not None
    assert gate.source.by == "boss"


def test_whoever_took_a_permission_away_is_named() -> None:
    taken = NOW - timedelta(minutes=7)
    gone = replace(AGENT, active=False, since=taken, by="boss", by_name="Bea Boss")
    lost = replace(READY, holdings=(gone,), former_holdings=(replace(AGENT, until=taken),))
    assert "taken away by Bea Boss" in judge_access("connect", lost).blockers[0].sentence


@pytest.mark.parametrize("status", ["PENDING", "APPROVED"])
def test_time_off_and_swaps_gate_nothing_and_are_listed(status: str) -> None:
    busy = replace(READY, shifts=(shift(NOW, swapped=True),), time_off=(time_off(status, NOW),))
    decision = judge_access("connect", busy)
    assert decision.allowed is True
    assert [each.code for each in decision.not_a_cause] == [
        f"timeoff.{status.lower()}",
        "shift.swapped",
        "recording.metadata",
    ]


WITH_RULE = replace(READY, tenant=replace(TENANT, softphone_within_shift=True))


def test_the_tenants_shift_rule_blocks_until_the_margin_before_the_shift() -> None:
    start = NOW + timedelta(hours=2)
    decision = judge_access("connect", replace(WITH_RULE, shifts=(shift(start),)))
    assert [gate.code for gate in decision.blockers] == ["shift.outside"]
    assert decision.next_change_at == start - timedelta(minutes=15)
    assert retry_at_of(decision) == start - timedelta(minutes=15)


def test_the_rule_is_silent_within_the_shift_and_tells_its_end() -> None:
    decision = judge_access("connect", replace(WITH_RULE, shifts=(shift(NOW + timedelta(minutes=10)),)))
    assert decision.allowed is True
    assert decision.next_change_at == NOW + timedelta(minutes=10 + 8 * 60 + 15)


def test_the_rule_looks_at_approved_time_off_but_never_at_pending() -> None:
    on_shift = replace(WITH_RULE, shifts=(shift(NOW - HOUR),))
    assert blockers(replace(on_shift, time_off=(time_off("PENDING", NOW - HOUR),))) == []
    assert blockers(replace(on_shift, time_off=(time_off("APPROVED", NOW - HOUR, 2),))) == ["shift.time_off"]


def test_a_denial_with_another_blocker_does_not_end_by_itself() -> None:
    decision = judge_access("connect", replace(WITH_RULE, holdings=(), shifts=(shift(NOW + 9 * HOUR),)))
    assert retry_at_of(decision) is None


def test_windows_join_when_shifts_touch_and_split_around_time_off() -> None:
    windows = list_open_windows(
        (shift(NOW, 4), shift(NOW + 4 * HOUR, 4)),
        (time_off("APPROVED", NOW + 2 * HOUR, 1),),
        timedelta(0),
        timedelta(0),
    )
    assert windows == [(NOW, NOW + 2 * HOUR), (NOW + 3 * HOUR, NOW + 8 * HOUR)]


def test_no_station_is_only_a_warning() -> None:
    decision = judge_access("connect", replace(READY, station=None))
    assert decision.allowed is True
    assert [warning.code for warning in decision.warnings] == ["station.none"]
