"""The tenant's own rule: the softphone only within a published shift, with some grace before and after it. Pure.

What is looked at, in this order: whom the rule does not concern, published shifts less approved time off, and who was let
in all the same. Graces are elapsed minutes: clocks that change in between move nothing.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from shiftline.access.model.connecting import ExceptionFact, OverrideFact, ShiftFact, Snapshot, TenantFact, TimeOffFact
from shiftline.access.rules.words import lasting, when
from shiftline.foundation.decision import Fact, Reason, Remedy, Source

OUTSIDE = frozenset({"shift.outside", "shift.time_off"})
"""The codes of this rule's refusals."""

Window: TypeAlias = tuple[datetime, datetime]

_MOST_WINDOWS = 10


def judge_shift(snapshot: Snapshot, name: str) -> tuple[Reason, datetime | None]:
    """The gate of a tenant whose rule is on, and when it changes by itself, as far as that is known."""
    assert snapshot.tenant is not None
    tenant = snapshot.tenant
    exception = find_exception(snapshot)
    if exception is not None:
        return _except(exception, snapshot, name), exception.ends_at
    windows = list_open_windows(snapshot.shifts, snapshot.time_off, tenant.grace_before, tenant.grace_after)
    source = Source("identity.tenant_settings", tenant.since, tenant.by)
    facts = _facts(tenant, windows)
    for start, end in windows:
        if start <= snapshot.at < end:
            sentence = "The tenant's rule allows the softphone within a published shift, and this is within one."
            return Reason("shift.within", True, sentence, facts, source), end
    opens = min((start for start, _ in windows if start > snapshot.at), default=None)
    override = find_override(snapshot)
    if override is not None:
        return _override(override, facts), min(each for each in (override.ends_at, opens) if each is not None)
    off = _find_time_off(snapshot)
    remedies = (_let_in(snapshot, name), _loosen())
    if off is not None:
        again = (
            f"the softphone may connect again at {when(opens)}"
            if opens
            else "no other shift is published in the coming days"
        )
        sentence = (
            f"The tenant's rule allows the softphone only within {_around(tenant)} a published shift, and because of approved "
            f"time off from {when(off.starts_at)} to {when(off.ends_at)} there is none; {again}."
        )
        own = {
            "timeOffRequestId": off.request_id,
            "timeOffStart": off.starts_at.isoformat(),
            "timeOffEnd": off.ends_at.isoformat(),
        }
        told = Source("timeoff.request", off.since)
        return Reason("shift.time_off", False, sentence, {**facts, **own}, told, remedies), opens
    until = f" until {when(opens)}" if opens else "; no shift is published in the coming days"
    sentence = f"The tenant's rule allows the softphone only within {_around(tenant)} a published shift, and there is none{until}."
    return Reason("shift.outside", False, sentence, facts, source, remedies), opens


def find_exception(snapshot: Snapshot) -> ExceptionFact | None:
    """The exception from the rule that concerns the person at the instant: of several the one that ends last."""
    roles = {holding.role_id for holding in snapshot.holdings if holding.active}
    division_id = None if snapshot.person is None else snapshot.person.division_id
    subjects = {("person", snapshot.person_id), ("division", division_id), *(("role", role_id) for role_id in roles)}
    found = [
        each
        for each in snapshot.exceptions
        if (each.kind, each.subject_id) in subjects and (each.ends_at is None or snapshot.at < each.ends_at)
    ]
    endless = [each for each in found if each.ends_at is None]
    return endless[0] if endless else max(found, key=lambda each: each.ends_at or snapshot.at, default=None)


def find_override(snapshot: Snapshot) -> OverrideFact | None:
    """What lets the person in at the instant all the same: of several the one that ends last."""
    standing = [each for each in snapshot.overrides if each.starts_at <= snapshot.at < each.ends_at]
    return max(standing, key=lambda each: each.ends_at, default=None)


def list_open_windows(
    shifts: Sequence[ShiftFact], time_off: Sequence[TimeOffFact], before: timedelta, after: timedelta
) -> list[Window]:
    """When the rule lets the softphone connect, in order: what is left of shifts beside approved time off, each piece with
    its grace, and never within the time off. A shift that is off as a whole has no grace.
    """
    off = [(each.starts_at.astimezone(UTC), each.ends_at.astimezone(UTC)) for each in time_off if _is_approved(each)]
    worked = _less([(each.starts_at.astimezone(UTC), each.ends_at.astimezone(UTC)) for each in shifts], off)
    return _less(_joined([(start - before, end + after) for start, end in worked]), off)


def _is_approved(off: TimeOffFact) -> bool:
    return off.status == "APPROVED"


def _less(windows: Sequence[Window], off: Sequence[Window]) -> list[Window]:
    left = list(windows)
    for start, end in off:
        left = [piece for window in left for piece in _without(window, start, end)]
    return sorted(left)


def _without(window: Window, start: datetime, end: datetime) -> list[Window]:
    pieces = [(window[0], min(window[1], start)), (max(window[0], end), window[1])]
    return [piece for piece in pieces if piece[0] < piece[1]]


def _joined(windows: Sequence[Window]) -> list[Window]:
    joined: list[Window] = []
    for start, end in sorted(windows):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _find_time_off(snapshot: Snapshot) -> TimeOffFact | None:
    """The approved time off that is why: what stands now (a whole day takes its shift out of the schedule), else what took
    all of the shift whose grace this is.
    """
    assert snapshot.tenant is not None
    before, after = snapshot.tenant.grace_before, snapshot.tenant.grace_after
    near = [
        shift
        for shift in snapshot.shifts
        if shift.starts_at.astimezone(UTC) - before <= snapshot.at < shift.ends_at.astimezone(UTC) + after
    ]
    found = [
        off
        for off in snapshot.time_off
        if _is_approved(off) and (_covers(off, snapshot.at) or any(_overlaps(off, shift) for shift in near))
    ]
    return min(found, key=lambda off: (not _covers(off, snapshot.at), off.starts_at), default=None)


def _covers(off: TimeOffFact, at: datetime) -> bool:
    return off.starts_at <= at < off.ends_at


def _overlaps(off: TimeOffFact, shift: ShiftFact) -> bool:
    return off.starts_at < shift.ends_at and shift.starts_at < off.ends_at


def _except(exception: ExceptionFact, snapshot: Snapshot, name: str) -> Reason:
    whom = {
        "person": name,
        "role": f"whoever holds the role {_role_name(exception, snapshot)}",
        "division": f"whoever is in the division {exception.subject_name or exception.subject_id}",
    }[exception.kind]
    until = "" if exception.ends_at is None else f" until {when(exception.ends_at)}"
    sentence = f"The tenant's rule on shifts does not concern {whom}{until}: {_ended(exception.reason)}"
    facts = {
        "exceptionId": exception.exception_id,
        "kind": exception.kind,
        "subjectId": exception.subject_id,
        "reason": exception.reason,
        "endsAt": None if exception.ends_at is None else exception.ends_at.isoformat(),
    }
    return Reason(
        "shift.excepted", True, sentence, facts, Source("access.shift_exception", exception.since, exception.by)
    )


def _role_name(exception: ExceptionFact, snapshot: Snapshot) -> str:
    names = (each.role for each in snapshot.holdings if each.active and each.role_id == exception.subject_id)
    return next(names, exception.subject_id)


def _override(override: OverrideFact, facts: dict[str, Fact]) -> Reason:

    def sentence(who: str) -> str:
        until = when(override.ends_at)
        return f"This is outside the published shifts, and {who} lets the softphone connect until {until} all the same: {_ended(override.reason)}"

    own = {
        "overrideId": override.override_id,
        "reason": override.reason,
        "startsAt": override.starts_at.isoformat(),
        "endsAt": override.ends_at.isoformat(),
    }
    source = Source("access.shift_override", override.since, override.by)
    named, unnamed = sentence(override.by_name or override.by), sentence("a supervisor")
    return Reason("shift.overridden", True, named, {**facts, **own}, source, unnamed=unnamed)


def _let_in(snapshot: Snapshot, name: str) -> Remedy:
    assert snapshot.tenant is not None
    most = snapshot.tenant.shift_override_most_minutes
    body = f'{{"userId": "{snapshot.person_id}", "minutes": {min(60, most)}, "reason": "..."}}'
    return Remedy(
        who="a supervisor with access:shiftRule:override",
        what="let them in outside their shifts for a time",
        at_once=True,
        sentence=(
            f"A supervisor can let {name} in for up to {lasting(timedelta(minutes=most))} "
            f"(POST /api/v2/shiftline/access/shiftoverrides {body}, or the operator by shiftline override {snapshot.person_id} "
            f'--for {min(60, most)}m --reason "..."); it holds at once, with the same token.'
        ),
    )


def _loosen() -> Remedy:
    return Remedy(
        who="an administrator with telephony:settings:edit",
        what="switch the shift rule off or widen its graces",
        at_once=True,
        sentence="An administrator can switch the rule softphoneOnlyWithinShift off, or widen its grace before or after.",
    )


def _around(tenant: TenantFact) -> str:
    before, after = (round(each / timedelta(minutes=1)) for each in (tenant.grace_before, tenant.grace_after))
    if before == after:
        return f"{before} minutes of"
    return f"{before} minutes before and {after} minutes after"


def _facts(tenant: TenantFact, windows: Sequence[Window]) -> dict[str, Fact]:
    before, after = (round(each / timedelta(minutes=1)) for each in (tenant.grace_before, tenant.grace_after))
    return {
        "graceBeforeMinutes": before,
        "graceAfterMinutes": after,
        "windows": [{"from": start.isoformat(), "to": end.isoformat()} for start, end in windows[:_MOST_WINDOWS]],
    }


def _ended(reason: str) -> str:
    """A reason as the end of a sentence."""
    return reason if reason.endswith((".", "!", "?")) else f"{reason}."
